//! What a test needs to run a whole platform in its process.
//!
#![doc = include_str!("../README.md")]
//!
//! Everything panics when it does not go as it should: a test that uses it wants to stop there.

mod actor;
mod answer;
mod bundle;
mod busifavor;
mod caller;
mod client;
mod clock;
mod coupon;
pub mod definition;
mod described;
mod entropy;
mod evidence;
mod key_control;
pub mod keys;
pub mod operation;
mod parties;
mod platform;
mod side;
mod stock_bundle;

pub use actor::{Actor, Call};
pub use answer::Answer;
pub use bundle::{BundleOffer, UserChain};
pub use busifavor::BUSIFAVOR;
pub use caller::Caller;
pub use clock::ManualClock;
pub use coupon::{Coupon, Offer};
pub use entropy::SeededEntropy;
pub use parties::SECRET as APIV3_KEY;
pub use parties::{
    APPID, BRAND_ID, MCHID, OPENID, OTHER_BRAND_ID, OTHER_MCHID, OTHER_STORE_ID, STORE_ID, UNBOUND_APPID,
};
pub use platform::{
    ADMIN_TOKEN, BRAND, PARTNER, PRE_SEND, PUBLIC_URL, START_SECONDS, TestPlatform, claim_call,
};
/// The client itself, for tests that name its types.
pub use quan_client;
pub use quan_store::lane::LaneSettings;
pub use quan_store::parties::Grant;
pub use side::Side;
