//! X.509 certificates of merchants, brands and the platform, and the rule for comparing serials.
//!
//! Only what APIv3 needs is read: serial, validity and key. The chain is not checked, as no official
//! SDK does at run time; a platform certificate is trusted because it came sealed with the APIv3 key.

use crate::key::{KeyError, PublicKey, to_pem};

/// What a serial of the public-key mode begins with. Such identifiers are opaque.
pub const PUBLIC_KEY_ID_PREFIX: &str = "PUB_KEY_ID_";

/// A certificate as far as APIv3 needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The serial as `openssl x509 -serial` prints it: upper-case hex, two digits a byte, so that a
    /// leading zero digit is kept. Compare with [`same_serial`].
    pub serial_no: String,
    /// The first second of validity, in Unix seconds.
    pub not_before: i64,
    /// The last second of validity, in Unix seconds.
    pub not_after: i64,
    /// The certified key.
    pub public_key: PublicKey,
    /// The PEM text as it was given.
    pub pem: String,
}

/// Why a certificate could not be read.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The PEM text or the key in it is not acceptable.
    #[error("the certificate holds no acceptable key")]
    Key(#[source] KeyError),
    /// The bytes are not an X.509 certificate.
    #[error("the bytes are not an X.509 certificate")]
    Malformed,
}

impl Certificate {
    /// Reads the first PEM block, which must be a certificate (`CERTIFICATE`) of an RSA key.
    ///
    /// # Errors
    /// [`CertificateError::Key`] with what was given instead, or [`CertificateError::Malformed`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateError> {
        PublicKey::from_certificate_pem(text).map_err(CertificateError::Key)?;
        let block = pem::parse(text).map_err(|_| CertificateError::Key(KeyError::NotPem))?;
        Self::read(block.contents(), text.to_owned())
    }

    /// Reads every PEM block of a text, each of which must be a certificate: a file may hold the current
    /// and the next one.
    ///
    /// # Errors
    /// As [`from_pem`](Self::from_pem), also for a text without any block.
    pub fn all_from_pem(text: &str) -> Result<Vec<Self>, CertificateError> {
        let blocks = pem::parse_many(text).map_err(|_| CertificateError::Key(KeyError::NotPem))?;
        if blocks.is_empty() {
            return Err(CertificateError::Key(KeyError::NotPem));
        }
        blocks.iter().map(|block| Self::from_pem(&pem::encode(block))).collect()
    }

    /// Reads a certificate in DER (`.cer`).
    ///
    /// # Errors
    /// [`CertificateError::Malformed`], or [`CertificateError::Key`] when its key is not acceptable.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        Self::read(bytes, std::mem::take(&mut *to_pem("CERTIFICATE", bytes)))
    }

    fn read(der: &[u8], pem: String) -> Result<Self, CertificateError> {
        let (_, parsed) =
            x509_parser::parse_x509_certificate(der).map_err(|_| CertificateError::Malformed)?;
        let public_key = PublicKey::from_spki_der(parsed.public_key().raw).map_err(CertificateError::Key)?;
        Ok(Self {
            serial_no: serial_text(parsed.tbs_certificate.raw_serial()),
            not_before: parsed.validity().not_before.timestamp(),
            not_after: parsed.validity().not_after.timestamp(),
            public_key,
            pem,
        })
    }

    /// Whether `now` (Unix seconds) lies inside the validity, both ends included.
    #[must_use]
    pub fn is_valid_at(&self, now: i64) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }
}

/// The form of a serial for look-ups: hex serials without leading zeros and in upper case.
///
/// The Java and Python SDKs drop leading zero digits, so serials are compared as numbers.
/// `PUB_KEY_ID_…` and anything else that is not hex comes back unchanged.
#[must_use]
pub fn normalise_serial(serial: &str) -> String {
    let is_hex = !serial.is_empty() && serial.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex {
        return serial.to_owned();
    }
    let digits = serial.trim_start_matches('0');
    if digits.is_empty() { "0".to_owned() } else { digits.to_ascii_uppercase() }
}

