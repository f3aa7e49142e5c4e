//! Codes in any number: the size and the number of each request, merged answers, and a run that is resumed.

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, Mutex};

use quan_client::testing::{Answer, FakePlatform, MockTransport, RecordedRequest, closed_after_request};
use quan_client::{Blocking, CodeUpload, CodeUploadError, Error, RequestError, Retry, blocking};
use quan_model::product_coupon::{UploadCouponCodesRequest, UploadCouponCodesResponse};
use serde_json::{Value, json};

const BASE: &str = "codes_20261124";

fn codes(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|index| format!("C{index:04}")).collect()
}

fn request(base: &str, code_list: Vec<String>) -> UploadCouponCodesRequest {
    UploadCouponCodesRequest { out_request_no: base.into(), code_list, brand_id: Some("120344".into()) }
}

fn upload(client: &blocking::Client, request: &UploadCouponCodesRequest) -> CodeUpload<Blocking> {
    let coupon = client.v3().marketing().partner().product_coupon().product_coupons().product_coupon_id("P1");
    coupon.stocks().stock_id("S1").upload_coupon_codes().post_in_chunks(request)
}

fn list_of(request: &RecordedRequest) -> Vec<String> {
    serde_json::from_value(request.json()["code_list"].clone()).expect("a list of codes")
}

/// Puts every code into the pool.
fn all_well(request: &RecordedRequest) -> Answer {
    let list = list_of(request);
    Answer::json(200, json!({ "total_count": list.len(), "success_code_list": list }))
}

/// Number and size of each request.
fn sent(wire: &MockTransport) -> Vec<(String, usize)> {
    let number =
        |request: &RecordedRequest| request.json()["out_request_no"].as_str().expect("a number").to_owned();
    wire.requests().iter().map(|request| (number(request), list_of(request).len())).collect()
}

fn expected(sizes: &[usize]) -> Vec<(String, usize)> {
    sizes.iter().enumerate().map(|(index, size)| (format!("{BASE}-{index}"), *size)).collect()
}

#[tokio::test]
async fn requests_have_at_most_two_hundred_codes_and_numbers_of_their_own() {
    for (count, sizes) in
        [(0, &[][..]), (1, &[1]), (200, &[200]), (201, &[200, 1]), (400, &[200, 200]), (401, &[200, 200, 1])]
    {
        let platform = FakePlatform::new();
        let request = request(BASE, codes(0..count));
        let wire = MockTransport::new(&platform).otherwise(all_well);
        let merged = upload(&platform.blocking_client(&wire), &request).send().unwrap();
        assert_eq!(sent(&wire), expected(sizes), "{count}");
        assert_eq!(merged.success_code_list, request.code_list);
        assert_eq!(usize::try_from(merged.total_count).unwrap(), count);
        assert!(wire.requests().iter().all(|request| request.is_signed));
        assert!(wire.requests().iter().all(|request| request.json()["brand_id"] == "120344"));
        // The brand face and the async mode alike.
        let wire = MockTransport::new(&platform).otherwise(all_well);
        let client = platform.client(&wire);
        let coupon = client.brand().marketing().product_coupon().product_coupons().product_coupon_id("P1");
        let node = coupon.stocks().stock_id("S1").upload_coupon_codes();
        let request = UploadCouponCodesRequest { brand_id: None, ..request };
        let upload = node.clone().post_in_chunks(&request);
        assert!(sent(&wire).is_empty(), "nothing happens before it is awaited");
        assert_eq!(upload.await.unwrap(), merged);
        assert_eq!(sent(&wire), expected(sizes), "{count}");
        assert!(wire.requests().iter().all(|request| {
            request.target
                == "/brand/marketing/product-coupon/product-coupons/P1/stocks/S1/upload-coupon-codes"
        }));
    }
}

#[test]
fn every_number_is_checked_before_anything_is_sent() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform).otherwise(all_well);
    let client = platform.blocking_client(&wire);
    let send = |base: String, count| upload(&client, &request(&base, codes(0..count))).send();
    for (base, count, index) in [
        ("abc".to_owned(), 1, 0),
        ("x".repeat(39), 1, 0),
        // The tenth request's number is the first with two digits.
        ("x".repeat(38), 2_001, 10),
        ("编号编号编号".to_owned(), 1, 0),
    ] {
        let error = send(base, count).unwrap_err();
        assert!(matches!(&error.error, Error::Request { reason: RequestError::RequestNumber(_), .. }));
        assert_eq!((error.index, error.requests), (index, count.div_ceil(200)));
        assert!(!error.error.may_have_taken_effect());
    }
    assert!(wire.requests().is_empty());
    assert!(send("abcd".into(), 1).is_ok());
    assert!(send("x".repeat(38), 2_000).is_ok());
    assert_eq!(wire.requests().len(), 11);
}

#[test]
fn four_lists_are_merged_and_a_code_given_twice_is_sent_once() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .reply_json(
            200,
            json!({ "total_count": 200, "success_code_list": ["C0000", "C0001"],
                "already_exist_code_list": ["C0002"],
                "failed_code_list": [{ "coupon_code": "C0003", "code": "PARAM_ERROR", "message": "券码无效" }] }),
        )
        .reply_json(200, json!({ "total_count": 1, "already_exist_code_list": ["C0200"] }));
    // The second time lies where another request would begin.
    let list = [codes(0..201), vec!["C0001".into(), "C0002".into(), "C0001".into()]].concat();
    let merged = upload(&platform.blocking_client(&wire), &request(BASE, list)).send().unwrap();
    assert_eq!(sent(&wire), expected(&[200, 1]));
    assert_eq!(merged.total_count, 201);
    assert_eq!(merged.success_code_list, ["C0000"]);
    assert_eq!(merged.duplicate_code_list, ["C0001"]);
    assert_eq!(merged.already_exist_code_list, ["C0002", "C0200"]);
    assert_eq!(merged.failed_code_list[0].coupon_code, "C0003");
    wire.verify_all();
}

