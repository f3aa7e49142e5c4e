//! No secret and no person shows in what can be printed: `Debug` and `Display` of every public value.

mod platform;

use std::error::Error as _;
use std::fmt::{Debug, Display};

use platform::scripted::Scripted;
use platform::{API_V3_KEY, Answer, builder, key_file};
use quan_client::error::TransportError;
use quan_client::{Error, Retry};
use quan_model::busifavor::PreSendRequest;
use serde_json::json;

const OPENID: &str = "oh-394z-6CGkNoJrsDLTTUKiAnp4";
const TOKEN: &str = "token-that-must-not-show";
const CODE: &str = "Coupon_9988776655";

#[derive(Default)]
struct Shown(String);

impl Shown {
    fn debug(&mut self, value: &impl Debug) {
        self.0.push_str(&format!("{value:?}\n{value:#?}\n"));
    }

    fn error(&mut self, error: &Error) {
        self.debug(error);
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(current) = cause {
            self.display(&current);
            cause = current.source();
        }
    }

    fn display(&mut self, value: &impl Display) {
        self.0.push_str(&format!("{value}\n"));
    }
}

#[test]
fn nothing_that_can_be_printed_shows_a_secret() {
    let echo = json!({"code": "PARAM_ERROR", "message": "参数错误",
        "detail": {"field": "/openid", "value": OPENID, "location": "body", "issue": "x"}});
    let script = || {
        [
            Ok(Answer::signed(200, json!({"token": TOKEN}).to_string())),
            Ok(Answer::signed(200, json!({"token": 7, "other": TOKEN}).to_string())),
            Ok(Answer::signed(400, echo.to_string())),
            Ok(Answer::unsigned(200, json!({"token": TOKEN}).to_string())),
            Ok(Answer::probe(200, json!({"token": TOKEN}).to_string())),
            Err(TransportError::Read("reset".into())),
        ]
    };
    let mut shown = Shown::default();
    shown.debug(&builder());
    let scripted = Scripted::new(script());
    let client = builder()
        .retry(Retry::none())
        .build_blocking_with(std::sync::Arc::<Scripted>::clone(&scripted))
        .unwrap();
    shown.debug(&client);
    shown.debug(client.keys());
    shown.debug(&client.notifications());
    shown.debug(&platform::merchant());
    let body = PreSendRequest::new("1000000013001", "wx", "34657_1").openid(OPENID);
    let pre_send = client.v3().marketing().busifavor().product_coupons().pre_send();
    shown.debug(&pre_send);
    shown.debug(&pre_send.post(&body));
    shown.debug(&pre_send.post(&body).prepare().unwrap());
    shown.debug(&pre_send.post(&body).sign_only().unwrap());
    for _ in 0..script().len() {
        match pre_send.post(&body).send() {
            Ok(reply) => {
                shown.debug(&reply);
                shown.debug(&reply.into_inner());
            }
            Err(error) => shown.error(&error),
        }
    }
    for request in scripted.requests.lock().unwrap().iter() {
        shown.debug(request);
    }
    let users = client.v3().marketing().partner().product_coupon().users();
    let coupon = users.openid(OPENID).coupons().coupon_code(CODE);
    shown.debug(&coupon);
    let indexed = &client["v3/users/{openid}"];
    shown.error(&indexed.get().var("openid", OPENID).var("code", CODE).send().unwrap_err());
    shown.error(&indexed.get().var("openid", "..").send().unwrap_err());

    let merchant_key = key_file("merchant_key.pem");
    let mut secrets =
        vec![OPENID, TOKEN, CODE, API_V3_KEY, "1900000001", "signature=\"", "Wechatpay-Signature"];
    secrets.extend(merchant_key.lines().filter(|line| line.len() == 64));
    // The public key's id is no secret, but it holds the merchant number.
    shown.0 = shown.0.replace(platform::PUBLIC_KEY_ID, "");
    for secret in secrets {
        assert!(!shown.0.contains(secret), "{secret} shows in\n{}", shown.0);
    }
    assert!(shown.0.contains("PARAM_ERROR"), "the scenario did not run");
}

