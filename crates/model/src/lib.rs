//! Wire bodies, enums, typed ids, money and times of the product-coupon API.
//!
//! One shape per message, shared by the server, the callbacks, the client and the fixtures. A wire
//! body holds what the JSON holds (strings, integers, options); typed ids and the rules are parsed
//! from it once, at the edge. This crate does no I/O and reads no clock: the two traits
//! [`clock::Clock`] and [`entropy::Entropy`] are the seams through which time and randomness come in.

pub mod busifavor;
pub mod certificates;
pub mod claim;
pub mod clock;
pub mod coupon;
pub mod display;
pub mod entropy;
pub mod enums;
pub mod ids;
pub mod notification;
pub mod period;
pub mod product_coupon;
pub mod time;
pub mod verification;
