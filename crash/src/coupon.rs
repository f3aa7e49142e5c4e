//! A coupon as the platform showed it last, and what of it may differ between two looks.

use serde_json::Value;

/// Members that change without a write on the coupon: counts of the stock, and how far the chain has come.
const MOVING: [&str; 2] = ["stock", "user_product_coupon_bundle_info"];

/// A coupon that a life holds.
#[derive(Clone, Debug)]
pub(crate) struct Coupon {
    /// Its code.
    pub(crate) code: String,
    /// Its stock.
    pub(crate) stock_id: String,
    /// Its place in the chain, from 0.
    pub(crate) index: u64,
    /// As the last answer showed it.
    pub(crate) shown: Value,
}

impl Coupon {
    /// Reads a coupon of an answer.
    ///
    /// # Errors
    /// When code or stock are missing.
    pub(crate) fn read(shown: &Value) -> Result<Self, String> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let code = text(&shown["coupon_code"]);
        let stock_id = text(&shown["stock"]["stock_id"]);
        let (Some(code), Some(stock_id)) = (code, stock_id) else {
            return Err(format!("an answer shows no coupon: {shown}"));
        };
        let place = &shown["user_product_coupon_bundle_info"]["user_coupon_bundle_index"];
        Ok(Self { code, stock_id, index: place.as_u64().unwrap_or(0), shown: shown.clone() })
    }

    /// Its state in the last answer.
    #[must_use]
    pub(crate) fn state(&self) -> &str {
        self.shown["coupon_state"].as_str().unwrap_or_default()
    }

    /// Whether it waits, may be used, or may be used later.
    #[must_use]
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state(), "CONFIRMING" | "PENDING" | "EFFECTIVE")
    }

    /// Whether another look shows the same coupon with the same facts.
    #[must_use]
    pub(crate) fn is_shown_again(&self, other: &Value) -> bool {
        still(&self.shown) == still(other)
    }
}

/// Whether two answers to the same call say the same.
#[must_use]
pub(crate) fn is_same_answer(one: &Value, other: &Value) -> bool {
    let lists = (one["user_product_coupon_list"].as_array(), other["user_product_coupon_list"].as_array());
    match lists {
        (Some(one), Some(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| still(one) == still(other))
        }
        // Tokens are sealed anew each time.
        _ if one["token"].is_string() => other["token"].is_string(),
        _ => still(one) == still(other),
    }
}

/// What stands still without a write.
fn still(shown: &Value) -> Value {
    let mut still = shown.clone();
    if let Some(members) = still.as_object_mut() {
        for name in MOVING {
            members.remove(name);
        }
    }
    still
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_move_and_facts_do_not() {
        let shown =
            json!({ "coupon_code": "A", "coupon_state": "USED", "stock": { "stock_id": "1", "n": 1 } });
        let coupon = Coupon::read(&shown).unwrap();
        let with = |name: &str, value: Value| {
            let mut other = shown.clone();
            other[name] = value;
            other
        };
        assert!(coupon.is_shown_again(&with("stock", json!({ "stock_id": "1", "n": 2 }))));
        assert!(!coupon.is_shown_again(&with("coupon_state", json!("EFFECTIVE"))));
        assert!(!coupon.is_open() && Coupon::read(&json!({})).is_err());
    }

    #[test]
    fn tokens_differ_and_coupons_do_not() {
        assert!(is_same_answer(&json!({ "token": "a" }), &json!({ "token": "b" })));
        assert!(!is_same_answer(&json!({ "coupon_code": "a" }), &json!({ "coupon_code": "b" })));
        let list = |code: &str| json!({ "user_product_coupon_list": [{ "coupon_code": code }] });
        assert!(is_same_answer(&list("a"), &list("a")) && !is_same_answer(&list("a"), &list("b")));
    }
}
