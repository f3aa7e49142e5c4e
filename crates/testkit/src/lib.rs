//! What a test needs to run a whole platform in its process.
//!
#![doc = include_str!("../README.md")]
//!
//! Everything panics when it does not go as it should: a test that uses it wants to stop there.

mod actor;
mod answer;
mod bundle;
mod clock;
mod coupon;
pub mod definition;
mod entropy;
pub mod keys;
pub mod operation;
mod parties;
mod platform;
mod side;

pub use actor::{Actor, Call};
pub use answer::Answer;
pub use bundle::{BUNDLE_OPERATIONS, BundleOffer, UserChain};
pub use clock::ManualClock;
pub use coupon::{Coupon, Offer};
pub use entropy::SeededEntropy;
pub use parties::{APPID, BRAND_ID, MCHID, OPENID, OTHER_MCHID, STORE_ID, UNBOUND_APPID};
pub use platform::{ADMIN_TOKEN, BRAND, PARTNER, PRE_SEND, START_SECONDS, TestPlatform, claim_call};
pub use quan_store::parties::Grant;
pub use side::Side;
