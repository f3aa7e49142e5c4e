//! The connection file `sandbox.json`: everything that a script needs to connect. File names are absolute.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::exposure::warn_if_exposed;

/// The connection file.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Sandbox {
    pub(crate) base_url: String,
    pub(crate) merchant: MerchantAccess,
    pub(crate) brand: BrandAccess,
    pub(crate) platform: PlatformKeys,
    pub(crate) appid: String,
    pub(crate) openids: Vec<String>,
    pub(crate) store_id: String,
    pub(crate) stocks: Stocks,
    /// The seeded stock bundle; a data directory that was begun before there were bundles has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stock_bundle: Option<String>,
    pub(crate) product_coupons: ProductCoupons,
    pub(crate) admin_token: String,
    /// Signs in to the console as an administrator; a connection file of before there was one gets it at the next start.
    #[serde(default)]
    pub(crate) console_token: String,
}

/// What the merchant signs with.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MerchantAccess {
    pub(crate) mchid: String,
    pub(crate) serial_no: String,
    pub(crate) private_key_file: PathBuf,
    pub(crate) certificate_file: PathBuf,
    pub(crate) apiv3_key: String,
}

/// What the brand signs with.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct BrandAccess {
    pub(crate) brand_id: String,
    pub(crate) serial_no: String,
    pub(crate) private_key_file: PathBuf,
    pub(crate) certificate_file: PathBuf,
    pub(crate) apiv3_key: String,
}

/// With what the platform's answers are verified: what signs now, and during a rotation the other one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlatformKeys {
    pub(crate) public_key_id: String,
    pub(crate) public_key_file: PathBuf,
    pub(crate) certificate_serial_no: String,
    pub(crate) certificate_file: PathBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) other_public_key: Option<PlatformPublicKeyFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) other_certificate: Option<PlatformCertificateFile>,
}

/// A public key that does not sign by default, or not any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlatformPublicKeyFile {
    pub(crate) public_key_id: String,
    pub(crate) public_key_file: PathBuf,
}

/// A platform certificate that does not sign yet, or not any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlatformCertificateFile {
    pub(crate) certificate_serial_no: String,
    pub(crate) certificate_file: PathBuf,
}

/// The seeded stocks.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Stocks {
    pub(crate) single: String,
    pub(crate) sequential: String,
    pub(crate) api_assign: String,
    pub(crate) upload: String,
    /// Absent in connection files of before there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) busifavor: Option<String>,
}

/// The seeded product coupons.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ProductCoupons {
    pub(crate) single: String,
    pub(crate) sequential: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) progressive_bundle: Option<String>,
}

impl Sandbox {
    /// The connection file of a data directory.
    pub(crate) fn file(data: &Path) -> PathBuf {
        data.join("sandbox.json")
    }

    /// Reads a connection file. It holds secrets, so rights that are too wide are warned of.
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| {
            format!(
                "cannot read {}: start `quan dev` first, or name its file with --connection",
                file.display()
            )
        })?;
        warn_if_exposed(file);
        serde_json::from_str(&text).with_context(|| format!("{} is no connection file", file.display()))
    }

    /// Writes the connection file, whole or not at all. It holds secrets.
    pub(crate) fn write(&self, file: &Path) -> anyhow::Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        write_secret(file, text.as_bytes())
    }
}

/// Writes a file through a temporary one, so that a crash leaves the old or the new one.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_with_mode(file, bytes, 0o644)
}

/// As [`write_whole`], readable by the owner only.
pub(crate) fn write_secret(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    write_with_mode(file, bytes, 0o600)
}

fn write_with_mode(file: &Path, bytes: &[u8], mode: u32) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        let directory = file.parent().unwrap_or(Path::new("."));
        let mut temporary = tempfile::NamedTempFile::new_in(directory)?;
        temporary.write_all(bytes)?;
        temporary.as_file().sync_all()?;
        set_mode(temporary.as_file(), mode)?;
        temporary.persist(file)?;
        Ok(())
    };
    write().with_context(|| format!("cannot write {}", file.display()))
}

#[cfg(unix)]
fn set_mode(file: &std::fs::File, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &std::fs::File, _: u32) -> std::io::Result<()> {
    Ok(())
}
