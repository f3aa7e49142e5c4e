//! The merchant-coupon plug-in and H5 page: parameters flattened, sorted and signed with the APIv2 key.
//!
//! The rule is that of APIv2: names in the order of their bytes, `name=value` joined by `&`, then
//! `&key=…`, HMAC-SHA256 in upper-case hex; empty values do not count. In a list each name carries the
//! position of its coupon, from 0. Which members the two front ends take is an assumption, see
//! `docs/adr/0005-wire-assumptions.md`.

use serde::Serialize;

use super::ApiV2Key;
use crate::digest::hmac_sha256_upper;
use crate::percent;

/// One coupon to be issued in front.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MerchantCoupon {
    /// The stock.
    pub stock_id: String,
    /// The request number of the issue; it makes the issue repeatable.
    pub out_request_no: String,
    /// The code, for stocks whose codes are given at the issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
}

impl MerchantCoupon {
    /// A coupon whose code the platform chooses.
    pub fn new(stock_id: impl Into<String>, out_request_no: impl Into<String>) -> Self {
        Self { stock_id: stock_id.into(), out_request_no: out_request_no.into(), coupon_code: None }
    }

    /// With a code of the merchant's own.
    #[must_use]
    pub fn coupon_code(mut self, code: impl Into<String>) -> Self {
        self.coupon_code = Some(code.into());
        self
    }

    fn members(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let own = [("stock_id", self.stock_id.as_str()), ("out_request_no", self.out_request_no.as_str())];
        own.into_iter().chain(self.coupon_code.as_deref().map(|code| ("coupon_code", code)))
    }
}

/// What the plug-in takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MerchantCouponParams {
    /// The coupons.
    pub send_coupon_params: Vec<MerchantCoupon>,
    /// The signature.
    pub sign: String,
    /// The merchant that issues.
    pub send_coupon_merchant: String,
}

/// Signs a list of coupons for the plug-in.
#[must_use]
pub fn sign_merchant_coupons(
    key: &ApiV2Key,
    send_coupon_merchant: &str,
    coupons: Vec<MerchantCoupon>,
) -> MerchantCouponParams {
    let mut pairs = vec![("send_coupon_merchant".to_owned(), send_coupon_merchant)];
    for (position, coupon) in coupons.iter().enumerate() {
        pairs.extend(coupon.members().map(|(name, value)| (format!("{name}{position}"), value)));
    }
    let sign = sign(key, pairs);
    let send_coupon_merchant = send_coupon_merchant.to_owned();
    MerchantCouponParams { send_coupon_params: coupons, sign, send_coupon_merchant }
}

/// The address of the page that issues one coupon. It names a person: do not log it.
#[must_use]
pub fn merchant_coupon_h5_url(
    key: &ApiV2Key,
    send_coupon_merchant: &str,
    openid: &str,
    coupon: &MerchantCoupon,
) -> String {
    let mut pairs: Vec<(String, &str)> =
        coupon.members().map(|(name, value)| (name.to_owned(), value)).collect();
    pairs.push(("send_coupon_merchant".to_owned(), send_coupon_merchant));
    pairs.push(("open_id".to_owned(), openid));
    let sign = sign(key, pairs.clone());
    pairs.push(("sign".to_owned(), &sign));
    let mut url = "https://action.weixin.qq.com/busifavor/getcouponinfo?".to_owned();
    for (position, (name, value)) in pairs.iter().enumerate() {
        if position > 0 {
            url.push('&');
        }
        url.push_str(name);
        url.push('=');
        percent::encode(&mut url, value);
    }
    url.push_str("#wechat_pay&wechat_redirect");
    url
}

fn sign(key: &ApiV2Key, mut pairs: Vec<(String, &str)>) -> String {
    pairs.retain(|(_, value)| !value.is_empty());
    pairs.sort_unstable();
    let mut text = zeroize::Zeroizing::new(String::new());
    for (name, value) in pairs {
        text.push_str(&format!("{name}={value}&"));
    }
    text.push_str("key=");
    text.push_str(key.expose());
    hmac_sha256_upper(key.expose().as_bytes(), text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    fn key() -> ApiV2Key {
        ApiV2Key::new(KEY).unwrap()
    }

    #[test]
    fn a_list_is_flattened_with_positions_and_sorted() {
        let coupons =
            vec![MerchantCoupon::new("abc", "abc123").coupon_code("7"), MerchantCoupon::new("123", "123abc")];
        let params = sign_merchant_coupons(&key(), "10016226", coupons);
        let text = format!(
            "coupon_code0=7&out_request_no0=abc123&out_request_no1=123abc&send_coupon_merchant=10016226\
             &stock_id0=abc&stock_id1=123&key={KEY}"
        );
        assert_eq!(params.sign, hmac_sha256_upper(KEY.as_bytes(), text.as_bytes()));
        let json = serde_json::to_value(&params).unwrap();
        assert_eq!(json["send_coupon_params"][1].get("coupon_code"), None);
        assert_eq!(json["send_coupon_merchant"], "10016226");
    }

    #[test]
    fn the_page_is_signed_without_positions() {
        let url = merchant_coupon_h5_url(&key(), "10016226", "o X", &MerchantCoupon::new("abc", "r1"));
        let text =
            format!("open_id=o X&out_request_no=r1&send_coupon_merchant=10016226&stock_id=abc&key={KEY}");
        let sign = hmac_sha256_upper(KEY.as_bytes(), text.as_bytes());
        assert_eq!(
            url,
            format!(
                "https://action.weixin.qq.com/busifavor/getcouponinfo?stock_id=abc&out_request_no=r1\
                 &send_coupon_merchant=10016226&open_id=o%20X&sign={sign}#wechat_pay&wechat_redirect"
            )
        );
    }
}
