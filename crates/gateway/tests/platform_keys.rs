//! The platform's own keys: the download of its certificates, which key signs for whom, and rotation while clients
//! work.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::collections::HashMap;

use quan_apiv3::aead::ApiV3Key;
use quan_apiv3::certificate::Certificate;
use quan_apiv3::key::PublicKey;
use quan_apiv3::message::CLOCK_WINDOW_SECONDS;
use quan_apiv3::signature_headers::SignatureHeaders;
use quan_gateway::{GatewaySettings, NoCertificateCode, RateLimits};
use quan_model::certificates::CertificatesResponse;
use quan_model::clock::Clock;
use quan_model::verification::VerificationMode;
use quan_platform::Error;
use quan_testkit::keys::{self, NEXT_PUBLIC_KEY_ID, PUBLIC_KEY_ID};
use quan_testkit::{APIV3_KEY, Answer, MCHID, TestPlatform};
use serde_json::{Value, json};

const CERTIFICATES: &str = "/v3/certificates";
const NOTIFY_CONFIGS: &str = "/v3/marketing/partner/product-coupon/notify-configs";
const BRAND_CALL: &str = "/brand/marketing/product-coupon/no-such-call";

fn opened(answer: &Answer) -> Vec<Certificate> {
    let rows: CertificatesResponse = serde_json::from_value(answer.ok()).unwrap();
    let key = ApiV3Key::new(APIV3_KEY).unwrap();
    let open = |row: &quan_model::certificates::CertificateRow| {
        let sealed = &row.encrypt_certificate;
        let pem = key.open(&sealed.nonce, &sealed.associated_data, &sealed.ciphertext).unwrap();
        let certificate = Certificate::from_pem(std::str::from_utf8(&pem).unwrap()).unwrap();
        assert_eq!(certificate.serial_no, row.serial_no);
        let validity = (row.effective_time.unix_seconds(), row.expire_time.unix_seconds());
        assert_eq!(validity, (certificate.not_before, certificate.not_after));
        certificate
    };
    rows.data.iter().map(open).collect()
}

async fn turn(platform: &TestPlatform, step: &str) -> Answer {
    platform.admin(&format!("/_quan/{step}"), Some(&json!({}))).await
}

#[tokio::test]
async fn the_download_has_the_documented_form() {
    let platform = TestPlatform::start().await;
    for query in ["", "?algorithm_type=RSA", "?algorithm_type=ALL", "?algorithm_type="] {
        let answer = platform.merchant().get(&format!("{CERTIFICATES}{query}")).await;
        let row = &answer.ok()["data"][0];
        assert_eq!(row["serial_no"], keys::platform().certificate.serial_no);
        assert_eq!(row["effective_time"], "2020-01-01T08:00:00+08:00");
        let sealed = &row["encrypt_certificate"];
        assert_eq!(sealed["algorithm"], "AEAD_AES_256_GCM");
        assert_eq!(sealed["associated_data"], "certificate");
        assert_eq!(sealed["nonce"].as_str().unwrap().len(), 12);
        assert_eq!(row.as_object().unwrap().len(), 4);
        assert_eq!(opened(&answer), [keys::platform().certificate]);
    }
    let nonce = async || {
        let answer = platform.merchant().get(CERTIFICATES).await.ok();
        answer["data"][0]["encrypt_certificate"]["nonce"].clone()
    };
    assert_ne!(nonce().await, nonce().await, "a nonce is never used twice with one key");
}

#[tokio::test]
async fn what_the_download_refuses() {
    let platform = TestPlatform::start().await;
    let merchant = platform.merchant();
    let wrong = merchant.get(&format!("{CERTIFICATES}?algorithm_type=rsa")).await;
    let body = wrong.refused_field("PARAM_ERROR", 268_435_461, "algorithm_type");
    assert_eq!((&body["detail"]["location"], &body["detail"]["value"]), (&json!("query"), &json!("rsa")));
    let none = merchant.get(&format!("{CERTIFICATES}?algorithm_type=SM2")).await;
    none.refused(404, "RESOURCE_NOT_EXISTS", 0);
    merchant.call("POST", CERTIFICATES).send().await.refused(405, "INVALID_REQUEST", 0);
    let unsigned = merchant.call("GET", CERTIFICATES).authorization(None).send().await;
    unsigned.refused_unsigned(401, "SIGN_ERROR", 269_546_525);
}

