//! What a web page, mini program or app needs to be signed: the call-up of a payment (调起支付) and the
//! merchant-coupon plug-in (商家券).
//!
//! The members are spelt as the front end wants them. Everything is a pure function of its arguments;
//! `client.frontend()` supplies time, nonce and credential (client.md 17, wire-protocol 1.10). A product
//! coupon in a mini program needs nothing of this: hand over the token of pre-send.

mod merchant_coupon;

use std::fmt;

use serde::Serialize;
use zeroize::Zeroizing;

pub use self::merchant_coupon::{
    MerchantCoupon, MerchantCouponParams, merchant_coupon_h5_url, sign_merchant_coupons,
};
use crate::credential::Credential;
use crate::error::{ConfigError, RequestError};
use crate::nonce::NonceSource;
use crate::protocol::Protocol;

/// The key of APIv2, which signs the parameters of the merchant-coupon plug-in and nothing else here.
/// Hidden from `Debug` and wiped on drop.
#[derive(Clone)]
pub struct ApiV2Key(Zeroizing<String>);

impl ApiV2Key {
    /// Takes the key from the merchant console.
    ///
    /// # Errors
    /// [`ConfigError::ApiV2Key`] when it is empty.
    pub fn new(key: impl AsRef<str>) -> Result<Self, ConfigError> {
        let key = key.as_ref();
        if key.is_empty() { Err(ConfigError::ApiV2Key) } else { Ok(Self(Zeroizing::new(key.to_owned()))) }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiV2Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiV2Key(***)")
    }
}

/// What `WeixinJSBridge.invoke('getBrandWCPayRequest', …)` takes. `Debug` does not show the signature.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct JsapiPayment {
    /// The official account.
    #[serde(rename = "appId")]
    pub app_id: String,
    /// Unix seconds, as text.
    #[serde(rename = "timeStamp")]
    pub time_stamp: String,
    /// The nonce.
    #[serde(rename = "nonceStr")]
    pub nonce_str: String,
    /// `prepay_id=…`.
    pub package: String,
    /// `RSA`; it is not part of the signed text.
    #[serde(rename = "signType")]
    pub sign_type: &'static str,
    /// The signature.
    #[serde(rename = "paySign")]
    pub pay_sign: String,
}

/// What `wx.requestPayment` of a mini program takes. `Debug` does not show the signature.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct MiniProgramPayment {
    /// Unix seconds, as text.
    #[serde(rename = "timeStamp")]
    pub time_stamp: String,
    /// The nonce.
    #[serde(rename = "nonceStr")]
    pub nonce_str: String,
    /// `prepay_id=…`.
    pub package: String,
    /// `RSA`; it is not part of the signed text.
    #[serde(rename = "signType")]
    pub sign_type: &'static str,
    /// The signature.
    #[serde(rename = "paySign")]
    pub pay_sign: String,
}

/// What the open SDK of an app takes. `Debug` does not show the signature.
#[derive(Clone, Serialize)]
#[non_exhaustive]
pub struct AppPayment {
    /// The app.
    pub appid: String,
    /// The merchant.
    pub partnerid: String,
    /// The prepay id, bare.
    pub prepayid: String,
    /// `Sign=WXPay`; it is not part of the signed text.
    pub package: &'static str,
    /// The nonce.
    pub noncestr: String,
    /// Unix seconds, as text.
    pub timestamp: String,
    /// The signature.
    pub sign: String,
}

