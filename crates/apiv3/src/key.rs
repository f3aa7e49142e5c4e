//! RSA keys: loading, signing and verifying with RSASSA-PKCS1-v1_5 and SHA-256.
//!
//! The arithmetic is the provider's (`aws-lc-rs`). Signing is deterministic: the same key and message
//! give the same signature. Only [`PrivateKey::generate`] and [`crate::oaep`] use random numbers, and
//! those are the provider's own. Where keys are kept and which one is current is for the caller.

mod der;
mod private;
mod public;

use aws_lc_rs::error::KeyRejected;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

pub use self::private::PrivateKey;
pub use self::public::PublicKey;

/// What a probe signature begins with: a small share of answers and callbacks is signed wrongly on
/// purpose, to find clients that do not verify.
pub const PROBE_PREFIX: &str = "WECHATPAY/SIGNTEST/";

/// The accepted lengths of the modulus. APIv3 uses 2048 bits everywhere; longer keys do no harm.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Why a key could not be loaded, made or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The text has no readable PEM block. A bare Base64 text without its BEGIN line is one case.
    #[error("there is no readable PEM block (-----BEGIN …-----)")]
    NotPem,
    /// A public key was given where another thing is needed.
    #[error("this is a public key (PUBLIC KEY)")]
    PublicKeyGiven,
    /// A certificate was given where another thing is needed, often `apiclient_cert.pem` instead of
    /// `apiclient_key.pem`.
    #[error("this is a certificate (CERTIFICATE)")]
    CertificateGiven,
    /// A private key was given where a public key or certificate is needed.
    #[error("this is a private key (PRIVATE KEY)")]
    PrivateKeyGiven,
    /// The private key is protected by a pass phrase and none was given, or it is protected in the old
    /// way (`Proc-Type: 4,ENCRYPTED`), which is not supported: `openssl pkcs8 -topk8` writes the new one.
    #[error("the private key is protected by a pass phrase; give it, and use the PKCS#8 form of the file")]
    Encrypted,
    /// The pass phrase does not open the private key.
    #[error("the pass phrase does not open the private key")]
    WrongPassphrase,
    /// The private key is protected with a scheme other than PBES2 with AES.
    #[error("the protection of the private key is not PBES2 with AES")]
    UnsupportedProtection,
    /// The PEM block is of a kind that is never a key here; its label is the field.
    #[error("the PEM label {0:?} is not one of PRIVATE KEY, RSA PRIVATE KEY, PUBLIC KEY, CERTIFICATE")]
    UnexpectedLabel(String),
    /// The bytes are not a key in DER.
    #[error("the DER bytes are not those of a key")]
    Malformed,
    /// The key is of another algorithm, such as an elliptic curve or SM2.
    #[error("the key is not an RSA key")]
    NotRsa,
    /// The modulus is shorter than 2048 bits or longer than 8192.
    #[error("the RSA key has {bits} bits; 2048 to 8192 are accepted")]
    UnsupportedLength {
        /// The length of the modulus.
        bits: usize,
    },
    /// The key has the right form, but its numbers do not fit together.
    #[error("the provider rejects the key")]
    Rejected(#[source] KeyRejected),
    /// The provider could not make a key.
    #[error("no key could be generated")]
    Generation,
    /// The provider could not write the key.
    #[error("the key could not be encoded")]
    Encoding,
}

/// The provider failed to sign, which only happens when it runs out of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the message could not be signed")]
pub struct SignError;

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It failed, and it begins with [`PROBE_PREFIX`]. Treat it like any failure; only the log may
    /// tell the difference.
    #[error("the signature is a probe of the platform and does not verify, as intended")]
    Probe,
    /// It is not standard Base64 with padding on one line.
    #[error("the signature is not Base64")]
    NotBase64,
    /// It was not made over this message with this key.
    #[error("the signature does not fit the message and the key")]
    Mismatch,
}

fn require_length(bits: usize) -> Result<(), KeyError> {
    if MODULUS_BITS.contains(&bits) { Ok(()) } else { Err(KeyError::UnsupportedLength { bits }) }
}

