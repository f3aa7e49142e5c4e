//! Ids and codes, drawn from the platform's randomness.

use quan_model::entropy::{self, Entropy};
use quan_model::ids::{CouponCode, ProductCouponId, StockBundleId, StockId, UserCouponBundleId};
use quan_model::time::Time;
use quan_store::pre_send::PreSendId;

/// Digits of a WECHATPAY code: official ones have 22 (api-busifavor 4.1).
const CODE_DIGITS: usize = 22;

fn number(entropy: &dyn Entropy, first: char, digits: usize) -> String {
    format!("{first}{}", entropy::text(entropy, entropy::DIGITS, digits - 1))
}

/// A product coupon's id: thirteen digits, as in the official examples ten.
pub(crate) fn product_coupon_id(entropy: &dyn Entropy) -> ProductCouponId {
    ProductCouponId::parse(number(entropy, '2', 13)).expect("thirteen digits are a product coupon id")
}

/// A stock's id: sixteen digits, never derived from the product coupon's.
pub(crate) fn stock_id(entropy: &dyn Entropy) -> StockId {
    StockId::parse(number(entropy, '3', 16)).expect("sixteen digits are a stock id")
}

/// A stock bundle's id: thirteen digits, as in the official examples ten.
pub(crate) fn stock_bundle_id(entropy: &dyn Entropy) -> StockBundleId {
    StockBundleId::parse(number(entropy, '3', 13)).expect("thirteen digits are a stock bundle id")
}

/// A chain's id: sixteen digits, as in the official examples thirteen.
pub(crate) fn user_coupon_bundle_id(entropy: &dyn Entropy) -> UserCouponBundleId {
    UserCouponBundleId::parse(number(entropy, '4', 16)).expect("sixteen digits are a chain's id")
}

/// A code of mode WECHATPAY. With 21 random digits two alike are not to be expected; the store would tell.
pub(crate) fn coupon_code(entropy: &dyn Entropy) -> CouponCode {
    CouponCode::parse(number(entropy, '1', CODE_DIGITS)).expect("22 digits are a coupon code")
}

/// Bytes of an id that say when it was minted.
const TIME_BYTES: usize = 6;

/// Sixteen bytes: the milliseconds since 1970 as in UUID version 7, then 80 random bits. What comes later sorts later, so
/// that new rows lie side by side in their index, however many there are, and a commit of many writes few pages.
fn ordered_id(entropy: &dyn Entropy, now: Time) -> [u8; 16] {
    let mut id = [0; 16];
    entropy.fill(&mut id);
    let milliseconds = now.unix_seconds().saturating_mul(1000).to_be_bytes();
    id[..TIME_BYTES].copy_from_slice(&milliseconds[milliseconds.len() - TIME_BYTES..]);
    id
}

/// The name of a pre-send: 80 random bits, and nobody but us ever sees it in the clear.
pub(crate) fn pre_send_id(entropy: &dyn Entropy, now: Time) -> PreSendId {
    PreSendId(ordered_id(entropy, now))
}

/// A picture's id: 128 random bits in hex, because who knows it may see the picture.
pub(crate) fn image_id(entropy: &dyn Entropy) -> String {
    entropy::text(entropy, entropy::LOWER_HEX, 32)
}

/// A notification's id: a UUID of version 7, 36 characters.
pub(crate) fn notification_id(entropy: &dyn Entropy, now: Time) -> String {
    let mut bytes = ordered_id(entropy, now);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// The id of a subsidy payment: 28 digits (api-busifavor 5.22).
pub(crate) fn subsidy_receipt_id(entropy: &dyn Entropy) -> String {
    number(entropy, '1', 28)
}

/// The id of a subsidy's return: 28 digits (api-busifavor 5.25).
pub(crate) fn subsidy_return_receipt_id(entropy: &dyn Entropy) -> String {
    number(entropy, '2', 28)
}

/// The code of a consumption card: twelve digits, as in the official example.
pub(crate) fn card_code(entropy: &dyn Entropy) -> String {
    number(entropy, '7', 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Ones;
    impl Entropy for Ones {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0xff);
        }
    }

    #[test]
    fn later_ids_sort_later_and_keep_their_random_part() {
        let at = |seconds| Time::from_unix_seconds(seconds);
        let id = notification_id(&Ones, at(1_760_000_000));
        assert_eq!(id, "0199c82c-c000-7fff-bfff-ffffffffffff");
        assert!(id < notification_id(&Ones, at(1_760_000_001)));
        let (early, late) = (pre_send_id(&Ones, at(1_760_000_000)), pre_send_id(&Ones, at(1_760_000_001)));
        assert!(early.0 < late.0 && early.0[6..] == [0xff; 10]);
    }
}