#[tokio::test]
async fn a_merchant_without_an_apiv3_key_is_told_so() {
    let platform = TestPlatform::start().await;
    for (mode, status, code) in [
        (VerificationMode::Both, 400, "INVALID_REQUEST"),
        (VerificationMode::PlatformCertificate, 400, "INVALID_REQUEST"),
        // The mode is looked at first: a key would not help.
        (VerificationMode::PublicKey, 404, "RESOURCE_NOT_EXISTS"),
    ] {
        let write = move |work: &mut quan_platform::work::Work<'_>| {
            let mut merchant = work.store.merchant(&MCHID.parse().unwrap())?.unwrap();
            (merchant.apiv3_key, merchant.verification_mode) = (None, mode);
            Ok(work.store.put_merchant(&merchant)?)
        };
        platform.platform.write::<_, Error>(write).await.unwrap();
        let body = platform.merchant().get(CERTIFICATES).await.refused(status, code, 0);
        assert_eq!(body["message"].as_str().unwrap().contains("APIv3密钥"), status == 400, "{body}");
    }
}

#[tokio::test]
async fn a_merchant_that_verifies_by_the_public_key_has_nothing_to_download() {
    let settings = GatewaySettings { rate_limits: RateLimits::Off, ..GatewaySettings::default() };
    for (no_certificate_code, code) in [
        (NoCertificateCode::ResourceNotExists, "RESOURCE_NOT_EXISTS"),
        (NoCertificateCode::NotFound, "NOT_FOUND"),
    ] {
        let platform = TestPlatform::start_with(GatewaySettings { no_certificate_code, ..settings }).await;
        platform.put_verification_mode(VerificationMode::PublicKey).await;
        let answer = platform.merchant().get(CERTIFICATES).await;
        let body = answer.refused(404, code, 0);
        let message = body["message"].as_str().unwrap();
        assert!(
            message.starts_with("无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥"),
            "{message}"
        );
        assert_eq!(answer.signed_by.as_deref(), Some(PUBLIC_KEY_ID));
        platform.other_merchant().get(CERTIFICATES).await.ok();
    }
}

/// What a request names in `Wechatpay-Serial`, and which key signs then.
type Wishes<'t> = [(Option<&'t str>, &'t str); 5];

