//! Notifications as the platform sends them: sealed, signed, and spoiled on request.

use std::fmt;
use std::io::{BufRead as _, BufReader, Error, ErrorKind, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use http::HeaderMap;
use quan_apiv3::aead::ApiV3Key;
use quan_apiv3::authorization::Scheme;
use quan_apiv3::headers::{WECHATPAY_SIGNATURE, WECHATPAY_SIGNATURE_TYPE};
use quan_apiv3::key::PROBE_PREFIX;
use quan_model::notification::{self, ALGORITHM, Envelope, SealedResource};
use quan_model::time::Time;
use serde_json::Value;

use super::keys;
use super::platform::{FakePlatform, header_map};
use crate::header_access::Headers;
use crate::notification::ProductCouponEvent;

/// How long the platform waits for an answer (api-product-coupon 7.1).
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);

/// One delivery: what the platform posts to the notify URL.
#[derive(Clone)]
pub struct Delivery {
    /// The headers, in official spelling.
    pub headers: Vec<(String, String)>,
    /// The body; to be handed on byte for byte.
    pub body: Vec<u8>,
    scheme: Scheme,
}

impl FakePlatform {
    /// Sends an event. A resource that names a brand goes to the service provider
    /// (`PRODUCT_COUPON_SP.…`, sealed with the merchant's key), one without goes to the brand.
    ///
    /// # Panics
    /// When the value of [`ProductCouponEvent::Other`] cannot be written as JSON, which no value does.
    #[must_use]
    pub fn notify(&self, event: &ProductCouponEvent) -> Delivery {
        let (event_type, resource) = on_the_wire(event);
        self.notify_as(&event_type, &resource)
    }

    /// Sends any resource under any event type, also ones that do not fit each other. Types that begin
    /// with `PRODUCT_COUPON.` go to the brand, all others to the merchant.
    #[must_use]
    pub fn notify_as(&self, event_type: &str, resource: &Value) -> Delivery {
        self.notify_altered(event_type, resource, |_| {})
    }

    /// As [`FakePlatform::notify_as`], with a change to the envelope before it is signed: a delivery that
    /// is the platform's and still malformed.
    #[must_use]
    pub fn notify_altered(
        &self,
        event_type: &str,
        resource: &Value,
        alter: impl FnOnce(&mut Envelope),
    ) -> Delivery {
        let is_brands = event_type.starts_with("PRODUCT_COUPON.");
        let (key, associated_data, scheme) = if is_brands {
            (keys::BRAND_API_KEY, notification::ASSOCIATED_DATA_BRAND, Scheme::Brand)
        } else if event_type.starts_with("COUPON.") {
            (keys::API_V3_KEY, notification::ASSOCIATED_DATA_BUSIFAVOR, Scheme::Merchant)
        } else {
            (keys::API_V3_KEY, notification::ASSOCIATED_DATA_PARTNER, Scheme::Merchant)
        };
        let key = ApiV3Key::new(key).expect("invariant: 32 bytes");
        let nonce = format!("{:012}", self.next_count());
        let plaintext = resource.to_string();
        let ciphertext = key.seal(&nonce, associated_data, plaintext.as_bytes());
        let mut envelope = Envelope {
            id: format!("fake0000-0000-4000-8000-{:012}", self.next_count()),
            create_time: Time::from_unix_seconds(self.clock().unix_seconds()),
            event_type: event_type.to_owned(),
            resource_type: "encrypt-resource".to_owned(),
            summary: "测试通知".to_owned(),
            resource: SealedResource {
                original_type: "coupon".to_owned(),
                algorithm: ALGORITHM.to_owned(),
                ciphertext: ciphertext.expect("the provider seals a small text"),
                associated_data: associated_data.to_owned(),
                nonce,
            },
        };
        alter(&mut envelope);
        let body = serde_json::to_vec(&envelope).expect("invariant: texts only");
        self.deliver(body, scheme)
    }

    /// Sends a delivery again, as the platform does when it was not accepted: the same id and body, a
    /// new nonce, timestamp and signature.
    #[must_use]
    pub fn redeliver(&self, delivery: &Delivery) -> Delivery {
        self.deliver(delivery.body.clone(), delivery.scheme)
    }

    /// Signs any body as a delivery.
    #[must_use]
    pub fn notify_raw(&self, body: impl Into<Vec<u8>>) -> Delivery {
        self.deliver(body.into(), Scheme::Merchant)
    }

    /// The same delivery, signed with another of its keys, named by the serial of a certificate or the
    /// id of the public key; with the public key when there is none of that name.
    #[must_use]
    pub fn signed_by(&self, delivery: &Delivery, serial: &str) -> Delivery {
        self.deliver_signed_by(Some(serial), delivery.body.clone(), delivery.scheme)
    }

