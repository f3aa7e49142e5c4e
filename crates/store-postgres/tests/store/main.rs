//! The store on a private server: what every store promises, how it opens, and what it does when the server fails.

mod audit;
mod conformance;
mod failing;
mod histories;
mod jobs;
mod losing_answers;
mod opening;
mod server;
mod tls;
mod too_old;
