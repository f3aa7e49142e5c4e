//! A platform for tests, with everything around it that a test needs.
//!
//! It may know every crate of the house; no crate may know it outside tests. It decides no rule and
//! holds no expectation of its own except that answers are signed rightly.
//!
#![doc = include_str!("../README.md")]
#![expect(clippy::unwrap_used, reason = "only tests use this crate, and a broken set-up ends a test")]

mod actor;
mod answer;
mod call;
mod clock;
pub mod definition;
mod entropy;
mod parties;
mod platform;
mod receiver;
mod socket;
mod story;

pub use actor::{Actor, apiv3_key, signing_keys};
pub use answer::Answer;
pub use call::Call;
pub use clock::ManualClock;
pub use entropy::SeededEntropy;
pub use parties::{
    APPID, BRAND_ID, MCHID, OTHER_BRAND_ID, OTHER_MCHID, PROVIDER_APPID, STORE_ID, UNBOUND_APPID, openid,
};
pub use platform::{RULES_START, TestPlatform, WIRE_START};
pub use receiver::{Callback, Receiver};
pub use socket::Socket;
pub use story::{BUSIFAVOR_PRE_SEND, Held, PARTNER, PreSend, Stock};
