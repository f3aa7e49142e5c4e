#![doc = include_str!("../README.md")]
//!
//! Starts programs and looks at nothing else: no driver, no SQL but what `psql` is given.

mod error;
mod guard;
mod programs;
mod server;

pub use error::ServerError;
pub use server::{PostgresServer, Settings, Stop};
