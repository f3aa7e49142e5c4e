//! What a test needs to run a whole platform in its process.
//!
#![doc = include_str!("../README.md")]
//!
//! Everything panics when it does not go as it should: a test that uses it wants to stop there.

mod actor;
mod answer;
mod busifavor;
mod clock;
mod coupon;
pub mod definition;
mod entropy;
pub mod keys;
mod parties;
mod platform;

pub use actor::{Actor, Call};
pub use answer::Answer;
pub use busifavor::BUSIFAVOR;
pub use clock::ManualClock;
pub use coupon::{Coupon, Offer};
pub use entropy::SeededEntropy;
pub use parties::{APPID, BRAND_ID, MCHID, OPENID, OTHER_MCHID, STORE_ID, UNBOUND_APPID};
pub use platform::{ADMIN_TOKEN, PARTNER, PRE_SEND, START_SECONDS, TestPlatform, claim_call};
pub use quan_store::parties::Grant;
