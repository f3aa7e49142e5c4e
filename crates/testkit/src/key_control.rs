//! Rotating the platform's keys in tests: the next ones are those of the vectors.

use quan_apiv3::platform_keys::{LivePlatformKeys, PlatformPublicKey};
use quan_gateway::{PlatformKeyControl, PlatformKeyError, PlatformKeyKind, RotationStep};

use crate::keys::{self, NEXT_PUBLIC_KEY_ID, certificate_of};

/// Keys that are kept nowhere but in this process.
pub(crate) struct VectorKeys {
    pub(crate) platform_keys: LivePlatformKeys,
}

impl PlatformKeyControl for VectorKeys {
    fn turn(&self, kind: PlatformKeyKind, step: RotationStep) -> Result<(), PlatformKeyError> {
        let mut all = (*self.platform_keys.now()).clone();
        match kind {
            PlatformKeyKind::Certificate => {
                let certificates = all.certificates.clone();
                all.certificates = match step {
                    RotationStep::Rotate => certificates.added(certificate_of(keys::next_platform()))?,
                    RotationStep::Switch => certificates.switched()?,
                    RotationStep::Retire => certificates.retired()?,
                };
            }
            PlatformKeyKind::PublicKey => {
                let public_keys = all.public_keys.clone();
                let next =
                    PlatformPublicKey { key: keys::next_wechatpay(), id: NEXT_PUBLIC_KEY_ID.to_owned() };
                all.public_keys = match step {
                    RotationStep::Rotate => public_keys.added(next)?,
                    RotationStep::Switch => public_keys.switched()?,
                    RotationStep::Retire => public_keys.retired()?,
                };
            }
        }
        self.platform_keys.replace(all);
        Ok(())
    }
}
