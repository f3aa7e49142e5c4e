//! The answer of `GET /v3/certificates`: from sealed entries to keys.
//!
//! The first such answer is signed by a certificate that is inside it. So the entries are opened first:
//! the tag of AES-256-GCM proves that whoever made them knows the APIv3 key. Only a set that then
//! verifies the answer itself is installed, and that is decided elsewhere (client.md C-54). No I/O.

use quan_apiv3::aead::{ALGORITHM, ApiV3Key};
use quan_apiv3::certificate::{self, same_serial};
use serde::Deserialize;

use crate::error::CertificateListError as Reason;
use crate::error::DecodeReason;
use crate::verify_key::VerifyKey;

/// Where the list is.
pub(crate) const PATH: &str = "v3/certificates";

#[derive(Deserialize)]
struct List {
    data: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    serial_no: String,
    encrypt_certificate: Sealed,
}

#[derive(Deserialize)]
struct Sealed {
    algorithm: String,
    nonce: String,
    #[serde(default)]
    associated_data: String,
    ciphertext: String,
}

/// Opens and reads the list. Rows that are not valid at `now` (Unix seconds) are left out, because a
/// certificate that expires must not make the others unusable; everything else that is wrong with a row
/// refuses the whole list.
pub(crate) fn read(body: &[u8], keys: &[ApiV3Key], now: i64) -> Result<Vec<VerifyKey>, Reason> {
    let list: List =
        serde_json::from_slice(body).map_err(|error| Reason::Shape(DecodeReason::from(error)))?;
    let mut found = Vec::new();
    for row in &list.data {
        let certificate = open(row, keys)?;
        if !same_serial(&certificate.serial_no, &row.serial_no) {
            let (stated, actual) = (row.serial_no.clone(), certificate.serial_no);
            return Err(Reason::SerialMismatch { stated, actual });
        }
        if certificate.is_valid_at(now) {
            found.push(VerifyKey::from(crate::verify_key::Certificate::from(certificate)));
        }
    }
    if found.is_empty() { Err(Reason::NoneValid { rows: list.data.len() }) } else { Ok(found) }
}

fn open(row: &Row, keys: &[ApiV3Key]) -> Result<certificate::Certificate, Reason> {
    let sealed = &row.encrypt_certificate;
    if sealed.algorithm != ALGORITHM {
        return Err(Reason::Algorithm(sealed.algorithm.clone()));
    }
    let serial_no = || row.serial_no.clone();
    let mut failure = Reason::NoApiV3Key;
    for key in keys {
        match key.open(&sealed.nonce, &sealed.associated_data, &sealed.ciphertext) {
            Ok(pem) => {
                let pem = String::from_utf8(pem).map_err(|_| Reason::Shape(DecodeReason::NotUtf8))?;
                return certificate::Certificate::from_pem(&pem)
                    .map_err(|cause| Reason::Certificate { serial_no: serial_no(), cause });
            }
            Err(cause) => failure = Reason::Sealed { serial_no: serial_no(), cause },
        }
    }
    Err(failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quan_apiv3::aead::AeadError;

    const BODY: &str = include_str!("../../apiv3/tests/vectors/bodies/resp09_certificates.body");
    const NOW: i64 = 1_760_000_001;

    fn key() -> ApiV3Key {
        ApiV3Key::new("TestApiV3KeyForVectors0123456789").unwrap()
    }

    #[test]
    fn the_vector_gives_both_certificates() {
        let old = ApiV3Key::new("AnotherApiV3KeyThatWasUsedBefore").unwrap();
        let keys = read(BODY.as_bytes(), &[old, key()], NOW).unwrap();
        let ids: Vec<_> = keys.iter().map(|key| key.id().as_str()).collect();
        assert_eq!(
            ids,
            ["6C8E3F201B4D59750C3F8E51607DA2B4C6E8FA03", "7D9F40312C5E6A861D409F62718EB3C5D7F90B14"]
        );
        // In 2021 only the first is valid, in 2200 none.
        assert_eq!(read(BODY.as_bytes(), &[key()], 1_610_000_000).unwrap().len(), 1);
        let none = read(BODY.as_bytes(), &[key()], 7_258_118_400);
        assert!(matches!(none, Err(Reason::NoneValid { rows: 2 })));
    }

    #[test]
    fn whatever_is_wrong_with_a_row_refuses_the_list() {
        let refused = |body: &str| read(body.as_bytes(), &[key()], NOW).unwrap_err();
        let other = ApiV3Key::new("AnotherApiV3KeyThatWasUsedBefore").unwrap();
        assert!(matches!(
            read(BODY.as_bytes(), &[other], NOW).unwrap_err(),
            Reason::Sealed { cause: AeadError::TagMismatch, .. }
        ));
        assert!(matches!(read(BODY.as_bytes(), &[], NOW).unwrap_err(), Reason::NoApiV3Key));
        let swapped = BODY.replace("7D9F40312C5E6A861D409F62718EB3C5D7F90B14", "7D9F");
        assert!(matches!(refused(&swapped), Reason::SerialMismatch { .. }));
        let algorithm = BODY.replace("AEAD_AES_256_GCM", "AEAD_SM4_GCM");
        assert!(matches!(refused(&algorithm), Reason::Algorithm(name) if name == "AEAD_SM4_GCM"));
        let other_data = BODY.replace("\"certificate\"", "\"certificates\"");
        assert!(matches!(refused(&other_data), Reason::Sealed { .. }));
        assert!(matches!(refused("{}"), Reason::Shape(_)));
        assert!(matches!(refused("{\"data\":[]}"), Reason::NoneValid { rows: 0 }));
        let sealed = key().seal("61f9c719728a", "certificate", b"no certificate").unwrap();
        let row = serde_json::json!({"data": [{"serial_no": "1", "encrypt_certificate": {
            "algorithm": ALGORITHM, "nonce": "61f9c719728a", "associated_data": "certificate",
            "ciphertext": sealed}}]});
        assert!(matches!(refused(&row.to_string()), Reason::Certificate { .. }));
    }
}
