//! From the outbox to a receiver on loopback and back, on a real store, with a clock that the tests move.
#![expect(clippy::unwrap_used, reason = "what a test cannot set up fails it")]

mod bench;
mod receiver;

mod answers;
mod leases;
mod probes;
mod retries;
mod running;
mod wire;
mod withheld;
