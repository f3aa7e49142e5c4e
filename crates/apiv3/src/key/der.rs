//! Looks into PEM and DER just far enough to say what a wrong file is.
//!
//! The provider only says that it rejects a key. People who configure keys mix up the files, so this
//! module names what they gave: a public key, a certificate, an encrypted key, another algorithm or a
//! key of the wrong length. It does no cryptography.

use pkcs8::EncryptedPrivateKeyInfoRef;
use x509_parser::asn1_rs::{Any, FromDer, Tag};
use zeroize::Zeroizing;

use super::KeyError;

/// The content octets of the object identifier rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017).
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// The two encodings of an RSA private key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PrivateEncoding {
    /// `PrivateKeyInfo`, PEM label `PRIVATE KEY`.
    Pkcs8,
    /// `RSAPrivateKey`, PEM label `RSA PRIVATE KEY`.
    Pkcs1,
}

/// What a PEM block claims to be, by its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PemContent {
    PrivateKey,
    PublicKey,
    Certificate,
}

/// The DER bytes of the first PEM block, when it is of the wanted kind.
pub(super) fn read_pem(text: &str, wanted: PemContent) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    // The parser's own error is dropped on purpose: it quotes the text, which may be secret.
    let block = pem::parse(text).map_err(|_| KeyError::NotPem)?;
    let is_encrypted = block.headers().get("Proc-Type").is_some_and(|value| value.ends_with("ENCRYPTED"));
    let found = match block.tag() {
        "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Encrypted),
        "RSA PRIVATE KEY" if is_encrypted => return Err(KeyError::Encrypted),
        "EC PRIVATE KEY" | "DSA PRIVATE KEY" => return Err(KeyError::NotRsa),
        "PRIVATE KEY" | "RSA PRIVATE KEY" => PemContent::PrivateKey,
        "PUBLIC KEY" => PemContent::PublicKey,
        "CERTIFICATE" => PemContent::Certificate,
        other => return Err(KeyError::UnexpectedLabel(other.to_owned())),
    };
    let contents = Zeroizing::new(block.into_contents());
    if found == wanted {
        return Ok(contents);
    }
    Err(match found {
        PemContent::PrivateKey => KeyError::PrivateKeyGiven,
        PemContent::PublicKey => KeyError::PublicKeyGiven,
        PemContent::Certificate => KeyError::CertificateGiven,
    })
}

/// The DER bytes of a private key whose file is protected by a pass phrase: the PKCS#8 form
/// (`ENCRYPTED PRIVATE KEY`, PBES2 with AES, as openssl writes it). A file that is not protected is read
/// as it is, because people add a pass phrase to the settings before they protect the file.
pub(super) fn read_protected_pem(text: &str, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let block = pem::parse(text).map_err(|_| KeyError::NotPem)?;
    if block.tag() != "ENCRYPTED PRIVATE KEY" {
        return read_pem(text, PemContent::PrivateKey);
    }
    let sealed = EncryptedPrivateKeyInfoRef::try_from(block.contents())
        .map_err(|_| KeyError::UnsupportedProtection)?;
    match sealed.decrypt(passphrase) {
        Ok(opened) => Ok(Zeroizing::new(opened.as_bytes().to_vec())),
        // The scheme is known by now, so what is left is the wrong pass phrase.
        Err(_) => Err(KeyError::WrongPassphrase),
    }
}

/// The encoding of an RSA private key and the bits of its modulus.
pub(super) fn private_key(der: &[u8]) -> Result<(PrivateEncoding, usize), KeyError> {
    let (outer, _) = expect(der, Tag::Sequence)?;
    let (first, _, rest) = element(outer)?;
    if first == Tag::Sequence {
        // No private key begins with a sequence; the second element tells what this is instead.
        let (second, _, _) = element(rest)?;
        return Err(match second {
            Tag::OctetString => KeyError::Encrypted,
            Tag::BitString => KeyError::PublicKeyGiven,
            Tag::Sequence => KeyError::CertificateGiven,
            _ => KeyError::Malformed,
        });
    }
    let (second, content, rest) = element(rest)?;
    match second {
        Tag::Integer => Ok((PrivateEncoding::Pkcs1, bits(content))),
        Tag::Sequence => {
            require_rsa(content)?;
            let (inner, _) = expect(rest, Tag::OctetString)?;
            let (fields, _) = expect(inner, Tag::Sequence)?;
            let (_, after_version) = expect(fields, Tag::Integer)?;
            let (modulus, _) = expect(after_version, Tag::Integer)?;
            Ok((PrivateEncoding::Pkcs8, bits(modulus)))
        }
        // RFC 5915: version, then the private number as an octet string.
        Tag::OctetString => Err(KeyError::NotRsa),
        _ => Err(KeyError::Malformed),
    }
}

/// The bits of the modulus in a `SubjectPublicKeyInfo`.
pub(super) fn public_key_bits(spki: &[u8]) -> Result<usize, KeyError> {
    let (outer, _) = expect(spki, Tag::Sequence)?;
    let (algorithm, rest) = expect(outer, Tag::Sequence)?;
    require_rsa(algorithm)?;
    let (bit_string, _) = expect(rest, Tag::BitString)?;
    // The first octet of a bit string counts unused bits, of which a key has none.
    let key = bit_string.strip_prefix(&[0]).ok_or(KeyError::Malformed)?;
    let (fields, _) = expect(key, Tag::Sequence)?;
    let (modulus, _) = expect(fields, Tag::Integer)?;
    Ok(bits(modulus))
}

fn require_rsa(algorithm_identifier: &[u8]) -> Result<(), KeyError> {
    let (oid, _) = expect(algorithm_identifier, Tag::Oid)?;
    if oid == RSA_ENCRYPTION { Ok(()) } else { Err(KeyError::NotRsa) }
}

/// Tag, content and what follows.
fn element(input: &[u8]) -> Result<(Tag, &[u8], &[u8]), KeyError> {
    let (rest, any) = Any::from_der(input).map_err(|_| KeyError::Malformed)?;
    Ok((any.header.tag(), any.data, rest))
}

/// Content and what follows, when the next element has the tag.
fn expect(input: &[u8], tag: Tag) -> Result<(&[u8], &[u8]), KeyError> {
    match element(input)? {
        (found, content, rest) if found == tag => Ok((content, rest)),
        _ => Err(KeyError::Malformed),
    }
}

fn bits(integer: &[u8]) -> usize {
    match integer.iter().position(|&byte| byte != 0) {
        Some(first) => {
            (integer.len() - first) * 8 - usize::try_from(integer[first].leading_zeros()).unwrap_or(0)
        }
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bits_ignore_the_sign_octet() {
        assert_eq!(bits(&[]), 0);
        assert_eq!(bits(&[0, 0x80]), 8);
        assert_eq!(bits(&[0x01, 0xff]), 9);
    }

    #[test]
    fn elliptic_curve_keys_of_rfc_5915_are_not_rsa() {
        let der = [0x30, 0x06, 0x02, 0x01, 0x01, 0x04, 0x01, 0x07];
        assert!(matches!(private_key(&der), Err(KeyError::NotRsa)));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = private_key(&bytes);
            let _ = public_key_bits(&bytes);
        }
    }
}
