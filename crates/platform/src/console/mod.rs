//! What the console needs of the platform: who may use it, what it reads, what it does, and what it notes of that.
//!
//! Reads are use cases over views of the store. Actions call the use cases of the API with a request number of their
//! own and note in the same savepoint who did what; nothing here writes around the rules. It knows no HTML and no HTTP.

pub mod access;
pub mod audit;
pub mod codes;
pub mod error;
pub mod notifications;
pub mod overview;
pub mod parties;
pub mod platform_keys;
pub mod request_log;
pub mod stocks;
pub mod user_coupons;

pub use access::Role;
pub use audit::Operator;
pub use error::ConsoleError;
