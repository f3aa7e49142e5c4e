//! A reference model of the rules, written apart from `quan-coupon`.
//!
#![doc = include_str!("../README.md")]
//!
//! Time is a number of seconds since the Unix epoch, a day is one of UTC+08:00, and whole lists are searched: what
//! counts here is that a reader sees at once that it is right. Of `quan-model` it takes the words of the wire only.

pub mod answer;
mod budget;
mod catalogue;
pub mod chain;
mod codes;
pub mod command;
pub mod coupon;
mod redeeming;
pub mod sending;
pub mod stock;
pub mod time;
pub mod world;

pub use answer::{Answer, Refused};
pub use command::Command;
pub use world::World;
