//! Runs every vector of `tests/vectors`, step by step: the message bytes, their length and digest, the
//! signature (made again and verified), the headers. The first step that differs fails.
//!
//! The numbers of cases are asserted, so that a vector that is added must also be run: 39 positive (10
//! requests, 9 responses, 3 notifications by signature and by resource, 8 AEAD, 3 OAEP, 1 multipart, 2
//! certificate rows) and 5 negative.
#![expect(clippy::unwrap_used, reason = "a vector that cannot be read fails its test")]

use std::fs;
use std::path::PathBuf;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quan_apiv3::aead::{AeadError, ApiV3Key};
use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::certificate::{Certificate, normalise_serial};
use quan_apiv3::key::{PrivateKey, PublicKey, SignatureError};
use quan_apiv3::message::{CLOCK_WINDOW_SECONDS, request_message, response_message};
use quan_apiv3::oaep::{self, OaepError};
use quan_apiv3::request_id::RequestId;
use quan_apiv3::signature_headers::{SignatureHeaders, VerifyError};
use serde_json::Value;

/// The clock of a verifier one minute after the answers of the vectors were signed.
const NOW: i64 = 1_760_000_061;

fn bytes(path: &str) -> Vec<u8> {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(path);
    fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn text(path: &str) -> String {
    String::from_utf8(bytes(path)).unwrap()
}

fn index() -> Value {
    serde_json::from_slice(&bytes("vectors.json")).unwrap()
}

fn cases(index: &Value, group: &str, count: usize) -> Vec<Value> {
    let cases = index[group].as_array().unwrap().clone();
    assert_eq!(cases.len(), count, "every case of {group} must be run");
    cases
}

fn case(index: &Value, group: &str, name: &str) -> Value {
    let found = index[group].as_array().unwrap().iter().find(|case| case["name"] == name);
    found.unwrap_or_else(|| panic!("no case {name} in {group}")).clone()
}

fn field<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap_or_else(|| panic!("no text {name} in {case}"))
}

fn private_key(path: &str) -> PrivateKey {
    PrivateKey::from_pem(&text(path)).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn assert_message(case: &Value, message: &[u8]) {
    let name = field(case, "name");
    assert_eq!(message, bytes(field(case, "message_file")), "{name}: message bytes");
    if let Some(length) = case["message_len"].as_u64() {
        assert_eq!(message.len() as u64, length, "{name}: message length");
        assert_eq!(hex(digest(&SHA256, message).as_ref()), field(case, "message_sha256"), "{name}: digest");
    }
}

#[test]
fn request_signatures() {
    for case in cases(&index(), "requests", 10) {
        let name = field(&case, "name");
        let (method, url) = (field(&case, "method"), field(&case, "url"));
        let (timestamp, nonce) = (field(&case, "timestamp"), field(&case, "nonce_str"));
        let message = request_message(method, url, timestamp, nonce, &bytes(field(&case, "body_file")));
        assert_message(&case, &message);

        let key = private_key(field(&case, "key"));
        assert_eq!(key.sign(&message).unwrap(), field(&case, "signature"), "{name}: signature");
        assert_eq!(key.public_key().verify(&message, field(&case, "signature")), Ok(()), "{name}");

        let header = field(&case, "authorization");
        let parsed = Authorization::parse(header).unwrap();
        assert_eq!(Some(parsed.scheme), Scheme::for_path(url), "{name}: scheme");
        let identity = match parsed.scheme {
            Scheme::Merchant => "1900000001",
            Scheme::Brand => "120344",
        };
        let expected = Authorization {
            scheme: parsed.scheme,
            identity: identity.to_owned(),
            nonce_str: nonce.to_owned(),
            timestamp: timestamp.to_owned(),
            serial_no: field(&case, "serial_no").to_owned(),
            signature: field(&case, "signature").to_owned(),
        };
        assert_eq!(parsed, expected, "{name}: parameters");
        assert_eq!(expected.to_string(), header, "{name}: header");
    }
}

/// The headers of an answer or callback, read by a look-up that ignores case.
fn signature_headers(case: &Value) -> SignatureHeaders {
    let headers = case["headers"].as_object().unwrap();
    SignatureHeaders::read(|wanted| {
        headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .and_then(|(_, value)| value.as_str())
    })
    .unwrap()
}

/// The bytes that are signed in place of the body: the body, or the statement's digest as JSON.
fn signed_body(case: &Value) -> Vec<u8> {
    let body = bytes(field(case, "body_file"));
    match case["headers"]["Wechatpay-Statement-Sha1"].as_str() {
        Some(sha1) => {
            assert_eq!(hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &body).as_ref()), sha1);
            format!(r#"{{"sha1":"{sha1}"}}"#).into_bytes()
        }
        None => body,
    }
}

