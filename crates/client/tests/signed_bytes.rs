//! The bytes that are signed are the bytes that arrive, whatever they are, over both transports.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use std::time::Duration;

use platform::server::Server;
use platform::{Answer, PUBLIC_KEY_ID, Received, builder, vectors};
use quan_client::error::{Phase, TransportError};
use quan_client::transport::Limits;
use quan_client::{Error, Raw, RequestError, Retry};
use serde_json::json;

/// Makes the same call with both clients and gives back the two requests as they arrived.
macro_rules! both {
    ($client:ident => $call:expr) => {{
        let server = Server::start(|_| Answer::signed(200, "{}"));
        {
            let $client = builder().base_urls([server.url()]).build().unwrap();
            let _: quan_client::Reply<Raw> = $call.await.unwrap();
        }
        {
            let $client = builder().base_urls([server.url()]).build_blocking().unwrap();
            let _: quan_client::Reply<Raw> = $call.send().unwrap();
        }
        let [from_hyper, from_ureq] = <[Received; 2]>::try_from(server.received()).unwrap();
        assert!(from_hyper.is_signed() && from_ureq.is_signed());
        assert_eq!((&from_hyper.target, &from_hyper.body), (&from_ureq.target, &from_ureq.body));
        [from_hyper, from_ureq]
    }};
}

#[tokio::test]
async fn odd_characters_of_path_and_query_arrive_as_signed() {
    let [received, _] = both!(client => client["v3/x/%7E/{name}/a+b'(c)/"]
        .get()
        .var("name", "券 ~/%")
        .query("q", "a b+c~é&=")
        .query("时间", "2025-08-01T00:00:00+08:00")
        .query("q", "'again'"));
    assert_eq!(
        received.target,
        "/v3/x/%7E/%E5%88%B8%20~%2F%25/a+b'(c)/?q=a%20b%2Bc~%C3%A9%26%3D\
         &%E6%97%B6%E9%97%B4=2025-08-01T00%3A00%3A00%2B08%3A00&q=%27again%27"
    );
}

#[tokio::test]
async fn bodies_arrive_as_signed() {
    for request in both!(client => client["v3/x"].post(&json!({"名": "满减券 \u{1f} /<>"}))) {
        assert_eq!(String::from_utf8_lossy(&request.body), r#"{"名":"满减券 \u001f /<>"}"#);
        assert_eq!(request.header("content-type"), Some("application/json"));
    }
    let raw = || client_body(b"line\r\n\n");
    for request in both!(client => client["v3/x"].request(http::Method::PUT).raw(raw(), "text/plain")) {
        assert_eq!((request.body, request.method.as_str()), (b"line\r\n\n".to_vec(), "PUT"));
    }
}

fn client_body(bytes: &'static [u8]) -> Vec<u8> {
    bytes.to_vec()
}

#[tokio::test]
async fn no_body_and_an_empty_object_are_different_requests() {
    for request in both!(client => client["v3/x"].post_empty()) {
        assert_eq!((request.header("content-length"), request.header("content-type")), (Some("0"), None));
    }
    for request in both!(client => client["v3/x"].post(&json!({}))) {
        assert_eq!(request.body, b"{}");
    }
    for request in both!(client => client["v3/x"].delete()) {
        assert_eq!((request.method.as_str(), request.header("content-length")), ("DELETE", None));
    }
    for request in both!(client => client["v3/x"].request(http::Method::DELETE).json(&json!({"a": 1}))) {
        assert_eq!(request.body, br#"{"a":1}"#);
    }
    for request in both!(client => client["v3/x"].get()) {
        assert_eq!((request.header("content-length"), request.body.len()), (None, 0));
    }
}

#[tokio::test]
async fn the_default_headers_are_there_and_no_others() {
    for request in both!(client => client["v3/x"].post(&json!({})).header("X-Own", "1")) {
        let mut names: Vec<_> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
        names.retain(|name| *name != "connection");
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "accept",
                "accept-language",
                "authorization",
                "content-length",
                "content-type",
                "host",
                "user-agent",
                "wechatpay-serial",
                "x-own"
            ]
        );
        assert_eq!(request.header("accept"), Some("application/json"));
        assert_eq!(request.header("accept-language"), Some("zh-CN"));
        assert_eq!(request.header("wechatpay-serial"), Some(PUBLIC_KEY_ID));
        assert!(request.header("user-agent").unwrap().starts_with("quan-client/"));
    }
}