/// Whether two serials name the same key, after [`normalise_serial`].
#[must_use]
pub fn same_serial(left: &str, right: &str) -> bool {
    normalise_serial(left) == normalise_serial(right)
}

/// Upper-case hex of the magnitude. DER puts a zero byte before a number whose top bit is set; it is
/// not part of the number, and openssl does not print it either.
fn serial_text(content: &[u8]) -> String {
    let magnitude = match content {
        [0, rest @ ..] if !rest.is_empty() => rest,
        whole => whole,
    };
    magnitude.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZERO: &str = include_str!("../tests/vectors/keys/platform_zero_cert.pem");
    const KEY: &str = include_str!("../tests/vectors/keys/platform_key.pem");
    const PUBLIC: &str = include_str!("../tests/vectors/keys/wechatpay_pub.pem");

    #[test]
    fn serial_validity_and_key_are_read() {
        let certificate = Certificate::from_pem(ZERO).unwrap();
        assert_eq!(certificate.serial_no, "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567");
        assert_eq!(certificate.not_before, 1_577_836_800);
        assert_eq!(certificate.not_after, 4_733_510_400);
        assert_eq!(certificate.public_key, PublicKey::from_certificate_pem(ZERO).unwrap());
        assert_eq!(certificate.pem, ZERO);
    }

    #[test]
    fn validity_includes_both_ends() {
        let certificate = Certificate::from_pem(ZERO).unwrap();
        let (first, last) = (certificate.not_before, certificate.not_after);
        for (now, expected) in [(first - 1, false), (first, true), (last, true), (last + 1, false)] {
            assert_eq!(certificate.is_valid_at(now), expected);
        }
    }

    #[test]
    fn other_files_are_named() {
        assert!(matches!(Certificate::from_pem(KEY), Err(CertificateError::Key(KeyError::PrivateKeyGiven))));
        assert!(matches!(
            Certificate::from_pem(PUBLIC),
            Err(CertificateError::Key(KeyError::PublicKeyGiven))
        ));
        assert!(matches!(Certificate::from_pem("x"), Err(CertificateError::Key(KeyError::NotPem))));
    }

    #[test]
    fn der_and_files_with_several_certificates_are_read() {
        let platform = include_str!("../tests/vectors/keys/platform_cert.pem");
        let der = pem::parse(ZERO).unwrap().into_contents();
        assert_eq!(Certificate::from_der(&der).unwrap(), Certificate::from_pem(ZERO).unwrap());
        let both = Certificate::all_from_pem(&format!("{ZERO}\n{platform}")).unwrap();
        let serials: Vec<_> = both.iter().map(|certificate| certificate.serial_no.as_str()).collect();
        assert_eq!(
            serials,
            ["0A1B2C3D4E5F60718293A4B5C6D7E8F901234567", "6C8E3F201B4D59750C3F8E51607DA2B4C6E8FA03"]
        );
        assert!(Certificate::all_from_pem("").is_err());
        assert!(Certificate::all_from_pem(&format!("{ZERO}{KEY}")).is_err());
        assert!(matches!(Certificate::from_der(b"x"), Err(CertificateError::Malformed)));
    }

    #[test]
    fn serials_are_compared_as_numbers() {
        let full = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567";
        assert!(same_serial(full, "A1B2C3D4E5F60718293A4B5C6D7E8F901234567"));
        assert!(same_serial(full, &full.to_lowercase()));
        assert!(!same_serial(full, "A1B2C3D4E5F60718293A4B5C6D7E8F901234568"));
        assert_eq!(normalise_serial("000"), "0");
        assert_eq!(normalise_serial(""), "");
        let id = "PUB_KEY_ID_0119000000012025080100192837465001";
        assert_eq!(normalise_serial(id), id);
        assert!(!same_serial(id, &id.to_lowercase()));
    }

    #[test]
    fn a_sign_byte_is_no_digit() {
        assert_eq!(serial_text(&[0x00, 0xf5, 0x01]), "F501");
        assert_eq!(serial_text(&[0x0a]), "0A");
        assert_eq!(serial_text(&[0x00]), "00");
    }
}
