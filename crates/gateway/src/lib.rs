//! The HTTP face of the platform: signatures, the API faces, the claim calls, the development calls, and
//! the one mapping of refusals to the wire.
//!
//! Folders mirror URLs: `product_coupon` is `/v3/marketing/partner/product-coupon/…` and
//! `/brand/marketing/product-coupon/…`, `busifavor` is `/v3/marketing/busifavor/…`, `claim` is `/claim/…`, `admin` is `/_quan/…`. One operation, one file:
//! read the body, parse its ids, run the use case, answer. Nothing here knows SQL or decides a rule.

mod admin;
mod answer;
mod busifavor;
mod call;
mod claim;
mod fields;
mod json;
mod page;
mod problem;
mod product_coupon;
mod query;
mod refusal;
mod routes;
mod server;
mod signature;
mod state;

pub use admin::{ClockControl, ClockError};
pub use claim::TokenSealer;
pub use routes::routes;
pub use server::serve;
pub use signature::SigningKeys;
pub use state::{Gateway, GatewayParts};
