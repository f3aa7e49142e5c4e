//! The body of a notification: the envelope with its sealed resource.
//!
//! Pure: the same notification and key give the same bytes every time, so the body is identical in every
//! attempt and only the signature headers are new. Knows nothing of signatures or receivers.

use quan_apiv3::aead::{AeadError, ApiV3Key, NONCE_BYTES};
use quan_model::entropy::ALPHANUMERIC;
use quan_model::notification::{ALGORITHM, Envelope, SealedResource};
use quan_store::outbox::Notification;
use sha2::{Digest, Sha256};

/// Keeps the digest apart from every other use of a notification id.
const NONCE_DOMAIN: &[u8] = b"quan notification nonce v1\n";

/// The bytes to post: compact JSON, members in the order of the official samples.
///
/// # Errors
/// [`AeadError`] when the resource cannot be sealed.
pub(crate) fn body(notification: &Notification, key: &ApiV3Key) -> Result<Vec<u8>, AeadError> {
    let envelope = seal(notification, key, &nonce_of(&notification.id))?;
    Ok(serde_json::to_vec(&envelope).expect("an envelope has text members only"))
}

fn seal(notification: &Notification, key: &ApiV3Key, nonce: &str) -> Result<Envelope, AeadError> {
    let ciphertext = key.seal(nonce, &notification.associated_data, notification.resource.as_bytes())?;
    Ok(Envelope {
        id: notification.id.clone(),
        create_time: notification.create_time,
        event_type: notification.event_type.clone(),
        resource_type: "encrypt-resource".to_owned(),
        summary: notification.summary.clone(),
        resource: SealedResource {
            original_type: notification.original_type.clone(),
            algorithm: ALGORITHM.to_owned(),
            ciphertext,
            associated_data: notification.associated_data.clone(),
            nonce: nonce.to_owned(),
        },
    })
}

/// The resource's nonce: 12 letters and digits, drawn from a digest of the notification's id.
///
/// AES-GCM breaks when one key and nonce seal two different plaintexts. Here they never do: ids are
/// unique, and what stands under an id in the outbox never changes, so a repeated nonce repeats
/// the very same bytes. That two ids meet in one nonce is as unlikely as with random ones: there are
/// 62¹² (about 2⁷¹) of them, all that twelve letters and digits can hold.
fn nonce_of(id: &str) -> String {
    let digest = Sha256::new().chain_update(NONCE_DOMAIN).chain_update(id.as_bytes()).finalize();
    // Sixteen bytes are so many more than 62¹² that the remainders are even to one part in 2⁵⁶.
    let mut number = digest.iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    let mut nonce = String::with_capacity(NONCE_BYTES);
    for _ in 0..NONCE_BYTES {
        let at = usize::try_from(number % 62).expect("a remainder of 62 fits");
        nonce.push(char::from(ALPHANUMERIC[at]));
        number /= 62;
    }
    nonce
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "EXAMPLE-ONLY-apiv3-key-32bytes!!";

    fn key() -> ApiV3Key {
        ApiV3Key::new(KEY).unwrap()
    }

    fn notification(id: &str) -> Notification {
        Notification {
            id: id.to_owned(),
            receiver: "mchid:1900000001".parse().unwrap(),
            brand_id: None,
            event_type: "PRODUCT_COUPON_SP.SEND".to_owned(),
            create_time: "2026-09-15T12:04:31+08:00".parse().unwrap(),
            summary: "商品券领券通知".to_owned(),
            associated_data: "product_coupon_sp".to_owned(),
            original_type: "product_coupon".to_owned(),
            resource: r#"{"coupon_code":"C1"}"#.to_owned(),
        }
    }

    #[test]
    fn seals_the_example_messages_to_the_same_bytes() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/examples/notifications");
        let mut count = 0;
        for face in ["partner", "brand", "busifavor"] {
            for entry in std::fs::read_dir(format!("{folder}/{face}")).unwrap() {
                let path = entry.unwrap().path();
                if !path.to_str().unwrap().ends_with(".envelope.json") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let example: Envelope = serde_json::from_str(&text).unwrap();
                let sealed = &example.resource;
                let opened = key().open(&sealed.nonce, &sealed.associated_data, &sealed.ciphertext).unwrap();
                let notification = Notification {
                    id: example.id.clone(),
                    receiver: "mchid:1900000001".parse().unwrap(),
                    brand_id: None,
                    event_type: example.event_type.clone(),
                    create_time: example.create_time,
                    summary: example.summary.clone(),
                    associated_data: sealed.associated_data.clone(),
                    original_type: sealed.original_type.clone(),
                    resource: String::from_utf8(opened).unwrap(),
                };
                let ours = seal(&notification, &key(), &sealed.nonce).unwrap();
                let pretty = serde_json::to_string_pretty(&ours).unwrap();
                assert_eq!(pretty.trim_end(), text.trim_end(), "{}", path.display());
                count += 1;
            }
        }
        assert!(count >= 14, "{count} examples");
    }

    #[test]
    fn the_body_is_compact_in_the_order_of_the_samples_and_the_same_every_time() {
        let notification = notification("7d1c40a2-5be3-4f0e-9c11-000000000001");
        let first = body(&notification, &key()).unwrap();
        assert_eq!(first, body(&notification, &key()).unwrap());
        let envelope: Envelope = serde_json::from_slice(&first).unwrap();
        let SealedResource { ciphertext, nonce, .. } = &envelope.resource;
        let expected = format!(
            concat!(
                r#"{{"id":"7d1c40a2-5be3-4f0e-9c11-000000000001","create_time":"2026-09-15T12:04:31+08:00","#,
                r#""event_type":"PRODUCT_COUPON_SP.SEND","resource_type":"encrypt-resource","#,
                r#""summary":"商品券领券通知","resource":{{"original_type":"product_coupon","#,
                r#""algorithm":"AEAD_AES_256_GCM","ciphertext":"{}","#,
                r#""associated_data":"product_coupon_sp","nonce":"{}"}}}}"#
            ),
            ciphertext, nonce
        );
        assert_eq!(String::from_utf8(first).unwrap(), expected);
        let opened = key().open(nonce, "product_coupon_sp", ciphertext).unwrap();
        assert_eq!(opened, notification.resource.as_bytes());
    }

    #[test]
    fn the_nonce_depends_on_the_id_alone() {
        let ids =
            ["", "a", "b", "7d1c40a2-5be3-4f0e-9c11-000000000001", "7d1c40a2-5be3-4f0e-9c11-000000000002"];
        let nonces: std::collections::BTreeSet<String> = ids.iter().map(|id| nonce_of(id)).collect();
        assert_eq!(nonces.len(), ids.len());
        for (id, nonce) in ids.iter().map(|id| (id, nonce_of(id))) {
            assert_eq!(nonce, nonce_of(id));
            assert!(nonce.len() == 12 && nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{nonce}");
        }
        // Bodies already sent must be sent again with the same bytes after an upgrade.
        assert_eq!(nonce_of("7d1c40a2-5be3-4f0e-9c11-000000000001"), "FmMjUdqdsPNt");
    }
}