#[tokio::test]
async fn the_brand_signs_brand_paths() {
    for request in both!(client => client["brand/marketing/product-coupon/notify-configs"].get()) {
        let header = request.header("authorization").unwrap();
        assert!(
            header.starts_with(r#"WECHATPAY-BRAND-SHA256-RSA2048 brand_id="120344",nonce_str=""#),
            "{header}"
        );
    }
}

/// The request vectors that a builder of JSON and raw bodies can express.
#[test]
fn the_request_vectors_are_reproduced() {
    let index = std::fs::read(vectors().join("vectors.json")).unwrap();
    let index: serde_json::Value = serde_json::from_slice(&index).unwrap();
    let client = builder().clock(platform::FixedClock(1_760_000_000)).build_blocking().unwrap();
    let mut reproduced = 0;
    for vector in index["requests"].as_array().unwrap() {
        let text = |name: &str| vector[name].as_str().unwrap();
        let (path, query) = text("url").split_once('?').unwrap_or((text("url"), ""));
        let body = std::fs::read(vectors().join(text("body_file"))).unwrap();
        let endpoint = client.chain(path);
        let method: http::Method = text("method").parse().unwrap();
        let mut call = match body.is_empty() {
            true => endpoint.request(method).empty(),
            false => endpoint.request(method).raw(body, "application/json"),
        };
        // A query that is not written by our own rule cannot be expressed: it is another request.
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            call = call.query(name, decoded(value));
        }
        let signed = call.sign_only().unwrap();
        if signed.prepared.request_target != text("url") {
            assert_eq!(text("name"), "req09_get_plus_and_tilde");
            continue;
        }
        assert_eq!(&signed.message[..], std::fs::read(vectors().join(text("message_file"))).unwrap());
        assert_eq!(signed.authorization, text("authorization"), "{}", text("name"));
        reproduced += 1;
    }
    assert_eq!(reproduced, 9);
}