fn assert_signed_by_the_platform(case: &Value) {
    let name = field(case, "name");
    let headers = signature_headers(case);
    let body = signed_body(case);
    assert_message(case, &response_message(&headers.timestamp, &headers.nonce, &body));

    let key = private_key(field(case, "signing_key"));
    let scheme = Scheme::from_token(headers.signature_type.as_deref().unwrap()).unwrap();
    let timestamp = headers.timestamp.parse().unwrap();
    let made =
        SignatureHeaders::sign(&key, &headers.serial, scheme, timestamp, &headers.nonce, &body).unwrap();
    assert_eq!(made, headers, "{name}: headers");
    for (header, value) in made.pairs() {
        assert_eq!(case["headers"][header], value, "{name}: {header} in its official case");
    }
    assert_eq!(headers.verify(&key.public_key(), NOW, CLOCK_WINDOW_SECONDS, &body), Ok(()), "{name}");

    let request_id = field(&case["headers"], "Request-ID");
    assert_eq!(RequestId::decode(request_id).unwrap().to_string(), request_id, "{name}: Request-ID");
}

#[test]
fn response_signatures() {
    for case in cases(&index(), "responses", 9) {
        assert_signed_by_the_platform(&case);
    }
}

#[test]
fn notification_signatures() {
    for case in cases(&index(), "notifications", 3) {
        assert_signed_by_the_platform(&case);
    }
}

/// Opens a sealed member of a body and seals it again.
fn assert_sealed(key: &str, sealed: &Value, plaintext: &str) {
    let key = ApiV3Key::new(key).unwrap();
    let (nonce, associated_data) = (field(sealed, "nonce"), field(sealed, "associated_data"));
    let ciphertext = field(sealed, "ciphertext");
    assert_eq!(key.open(nonce, associated_data, ciphertext).unwrap(), plaintext.as_bytes());
    assert_eq!(key.seal(nonce, associated_data, plaintext.as_bytes()).unwrap(), ciphertext);
}

#[test]
fn notification_resources() {
    for case in cases(&index(), "notifications", 3) {
        let body: Value = serde_json::from_slice(&bytes(field(&case, "body_file"))).unwrap();
        assert_eq!(body["resource"]["algorithm"], quan_apiv3::aead::ALGORITHM);
        assert_sealed(field(&case, "decryption_key"), &body["resource"], field(&case, "plaintext_utf8"));
    }
}

#[test]
fn aead_vectors() {
    for mut case in cases(&index(), "aead", 8) {
        case["ciphertext"] = case["ciphertext_and_tag_b64"].clone();
        assert_sealed(field(&case, "key"), &case, field(&case, "plaintext_utf8"));
        let sealed = STANDARD.decode(field(&case, "ciphertext")).unwrap();
        assert_eq!(hex(&sealed[sealed.len() - 16..]), field(&case, "tag_hex"), "{}", field(&case, "name"));
    }
}

#[test]
fn oaep_vectors() {
    let index = index();
    for case in cases(&index, "oaep", 3) {
        let key = private_key(field(&case, "decrypt_with"));
        assert_eq!(
            oaep::decrypt(&key, field(&case, "ciphertext_b64")).unwrap(),
            field(&case, "plaintext_utf8")
        );
        assert_eq!(text(field(&case, "ciphertext_file")).trim_end(), field(&case, "ciphertext_b64"));
    }
    assert_eq!(index["oaep_limits"]["max_plaintext_bytes"], oaep::PLAINTEXT_BYTES_MAX);
}

#[test]
fn multipart_meta_is_what_the_request_signs() {
    let index = index();
    for case in cases(&index, "multipart", 1) {
        let wire = bytes(field(&case, "wire_body_file"));
        assert_eq!(wire.len() as u64, case["wire_body_len"].as_u64().unwrap());
        let file = bytes(field(&case, "file"));
        assert_eq!(hex(digest(&SHA256, &file).as_ref()), field(&case, "file_sha256"));
        for part in [field(&case, "meta").as_bytes(), file.as_slice()] {
            assert!(wire.windows(part.len()).any(|window| window == part));
        }
        let request = self::case(&index, "requests", field(&case, "request"));
        assert_eq!(bytes(field(&request, "body_file")), field(&case, "meta").as_bytes());
    }
}

#[test]
fn platform_certificates() {
    let index = index();
    let body: Value = serde_json::from_slice(&bytes("bodies/resp09_certificates.body")).unwrap();
    let rows = cases(&body, "data", 2);
    let key = ApiV3Key::new(field(&index["constants"], "apiv3_key")).unwrap();
    for row in rows {
        let sealed = &row["encrypt_certificate"];
        let (nonce, associated_data) = (field(sealed, "nonce"), field(sealed, "associated_data"));
        let plaintext = key.open(nonce, associated_data, field(sealed, "ciphertext")).unwrap();
        let certificate = Certificate::from_pem(std::str::from_utf8(&plaintext).unwrap()).unwrap();
        assert_eq!(certificate.serial_no, field(&row, "serial_no"));
        assert!(certificate.is_valid_at(NOW));
        // The answer itself is signed by the certificate that its serial names.
        let answer = signature_headers(&case(&index, "responses", "resp09_certificates"));
        if normalise_serial(&answer.serial) == normalise_serial(&certificate.serial_no) {
            let body = bytes("bodies/resp09_certificates.body");
            let outcome = answer.verify(&certificate.public_key, NOW, CLOCK_WINDOW_SECONDS, &body);
            assert_eq!(outcome, Ok(()));
        }
    }
}

