//! A fake platform in process, for the tests of those who use this crate (feature `testing`).
//!
//! [`FakePlatform`] has real keys: it verifies the signature of every request and signs every answer and
//! notification, so nothing of the client needs to be switched off. [`MockTransport`] carries requests
//! to it without a socket, for the async and the blocking client, with answers and faults in the order
//! that the test gives. Time stands still until the test, or a wait of the client, moves the clock; so
//! nothing here waits.
//!
//! ```
//! # #[cfg(feature = "blocking")] {
//! use http::Method;
//! use quan_client::testing::{Answer, FakePlatform, MockTransport};
//! use serde_json::json;
//!
//! const PRE_SEND: &str = "v3/marketing/busifavor/product-coupons/pre-send";
//!
//! let platform = FakePlatform::new();
//! let wire = MockTransport::new(&platform)
//!     .expect(Method::POST, PRE_SEND)
//!     .then_probe() // a wrong signature, as the platform sends now and then
//!     .reply_json(200, json!({ "token": "T" }));
//! let client = platform.blocking_client(&wire);
//!
//! // Code under test: the probe is not believed, and the call is repeated.
//! let reply = client.chain(PRE_SEND).post(&json!({ "send_request_no": "test_0001" })).send().unwrap();
//! assert_eq!(reply.value().unwrap()["token"], "T");
//! assert_eq!(reply.meta().attempts, 2);
//!
//! wire.verify_all(); // every expected call came, and every signature was right
//! # let _ = Answer::json(200, json!({}));
//! # }
//! ```
//!
//! Code that makes its own client from a base URL meets the same platform behind a socket, in
//! [`FakeServer`].
//!
//! The keys are public: they stand in the repository. Never give them to anything but a test.

mod answer;
mod delivery;
mod exchange;
mod faults;
mod keys;
mod matching;
mod platform;
mod recording;
pub mod samples;
mod secrets;
mod server;
mod time;
mod wire;

pub use answer::Answer;
pub use delivery::Delivery;
pub use exchange::{Exchange, RecordedRequest};
pub use faults::{closed_after_request, connection_refused, slow_body, truncated_body};
pub use platform::FakePlatform;
pub use recording::{Recorder, Recording, RecordingError};
pub use server::FakeServer;
pub use time::{ManualClock, RecordingSleeper, SequenceNonces};
pub use wire::MockTransport;
