//! What unit tests of this crate build clients from: the public test keys, a fixed clock and counted
//! nonces. No test here opens a connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quan_model::clock::Clock;

use crate::error::TransportError;
use crate::transport::{BlockingTransport, BoxFuture, Limits, Transport, WireRequest, WireResponse};
use crate::{Brand, Builder, Client, Merchant, NonceSource, PublicKey, blocking};

pub(crate) const NOW: i64 = 1_760_000_001;
pub(crate) const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0119000000012025080100192837465001";

/// A clock that stands still.
pub(crate) struct FixedClock(pub(crate) i64);

impl Clock for FixedClock {
    fn now_ms(&self) -> i64 {
        self.0
    }
}

/// `nonce1`, `nonce2`, …
#[derive(Default)]
pub(crate) struct CountedNonces(AtomicU64);

impl NonceSource for CountedNonces {
    fn next_nonce(&self) -> String {
        format!("nonce{}", self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }
}

/// Refuses every connection.
pub(crate) struct Nowhere;

impl BlockingTransport for Nowhere {
    fn round_trip(&self, _: &WireRequest, _: &Limits) -> Result<WireResponse, TransportError> {
        Err(TransportError::Connect("nowhere".into()))
    }
    fn pause(&self, _: Duration) {}
}

impl Transport for Nowhere {
    fn round_trip<'a>(
        &'a self,
        request: &'a WireRequest,
        limits: &'a Limits,
    ) -> BoxFuture<'a, Result<WireResponse, TransportError>> {
        Box::pin(std::future::ready(BlockingTransport::round_trip(self, request, limits)))
    }
    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

pub(crate) fn wechatpay_key() -> PublicKey {
    PublicKey::new(PUBLIC_KEY_ID, include_str!("../../apiv3/tests/vectors/keys/wechatpay_pub.pem")).unwrap()
}

pub(crate) fn merchant() -> Merchant {
    let key = include_str!("../../apiv3/tests/vectors/keys/merchant_key.pem");
    Merchant::new("1900000001", "4A6F1C0D9E2B47538A1D6C3F5E7B8092A4C6D8E1", key).unwrap()
}

pub(crate) fn brand() -> Brand {
    let key = include_str!("../../apiv3/tests/vectors/keys/brand_key.pem");
    Brand::new("120344", "5B7D2E1F0A3C48649B2E7D405F6C91A3B5D7E9F2", key).unwrap()
}

pub(crate) fn builder() -> Builder {
    Client::builder()
        .merchant(merchant())
        .brand(brand())
        .trust(wechatpay_key())
        .clock(FixedClock(NOW * 1000))
        .nonces(CountedNonces::default())
}

pub(crate) fn blocking_client() -> blocking::Client {
    builder().build_blocking_with(Arc::new(Nowhere)).unwrap()
}

pub(crate) fn async_client() -> Client {
    builder().build_with(Arc::new(Nowhere)).unwrap()
}
