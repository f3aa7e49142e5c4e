//! The platform's own keys in files: opened at the start, rotated while it runs, kept over restarts.
//!
//! `keys/platform-keys.json` names the pairs in use and which of each kind signs; without it the pairs of the first
//! start are in use. A step writes the new pair first, then the list, then the connection file, and lets the
//! signers know last. A crash in between leaves an unused pair, or a connection file that the next start corrects.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use quan_apiv3::platform_keys::{
    LivePlatformKeys, PlatformCertificate, PlatformKeys, PlatformPublicKey, Rotation, RotationError,
};
use quan_gateway::{PlatformKeyControl, PlatformKeyError, PlatformKeyKind, RotationStep};
use quan_model::entropy;
use serde::{Deserialize, Serialize};

use crate::entropy::SystemEntropy;
use crate::identity::{Identity, open_public_key_pair};
use crate::sandbox::{self, PlatformCertificateFile, PlatformPublicKeyFile, Sandbox, write_whole};

/// Whom the platform's certificates name.
const COMMON_NAME: &str = "Quan platform";
/// The pairs of the first start.
const FIRST_CERTIFICATE: &str = "platform";
const FIRST_PUBLIC_KEY: &str = "wechatpay";

/// The names of the pairs in use; each kind's first one signs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct InUse {
    certificates: Vec<String>,
    public_keys: Vec<String>,
}

/// A pair in files.
#[derive(Clone)]
struct Named<T> {
    name: String,
    keys: T,
    /// What callers are given: the certificate, or the public key.
    file: PathBuf,
}

#[derive(Clone)]
struct Pairs {
    certificates: Rotation<Named<PlatformCertificate>>,
    public_keys: Rotation<Named<PlatformPublicKey>>,
}

/// The platform's keys of a data directory.
pub(crate) struct PlatformKeyFiles {
    /// The connection file that names the keys, if there is one.
    connection: Option<PathBuf>,
    directory: PathBuf,
    pairs: Mutex<Pairs>,
    live: LivePlatformKeys,
}

impl PlatformKeyFiles {
    /// Opens the keys of a directory, making the first ones if need be. `connection` is a file that names them.
    pub(crate) fn open(directory: &Path, connection: Option<PathBuf>) -> anyhow::Result<Self> {
        let pairs = pairs(directory, &in_use(directory)?)?;
        let live = LivePlatformKeys::new(keys_of(&pairs)?);
        Ok(Self { connection, directory: directory.to_owned(), pairs: Mutex::new(pairs), live })
    }

    /// As [`PlatformKeyFiles::open`], but makes nothing: whoever mistypes a directory must not sign with new keys.
    pub(crate) fn open_made(directory: &Path) -> anyhow::Result<Self> {
        let missing = missing(directory, &in_use(directory)?);
        anyhow::ensure!(
            missing.is_empty(),
            "there are no platform keys in {}: {} is missing. Make them once with `quan keys make {}`, and give all \
             nodes the same directory",
            directory.display(),
            missing[0].display(),
            directory.display()
        );
        Self::open(directory, None)
    }

    /// Reads the files again, when another node or a person has turned the keys. Whether they differ.
    pub(crate) fn reload(&self) -> anyhow::Result<bool> {
        let mut held = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = pairs(&self.directory, &in_use(&self.directory)?)?;
        if described(&held) == described(&fresh) {
            return Ok(false);
        }
        self.live.replace(keys_of(&fresh)?);
        *held = fresh;
        Ok(true)
    }

    /// The keys in force, for those who sign.
    pub(crate) fn live(&self) -> LivePlatformKeys {
        self.live.clone()
    }

