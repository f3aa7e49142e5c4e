//! The platform's own keys, and which of them signs an answer (wire-protocol 2.3).

use quan_apiv3::authorization::Scheme;
use quan_apiv3::certificate::same_serial;
use quan_apiv3::key::PrivateKey;

/// The two identities of the platform. A client trusts one of them or both.
#[derive(Clone)]
pub struct SigningKeys {
    /// The key behind the WeChat Pay public key (微信支付公钥).
    pub public_key_mode: PrivateKey,
    /// Its id, `PUB_KEY_ID_…`.
    pub public_key_id: String,
    /// The key of the platform certificate (平台证书).
    pub certificate_mode: PrivateKey,
    /// The certificate's serial number.
    pub certificate_serial_no: String,
}

impl SigningKeys {
    /// The key and its identifier for the answer to a request with this `Wechatpay-Serial`.
    ///
    /// The caller decides by naming an identity it can verify. Without one, or with one that is not ours,
    /// the certificate signs, as it does for every merchant that has one; a brand always has the public key.
    pub(crate) fn for_request(&self, scheme: Scheme, requested: Option<&str>) -> (&PrivateKey, &str) {
        let by_public_key = match scheme {
            Scheme::Brand => true,
            Scheme::Merchant => requested == Some(self.public_key_id.as_str()),
        };
        if by_public_key {
            (&self.public_key_mode, &self.public_key_id)
        } else {
            (&self.certificate_mode, &self.certificate_serial_no)
        }
    }

    /// Whether a request names one of our identities, or none.
    pub(crate) fn knows(&self, requested: Option<&str>) -> bool {
        match requested {
            None | Some("") => true,
            Some(serial) => serial == self.public_key_id || same_serial(serial, &self.certificate_serial_no),
        }
    }
}
