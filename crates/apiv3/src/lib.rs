//! The bytes of WeChat Pay APIv3, as pure functions.
//!
//! This crate knows messages, signatures, sealing and error bodies. It may not know sockets, clocks,
//! configuration or what a coupon is.
//!
#![doc = include_str!("../README.md")]

pub mod aead;
pub mod authorization;
pub mod certificate;
pub mod error_body;
pub mod headers;
pub mod key;
pub mod message;
pub mod oaep;
pub mod platform_keys;
pub mod probe;
pub mod request_id;
pub mod signature_headers;
