//! The HTTP face of the platform: signatures, the API faces, the claim calls, the development calls, and
//! the one mapping of refusals to the wire.
//!
//! Folders mirror URLs: `product_coupon` is `/v3/marketing/partner/product-coupon/…` and
//! `/brand/marketing/product-coupon/…`, `busifavor` is `/v3/marketing/busifavor/…`, `platform_keys` is
//! `/v3/certificates`, `claim` is `/claim/…`, `admin` is `/_quan/…`, `openapi` is `/openapi`, `health` is
//! `/healthz` and `/readyz`. One
//! operation, one file: read the body, parse its ids, run the use case, answer. Nothing here knows SQL or decides a rule.

mod admin;
mod answer;
mod bounds;
mod busifavor;
mod call;
mod claim;
mod fields;
mod health;
mod json;
mod observe;
mod openapi;
mod page;
mod platform_keys;
mod problem;
mod product_coupon;
mod query;
mod rate;
mod refusal;
mod routes;
mod server;
mod signature;
mod state;

pub use admin::{
    Admin, ClockControl, ClockError, Exposition, PlatformKeyControl, PlatformKeyError, PlatformKeyKind,
    RotationStep,
};
pub use bounds::RequestLimits;
pub use claim::TokenSealer;
pub use health::Readiness;
pub use observe::{Exchange, Observer, SignatureFailure};
pub use platform_keys::NoCertificateCode;
pub use rate::RateLimits;
pub use routes::{operator_routes, public_routes, routes};
pub use server::{ConnectionCounters, ConnectionLimits, ServerSettings, TrustedProxies, serve, serve_with};
pub use state::{Gateway, GatewayParts, GatewaySettings};
