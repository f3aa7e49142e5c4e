//! The fake platform itself: its keys, its clock, and its judgement of requests.
//!
//! It knows the protocol and nothing about coupons; what it answers is the test's choice. For a
//! platform that keeps the rules, run the sandbox.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::certificate::same_serial;
use quan_apiv3::error_body::sign_mismatch_detail;
use quan_apiv3::key::PrivateKey;
use quan_apiv3::message::{CLOCK_WINDOW_SECONDS, request_message, within_window};
use quan_apiv3::request_id;
use quan_apiv3::signature_headers::SignatureHeaders;

use super::answer::Answer;
use super::keys;
use super::time::{ManualClock, SequenceNonces};
use super::wire::MockTransport;
use crate::key_ring::{Certificate, PublicKey};
use crate::notification::NotificationParser;
use crate::transport::WireRequest;
use crate::{Brand, Builder, Client, KeyRing, Merchant, VerifyKey, blocking};

/// A platform with real keys, in process. Cheap to clone; clones are the same platform.
///
/// It has a WeChat Pay public key, two platform certificates (of which the second is the newer), one
/// merchant and one brand.
#[derive(Clone)]
pub struct FakePlatform {
    inner: Arc<Inner>,
}

struct Inner {
    /// The platform's keys by the id that `Wechatpay-Serial` names; the first is the default.
    signing_keys: Vec<(String, PrivateKey)>,
    callers: [(Scheme, &'static str, &'static str, PrivateKey); 2],
    clock: ManualClock,
    count: AtomicU64,
}

/// A signature and what it was made with.
pub(super) struct Signature {
    pub(super) serial: String,
    pub(super) signed: SignatureHeaders,
}

impl Signature {
    pub(super) fn pairs(&self) -> Vec<(String, String)> {
        let signed = SignatureHeaders { serial: self.serial.clone(), ..self.signed.clone() };
        signed.pairs().map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    pub(super) fn headers(&self) -> HeaderMap {
        header_map(&self.pairs())
    }
}

/// Pairs as the map of the `http` crate.
pub(super) fn header_map(pairs: &[(String, String)]) -> HeaderMap {
    let entries = pairs.iter().map(|(name, value)| {
        let name: HeaderName = name.parse().expect("the name of a header");
        (name, HeaderValue::from_str(value).expect("the value of a header"))
    });
    entries.collect()
}

impl FakePlatform {
    /// Where its clock starts, in Unix seconds: 2025-10-09T16:53:20+08:00.
    pub const STARTS_AT: i64 = 1_760_000_000;

    /// The platform with the shipped keys, which takes milliseconds.
    #[must_use]
    pub fn new() -> Self {
        Self::with_public_key(keys::PUBLIC_KEY_ID, keys::private(keys::PUBLIC_KEY_PRIVATE))
    }

    /// A platform whose public key is made now, which takes about a tenth of a second. Two platforms
    /// made so do not believe each other; the certificates, the merchant and the brand are the shipped
    /// ones.
    ///
    /// # Panics
    /// When the crypto provider cannot make a key.
    #[must_use]
    pub fn generate() -> Self {
        let key = PrivateKey::generate().expect("the provider makes a key");
        let id = format!("PUB_KEY_ID_{}", key.public_key().fingerprint());
        Self::with_public_key(&id, key)
    }

    fn with_public_key(id: &str, key: PrivateKey) -> Self {
        let current = (serial_of(keys::CERTIFICATE), keys::private(keys::CERTIFICATE_KEY));
        let next = (serial_of(keys::NEXT_CERTIFICATE), keys::private(keys::NEXT_CERTIFICATE_KEY));
        let merchant = keys::private(keys::MERCHANT_KEY);
        let brand = keys::private(keys::BRAND_KEY);
        let inner = Inner {
            signing_keys: vec![(id.to_owned(), key), current, next],
            callers: [
                (Scheme::Merchant, keys::MCHID, keys::MERCHANT_SERIAL, merchant),
                (Scheme::Brand, keys::BRAND_ID, keys::BRAND_SERIAL, brand),
            ],
            clock: ManualClock::at(Self::STARTS_AT),
            count: AtomicU64::new(0),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The clock of the platform, and of every client that [`FakePlatform::builder`] begins.
    #[must_use]
    pub fn clock(&self) -> ManualClock {
        self.inner.clock.clone()
    }

    /// Its merchant, a service provider.
    #[must_use]
    pub fn merchant(&self) -> Merchant {
        Merchant::new(keys::MCHID, keys::MERCHANT_SERIAL, keys::MERCHANT_KEY)
            .expect("invariant: the shipped key is good")
    }

    /// Its brand.
    #[must_use]
    pub fn brand(&self) -> Brand {
        Brand::new(keys::BRAND_ID, keys::BRAND_SERIAL, keys::BRAND_KEY)
            .expect("invariant: the shipped key is good")
    }

    /// The merchant number.
    #[must_use]
    pub fn mchid(&self) -> &'static str {
        keys::MCHID
    }

    /// The brand's number.
    #[must_use]
    pub fn brand_id(&self) -> &'static str {
        keys::BRAND_ID
    }

