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
// Before the trees that its macros declare.
#[macro_use]
mod tree;
mod body_log;
pub mod brand;
mod budget;
mod builder;
mod call;
mod certificates;
mod client;
mod code_upload;
mod credential;
mod digest;
pub mod download;
mod driver;
mod endpoint;
pub mod error;
pub mod frontend;
mod header_access;
mod hosts;
mod interner;
mod key_ring;
mod key_set;
mod media;
pub mod mode;
pub mod naming;
mod nonce;
pub mod notification;
pub mod observer;
mod operations;
mod pace;
mod pages;
mod path;
mod percent;
mod plan;
mod protocol;
mod query;
mod redaction;
mod refresh;
mod reply;
mod request;
mod retry;
mod sealer;
mod secret;
mod signer;
mod sleeper;
pub mod system;
mod template;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
mod testing_parts;
pub mod transport;
mod upload;
pub mod v3;
mod verification;
mod verify_key;

pub use budget::RetryBudget;
pub use builder::Builder;
pub use call::Call;
pub use client::Client;
pub use code_upload::{CodeUpload, CodeUploadError};
pub use credential::{Brand, Credential, Merchant};
pub use digest::HashType;
pub use download::DownloadTicket;
pub use endpoint::{BodyChoice, Endpoint};
pub use error::{Error, RequestError};
pub use header_access::Headers;
pub use key_ring::{Certificate, KeyChange, KeyId, KeyRing, PublicKey, VerifyKey};
pub use key_set::KeySet;
pub use media::MediaError;
pub use mode::{Async, Blocking};
pub use nonce::{NonceSource, RandomNonces};
pub use notification::{Notification, NotificationParser, ProductCouponEvent};
pub use observer::Observer;
pub use pace::Pace;
pub use pages::{Page, Pages};
pub use path::{ApiPath, PathError};
pub use redaction::Redaction;
pub use refresh::AutoCertificates;
pub use reply::{FromReply, Meta, Raw, Reply, Trust};
pub use request::{Prepared, SignedRequest};
pub use retry::Retry;
pub use sealer::{SealError, Sealed, Sealer};
pub use secret::Secret;
pub use signer::{Signer, SignerError};
pub use sleeper::Sleeper;
pub use template::PathTemplate;
pub use upload::Upload;

/// The client that blocks: `blocking::Client`, built by
/// [`Client::builder`](crate::Client::builder) and [`Builder::build_blocking`].
pub mod blocking {
    /// The same client in the blocking mode; it needs no runtime.
    pub type Client = super::Client<super::Blocking>;
}
