//! Sensitive fields: the key they are sealed to and the header that names it belong together.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use platform::certificate_mode::{NEXT_SERIAL, PLATFORM_SERIAL, certificate};
use platform::scripted::Scripted;
use platform::{PUBLIC_KEY_ID, builder, key_file};
use quan_apiv3::key::PrivateKey;
use quan_apiv3::oaep;
use quan_client::{Blocking, Call, Client, Error, RequestError, Sealed, blocking};
use serde::Serialize;

#[derive(Serialize)]
struct Member {
    phone: Sealed,
    name: Sealed,
}

fn client() -> blocking::Client {
    builder().trust(certificate("platform_cert.pem")).build_blocking_with(Scripted::new([])).unwrap()
}

/// A client in certificate mode.
fn other_client() -> blocking::Client {
    let builder = Client::builder().merchant(platform::merchant()).clock(platform::FixedClock(platform::NOW));
    let trusted = ["platform_cert.pem", "platform_next_cert.pem"].map(certificate);
    builder.trust_all(trusted).build_blocking_with(Scripted::new([])).unwrap()
}

fn serial(call: Call<Blocking>) -> String {
    call.prepare().unwrap().headers["wechatpay-serial"].to_str().unwrap().to_owned()
}

fn refused(call: Call<Blocking>) -> RequestError {
    match call.prepare() {
        Err(Error::Request { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_request_names_the_key_that_its_fields_were_sealed_to() {
    let (client, other) = (client(), other_client());
    // A public key before any certificate; of certificates the newest.
    assert_eq!(client.sealer().unwrap().key_id().as_str(), PUBLIC_KEY_ID);
    let sealer = other.sealer().unwrap();
    assert_eq!(sealer.key_id().as_str(), NEXT_SERIAL);
    let body = Member { phone: sealer.seal("13800000000").unwrap(), name: sealer.seal("张三").unwrap() };
    // Sent by a client that would prefer another key, the request still names the right one.
    let prepared = client["v3/x"].post(&body).prepare().unwrap();
    assert_eq!(prepared.headers["wechatpay-serial"], NEXT_SERIAL);
    let sent: serde_json::Value = serde_json::from_slice(&prepared.body).unwrap();
    let key = PrivateKey::from_pem(&key_file("platform_next_key.pem")).unwrap();
    let opened = |name: &str| oaep::decrypt(&key, sent[name].as_str().unwrap()).unwrap();
    assert_eq!((opened("phone"), opened("name")), ("13800000000".into(), "张三".into()));
    // The same in a query, and for a ciphertext that is plain text by now.
    assert_eq!(serial(client["v3/x"].get().query("phone", &body.phone)), NEXT_SERIAL);
    assert_eq!(serial(client["v3/x"].get().query_from(&body)), NEXT_SERIAL);
    let by_hand = serde_json::json!({"phone": body.phone.as_str()});
    assert_eq!(serial(client["v3/x"].post(&by_hand).sealed_by(&sealer)), NEXT_SERIAL);
    // Without sealed fields it is the preferred key.
    assert_eq!(serial(client["v3/x"].post(&by_hand)), PUBLIC_KEY_ID);
}

#[test]
fn fields_of_two_keys_do_not_go_into_one_request() {
    let (client, other) = (client(), other_client());
    let (public, next) = (client.sealer().unwrap(), other.sealer().unwrap());
    let mixed = Member { phone: public.seal("1").unwrap(), name: next.seal("2").unwrap() };
    let names_both = |reason: RequestError| {
        let RequestError::TwoSealingKeys(one, two) = &reason else { panic!("{reason:?}") };
        assert_eq!((one.as_str(), two.as_str()), (PUBLIC_KEY_ID, NEXT_SERIAL));
    };
    names_both(refused(client["v3/x"].post(&mixed)));
    names_both(refused(client["v3/x"].post(&[&mixed.phone]).query("name", &mixed.name)));
    names_both(refused(client["v3/x"].post(&[&mixed.phone]).sealed_by(&next)));
    assert!(client["v3/x"].post(&[&mixed.phone]).sealed_by(&public).prepare().is_ok());
}

#[test]
fn a_sealer_keeps_its_key_over_a_rotation() {
    let client = other_client();
    let sealer = client.sealer().unwrap();
    client.keys().retire(NEXT_SERIAL);
    assert_eq!(client.sealer().unwrap().key_id().as_str(), PLATFORM_SERIAL);
    assert_eq!(sealer.seal("x").unwrap().key_id().as_str(), NEXT_SERIAL);
}

#[test]
fn what_the_platform_has_sealed_is_opened_with_the_own_key() {
    let client = client();
    let key = PrivateKey::from_pem(&key_file("merchant_key.pem")).unwrap().public_key();
    let sealed = oaep::encrypt(&key, "张三").unwrap();
    let opened = client.open(&sealed).unwrap();
    assert_eq!((opened.expose().as_str(), format!("{opened:?}")), ("张三", "***".to_owned()));
    assert_eq!(client.open("").unwrap().expose(), "");
}