    fn deliver(&self, body: Vec<u8>, scheme: Scheme) -> Delivery {
        self.deliver_signed_by(None, body, scheme)
    }

    fn deliver_signed_by(&self, serial: Option<&str>, body: Vec<u8>, scheme: Scheme) -> Delivery {
        let mut headers = self.sign_as(scheme, serial, self.clock().unix_seconds(), &body).pairs();
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        headers.push(("Request-ID".to_owned(), self.next_request_id(0)));
        Delivery { headers, body, scheme }
    }
}

/// The event type and the resource of an event.
fn on_the_wire(event: &ProductCouponEvent) -> (String, Value) {
    let of = |is_partners: bool, partner: &str, brand: &str| {
        if is_partners { partner.to_owned() } else { brand.to_owned() }
    };
    let (event_type, resource) = match event {
        ProductCouponEvent::Sent(resource) => (
            of(resource.brand_id.is_some(), notification::EVENT_PARTNER_SEND, notification::EVENT_BRAND_SEND),
            serde_json::to_value(resource),
        ),
        ProductCouponEvent::Used(resource) => (
            of(resource.brand_id.is_some(), notification::EVENT_PARTNER_USE, notification::EVENT_BRAND_USE),
            serde_json::to_value(resource),
        ),
        ProductCouponEvent::Returned(resource) => (
            of(
                resource.brand_id.is_some(),
                notification::EVENT_PARTNER_RETURN,
                notification::EVENT_BRAND_RETURN,
            ),
            serde_json::to_value(resource),
        ),
        ProductCouponEvent::ImageGenerated(resource) => {
            (notification::EVENT_PARTNER_IMAGE_GENERATION.to_owned(), serde_json::to_value(resource))
        }
        ProductCouponEvent::BusifavorSent(resource) => {
            (notification::EVENT_BUSIFAVOR_SEND.to_owned(), serde_json::to_value(resource))
        }
        ProductCouponEvent::Other { event_type, value } => (event_type.clone(), Ok(value.clone())),
    };
    (event_type, resource.expect("invariant: a wire body can be written as JSON"))
}

impl Delivery {
    /// The headers as the map of the `http` crate.
    ///
    /// # Panics
    /// When a header was set to what no HTTP message can hold.
    #[must_use]
    pub fn header_map(&self) -> HeaderMap {
        header_map(&self.headers)
    }

    /// With a header set to another value.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self = self.without_header(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a header.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(candidate, _)| !candidate.eq_ignore_ascii_case(name));
        self
    }

    /// Fault: a wrong signature on purpose, as the platform sends now and then.
    #[must_use]
    pub fn probe(self) -> Self {
        let signature = self.headers.iter().find(|(name, _)| name == WECHATPAY_SIGNATURE);
        let rest = signature.and_then(|(_, value)| value.get(PROBE_PREFIX.len()..)).unwrap_or_default();
        let probe = format!("{PROBE_PREFIX}{rest}");
        self.with_header(WECHATPAY_SIGNATURE, &probe)
    }

    /// Fault: one more byte than was signed.
    #[must_use]
    pub fn tampered(mut self) -> Self {
        self.body.push(b'\n');
        self
    }

    /// Fault: without the signature type, as some receivers never look at it.
    #[must_use]
    pub fn without_signature_type(self) -> Self {
        self.without_header(WECHATPAY_SIGNATURE_TYPE)
    }
}

impl Delivery {
    /// Posts it to a server of this machine, as the platform would, and gives the status of the answer.
    /// It blocks the thread for at most the 5 seconds that the platform waits.
    ///
    /// # Errors
    /// Whatever the connection reports, and [`ErrorKind::InvalidData`] for an answer that is not HTTP.
    pub fn post(&self, address: SocketAddr, path: &str) -> Result<u16, Error> {
        // By hand, so that the module needs no HTTP library.
        let mut request = format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        request.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        for (name, value) in &self.headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        let mut stream = TcpStream::connect_timeout(&address, ANSWER_TIME_MAX)?;
        stream.set_read_timeout(Some(ANSWER_TIME_MAX))?;
        stream.write_all(request.as_bytes())?;
        stream.write_all(&self.body)?;
        let mut status_line = String::new();
        BufReader::new(stream).read_line(&mut status_line)?;
        let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.ok_or_else(|| Error::new(ErrorKind::InvalidData, "the answer is not HTTP"))
    }
}

impl Headers for Delivery {
    fn values<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        self.headers.values(name)
    }
}

impl fmt::Debug for Delivery {
    /// Shows how long it is, and not the sealed resource.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}