#[tokio::test]
async fn the_mode_of_a_merchant_and_its_wish_decide_which_key_signs() {
    let platform = TestPlatform::start().await;
    let certificate = keys::platform().certificate.serial_no;
    let certificate = certificate.as_str();
    let unknown = "PUB_KEY_ID_OF_SOMEBODY_ELSE";
    let table: [(VerificationMode, Wishes<'_>); 3] = [
        (
            VerificationMode::Both,
            [
                (None, certificate),
                (Some(""), certificate),
                (Some(PUBLIC_KEY_ID), PUBLIC_KEY_ID),
                (Some(certificate), certificate),
                (Some(unknown), certificate),
            ],
        ),
        (
            VerificationMode::PublicKey,
            [
                (None, PUBLIC_KEY_ID),
                (Some(""), PUBLIC_KEY_ID),
                (Some(PUBLIC_KEY_ID), PUBLIC_KEY_ID),
                (Some(certificate), PUBLIC_KEY_ID),
                (Some(unknown), PUBLIC_KEY_ID),
            ],
        ),
        (
            VerificationMode::PlatformCertificate,
            [
                (None, certificate),
                (Some(""), certificate),
                (Some(PUBLIC_KEY_ID), certificate),
                (Some(certificate), certificate),
                (Some(unknown), certificate),
            ],
        ),
    ];
    for (mode, wishes) in table {
        let body = json!({ "mchid": MCHID, "verification_mode": mode });
        assert_eq!(platform.admin("/_quan/verification-mode", Some(&body)).await.status, 200);
        for (named, signer) in wishes {
            let merchant = platform.merchant();
            let call = merchant.call("GET", NOTIFY_CONFIGS);
            let answer = match named {
                Some(named) => call.platform_serial(named).send().await,
                None => call.send().await,
            };
            answer.refused(404, "NOT_FOUND", 268_578_608);
            assert_eq!(answer.signed_by.as_deref(), Some(signer), "{mode} {named:?}");
        }
    }
}

#[tokio::test]
async fn the_mode_is_set_for_known_merchants_only() {
    let platform = TestPlatform::start().await;
    for (body, status) in [
        (json!({ "mchid": "1999999999", "verification_mode": "BOTH" }), 404),
        (json!({ "mchid": MCHID, "verification_mode": "SOMETIMES" }), 400),
        (json!({ "mchid": "x", "verification_mode": "BOTH" }), 400),
        (json!({}), 400),
    ] {
        assert_eq!(platform.admin("/_quan/verification-mode", Some(&body)).await.status, status, "{body}");
        platform.merchant().post("/_quan/verification-mode", &body).await.refused_plainly(401);
    }
}

/// A client in certificate mode, as the official SDKs are: it has certificates and asks for new ones.
struct SdkLike {
    certificates: HashMap<String, PublicKey>,
}

impl SdkLike {
    fn knowing(certificate: Certificate) -> Self {
        Self { certificates: HashMap::from([(certificate.serial_no, certificate.public_key)]) }
    }

    /// Whether it accepts an answer: by the certificate that the answer names, if it has that one.
    fn accepts(&self, platform: &TestPlatform, answer: &Answer) -> bool {
        let signed = SignatureHeaders::read(|name| answer.header(name)).unwrap();
        let now = platform.wire_clock.now().unix_seconds();
        let verify = |key: &PublicKey| signed.verify(key, now, CLOCK_WINDOW_SECONDS, &answer.body);
        self.certificates.get(&signed.serial).is_some_and(|key| verify(key).is_ok())
    }

    /// Downloads, verifies with what it has, and takes over what is new.
    async fn refresh(&mut self, platform: &TestPlatform) {
        let answer = platform.merchant().get(CERTIFICATES).await;
        assert!(
            self.accepts(platform, &answer),
            "the download is signed by a certificate that is known already"
        );
        self.certificates =
            opened(&answer).into_iter().map(|new| (new.serial_no.clone(), new.public_key)).collect();
    }
}

#[tokio::test]
async fn a_client_that_knows_the_old_certificate_comes_through_a_rotation() {
    let platform = TestPlatform::start().await;
    let (old, new) = (keys::platform().certificate, keys::next_platform().certificate);
    // Go takes the newest beginning, Java and Python the latest end: both must mean the same (wire-protocol 3.3).
    assert!(old.not_before < new.not_before && old.not_after < new.not_after);
    let mut client = SdkLike::knowing(old.clone());
    let stale = SdkLike::knowing(old.clone());
    let call =
        async || platform.merchant().call("GET", NOTIFY_CONFIGS).platform_serial(&old.serial_no).send().await;

    assert_eq!(turn(&platform, "platform-certificates/rotate").await.status, 200);
    assert_eq!(call().await.signed_by.as_ref(), Some(&old.serial_no), "the new one does not sign yet");
    client.refresh(&platform).await;
    assert_eq!(client.certificates.len(), 2);

    let turned = turn(&platform, "platform-certificates/switch").await.json();
    assert_eq!(turned["certificates"], json!({ "signing": new.serial_no, "other": old.serial_no }));
    let answer = call().await;
    assert_eq!(
        answer.signed_by.as_ref(),
        Some(&new.serial_no),
        "which certificate signs is not the caller's choice"
    );
    assert!(client.accepts(&platform, &answer));
    assert!(!stale.accepts(&platform, &answer), "who did not download cannot verify");

    assert_eq!(turn(&platform, "platform-certificates/retire").await.status, 200);
    client.refresh(&platform).await;
    assert_eq!(client.certificates.keys().collect::<Vec<_>>(), [&new.serial_no]);
    assert!(client.accepts(&platform, &call().await));
}

#[tokio::test]
async fn an_expired_certificate_is_not_handed_out() {
    let platform = TestPlatform::start().await;
    turn(&platform, "platform-certificates/rotate").await;
    turn(&platform, "platform-certificates/switch").await;
    let mut keys = (*platform.platform_keys.now()).clone();
    let mut old = keys.certificates.other().unwrap().clone();
    old.certificate.not_after = platform.wire_clock.now().unix_seconds();
    keys.certificates = keys.certificates.retired().unwrap().added(old).unwrap();
    platform.platform_keys.replace(keys);
    let rows = async || platform.merchant().get(CERTIFICATES).await.ok()["data"].as_array().unwrap().clone();
    assert_eq!(rows().await.len(), 2, "the last second counts");
    platform.wire_clock.move_by_seconds(1);
    let left = rows().await;
    assert_eq!((left.len(), &left[0]["serial_no"]), (1, &json!(keys::next_platform().certificate.serial_no)));
}

#[tokio::test]
async fn of_two_public_keys_the_named_one_signs_until_it_is_retired() {
    let platform = TestPlatform::start().await;
    let signer = async |named: Option<&str>| {
        let merchant = platform.merchant();
        let call = merchant.call("GET", NOTIFY_CONFIGS);
        let answer = match named {
            Some(named) => call.platform_serial(named).send().await,
            None => call.send().await,
        };
        answer.signed_by.unwrap()
    };
    let brand =
        async |named: &str| platform.brand().call("GET", BRAND_CALL).platform_serial(named).send().await;
    platform.put_verification_mode(VerificationMode::PublicKey).await;
    brand(NEXT_PUBLIC_KEY_ID).await.refused_unsigned(400, "PARAM_ERROR", 268_435_461);

    turn(&platform, "platform-public-keys/rotate").await;
    assert_eq!(signer(None).await, PUBLIC_KEY_ID);
    for id in [PUBLIC_KEY_ID, NEXT_PUBLIC_KEY_ID] {
        assert_eq!(signer(Some(id)).await, id);
        assert_eq!(brand(id).await.signed_by.as_deref(), Some(id));
    }
    turn(&platform, "platform-public-keys/switch").await;
    assert_eq!(signer(None).await, NEXT_PUBLIC_KEY_ID);
    assert_eq!(signer(Some(PUBLIC_KEY_ID)).await, PUBLIC_KEY_ID, "the old id still verifies");

    turn(&platform, "platform-public-keys/retire").await;
    assert_eq!(signer(Some(PUBLIC_KEY_ID)).await, NEXT_PUBLIC_KEY_ID);
    brand(PUBLIC_KEY_ID).await.refused_unsigned(400, "PARAM_ERROR", 268_435_461);
    brand(NEXT_PUBLIC_KEY_ID).await.refused(404, "NOT_FOUND", 0);
}

#[tokio::test]
async fn steps_out_of_order_change_nothing() {
    let platform = TestPlatform::start().await;
    let shown = async || platform.admin("/_quan/platform-keys", None).await.json();
    let before = shown().await;
    assert_eq!(before["public_keys"], json!({ "signing": PUBLIC_KEY_ID, "other": Value::Null }));
    for kind in ["platform-certificates", "platform-public-keys"] {
        for step in ["switch", "retire"] {
            let answer = turn(&platform, &format!("{kind}/{step}")).await;
            answer.refused_plainly(409);
        }
        turn(&platform, &format!("{kind}/turn")).await.refused_plainly(404);
    }
    assert_eq!(shown().await, before);
    turn(&platform, "platform-certificates/rotate").await;
    turn(&platform, "platform-certificates/rotate").await.refused_plainly(409);
    let unsigned = platform.post_unsigned("/_quan/platform-certificates/switch", &json!({})).await;
    unsigned.refused_plainly(401);
}

#[tokio::test]
async fn answers_can_be_probes_too() {
    let settings = GatewaySettings { answer_probes: "1".parse().unwrap(), ..GatewaySettings::default() };
    let platform = TestPlatform::start_with(settings).await;
    let answer = platform.merchant().get(NOTIFY_CONFIGS).await;
    answer.refused(404, "NOT_FOUND", 268_578_608);
    assert!(answer.is_probe);
    assert_eq!(answer.header("Wechatpay-Signature").map(str::len), Some(344));
    let platform = TestPlatform::start().await;
    assert!(!platform.merchant().get(NOTIFY_CONFIGS).await.is_probe);
}
