//! The store on a private server: what every store promises, how it opens, and what it does when the server fails.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

mod audit;
mod conformance;
mod failing;
mod histories;
mod jobs;
mod losing_answers;
mod opening;
mod server;
mod splitting;
mod tls;
mod together;
mod too_old;
