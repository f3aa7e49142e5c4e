//! A place for production nodes: their keys, the operator's token, the declaration of who takes part.
//!
//! Knows the commands of `quan` that an operator uses before and after the first start. All nodes of a place share it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::connection::{APIV3_KEY, APPID, BRAND_ID, MCHID};

/// The operator's token. It guards nothing but a test.
const ADMIN_TOKEN: &str = "an-admin-token-of-many-characters";

/// Where nodes take their keys from, and which database they share.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The folder of all of it.
    pub(crate) folder: PathBuf,
    /// The URL of the database.
    pub(crate) database: String,
}

impl Place {
    /// Makes the keys and files of a place, and the schema of its database.
    ///
    /// # Errors
    /// When a command of `quan` fails.
    pub(crate) fn make(program: &Path, folder: &Path, database: &str) -> Result<Self> {
        let place = Self { folder: folder.to_owned(), database: database.to_owned() };
        for keys in ["keys", "merchant", "brand"] {
            run(quan(program).args(["keys", "make"]).arg(folder.join(keys)))?;
        }
        place.write_secret("token", ADMIN_TOKEN)?;
        place.write_secret("apiv3_key", APIV3_KEY)?;
        std::fs::write(place.declaration(), declaration())?;
        run(quan(program).args(["migrate", "--database", database]))?;
        Ok(place)
    }

    fn write_secret(&self, name: &str, text: &str) -> Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let file = self.folder.join(name);
        std::fs::write(&file, text)?;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
        Ok(())
    }

    fn declaration(&self) -> PathBuf {
        self.folder.join("parties.toml")
    }

    /// Adds what every node of the place is started with.
    pub(crate) fn flags(&self, command: &mut Command) {
        command.args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
        command.args(["--database", &self.database, "--log", "warn", "--unready-seconds", "0"]);
        command.args(["--rate-limits", "off", "--probe-ratio", "0", "--private-receivers", "on"]);
        command.arg("--platform-keys").arg(self.folder.join("keys"));
        command.arg("--admin-token-file").arg(self.folder.join("token"));
    }

    /// Declares merchant, brand and appid at the operator's listener of a node.
    ///
    /// # Errors
    /// When `quan parties apply` fails.
    pub(crate) fn declare(&self, program: &Path, operator: &str) -> Result<()> {
        let mut command = quan(program);
        command.args(["parties", "apply"]).arg(self.declaration());
        command.args(["--admin-listen", operator]);
        command.arg("--admin-token-file").arg(self.folder.join("token"));
        run(&mut command)
    }
}

/// A command that says to `quan` all that is said: variables of the caller, such as the seed of other tests, are no
/// settings, and `quan serve` refuses what it does not know.
pub(crate) fn quan(program: &Path) -> Command {
    let mut command = Command::new(program);
    for name in ours(std::env::vars_os().map(|(name, _)| name)) {
        command.env_remove(name);
    }
    command
}

/// The variables that `quan` reads, or takes for misspelt.
fn ours(names: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    names.filter(|name| name.to_string_lossy().starts_with("QUAN_"))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} ended with {}: {said}", output.status);
    Ok(())
}

fn declaration() -> String {
    format!(
        "[[merchants]]\nmchid = \"{MCHID}\"\nname = \"Merchant\"\napiv3_key_file = \"apiv3_key\"\n\
         verification_mode = \"PUBLIC_KEY\"\ncertificate_files = [\"merchant/platform_cert.pem\"]\n\n\
         [[brands]]\nbrand_id = \"{BRAND_ID}\"\nname = \"Brand\"\napiv3_key_file = \"apiv3_key\"\n\
         certificate_files = [\"brand/platform_cert.pem\"]\nauthorised = [\"{MCHID}\"]\nstores = [\"100064\"]\n\n\
         [[appids]]\nappid = \"{APPID}\"\nowners = [\"mchid:{MCHID}\", \"brand:{BRAND_ID}\"]\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_say_to_quan_is_left_out() {
        let names = ["PATH", "QUAN_LOG", "TEST_EVIDENCE", "QUAN_LISTEN"].map(OsString::from);
        assert_eq!(ours(names.into_iter()).collect::<Vec<_>>(), ["QUAN_LOG", "QUAN_LISTEN"]);
    }
}
