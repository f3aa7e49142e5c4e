//! Random histories on a platform, held against the reference model.
//!
#![doc = include_str!("../README.md")]

mod at_once;
mod clock;
mod compare;
mod coverage;
mod definition;
mod generator;
mod naming;
mod on_coupons;
mod orders;
mod parties;
mod performing;
mod plan;
mod random;
mod rules;
mod run;
mod shrink;
mod subject;
mod views;

pub use coverage::Coverage;
pub use plan::{Failure, Manner, Plan, check, run_one};
pub use quan_reference_model::Refused;
pub use random::Random;
pub use rules::check_rules;
pub use subject::Store;
