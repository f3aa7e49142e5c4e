//! Declarations of who takes part that are refused as a whole. What is applied: `crates/quan/tests/serve/parties.rs`.

use quan_testkit::{APPID, MCHID, OPENID, TestPlatform};
use serde_json::{Value, json};

async fn problems(platform: &TestPlatform, declaration: Value) -> Vec<String> {
    let refused = platform.admin("/_quan/parties", Some(&declaration)).await;
    assert_eq!((refused.status, &refused.json()["code"]), (400, &json!("PARAM_ERROR")));
    let problems = refused.json()["problems"].as_array().expect("everything that is wrong").clone();
    problems.iter().map(|problem| problem.as_str().expect("a text").to_owned()).collect()
}

#[tokio::test]
async fn a_person_or_certificate_that_is_declared_twice_is_refused() {
    let platform = TestPlatform::start().await;
    let openid = json!({ "appid": APPID, "openid": OPENID });
    let persons = json!([{ "person": "p1", "openids": [openid] }, { "person": "p2", "openids": [openid] }]);
    let pem = include_str!("../../apiv3/tests/vectors/keys/platform_cert.pem");
    let merchants = json!([{ "mchid": MCHID, "name": "M", "certificates": [pem, pem] }]);
    let problems = problems(&platform, json!({ "merchants": merchants, "persons": persons })).await;
    assert!(
        problems.iter().any(|problem| problem.contains("certificate") && problem.ends_with("declared twice"))
    );
    let person = format!("person p2: an openid of appid {APPID} is declared twice");
    assert!(problems.contains(&person), "{problems:?}");
    assert!(!problems.concat().contains(OPENID), "openids are people: {problems:?}");
}

#[tokio::test]
async fn texts_have_no_control_characters() {
    let platform = TestPlatform::start().await;
    let text = "a\u{0}b";
    let key = "k".repeat(31) + "\u{0}";
    let declaration = json!({
        "merchants": [{ "mchid": MCHID, "name": text, "apiv3_key": key }],
        "brands": [{ "brand_id": "120344", "name": text, "logo_url": text, "apiv3_key": key }],
        "persons": [{ "person": text, "openids": [] }],
    });
    let expected = [
        "merchants[0].name",
        "merchants[0].apiv3_key",
        "brands[0].name",
        "brands[0].apiv3_key",
        "brands[0].logo_url",
        "persons[0].person",
    ];
    let expected = expected.map(|place| format!("{place} should have no control characters"));
    assert_eq!(problems(&platform, declaration).await, expected);
}
