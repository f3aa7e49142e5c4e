//! The names of the HTTP headers that APIv3 adds, in their official mixed case.
//!
//! The official Java SDK looks these names up case-sensitively, so a server must send them exactly as
//! they stand here, over HTTP/1.1. Reading is case-insensitive on both sides. This module knows names
//! only, never values.

/// Who signed a request and how; see [`crate::authorization::Authorization`].
pub const AUTHORIZATION: &str = "Authorization";

/// The platform's identifier of one request; see [`crate::request_id`].
pub const REQUEST_ID: &str = "Request-ID";

/// Unix seconds at which an answer or callback was signed, plain decimal.
pub const WECHATPAY_TIMESTAMP: &str = "Wechatpay-Timestamp";

/// The nonce of a signed answer or callback. It is unrelated to the nonce of a sealed resource.
pub const WECHATPAY_NONCE: &str = "Wechatpay-Nonce";

/// In answers and callbacks: which key signed, as a platform certificate serial or `PUB_KEY_ID_…`.
/// In requests: which platform key the caller expects and has used to encrypt sensitive fields.
pub const WECHATPAY_SERIAL: &str = "Wechatpay-Serial";

/// The Base64 signature of an answer or callback.
pub const WECHATPAY_SIGNATURE: &str = "Wechatpay-Signature";

/// The signature's scheme, one of the texts of [`crate::authorization::Scheme::as_str`].
pub const WECHATPAY_SIGNATURE_TYPE: &str = "Wechatpay-Signature-Type";