fn decoded(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        let escaped: Vec<u8> = if byte == b'%' { rest.by_ref().take(2).collect() } else { vec![] };
        bytes.push(match std::str::from_utf8(&escaped) {
            Ok(hex) if !hex.is_empty() => u8::from_str_radix(hex, 16).unwrap_or(b'%'),
            _ => byte,
        });
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[test]
fn what_must_not_be_signed_is_refused_before() {
    let client = builder().build_blocking().unwrap();
    let refused = |call: quan_client::Call<quan_client::Blocking>| match call.prepare() {
        Err(error @ Error::Request { .. }) => {
            assert!(!error.may_have_taken_effect() && !error.is_retryable());
            let Error::Request { reason, .. } = error else { unreachable!() };
            reason
        }
        other => panic!("{other:?}"),
    };
    use RequestError as E;
    assert!(matches!(refused(client["v3//x"].get()), E::InvalidPath(_)));
    assert!(matches!(refused(client["v3/x?a=b"].get()), E::InvalidPath(_)));
    assert!(matches!(refused(client["v3/{a}"].get().var("a", "..")), E::InvalidPath(_)));
    assert!(matches!(refused(client["v3/{a}"].get()), E::MissingVariable(_)));
    assert!(matches!(refused(client["v3/x"].get().var("a", 1)), E::UnknownVariable(_)));
    assert!(matches!(refused(client["v4/x"].get()), E::NoCredential));
    assert!(matches!(refused(client["marketing/x"].get()), E::NoCredential));
    assert!(matches!(refused(client["hk/v3/x"].get()), E::NoCredential));
    for reserved in ["Authorization", "host", "Content-Length", "Transfer-Encoding"] {
        assert!(matches!(refused(client["v3/x"].get().header(reserved, "1")), E::ReservedHeader(_)));
    }
    assert!(matches!(refused(client["v3/x"].get().header("a b", "1")), E::InvalidHeader(_)));
    assert!(matches!(refused(client["v3/x"].get().header("a", "1\r\nb: 2")), E::InvalidHeader(_)));
    assert!(matches!(refused(client["v3/x"].get().query_from(&json!({"a": {}}))), E::Query));
    // The wrong kind of credential, chosen or merely held.
    let chosen = client["brand/x"].get().credential(platform::merchant());
    assert!(matches!(refused(chosen), E::CredentialMismatch { needed: "brand" }));
    let merchant_only = quan_client::Client::builder().merchant(platform::merchant());
    let merchant_only = merchant_only.trust(platform::public_key()).build_blocking().unwrap();
    assert!(matches!(refused(merchant_only["brand/x"].get()), E::CredentialMismatch { needed: "brand" }));
    // What is asked for by name is allowed.
    assert!(client["secapi/mch/addInstitutionsub"].get().credential(platform::merchant()).prepare().is_ok());
    let overseas = builder().also_sign("hk/v3").build_blocking().unwrap();
    assert!(overseas["hk/v3/x"].get().prepare().is_ok());
}

/// The outcome of the same failing call over both transports.
async fn both_fail(server: &Server, limits: Limits) -> [TransportError; 2] {
    let builder = || builder().base_urls([server.url()]).retry(Retry::none()).limits(limits);
    let from_hyper = builder().build().unwrap()["v3/x"].post_empty().await.unwrap_err();
    let from_ureq = builder().build_blocking().unwrap()["v3/x"].post_empty().send().unwrap_err();
    [from_hyper, from_ureq].map(|error| match error {
        Error::Transport { reason, context } => {
            assert_eq!(context.may_have_taken_effect, reason.may_have_sent());
            reason
        }
        other => panic!("{other}"),
    })
}

#[tokio::test]
async fn large_answers_are_not_read_to_the_end() {
    let server = Server::start(|_| Answer::signed(200, vec![b' '; 2000]));
    for error in both_fail(&server, Limits { response_bytes_max: 1999, ..Limits::default() }).await {
        assert!(matches!(error, TransportError::TooLarge { bytes_max: 1999 }), "{error}");
    }
    let whole = builder().base_urls([server.url()]);
    let whole = whole.limits(Limits { response_bytes_max: 2000, ..Limits::default() });
    assert_eq!(whole.build_blocking().unwrap()["v3/x"].get().send().unwrap().bytes().len(), 2000);
}

#[tokio::test]
async fn a_slow_answer_is_a_timeout_with_an_unknown_effect() {
    let server = Server::start(|_| {
        std::thread::sleep(Duration::from_millis(50));
        Answer::signed(200, "{}")
    });
    for error in both_fail(&server, Limits { attempt: Duration::from_millis(10), ..Limits::default() }).await
    {
        assert!(matches!(error, TransportError::Timeout(Phase::Read)), "{error:?}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_named_and_had_no_effect() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let builder = || builder().base_urls([format!("http://{closed}")]).retry(Retry::none());
    let from_hyper = builder().build().unwrap()["v3/x"].post_empty().await.unwrap_err();
    let from_ureq = builder().build_blocking().unwrap()["v3/x"].post_empty().send().unwrap_err();
    for error in [from_hyper, from_ureq] {
        assert!(error.is_connect() && error.is_retryable() && !error.may_have_taken_effect(), "{error:?}");
        assert_eq!(error.to_string(), "POST v3/x: transport failure");
    }
}

#[tokio::test]
async fn redirects_come_back_as_they_are() {
    let server =
        Server::start(|_| Answer::unsigned(302, "").with("Location", "http://127.0.0.1:1/elsewhere"));
    let client = builder().base_urls([server.url()]).build().unwrap();
    let blocking = builder().base_urls([server.url()]).build_blocking().unwrap();
    for error in [client["v3/x"].get().await.unwrap_err(), blocking["v3/x"].get().send().unwrap_err()] {
        assert!(matches!(&error, Error::Api(api) if api.status == 302), "{error:?}");
    }
    assert_eq!(server.received().len(), 2);
}

#[test]
fn a_prefix_is_sent_and_signed_as_said() {
    let server = Server::start(|_| Answer::signed(200, "{}"));
    let url = format!("{}/pay", server.url());
    for (is_signed, signed_target) in [(true, "/pay/v3/x"), (false, "/v3/x")] {
        let client = builder().base_urls([&url]).signed_prefix(is_signed).build_blocking().unwrap();
        client["v3/x"].get().send().unwrap();
        let mut received = server.received().pop().unwrap();
        assert_eq!(received.target, "/pay/v3/x");
        assert_eq!(received.is_signed(), is_signed);
        received.target = signed_target.into();
        assert!(received.is_signed());
    }
}
