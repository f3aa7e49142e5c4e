//! What the fake platform seals and opens beside notifications: its certificates and sensitive fields.

use quan_apiv3::aead::{ALGORITHM, ApiV3Key};
use quan_apiv3::oaep;
use serde_json::{Value, json};

use super::FakePlatform;
use super::answer::Answer;
use super::keys;
use crate::key_ring::Certificate;

impl FakePlatform {
    /// The answer to `GET /v3/certificates`: these certificates, sealed with the merchant's APIv3 key,
    /// and signed with the first of them, as the platform does for merchants in certificate mode.
    ///
    /// # Panics
    /// When the list is empty.
    #[must_use]
    pub fn certificates(&self, certificates: &[Certificate]) -> Answer {
        let signer = certificates.first().expect("a list with a certificate that signs");
        let list: Vec<Value> = certificates.iter().map(|certificate| self.sealed(certificate)).collect();
        Answer::json(200, json!({ "data": list })).signed_by(signer.serial_no())
    }

    fn sealed(&self, certificate: &Certificate) -> Value {
        let key = ApiV3Key::new(keys::API_V3_KEY).expect("invariant: 32 bytes");
        let nonce = format!("{:012}", self.next_count());
        let pem = keys::certificate_pem(certificate.serial_no());
        let ciphertext = key.seal(&nonce, "certificate", pem.as_bytes());
        json!({
            "serial_no": certificate.serial_no(),
            "effective_time": "2020-01-01T08:00:00+08:00",
            "expire_time": "2120-01-01T08:00:00+08:00",
            "encrypt_certificate": {
                "algorithm": ALGORITHM,
                "nonce": nonce,
                "associated_data": "certificate",
                "ciphertext": ciphertext.expect("the provider seals a small text"),
            }
        })
    }

    /// Opens a field that the client sealed for the platform, with the key that `Wechatpay-Serial` of the
    /// request names; `None` when it was not sealed for that key.
    #[must_use]
    pub fn open_field(&self, serial: &str, ciphertext: &str) -> Option<String> {
        oaep::decrypt(self.signing_key(serial)?, ciphertext).ok()
    }

    /// Seals a field for the merchant, as it stands in answers.
    ///
    /// # Panics
    /// When the text has more than 214 bytes.
    #[must_use]
    pub fn seal_field(&self, plaintext: &str) -> String {
        let key = keys::private(keys::MERCHANT_KEY).public_key();
        oaep::encrypt(&key, plaintext).expect("a text of at most 214 bytes")
    }
}