/// Beside the counted vectors: the files of `keys/` belong together and carry the constants' serials.
#[test]
fn keys_and_certificates_belong_together() {
    let index = index();
    for name in ["merchant", "brand", "platform", "platform_next", "platform_zero"] {
        let certificate = Certificate::from_pem(&text(&format!("keys/{name}_cert.pem"))).unwrap();
        assert_eq!(certificate.serial_no, field(&index["constants"]["serials"], name));
        assert_eq!(certificate.public_key, private_key(&format!("keys/{name}_key.pem")).public_key());
    }
    let public_key = PublicKey::from_spki_pem(&text("keys/wechatpay_pub.pem")).unwrap();
    assert_eq!(public_key, private_key("keys/wechatpay_key.pem").public_key());
}

fn negative(name: &str) -> (Value, Value) {
    let index = index();
    let negatives = cases(&index, "negative", 5);
    let negative = negatives.into_iter().find(|case| case["name"] == name).unwrap();
    let base = field(&negative, "base").to_owned();
    let found = ["requests", "responses", "notifications", "oaep"]
        .iter()
        .flat_map(|group| index[*group].as_array().unwrap())
        .find(|case| case["name"] == base.as_str());
    (negative, found.unwrap().clone())
}

#[test]
fn neg01_a_probe_fails_and_is_named() {
    let (negative, base) = negative("neg01_signtest_probe");
    let key = private_key(field(&base, "signing_key")).public_key();
    let signature = field(&negative, "wechatpay_signature");
    assert_eq!(STANDARD.decode(signature).unwrap().len(), 256);
    let headers = SignatureHeaders { signature: signature.to_owned(), ..signature_headers(&base) };
    assert_eq!(
        headers.verify(&key, NOW, CLOCK_WINDOW_SECONDS, &signed_body(&base)),
        Err(VerifyError::Signature(SignatureError::Probe))
    );
}

#[test]
fn neg02_a_trimmed_body_fails() {
    let (_, base) = negative("neg02_body_trimmed");
    let message = bytes(field(&base, "message_file"));
    let key = private_key(field(&base, "key")).public_key();
    let outcome = key.verify(&message[..message.len() - 1], field(&base, "signature"));
    assert_eq!(outcome, Err(SignatureError::Mismatch));
}

#[test]
fn neg03_crlf_fails() {
    let (_, base) = negative("neg03_crlf");
    let message = text(field(&base, "message_file")).replace('\n', "\r\n");
    let key = private_key(field(&base, "key")).public_key();
    assert_eq!(key.verify(message.as_bytes(), field(&base, "signature")), Err(SignatureError::Mismatch));
}

#[test]
fn neg04_other_associated_data_fails() {
    let (negative, base) = negative("neg04_wrong_aad");
    let body: Value = serde_json::from_slice(&bytes(field(&base, "body_file"))).unwrap();
    let key = ApiV3Key::new(field(&base, "decryption_key")).unwrap();
    let (nonce, ciphertext) = (field(&body["resource"], "nonce"), field(&body["resource"], "ciphertext"));
    let outcome = key.open(nonce, field(&negative, "associated_data"), ciphertext);
    assert_eq!(outcome, Err(AeadError::TagMismatch));
}

/// The two paddings refuse each other: the vector under SHA-256, and a SHA-256 ciphertext under ours.
#[test]
fn neg05_oaep_with_sha256_fails() {
    use aws_lc_rs::rsa::{
        OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
    };
    let (_, base) = negative("neg05_oaep_sha256");
    let pem_text = text(field(&base, "decrypt_with"));
    let other = PrivateDecryptingKey::from_pkcs8(pem::parse(&pem_text).unwrap().contents()).unwrap();
    let other_public = OaepPublicEncryptingKey::new(other.public_key()).unwrap();
    let other = OaepPrivateDecryptingKey::new(other).unwrap();
    let mut buffer = [0; 256];
    let ciphertext = STANDARD.decode(field(&base, "ciphertext_b64")).unwrap();
    assert!(other.decrypt(&OAEP_SHA256_MGF1SHA256, &ciphertext, &mut buffer, None).is_err());

    other_public.encrypt(&OAEP_SHA256_MGF1SHA256, "张三".as_bytes(), &mut buffer, None).unwrap();
    let key = PrivateKey::from_pem(&pem_text).unwrap();
    assert_eq!(oaep::decrypt(&key, &STANDARD.encode(buffer)), Err(OaepError::Undecryptable));
}