#[test]
fn notifications_do_not_show_their_resource() {
    let body = std::fs::read(platform::vectors().join("bodies/notify03_partner_send_pubkey.body")).unwrap();
    let signed = Answer::signed(200, body.clone());
    let client = builder().build_blocking_with(Scripted::new([])).unwrap();
    let notification = client.notifications().parse(&signed.headers, &body).unwrap();
    let mut shown = Shown::default();
    shown.debug(&notification);
    shown.debug(&notification.event);
    let value: serde_json::Value = serde_json::from_str(&notification.resource_json).unwrap();
    for member in ["openid", "coupon_code"] {
        assert!(!shown.0.contains(value[member].as_str().unwrap()), "{}", shown.0);
    }
    let error = client.notifications().parse(&signed.headers, &body[1..]).unwrap_err();
    assert!(error.source().is_some());
}

/// What came with the testing module and the notification memories.
#[test]
fn neither_events_nor_fakes_show_a_person() {
    use quan_client::notification::{SeenEvents, Sighting, VerifiedNotification};
    use quan_client::testing::{Answer, FakePlatform, FakeServer, MockTransport, Recorder, samples};
    use quan_client::{ProductCouponEvent as Event, transport::BlockingTransport};

    const PHONE: &str = "13800000000";
    let platform = FakePlatform::new();
    let (mut sent, mut used, mut busifavor) = (samples::sent(), samples::used(), samples::busifavor_sent());
    (sent.openid, sent.coupon_code, sent.phone_number) = (OPENID.into(), CODE.into(), Some(PHONE.into()));
    (used.openid, used.coupon_code) = (Some(OPENID.into()), CODE.into());
    (busifavor.openid, busifavor.coupon_code) = (Some(OPENID.into()), CODE.into());
    busifavor.phone_number = Some(PHONE.into());
    let mut shown = Shown::default();
    shown.debug(&sent);
    shown.debug(&used);
    shown.debug(&busifavor);
    let seen = SeenEvents::default();
    let events = [
        Event::Sent(Box::new(sent)),
        Event::Used(Box::new(used.clone())),
        Event::Returned(Box::new(used)),
        Event::BusifavorSent(Box::new(busifavor)),
        Event::Other { event_type: "NEW".into(), value: json!({ "openid": OPENID }) },
    ];
    for event in &events {
        let delivery = platform.notify(event);
        let notification = platform.notification_parser().parse(&delivery, &delivery.body).unwrap();
        shown.debug(event);
        shown.debug(&delivery);
        let sighting = seen.begin(&notification);
        shown.debug(&sighting);
        assert!(matches!(sighting, Sighting::First(_)));
        shown.debug(&VerifiedNotification(notification));
    }
    let inner: std::sync::Arc<dyn BlockingTransport> = std::sync::Arc::new(
        MockTransport::new(&platform)
            .otherwise(|_| Answer::json(200, json!({ "token": TOKEN, "openid": OPENID }))),
    );
    let recorder = std::sync::Arc::new(Recorder::new(inner));
    let wire = MockTransport::new(&platform)
        .otherwise(|_| Answer::json(200, json!({ "token": TOKEN, "openid": OPENID })));
    let body = json!({ "openid": OPENID, "coupon_code": CODE, "phone_number": PHONE });
    for client in [
        platform.blocking_client(&wire),
        platform.builder().build_blocking_with(std::sync::Arc::clone(&recorder) as _).unwrap(),
    ] {
        let call =
            client.chain("v3/users/{openid}").post(&body).var("openid", OPENID).query("openid", OPENID);
        call.send().unwrap();
    }
    shown.debug(&platform);
    shown.debug(&wire);
    shown.debug(&wire.exchanges());
    shown.debug(&recorder);
    shown.debug(&wire.recording());
    shown.debug(&FakeServer::start(&wire).unwrap());
    let key = platform.merchant_private_key_pem();
    let mut secrets = vec![OPENID, TOKEN, CODE, PHONE, platform.api_v3_key(), "signature=\""];
    secrets.extend(key.lines().filter(|line| line.len() == 64));
    for secret in secrets {
        assert!(!shown.0.contains(secret), "{secret} shows in\n{}", shown.0);
    }
    assert!(shown.0.contains("oh-3***p4"), "the scenario did not run");
}