/// A pool that keeps what it has, answers a number that it knows as before, and refuses one that comes with
/// other codes.
#[derive(Default)]
struct Pool {
    codes: Vec<String>,
    answers: HashMap<String, (Value, Value)>,
}

/// The pool's answer; a forgetful one looks at the codes only, and not at what it has answered before.
fn pooled(pool: &Mutex<Pool>, is_forgetful: bool, request: &RecordedRequest) -> Answer {
    let mut pool = pool.lock().expect("a pool in order");
    let (number, list) = (request.json()["out_request_no"].to_string(), list_of(request));
    match pool.answers.get(&number) {
        Some((body, answer)) if !is_forgetful && *body == request.json() => {
            return Answer::json(200, answer);
        }
        Some((body, _)) if *body != request.json() => {
            return Answer::refusal(400, "INVALID_REQUEST", "单号已被使用");
        }
        Some(_) | None => {}
    }
    let (known, new): (Vec<_>, Vec<_>) = list.iter().cloned().partition(|code| pool.codes.contains(code));
    pool.codes.extend(new.iter().cloned());
    let answer =
        json!({ "total_count": list.len(), "success_code_list": new, "already_exist_code_list": known });
    pool.answers.insert(number, (request.json(), answer.clone()));
    Answer::json(200, answer)
}

/// A run of 401 codes of which the second request fails, carried out or not.
fn broken_run(
    platform: &FakePlatform,
    pool: &Arc<Mutex<Pool>>,
    is_carried_out: bool,
) -> (CodeUploadError, MockTransport) {
    let first = Arc::clone(pool);
    let wire = MockTransport::new(platform).otherwise(move |request| {
        let is_second = request.json()["out_request_no"] == format!("{BASE}-1");
        if !is_second || is_carried_out {
            let answer = pooled(&first, false, request);
            if !is_second {
                return answer;
            }
        }
        Answer::refusal(500, "SYSTEM_ERROR", "系统错误")
    });
    let builder = platform.builder().retry(Retry::none());
    let client = builder.build_blocking_with(Arc::new(wire.clone())).expect("good settings");
    (upload(&client, &request(BASE, codes(0..401))).send().expect_err("the second request fails"), wire)
}

fn resumed(
    platform: &FakePlatform,
    pool: &Arc<Mutex<Pool>>,
    is_forgetful: bool,
    is_told: bool,
) -> UploadCouponCodesResponse {
    let pool = Arc::clone(pool);
    let wire = MockTransport::new(platform).otherwise(move |request| pooled(&pool, is_forgetful, request));
    let upload = upload(&platform.blocking_client(&wire), &request(BASE, codes(0..401)));
    let merged = if is_told { upload.resuming() } else { upload }.send().expect("a pool that answers");
    assert_eq!(sent(&wire), expected(&[200, 200, 1]));
    merged
}

#[test]
fn a_failed_request_ends_the_run_and_says_what_was_done() {
    let platform = FakePlatform::new();
    let pool = Arc::default();
    let (error, wire) = broken_run(&platform, &pool, false);
    assert_eq!((error.index, error.requests), (1, 3));
    assert_eq!(error.lists.success_code_list, codes(0..200));
    assert_eq!(sent(&wire), expected(&[200, 200]), "the third request was not sent");
    assert_eq!(error.to_string(), "request 2 of 3 of the upload of codes has failed");
    assert!(error.source().is_some() && !format!("{error:?}").contains("C0001"));
    assert_eq!(Error::from(error).status().unwrap(), 500);
}

#[test]
fn a_run_that_broke_off_is_resumed_by_its_numbers() {
    for is_carried_out in [false, true] {
        let platform = FakePlatform::new();
        let pool = Arc::default();
        broken_run(&platform, &pool, is_carried_out);
        let merged = resumed(&platform, &pool, false, true);
        assert_eq!(merged.success_code_list, codes(0..401));
        assert!(merged.already_exist_code_list.is_empty());
        assert_eq!(pool.lock().unwrap().codes, codes(0..401), "each once");
    }
}

#[test]
fn codes_known_after_a_resume_are_successes_and_otherwise_stay_apart() {
    for (is_told, success, known) in [(true, 401, 0), (false, 1, 400)] {
        let platform = FakePlatform::new();
        let pool = Arc::default();
        broken_run(&platform, &pool, true);
        let merged = resumed(&platform, &pool, true, is_told);
        assert_eq!(
            (merged.success_code_list.len(), merged.already_exist_code_list.len(), merged.total_count),
            (success, known, 401)
        );
    }
}

#[test]
fn one_request_is_repeated_as_any_call() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform).then_fail(closed_after_request()).otherwise(all_well);
    let merged = upload(&platform.blocking_client(&wire), &request(BASE, codes(0..3))).send().unwrap();
    assert_eq!(merged.success_code_list, codes(0..3));
    let [first, second] = &wire.requests()[..] else { panic!() };
    assert_eq!(first.body, second.body);
}
