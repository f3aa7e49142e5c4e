//! `quan serve` with the real binary: started, called, limited, watched, drained, refused.

#![expect(clippy::unwrap_used, reason = "a broken set-up should stop the test")]

mod doctor;
mod drain;
mod limits;
mod many_nodes;
mod parties;
mod refusals;
mod story;
mod tls;
mod traces;
mod wire;
mod world;
