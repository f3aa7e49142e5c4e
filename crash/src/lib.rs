//! The platform killed, cut off and starved under load, and audited afterwards.
//!
//! Runs the real `quan` binary as a child process and a load over its signed wire, makes something happen, and looks
//! whether everything that was acknowledged is there, nothing was issued twice, and every notification came. Knows the
//! wire and the command line, as anyone does who reads the README, and nothing of the inside.
#![doc = include_str!("../README.md")]

mod audit;
mod connection;
mod coupon;
mod definition;
mod journal;
mod life;
mod load;
mod node;
mod notified;
mod offer;
mod outcome;
mod place;
mod play;
mod random;
mod receiver;
mod report;
mod scenario;
mod step;
mod wire;

pub use journal::Counts;
pub use report::{Report, as_text};
pub use scenario::{Plan, Scenario, run};