    /// The merchant's private key as PEM, for code under test that loads it.
    #[must_use]
    pub fn merchant_private_key_pem(&self) -> &'static str {
        keys::MERCHANT_KEY
    }

    /// The merchant's certificate serial.
    #[must_use]
    pub fn merchant_serial_no(&self) -> &'static str {
        keys::MERCHANT_SERIAL
    }

    /// The merchant's APIv3 key.
    #[must_use]
    pub fn api_v3_key(&self) -> &'static str {
        keys::API_V3_KEY
    }

    /// The brand's API key.
    #[must_use]
    pub fn brand_api_key(&self) -> &'static str {
        keys::BRAND_API_KEY
    }

    /// The WeChat Pay public key to trust.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let (id, key) = self.default_key();
        PublicKey::new(id, key.public_key().to_spki_pem()).expect("invariant: written by the key itself")
    }

    /// The platform certificate to trust.
    #[must_use]
    pub fn certificate(&self) -> Certificate {
        Certificate::from_pem(keys::CERTIFICATE).expect("invariant: the shipped certificate is good")
    }

    /// The platform certificate that follows, for tests of rotation.
    #[must_use]
    pub fn next_certificate(&self) -> Certificate {
        Certificate::from_pem(keys::NEXT_CERTIFICATE).expect("invariant: the shipped certificate is good")
    }

    /// Begins a client that is set up for this platform: merchant, brand, public key, clock and nonces.
    pub fn builder(&self) -> Builder {
        self.builder_trusting([self.public_key().into()])
    }

    /// As [`FakePlatform::builder`], trusting other keys, such as its certificates.
    pub fn builder_trusting(&self, keys: impl IntoIterator<Item = VerifyKey>) -> Builder {
        let builder = Client::builder()
            .merchant(self.merchant())
            .brand(self.brand())
            .api_v3_key(keys::API_V3_KEY)
            .expect("invariant: 32 bytes")
            .clock(self.clock())
            .nonces(SequenceNonces::default());
        keys.into_iter().fold(builder, Builder::trust)
    }

    /// The async client over a transport of this module.
    #[must_use]
    pub fn client(&self, wire: &MockTransport) -> Client {
        self.builder().build_with(Arc::new(wire.clone())).expect("invariant: the settings fit each other")
    }

    /// The blocking client over a transport of this module.
    #[must_use]
    pub fn blocking_client(&self, wire: &MockTransport) -> blocking::Client {
        let wire = Arc::new(wire.clone());
        self.builder().build_blocking_with(wire).expect("invariant: the settings fit each other")
    }

    /// A parser for [`FakePlatform::notify`], with the keys of the merchant and of the brand.
    #[must_use]
    pub fn notification_parser(&self) -> NotificationParser {
        let keys = KeyRing::new([self.public_key().into(), self.certificate().into()]);
        NotificationParser::new(keys.expect("invariant: two ids"))
            .clock(self.clock())
            .api_v3_key(keys::API_V3_KEY)
            .and_then(|parser| parser.brand_key(keys::BRAND_ID, keys::BRAND_API_KEY))
            .expect("invariant: 32 bytes")
    }

    /// Judges a request as the platform does: `None` when its signature is right, the 401 otherwise.
    pub(super) fn refuse(&self, request: &WireRequest) -> Option<Answer> {
        let refusal = |message: &str| Some(Answer::refusal(401, "SIGN_ERROR", message).unsigned());
        let given = request.headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(given) = given.and_then(|text| Authorization::parse(text).ok()) else {
            return refusal("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》");
        };
        let path = request.target.split('?').next().unwrap_or_default();
        if Scheme::for_path(path).is_some_and(|scheme| scheme != given.scheme) {
            return refusal("认证类型与接口不匹配，/v3/接口使用商户签名，/brand/接口使用品牌签名");
        }
        let now = self.clock().unix_seconds();
        if !given.unix_seconds().is_ok_and(|signed_at| within_window(signed_at, now, CLOCK_WINDOW_SECONDS)) {
            return refusal("Http头Authorization中的timestamp与服务器时间相差超过5分钟，请校准时间");
        }
        let caller = self.inner.callers.iter().find(|(scheme, identity, serial, _)| {
            *scheme == given.scheme && *identity == given.identity && same_serial(serial, &given.serial_no)
        });
        let Some((_, _, _, key)) = caller else {
            return refusal("商户证书序列号有误，请使用商户号与之匹配且有效的API证书序列号");
        };
        let method = request.method.as_str();
        let body = signed_body(request);
        let message = request_message(method, &request.target, &given.timestamp, &given.nonce_str, body);
        if key.public_key().verify(&message, &given.signature).is_ok() {
            return None;
        }
        let detail = sign_mismatch_detail(method, &request.target, &message);
        let answer = Answer::refusal_with_detail(401, "SIGN_ERROR", "错误的签名，验签失败", detail);
        Some(answer.detail_code(269_546_525).unsigned())
    }

    /// What an unexpected request gets.
    pub(super) fn not_found(method: &Method, target: &str) -> Answer {
        Answer::refusal(404, "NOT_FOUND", &format!("the test expects no {method} {target}"))
    }

    /// Signs with the key of that id, or with the public key when there is none of that id.
    pub(super) fn sign(&self, asked_for: Option<&str>, timestamp: i64, body: &[u8]) -> Signature {
        self.sign_as(Scheme::Merchant, asked_for, timestamp, body)
    }

    pub(super) fn sign_as(
        &self,
        scheme: Scheme,
        asked_for: Option<&str>,
        timestamp: i64,
        body: &[u8],
    ) -> Signature {
        let asked = asked_for.and_then(|id| self.inner.signing_keys.iter().find(|(known, _)| known == id));
        let (id, key) = asked.unwrap_or_else(|| self.default_key());
        let nonce = format!("{:032x}", self.next_count());
        let signed = SignatureHeaders::sign(key, id, scheme, timestamp, &nonce, body)
            .expect("the provider signs with a good key");
        Signature { serial: id.clone(), signed }
    }

    pub(super) fn signing_key(&self, id: &str) -> Option<&PrivateKey> {
        self.inner.signing_keys.iter().find(|(known, _)| known == id).map(|(_, key)| key)
    }

    fn default_key(&self) -> &(String, PrivateKey) {
        self.inner.signing_keys.first().expect("invariant: made with three keys")
    }

    pub(super) fn next_count(&self) -> u64 {
        self.inner.count.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(super) fn next_request_id(&self, detail_code: u64) -> String {
        let now_ms = self.clock().unix_seconds().saturating_mul(1000);
        request_id::mint(now_ms, [127, 0, 0, 1], 1, self.next_count(), detail_code)
    }
}

/// What the signature covers: the body, or of an upload the JSON of its `meta` part.
fn signed_body(request: &WireRequest) -> &[u8] {
    let is_upload = request
        .headers
        .get(http::header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"multipart/form-data"));
    let body: &[u8] = &request.body;
    if !is_upload {
        return body;
    }
    let find = |from: usize, text: &[u8]| {
        body.get(from..)?.windows(text.len()).position(|window| window == text).map(|at| from + at)
    };
    // The first part is the meta: it begins behind the first blank line and ends at the next boundary.
    let start = find(0, b"\r\n\r\n").map(|at| at + 4);
    let end = start.and_then(|start| find(start, b"\r\n--"));
    start.zip(end).map_or(body, |(start, end)| &body[start..end])
}

fn serial_of(certificate_pem: &str) -> String {
    Certificate::from_pem(certificate_pem)
        .expect("invariant: the shipped certificate is good")
        .serial_no()
        .to_owned()
}

impl Default for FakePlatform {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for FakePlatform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.inner.signing_keys.iter().map(|(id, _)| id.as_str()).collect();
        f.debug_struct("FakePlatform").field("keys", &ids).finish_non_exhaustive()
    }
}