macro_rules! hide {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

hide!(JsapiPayment, MiniProgramPayment, AppPayment);

/// The four lines of a call-up, signed.
fn sign_call_up(
    signer: &Credential,
    appid: &str,
    now: i64,
    nonce: &str,
    last_line: &str,
) -> Result<String, RequestError> {
    let message = format!("{appid}\n{now}\n{nonce}\n{last_line}\n");
    signer.sign(message.as_bytes()).map_err(RequestError::Signing)
}

/// Signs a payment in a web page. `now` is in Unix seconds.
///
/// # Errors
/// [`RequestError::Signing`].
pub fn sign_jsapi(
    signer: &Credential,
    appid: &str,
    prepay_id: &str,
    now: i64,
    nonce: &str,
) -> Result<JsapiPayment, RequestError> {
    let package = format!("prepay_id={prepay_id}");
    let pay_sign = sign_call_up(signer, appid, now, nonce, &package)?;
    Ok(JsapiPayment {
        app_id: appid.to_owned(),
        time_stamp: now.to_string(),
        nonce_str: nonce.to_owned(),
        package,
        sign_type: "RSA",
        pay_sign,
    })
}

/// Signs a payment in a mini program. `now` is in Unix seconds.
///
/// # Errors
/// [`RequestError::Signing`].
pub fn sign_mini_program(
    signer: &Credential,
    appid: &str,
    prepay_id: &str,
    now: i64,
    nonce: &str,
) -> Result<MiniProgramPayment, RequestError> {
    let JsapiPayment { time_stamp, nonce_str, package, sign_type, pay_sign, .. } =
        sign_jsapi(signer, appid, prepay_id, now, nonce)?;
    Ok(MiniProgramPayment { time_stamp, nonce_str, package, sign_type, pay_sign })
}

/// Signs a payment in an app. `now` is in Unix seconds; `partnerid` is the merchant that signs.
///
/// # Errors
/// [`RequestError::Signing`].
pub fn sign_app(
    signer: &Credential,
    appid: &str,
    prepay_id: &str,
    now: i64,
    nonce: &str,
) -> Result<AppPayment, RequestError> {
    let sign = sign_call_up(signer, appid, now, nonce, prepay_id)?;
    Ok(AppPayment {
        appid: appid.to_owned(),
        partnerid: signer.identity().to_owned(),
        prepayid: prepay_id.to_owned(),
        package: "Sign=WXPay",
        noncestr: nonce.to_owned(),
        timestamp: now.to_string(),
        sign,
    })
}

/// Signs for front ends with the client's merchant, clock and nonces; from
/// [`Client::frontend`](crate::Client::frontend).
#[derive(Clone, Copy)]
pub struct Frontend<'c> {
    protocol: &'c Protocol,
}

impl<'c> Frontend<'c> {
    pub(crate) fn new(protocol: &'c Protocol) -> Self {
        Self { protocol }
    }

    fn signer(&self) -> Result<&'c Credential, RequestError> {
        self.protocol.merchant.as_ref().ok_or(RequestError::NoCredential)
    }

    fn moment(&self) -> (i64, String) {
        (self.protocol.clock.now().unix_seconds(), self.protocol.nonces.next_nonce())
    }

    /// A payment in a web page.
    ///
    /// # Errors
    /// [`RequestError::NoCredential`] without a merchant, [`RequestError::Signing`].
    pub fn jsapi(&self, appid: &str, prepay_id: &str) -> Result<JsapiPayment, RequestError> {
        let (now, nonce) = self.moment();
        sign_jsapi(self.signer()?, appid, prepay_id, now, &nonce)
    }

    /// A payment in a mini program.
    ///
    /// # Errors
    /// As [`jsapi`](Self::jsapi).
    pub fn mini_program(&self, appid: &str, prepay_id: &str) -> Result<MiniProgramPayment, RequestError> {
        let (now, nonce) = self.moment();
        sign_mini_program(self.signer()?, appid, prepay_id, now, &nonce)
    }

    /// A payment in an app.
    ///
    /// # Errors
    /// As [`jsapi`](Self::jsapi).
    pub fn app(&self, appid: &str, prepay_id: &str) -> Result<AppPayment, RequestError> {
        let (now, nonce) = self.moment();
        sign_app(self.signer()?, appid, prepay_id, now, &nonce)
    }

    /// The parameters of the merchant-coupon plug-in of a mini program, signed with the APIv2 key.
    ///
    /// # Errors
    /// [`RequestError::NoApiV2Key`] when none was configured.
    pub fn merchant_coupons(
        &self,
        send_coupon_merchant: &str,
        coupons: Vec<MerchantCoupon>,
    ) -> Result<MerchantCouponParams, RequestError> {
        let key = self.protocol.api_v2_key.as_ref().ok_or(RequestError::NoApiV2Key)?;
        Ok(sign_merchant_coupons(key, send_coupon_merchant, coupons))
    }

    /// The address of the H5 page that issues one merchant coupon, signed with the APIv2 key.
    ///
    /// # Errors
    /// [`RequestError::NoApiV2Key`] when none was configured.
    pub fn merchant_coupon_h5_url(
        &self,
        send_coupon_merchant: &str,
        openid: &str,
        coupon: &MerchantCoupon,
    ) -> Result<String, RequestError> {
        let key = self.protocol.api_v2_key.as_ref().ok_or(RequestError::NoApiV2Key)?;
        Ok(merchant_coupon_h5_url(key, send_coupon_merchant, openid, coupon))
    }
}

