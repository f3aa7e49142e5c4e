//! From the outbox to the receiver: signed and sealed callbacks, with leases and retries.
//!
//! A use case commits a notification together with the change it tells of. A [`Sender`] leases what is
//! due, seals the resource with the receiver's APIv3 key, signs the body, posts it to the receiver's
//! notify URL, and records how the attempt went: delivered, to be tried again by the
//! [`schedule`], or given up.
//!
//! **Delivery is at least once.** A sender that dies between the receiver's answer and the record
//! leaves a lease behind; when it ends, another sender posts the same body again. The receiver tells
//! repetitions by the envelope's `id`, which with the whole body is the same in every attempt. Order is
//! not promised either.
//!
//! **Probes.** Before a small share of first attempts the same notification is posted with a signature that is wrong on
//! purpose. A receiver that takes it does not verify, which is logged as a warning and noted with the attempt; the
//! probe itself is no attempt, and the right signature follows at once.
//!
//! **Two clocks.** Due times, leases and retries go by the rules' clock, which `quan dev` can move, so
//! that a day of retries can be rehearsed in a second. Signatures carry the time of the wire clock,
//! which is always real, because receivers refuse a timestamp that is five minutes off.
//!
//! This crate knows the store's traits, the wire bodies and the signing. It may not know what a coupon
//! is, which use case wrote a notification, or the HTTP server; and it reads no clock, randomness or
//! environment of its own. The one wall time it lives by is the runtime's timer: for the five seconds
//! of an attempt, for when a receiver counts as slow, and for the next look at the outbox.

mod address;
mod attempt;
mod connection;
mod dispatch;
mod envelope;
mod exchange;
mod notify_url;
pub mod schedule;
mod sender;
mod slow_receivers;

pub use address::AddressPolicy;
pub use dispatch::LEASE_SECONDS;
pub use exchange::{ANSWER_BYTES_MAX, ATTEMPT_SECONDS_MAX};
pub use notify_url::{NOTIFY_URL_CHARS_MAX, UrlError, check_notify_url};
pub use sender::{NotifyError, POSTS_MAX, Round, Sender, SenderParts, Totals};
