//! A whole platform in one process, for tests only: the gateway's routes over SQLite in a temporary
//! directory, clocks that stand still until they are moved, seeded randomness, and actors that sign.
//!
//! [`TestPlatform::start`] gives a merchant, another merchant, a brand that has authorised both, an appid
//! bound to the brand, and an open store. [`Actor`]s sign raw requests with the keys of the public test
//! vectors, call the routes without a socket, and verify the signature of what they get. [`TestPlatform`]
//! also makes product coupons, stocks and coupons through the signed calls, with bodies that a test edits
//! where it matters to it.
//!
//! Everything panics when it does not go as it should: a test that uses it wants to stop there.

mod actor;
mod answer;
mod clock;
mod coupon;
pub mod definition;
mod entropy;
pub mod keys;
mod parties;
mod platform;

pub use actor::{Actor, Call};
pub use answer::Answer;
pub use clock::ManualClock;
pub use coupon::{Coupon, Offer};
pub use entropy::SeededEntropy;
pub use parties::{APPID, BRAND_ID, MCHID, OPENID, OTHER_MCHID, STORE_ID, UNBOUND_APPID};
pub use platform::{ADMIN_TOKEN, PARTNER, PRE_SEND, START_SECONDS, TestPlatform, claim_call};
pub use quan_store::parties::Grant;
