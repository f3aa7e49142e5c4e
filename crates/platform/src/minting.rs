//! Ids and codes, drawn from the platform's randomness.

use quan_model::entropy::{self, Entropy};
use quan_model::ids::{CouponCode, ProductCouponId, StockBundleId, StockId, UserCouponBundleId};
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

/// Digits of a code that say when it was minted: the milliseconds of some eleven days, over and over.
const TIME_DIGITS: usize = 9;
const TIME_SPAN_MS: i64 = 1_000_000_000;

/// A code of mode WECHATPAY: nine digits of the time, then twelve random ones, so that nobody guesses a code who knows
/// when it was issued. What comes later sorts later (for eleven days), so that the coupons of one commit lie side by side
/// in their indexes however many there are. Two alike are not to be expected; the store would tell.
pub(crate) fn coupon_code(entropy: &dyn Entropy, now_ms: i64) -> CouponCode {
    let time = now_ms.rem_euclid(TIME_SPAN_MS);
    let random = entropy::text(entropy, entropy::DIGITS, CODE_DIGITS - 1 - TIME_DIGITS);
    CouponCode::parse(format!("1{time:0TIME_DIGITS$}{random}")).expect("22 digits are a coupon code")
}

/// Bytes of an id that say when it was minted.
const TIME_BYTES: usize = 6;

/// Sixteen bytes: the milliseconds since 1970 as in UUID version 7, then 80 random bits. What comes later sorts later, so
/// that new rows lie side by side in their index, however many there are, and a commit of many writes few pages.
fn ordered_id(entropy: &dyn Entropy, now_ms: i64) -> [u8; 16] {
    let mut id = [0; 16];
    entropy.fill(&mut id);
    let milliseconds = now_ms.to_be_bytes();
    id[..TIME_BYTES].copy_from_slice(&milliseconds[milliseconds.len() - TIME_BYTES..]);
    id
}

/// The name of a pre-send: 80 random bits, and nobody but us ever sees it in the clear.
pub(crate) fn pre_send_id(entropy: &dyn Entropy, now_ms: i64) -> PreSendId {
    PreSendId(ordered_id(entropy, now_ms))
}

/// A picture's id: 128 random bits in hex, because who knows it may see the picture.
pub(crate) fn image_id(entropy: &dyn Entropy) -> String {
    entropy::text(entropy, entropy::LOWER_HEX, 32)
}

/// A notification's id: a UUID of version 7, 36 characters.
pub(crate) fn notification_id(entropy: &dyn Entropy, now_ms: i64) -> String {
    let mut bytes = ordered_id(entropy, now_ms);
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

    struct Same(u8);
    impl Entropy for Same {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn later_ids_sort_later_and_keep_their_random_part() {
        let id = notification_id(&Same(0xff), 1_760_000_000_000);
        assert_eq!(id, "0199c82c-c000-7fff-bfff-ffffffffffff");
        assert!(id < notification_id(&Same(0xff), 1_760_000_000_001));
        let (early, late) =
            (pre_send_id(&Same(0xff), 1_760_000_000_000), pre_send_id(&Same(0xff), 1_760_000_000_001));
        assert!(early.0 < late.0 && early.0[6..] == [0xff; 10]);
    }

    #[test]
    fn codes_have_22_digits_of_which_the_last_twelve_are_random() {
        let code = |now_ms| coupon_code(&Same(7), now_ms).to_string();
        let (early, late) = (code(1_760_000_000_007), code(1_760_000_000_008));
        assert_eq!((early.len(), &early[..10]), (22, "1000000007"));
        assert!(early < late && early[10..] == late[10..]);
        assert_eq!(code(-1).len(), 22);
    }
}