/// PEM with 64 characters a line and LF, as openssl writes it. Wiped on drop, since it may be secret.
pub(crate) fn to_pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    const LINE_BYTES: usize = 48;
    let mut text = Zeroizing::new(String::with_capacity(der.len() * 2 + 128));
    text.push_str(&format!("-----BEGIN {label}-----\n"));
    for line in der.chunks(LINE_BYTES) {
        STANDARD.encode_string(line, &mut text);
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const MERCHANT: &str = include_str!("../tests/vectors/keys/merchant_key.pem");
    const MERCHANT_PKCS1: &str = include_str!("../tests/merchant_key_pkcs1.pem");
    const MERCHANT_CERTIFICATE: &str = include_str!("../tests/vectors/keys/merchant_cert.pem");
    const PUBLIC: &str = include_str!("../tests/vectors/keys/wechatpay_pub.pem");
    const SHORT: &str = include_str!("../tests/refused_keys/rsa1024_key.pem");
    const SHORT_PUBLIC: &str = include_str!("../tests/refused_keys/rsa1024_pub.pem");
    const ELLIPTIC: &str = include_str!("../tests/refused_keys/ec_key.pem");
    const ENCRYPTED: &str = include_str!("../tests/refused_keys/encrypted_key.pem");
    const ENCRYPTED_PKCS1: &str = include_str!("../tests/refused_keys/encrypted_pkcs1_key.pem");

    fn der_of(text: &str) -> Vec<u8> {
        pem::parse(text).unwrap().into_contents()
    }

    #[test]
    fn both_encodings_give_the_key_of_the_certificate() {
        let key = PrivateKey::from_pem(MERCHANT).unwrap();
        let same = PrivateKey::from_pem(MERCHANT_PKCS1).unwrap();
        assert_eq!(key.public_key(), same.public_key());
        assert_eq!(key.public_key(), PublicKey::from_certificate_pem(MERCHANT_CERTIFICATE).unwrap());
        assert_eq!(key.sign(b"message"), same.sign(b"message"));
        assert_ne!(key.public_key(), PublicKey::from_spki_pem(PUBLIC).unwrap());
    }

    #[test]
    fn written_pem_is_read_back_and_looks_like_the_usual_tool_wrote_it() {
        let key = PrivateKey::from_pem(MERCHANT_PKCS1).unwrap();
        assert_eq!(key.to_pkcs8_pem().unwrap().as_str(), MERCHANT);
        assert_eq!(PublicKey::from_spki_pem(PUBLIC).unwrap().to_spki_pem(), PUBLIC);
        let windows = MERCHANT.replace('\n', "\r\n");
        assert_eq!(PrivateKey::from_pem(&windows).unwrap().public_key(), key.public_key());
    }

    #[test]
    fn a_generated_key_signs_and_verifies() {
        let key = PrivateKey::generate().unwrap();
        let signature = key.sign(b"message").unwrap();
        assert_eq!(signature.len(), 344);
        assert_eq!(key.public_key().verify(b"message", &signature), Ok(()));
        assert_eq!(key.public_key().verify(b"messagE", &signature), Err(SignatureError::Mismatch));
    }

    #[test]
    fn signatures_that_are_no_signatures_are_told_apart() {
        let key = PublicKey::from_spki_pem(PUBLIC).unwrap();
        for (signature, error) in [
            ("", SignatureError::Mismatch),
            ("AAAA", SignatureError::Mismatch),
            ("AAA", SignatureError::NotBase64),
            ("AAAA\n", SignatureError::NotBase64),
            ("签名", SignatureError::NotBase64),
            ("WECHATPAY/SIGNTEST/AAAAA", SignatureError::Probe),
            ("WECHATPAY/SIGNTEST/", SignatureError::Probe),
        ] {
            assert_eq!(key.verify(b"message", signature), Err(error), "{signature:?}");
        }
    }

    #[test]
    fn a_wrong_private_key_file_is_named() {
        let refused = |text: &str| PrivateKey::from_pem(text).unwrap_err();
        assert!(matches!(refused(""), KeyError::NotPem));
        assert!(matches!(refused("MIIEvQIBADAN"), KeyError::NotPem));
        assert!(matches!(refused(PUBLIC), KeyError::PublicKeyGiven));
        assert!(matches!(refused(MERCHANT_CERTIFICATE), KeyError::CertificateGiven));
        assert!(matches!(refused(ENCRYPTED), KeyError::Encrypted));
        assert!(matches!(refused(ENCRYPTED_PKCS1), KeyError::Encrypted));
        assert!(matches!(refused(ELLIPTIC), KeyError::NotRsa));
        assert!(matches!(refused(SHORT), KeyError::UnsupportedLength { bits: 1024 }));
        let request = MERCHANT.replace("PRIVATE KEY", "CERTIFICATE REQUEST");
        assert!(
            matches!(refused(&request), KeyError::UnexpectedLabel(label) if label == "CERTIFICATE REQUEST")
        );
    }

    #[test]
    fn a_pass_phrase_opens_the_key_that_it_protects() {
        let key = PrivateKey::from_encrypted_pem(ENCRYPTED, "test").unwrap();
        assert_eq!(key.public_key(), PrivateKey::from_pem(MERCHANT).unwrap().public_key());
        assert!(PrivateKey::from_encrypted_pem(MERCHANT, "not needed").is_ok());
        let refused = |text: &str| PrivateKey::from_encrypted_pem(text, "other").unwrap_err();
        assert!(matches!(refused(ENCRYPTED), KeyError::WrongPassphrase));
        assert!(matches!(refused(ENCRYPTED_PKCS1), KeyError::Encrypted));
        assert!(matches!(refused(PUBLIC), KeyError::PublicKeyGiven));
        assert!(matches!(refused(""), KeyError::NotPem));
        let garbage = PUBLIC.replace("PUBLIC KEY", "ENCRYPTED PRIVATE KEY");
        assert!(matches!(refused(&garbage), KeyError::UnsupportedProtection));
    }

    #[test]
    fn wrong_private_key_bytes_are_named_without_a_label() {
        let refused = |bytes: &[u8]| PrivateKey::from_der(bytes).unwrap_err();
        assert!(matches!(refused(b""), KeyError::Malformed));
        assert!(matches!(refused(b"\x30\x00"), KeyError::Malformed));
        assert!(matches!(refused(&der_of(PUBLIC)), KeyError::PublicKeyGiven));
        assert!(matches!(refused(&der_of(MERCHANT_CERTIFICATE)), KeyError::CertificateGiven));
        assert!(matches!(refused(&der_of(ENCRYPTED)), KeyError::Encrypted));
        let mut damaged = der_of(MERCHANT);
        damaged[600] ^= 1;
        assert!(matches!(refused(&damaged), KeyError::Rejected(_)));
    }

    #[test]
    fn a_wrong_public_key_file_is_named() {
        let refused = |text: &str| PublicKey::from_spki_pem(text).unwrap_err();
        assert!(matches!(refused(MERCHANT), KeyError::PrivateKeyGiven));
        assert!(matches!(refused(MERCHANT_CERTIFICATE), KeyError::CertificateGiven));
        assert!(matches!(refused(SHORT_PUBLIC), KeyError::UnsupportedLength { bits: 1024 }));
        let refused = |text: &str| PublicKey::from_certificate_pem(text).unwrap_err();
        assert!(matches!(refused(MERCHANT), KeyError::PrivateKeyGiven));
        assert!(matches!(refused(PUBLIC), KeyError::PublicKeyGiven));
        let garbage = PUBLIC.replace("PUBLIC KEY", "CERTIFICATE");
        assert!(matches!(refused(&garbage), KeyError::Malformed));
    }

    #[test]
    fn debug_shows_no_private_number() {
        let key = PrivateKey::from_pem(MERCHANT).unwrap();
        let shown = format!("{key:?}");
        assert_eq!(
            shown,
            format!("PrivateKey {{ public_key: PublicKey({:?}), .. }}", key.public_key().fingerprint())
        );
        assert_eq!(key.public_key().fingerprint().len(), 16);
    }

    #[test]
    fn keys_can_be_shared_by_threads() {
        fn assert_shareable<T: Send + Sync + Clone>() {}
        assert_shareable::<PrivateKey>();
        assert_shareable::<PublicKey>();
    }
}