    /// What the connection file says of them.
    pub(crate) fn described(&self) -> sandbox::PlatformKeys {
        described(&self.pairs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn turned(&self, pairs: Pairs, kind: PlatformKeyKind, step: RotationStep) -> Result<Pairs, TurnFailure> {
        Ok(match kind {
            PlatformKeyKind::Certificate => {
                let make = |current: &Named<PlatformCertificate>| {
                    let name = free_name(&self.directory, FIRST_CERTIFICATE);
                    Identity::make_after(&self.directory, &name, COMMON_NAME, &current.keys.certificate)?;
                    open_certificate(&self.directory, &name)
                };
                Pairs { certificates: turned(pairs.certificates, step, make)?, ..pairs }
            }
            PlatformKeyKind::PublicKey => {
                let make = |_: &Named<PlatformPublicKey>| {
                    open_public_key(&self.directory, &free_name(&self.directory, FIRST_PUBLIC_KEY))
                };
                Pairs { public_keys: turned(pairs.public_keys, step, make)?, ..pairs }
            }
        })
    }

    /// Makes the files true. When the connection file cannot be written, the list is put back.
    fn keep(&self, former: &Pairs, pairs: &Pairs) -> anyhow::Result<()> {
        self.write_list(pairs)?;
        let Some(file) = self.connection.as_ref().filter(|file| file.exists()) else { return Ok(()) };
        let rewritten = Sandbox::read(file)
            .and_then(|sandbox| Sandbox { platform: described(pairs), ..sandbox }.write(file));
        if rewritten.is_err() {
            self.write_list(former)?;
        }
        rewritten
    }

    fn write_list(&self, pairs: &Pairs) -> anyhow::Result<()> {
        let names = InUse {
            certificates: pairs.certificates.iter().map(|pair| pair.name.clone()).collect(),
            public_keys: pairs.public_keys.iter().map(|pair| pair.name.clone()).collect(),
        };
        write_whole(&list_file(&self.directory), serde_json::to_string_pretty(&names)?.as_bytes())
    }
}

/// Why a step was not made.
enum TurnFailure {
    Step(RotationError),
    Failed(anyhow::Error),
}

impl From<RotationError> for TurnFailure {
    fn from(error: RotationError) -> Self {
        Self::Step(error)
    }
}

impl From<anyhow::Error> for TurnFailure {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<TurnFailure> for PlatformKeyError {
    fn from(failure: TurnFailure) -> Self {
        match failure {
            TurnFailure::Step(error) => Self::Step(error),
            TurnFailure::Failed(error) => Self::Failed(format!("{error:#}")),
        }
    }
}

impl PlatformKeyControl for PlatformKeyFiles {
    fn turn(&self, kind: PlatformKeyKind, step: RotationStep) -> Result<(), PlatformKeyError> {
        let mut pairs = self.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let turned = self.turned(pairs.clone(), kind, step)?;
        let keys = keys_of(&turned).map_err(TurnFailure::from)?;
        self.keep(&pairs, &turned).map_err(TurnFailure::from)?;
        self.live.replace(keys);
        *pairs = turned;
        tracing::info!(?kind, ?step, "the platform's keys were turned");
        Ok(())
    }
}

fn turned<T>(
    rotation: Rotation<T>,
    step: RotationStep,
    make: impl FnOnce(&T) -> anyhow::Result<T>,
) -> Result<Rotation<T>, TurnFailure> {
    match step {
        RotationStep::Rotate if rotation.other().is_some() => Err(RotationError::UnderWay.into()),
        RotationStep::Rotate => {
            let new = make(rotation.signing())?;
            Ok(rotation.added(new)?)
        }
        RotationStep::Switch => Ok(rotation.switched()?),
        RotationStep::Retire => Ok(rotation.retired()?),
    }
}

/// The list of a directory, or that of the first start.
fn in_use(directory: &Path) -> anyhow::Result<InUse> {
    let list = list_file(directory);
    match std::fs::read_to_string(&list) {
        Ok(text) => serde_json::from_str(&text)
            .with_context(|| format!("{} is no list of keys: correct it or delete it", list.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(InUse {
            certificates: vec![FIRST_CERTIFICATE.to_owned()],
            public_keys: vec![FIRST_PUBLIC_KEY.to_owned()],
        }),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", list.display())),
    }
}

fn pairs(directory: &Path, in_use: &InUse) -> anyhow::Result<Pairs> {
    let list = list_file(directory);
    Ok(Pairs {
        certificates: rotation(&in_use.certificates, |name| open_certificate(directory, name))
            .with_context(|| format!("certificates of {}", list.display()))?,
        public_keys: rotation(&in_use.public_keys, |name| open_public_key(directory, name))
            .with_context(|| format!("public keys of {}", list.display()))?,
    })
}

/// The files that the list asks for and that are not there.
fn missing(directory: &Path, in_use: &InUse) -> Vec<PathBuf> {
    let of = |names: &[String], ends: [&str; 2]| {
        let files = names.iter().flat_map(|name| ends.map(|end| directory.join(format!("{name}_{end}"))));
        files.filter(|file| !file.exists()).collect::<Vec<_>>()
    };
    let mut files = of(&in_use.certificates, ["key.pem", "cert.pem"]);
    files.extend(of(&in_use.public_keys, ["key.pem", "pub_id"]));
    files
}

fn list_file(directory: &Path) -> PathBuf {
    directory.join("platform-keys.json")
}

/// `platform_2`, `platform_3`, …: a name that no file has yet. Retired pairs keep their files.
fn free_name(directory: &Path, first: &str) -> String {
    let names = (2_u32..).map(|number| format!("{first}_{number}"));
    let mut free = names.filter(|name| !directory.join(format!("{name}_key.pem")).exists());
    free.next().expect("invariant: a directory does not hold every number")
}

fn rotation<T>(
    names: &[String],
    mut open: impl FnMut(&str) -> anyhow::Result<T>,
) -> anyhow::Result<Rotation<T>> {
    match names {
        [signing] => Ok(Rotation::steady(open(signing)?)),
        [signing, other] => Ok(Rotation::steady(open(signing)?).added(open(other)?)?),
        _ => anyhow::bail!("one name or two are expected, not {}", names.len()),
    }
}

fn open_certificate(directory: &Path, name: &str) -> anyhow::Result<Named<PlatformCertificate>> {
    let Identity { key, certificate, certificate_file, .. } = Identity::open(directory, name, COMMON_NAME)?;
    let keys = PlatformCertificate { key, certificate };
    Ok(Named { name: name.to_owned(), keys, file: certificate_file })
}

fn open_public_key(directory: &Path, name: &str) -> anyhow::Result<Named<PlatformPublicKey>> {
    let (key, file) = open_public_key_pair(directory, name)?;
    let id_file = directory.join(format!("{name}_pub_id"));
    if !id_file.exists() {
        let id = format!("PUB_KEY_ID_01{}", entropy::text(&SystemEntropy, entropy::DIGITS, 32));
        write_whole(&id_file, id.as_bytes())?;
    }
    let id = std::fs::read_to_string(&id_file)
        .with_context(|| format!("cannot read {}", id_file.display()))?
        .trim()
        .to_owned();
    Ok(Named { name: name.to_owned(), keys: PlatformPublicKey { key, id }, file })
}

fn keys_of(pairs: &Pairs) -> anyhow::Result<PlatformKeys> {
    fn bare<T: Clone>(pairs: &Rotation<Named<T>>) -> anyhow::Result<Rotation<T>> {
        let signing = Rotation::steady(pairs.signing().keys.clone());
        Ok(match pairs.other() {
            None => signing,
            Some(other) => signing.added(other.keys.clone())?,
        })
    }
    Ok(PlatformKeys { certificates: bare(&pairs.certificates)?, public_keys: bare(&pairs.public_keys)? })
}

fn described(pairs: &Pairs) -> sandbox::PlatformKeys {
    let (certificate, public_key) = (pairs.certificates.signing(), pairs.public_keys.signing());
    sandbox::PlatformKeys {
        public_key_id: public_key.keys.id.clone(),
        public_key_file: public_key.file.clone(),
        certificate_serial_no: certificate.keys.certificate.serial_no.clone(),
        certificate_file: certificate.file.clone(),
        other_public_key: pairs.public_keys.other().map(|other| PlatformPublicKeyFile {
            public_key_id: other.keys.id.clone(),
            public_key_file: other.file.clone(),
        }),
        other_certificate: pairs.certificates.other().map(|other| PlatformCertificateFile {
            certificate_serial_no: other.keys.certificate.serial_no.clone(),
            certificate_file: other.file.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(directory: &Path) -> PlatformKeyFiles {
        PlatformKeyFiles::open(directory, None).unwrap()
    }

    #[test]
    fn a_rotation_is_seen_at_once_and_kept_over_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let files = open(directory.path());
        let live = files.live();
        let old = live.now().by_certificate().serial.to_owned();
        let old_id = live.now().by_public_key().serial.to_owned();
        for kind in [PlatformKeyKind::Certificate, PlatformKeyKind::PublicKey] {
            files.turn(kind, RotationStep::Rotate).unwrap();
        }
        assert_eq!(live.now().by_certificate().serial, old, "a new one does not sign yet");
        files.turn(PlatformKeyKind::Certificate, RotationStep::Switch).unwrap();
        let keys = live.now();
        let (new, former) = (keys.certificates.signing(), keys.certificates.other().unwrap());
        assert_eq!(former.certificate.serial_no, old);
        assert_ne!(new.certificate.serial_no, old);
        assert!((b'1'..=b'7').contains(&new.certificate.serial_no.as_bytes()[0]));
        // Go takes the newest beginning, Java and Python the latest end (wire-protocol 3.3).
        assert!(new.certificate.not_before > former.certificate.not_before);
        assert!(new.certificate.not_after > former.certificate.not_after);
        assert_ne!(keys.public_keys.other().unwrap().id, old_id);

        let again = open(directory.path());
        assert_eq!(again.described().certificate_serial_no, new.certificate.serial_no);
        assert_eq!(again.described(), files.described());
        again.turn(PlatformKeyKind::Certificate, RotationStep::Retire).unwrap();
        assert!(!again.live().now().knows(&old));
        again.turn(PlatformKeyKind::Certificate, RotationStep::Rotate).unwrap();
        let third = again.described().other_certificate.unwrap();
        assert!(
            third.certificate_file.ends_with("platform_3_cert.pem"),
            "{}",
            third.certificate_file.display()
        );
    }

    #[test]
    fn a_step_that_does_not_fit_makes_no_key() {
        let directory = tempfile::tempdir().unwrap();
        let files = open(directory.path());
        files.turn(PlatformKeyKind::PublicKey, RotationStep::Rotate).unwrap();
        let before = std::fs::read_dir(directory.path()).unwrap().count();
        let refused = files.turn(PlatformKeyKind::PublicKey, RotationStep::Rotate).unwrap_err();
        assert!(matches!(refused, PlatformKeyError::Step(RotationError::UnderWay)), "{refused}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), before);
    }

    #[test]
    fn a_directory_without_keys_is_refused_where_none_are_to_be_made() {
        let directory = tempfile::tempdir().unwrap();
        let error = PlatformKeyFiles::open_made(directory.path()).err().unwrap().to_string();
        assert!(error.contains("quan keys make"), "{error}");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        let made = open(directory.path());
        assert_eq!(PlatformKeyFiles::open_made(directory.path()).unwrap().described(), made.described());
    }

    #[test]
    fn what_another_node_turned_is_seen_after_a_reload() {
        let directory = tempfile::tempdir().unwrap();
        let (one, other) = (open(directory.path()), open(directory.path()));
        assert!(!other.reload().unwrap());
        one.turn(PlatformKeyKind::Certificate, RotationStep::Rotate).unwrap();
        one.turn(PlatformKeyKind::Certificate, RotationStep::Switch).unwrap();
        assert!(other.reload().unwrap());
        assert_eq!(other.live().now().by_certificate().serial, one.live().now().by_certificate().serial);
    }

    #[test]
    fn a_damaged_list_is_named() {
        let directory = tempfile::tempdir().unwrap();
        for text in ["soon", r#"{"certificates":[],"public_keys":["wechatpay"]}"#] {
            std::fs::write(list_file(directory.path()), text).unwrap();
            let error = PlatformKeyFiles::open(directory.path(), None).err().unwrap();
            assert!(format!("{error:#}").contains("platform-keys.json"), "{error:#}");
        }
    }
}
