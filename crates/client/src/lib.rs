//! WeChat Pay APIv3 for Rust.
//!
//! This crate knows the protocol (through `quan-apiv3`) and the messages (through `quan-model`). It may
//! not know the rules of coupons or any storage, and it reads clock and randomness in one file only.
//!
#![doc = include_str!("../README.md")]

/// The Rust code of the pages for people who come from other languages, compiled and run.
#[cfg(all(doctest, feature = "testing", feature = "axum", feature = "blocking"))]
mod coming_from {
    #[doc = include_str!("../../../docs/coming-from.md")]
    mod english {}
    #[doc = include_str!("../../../docs/coming-from.zh-CN.md")]
    mod chinese {}
}

mod base_url;
mod builder;
mod call;
mod client;
mod credential;
mod driver;
mod endpoint;
pub mod error;
mod header_access;
mod interner;
mod key_ring;
pub mod mode;
pub mod naming;
mod nonce;
pub mod notification;
mod operations;
mod path;
mod percent;
mod plan;
mod protocol;
mod query;
mod reply;
mod request;
mod retry;
pub mod system;
mod template;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod testing_parts;
pub mod transport;
pub mod v3;
mod verification;

pub use builder::Builder;
pub use call::Call;
pub use client::Client;
pub use credential::{Brand, Credential, Merchant};
pub use endpoint::{BodyChoice, Endpoint};
pub use error::{Error, RequestError};
pub use header_access::Headers;
pub use key_ring::{Certificate, KeyId, KeyRing, PublicKey, VerifyKey};
pub use mode::{Async, Blocking};
pub use nonce::{NonceSource, RandomNonces};
pub use notification::{Notification, NotificationParser, ProductCouponEvent};
pub use path::{ApiPath, PathError};
pub use reply::{FromReply, Meta, Raw, Reply, Trust};
pub use request::{Prepared, SignedRequest};
pub use retry::Retry;
pub use template::PathTemplate;

/// The client that blocks: `blocking::Client`, built by
/// [`Client::builder`](crate::Client::builder) and [`Builder::build_blocking`].
pub mod blocking {
    /// The same client in the blocking mode; it needs no runtime.
    pub type Client = super::Client<super::Blocking>;
}