impl fmt::Debug for Frontend<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Frontend")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing_parts::merchant;
    use quan_apiv3::key::PrivateKey;

    const NONCE: &str = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";

    fn holds(message: &str, signature: &str) -> bool {
        let key = include_str!("../../apiv3/tests/vectors/keys/merchant_key.pem");
        let key = PrivateKey::from_pem(key).unwrap().public_key();
        key.verify(message.as_bytes(), signature).is_ok()
    }

    #[test]
    fn the_members_are_spelt_as_the_front_ends_spell_them() {
        let signer = Credential::from(merchant());
        let names = |value: serde_json::Value| -> Vec<String> {
            value.as_object().unwrap().keys().cloned().collect()
        };
        let jsapi = sign_jsapi(&signer, "wx1", "p1", 1_760_000_000, NONCE).unwrap();
        assert!(holds(&format!("wx1\n1760000000\n{NONCE}\nprepay_id=p1\n"), &jsapi.pay_sign));
        let json = serde_json::to_value(&jsapi).unwrap();
        assert_eq!(json["timeStamp"], "1760000000");
        assert_eq!(json["signType"], "RSA");
        assert_eq!(names(json), ["appId", "nonceStr", "package", "paySign", "signType", "timeStamp"]);
        let mini = sign_mini_program(&signer, "wx1", "p1", 1_760_000_000, NONCE).unwrap();
        let json = serde_json::to_value(&mini).unwrap();
        assert_eq!(json["paySign"], jsapi.pay_sign);
        assert_eq!(names(json), ["nonceStr", "package", "paySign", "signType", "timeStamp"]);
        let app = sign_app(&signer, "wx1", "p1", 1_760_000_000, NONCE).unwrap();
        assert!(holds(&format!("wx1\n1760000000\n{NONCE}\np1\n"), &app.sign));
        let json = serde_json::to_value(&app).unwrap();
        assert_eq!((&json["package"], &json["partnerid"]), (&"Sign=WXPay".into(), &"1900000001".into()));
        let expected = ["appid", "noncestr", "package", "partnerid", "prepayid", "sign", "timestamp"];
        assert_eq!(names(json), expected);
        assert!(!format!("{jsapi:?}{mini:?}{app:?}").contains(&jsapi.pay_sign));
    }

    #[test]
    fn the_client_supplies_time_nonce_and_keys() {
        let client = crate::testing_parts::blocking_client();
        let payment = client.frontend().jsapi("wx1", "p1").unwrap();
        assert_eq!((payment.nonce_str.as_str(), payment.time_stamp.as_str()), ("nonce1", "1760000001"));
        assert_eq!(client.frontend().app("wx1", "p1").unwrap().noncestr, "nonce2");
        assert!(client.frontend().mini_program("wx1", "p1").is_ok());
        let coupon = MerchantCoupon::new("S", "R");
        let refused = client.frontend().merchant_coupons("1", vec![coupon.clone()]);
        assert!(matches!(refused, Err(RequestError::NoApiV2Key)));
        let builder = crate::testing_parts::builder().api_v2_key("key of APIv2").unwrap();
        let client = builder.build_blocking_with(std::sync::Arc::new(crate::testing_parts::Nowhere)).unwrap();
        assert!(client.frontend().merchant_coupons("1", vec![coupon.clone()]).is_ok());
        assert!(client.frontend().merchant_coupon_h5_url("1", "o", &coupon).is_ok());
        assert!(!format!("{:?}", ApiV2Key::new("key of APIv2").unwrap()).contains("key of"));
        assert!(matches!(ApiV2Key::new(""), Err(ConfigError::ApiV2Key)));
    }
}
