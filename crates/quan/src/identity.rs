//! Keys and certificates of the sandbox: made fresh, written to files, read back.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use quan_apiv3::certificate::Certificate;
use quan_apiv3::key::PrivateKey;
use quan_model::clock::Clock;
use quan_model::entropy::{self, Entropy};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SerialNumber};

use crate::clock::WallClock;
use crate::entropy::SystemEntropy;
use crate::exposure::warn_if_exposed;
use crate::sandbox::{write_secret, write_whole};

/// Years a certificate is valid, as the official ones are.
const VALID_YEARS: i32 = 5;
/// The same in seconds, a leap day included.
const VALID_SECONDS: i64 = (5 * 365 + 1) * 86_400;

/// A key pair with a self-signed certificate, in two files.
pub(crate) struct Identity {
    pub(crate) key: PrivateKey,
    pub(crate) key_file: PathBuf,
    pub(crate) certificate: Certificate,
    pub(crate) certificate_file: PathBuf,
}

impl Identity {
    /// Makes a pair that follows another: valid from later and for longer, so that every SDK takes it for the newer
    /// one (wire-protocol 3.3).
    pub(crate) fn make_after(
        directory: &Path,
        name: &str,
        common_name: &str,
        former: &Certificate,
    ) -> anyhow::Result<()> {
        let from = WallClock.now().unix_seconds().max(former.not_before + 1);
        let to = (from + VALID_SECONDS).max(former.not_after + 1);
        let [key_file, certificate_file] = files(directory, name);
        make(&key_file, &certificate_file, common_name, &(from..=to))
            .with_context(|| format!("cannot make the key pair {}", key_file.display()))
    }

    /// Reads `<name>_key.pem` and `<name>_cert.pem` of a directory, making them when neither is there.
    pub(crate) fn open(directory: &Path, name: &str, common_name: &str) -> anyhow::Result<Self> {
        let [key_file, certificate_file] = files(directory, name);
        if !key_file.exists() && !certificate_file.exists() {
            let year = i32::from(WallClock.now().date().year());
            let new_year = |year| rcgen::date_time_ymd(year, 1, 1).unix_timestamp();
            let validity = new_year(year)..=new_year(year + VALID_YEARS);
            make(&key_file, &certificate_file, common_name, &validity)
                .with_context(|| format!("cannot make the key pair {}", key_file.display()))?;
        }
        warn_if_exposed(&key_file);
        let key = PrivateKey::from_pem(&read(&key_file)?).with_context(|| unusable(&key_file))?;
        let certificate =
            Certificate::from_pem(&read(&certificate_file)?).with_context(|| unusable(&certificate_file))?;
        anyhow::ensure!(
            certificate.public_key == key.public_key(),
            "{} and {} do not belong together: put them back from a backup, or, in a sandbox, delete both to have new \
             ones made",
            key_file.display(),
            certificate_file.display()
        );
        Ok(Self { key, key_file, certificate, certificate_file })
    }
}

fn files(directory: &Path, name: &str) -> [PathBuf; 2] {
    ["key", "cert"].map(|part| directory.join(format!("{name}_{part}.pem")))
}

/// A private key with its public half in a file of its own: the WeChat Pay public key.
pub(crate) fn open_public_key_pair(directory: &Path, name: &str) -> anyhow::Result<(PrivateKey, PathBuf)> {
    let key_file = directory.join(format!("{name}_key.pem"));
    let public_file = directory.join(format!("{name}_pub.pem"));
    if !key_file.exists() {
        let key = PrivateKey::generate()?;
        write_secret(&key_file, key.to_pkcs8_pem()?.as_bytes())?;
    }
    warn_if_exposed(&key_file);
    let key = PrivateKey::from_pem(&read(&key_file)?).with_context(|| unusable(&key_file))?;
    let public = key.public_key().to_spki_pem();
    // Where the directory cannot be written, what stands there is left alone.
    if std::fs::read(&public_file).ok().as_deref() != Some(public.as_bytes()) {
        write_whole(&public_file, public.as_bytes())?;
    }
    Ok((key, public_file))
}

/// A 32-character APIv3 key.
pub(crate) fn fresh_apiv3_key() -> String {
    entropy::text(&SystemEntropy, entropy::ALPHANUMERIC, 32)
}

/// Makes a pair that is valid from the first to the last of these Unix seconds.
fn make(
    key_file: &Path,
    certificate_file: &Path,
    common_name: &str,
    validity: &RangeInclusive<i64>,
) -> anyhow::Result<()> {
    let key_pem = PrivateKey::generate()?.to_pkcs8_pem()?;
    let signer = KeyPair::from_pkcs8_pem_and_sign_algo(&key_pem, &rcgen::PKCS_RSA_SHA256)?;
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "CN");
    params.distinguished_name.push(DnType::OrganizationName, "Quan");
    params.distinguished_name.push(DnType::CommonName, common_name);
    let at = |seconds: i64| {
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(seconds).unwrap_or_default())
    };
    (params.not_before, params.not_after) = (at(*validity.start()), at(*validity.end()));
    params.serial_number = Some(SerialNumber::from(fresh_serial()));
    let certificate = params.self_signed(&signer)?;
    write_whole(certificate_file, certificate.pem().as_bytes())?;
    write_secret(key_file, key_pem.as_bytes())
}

/// Twenty bytes whose first digit is 1 to 7: positive, and no SDK can lose a leading zero (wire-protocol S-10).
fn fresh_serial() -> Vec<u8> {
    let mut serial = vec![0u8; 20];
    SystemEntropy.fill(&mut serial);
    serial[0] = 0x10 + serial[0] % 0x70;
    serial
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

fn unusable(file: &Path) -> String {
    format!(
        "{} cannot be used: put it back from a backup, or, in a sandbox, delete the pair to have a new one made",
        file.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_made_once_and_read_again() {
        let directory = tempfile::tempdir().unwrap();
        let made = Identity::open(directory.path(), "merchant", "1900000001").unwrap();
        let again = Identity::open(directory.path(), "merchant", "1900000001").unwrap();
        assert_eq!(made.certificate.serial_no, again.certificate.serial_no);
        assert_eq!(made.certificate.serial_no.len(), 40);
        assert!((b'1'..=b'7').contains(&made.certificate.serial_no.as_bytes()[0]));
        assert!(made.certificate.is_valid_at(WallClock.now().unix_seconds()));
    }

    #[test]
    fn a_key_without_its_certificate_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let made = Identity::open(directory.path(), "merchant", "1900000001").unwrap();
        let other = Identity::open(directory.path(), "brand", "120344").unwrap();
        std::fs::copy(&other.certificate_file, &made.certificate_file).unwrap();
        let error = Identity::open(directory.path(), "merchant", "1900000001").err().unwrap();
        assert!(error.to_string().contains("do not belong together"));
    }
}
