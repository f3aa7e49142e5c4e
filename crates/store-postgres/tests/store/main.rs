//! The store on a private server: what every store promises, how it opens, and what it does when the server fails.

mod conformance;
mod server;
