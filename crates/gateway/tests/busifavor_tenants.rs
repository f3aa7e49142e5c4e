//! Every busifavor operation that names an object, made by a merchant whose object it is not: it finds nothing and
//! changes nothing.

use std::collections::BTreeSet;

use quan_openapi::Face;
use quan_testkit::{APPID, BUSIFAVOR, MCHID, OPENID, OTHER_MCHID, TestPlatform};
use serde_json::{Value, json};

const NOT_FOUND: [u64; 2] = [268_578_608, 268_578_851];
const TRANSACTION: &str = "4200001234202609207788990011";
/// These name nothing that somebody else may own.
const ABOUT_THE_CALLER: [&str; 5] =
    ["create_stock", "list_user_coupons", "set_callbacks", "get_callbacks", "send_gov_card"];

/// Two stocks of the merchant, one with an uploaded code, a used coupon, and what was paid and returned for it.
struct Owned {
    pool: String,
    stock: String,
    code: String,
    paid: String,
    returned: String,
}

fn receipt(owned: (&str, &str), number: (&str, &str)) -> Value {
    let mut body = json!({
        "stock_id": owned.0, "coupon_code": owned.1, "transaction_id": TRANSACTION, "payer_merchant": MCHID,
        "payee_merchant": OTHER_MCHID, "amount": 300, "description": "补差",
    });
    body[number.0] = json!(number.1);
    body
}

fn refund(owned: (&str, &str), number: &str) -> Value {
    let mut body = receipt(owned, ("out_subsidy_return_no", number));
    body["refund_id"] = json!("50300207762026092200112233445");
    body
}

async fn owned(platform: &TestPlatform) -> Owned {
    let merchant = platform.merchant();
    let pool = platform.merchant_stock(|stock| stock["coupon_code_mode"] = json!("MERCHANT_UPLOAD")).await;
    let upload = json!({ "coupon_code_list": ["CODE_1"], "upload_request_no": "UPLOAD_1" });
    merchant.post(&format!("{BUSIFAVOR}/stocks/{pool}/couponcodes"), &upload).await.ok();
    let stock = platform.merchant_stock(|_| {}).await;
    let code = platform.merchant_coupon(&stock, OPENID).await;
    platform.merchant_command("use", (&stock, &code), "USE_0001", |_| {}).await.ok();
    let id = |answer: &Value, name: &str| answer[name].as_str().expect("a receipt has its id").to_owned();
    let body = receipt((&stock, &code), ("out_subsidy_no", "PAY_0001"));
    let paid = merchant.post(&format!("{BUSIFAVOR}/subsidy/pay-receipts"), &body).await.ok();
    let body = refund((&stock, &code), "RETURN_0001");
    let returned = merchant.post(&format!("{BUSIFAVOR}/subsidy/return-receipts"), &body).await.ok();
    let (paid, returned) = (id(&paid, "subsidy_receipt_id"), id(&returned, "subsidy_return_receipt_id"));
    Owned { pool, stock, code, paid, returned }
}

/// Method, target and body of every call about what is owned.
fn calls(platform: &TestPlatform, owned: &Owned) -> Vec<(&'static str, String, Option<Value>)> {
    let Owned { pool, stock, code, paid, returned } = owned;
    let number = || platform.fresh_number();
    let coupon = |name: &str| {
        let mut body = json!({ "stock_id": stock, "coupon_code": code });
        body[name] = json!(number());
        body
    };
    let with = |mut body: Value, members: Value| {
        let members = members.as_object().expect("members are an object").clone();
        body.as_object_mut().expect("a body is an object").extend(members);
        body
    };
    let to_user = json!({ "stock_id": stock, "appid": APPID, "openid": OPENID });
    let used = with(coupon("use_request_no"), json!({ "appid": APPID, "use_time": platform.now() }));
    let order = json!({ "out_trade_no": "ORDER_1" });
    let posts = [
        ("product-coupons/pre-send", with(to_user.clone(), json!({ "send_request_no": number() }))),
        (
            "product-coupons/send",
            with(to_user.clone(), json!({ "out_request_no": number(), "coupon_type": "NORMAL" })),
        ),
        ("coupons/send", with(to_user, json!({ "out_request_no": number() }))),
        ("coupons/use", used),
        ("coupons/return", coupon("return_request_no")),
        ("coupons/deactivate", coupon("deactivate_request_no")),
        ("coupons/associate", with(coupon("out_request_no"), order.clone())),
        ("coupons/disassociate", with(coupon("out_request_no"), order)),
        ("subsidy/pay-receipts", receipt((stock, code), ("out_subsidy_no", &number()))),
        ("subsidy/return-receipts", refund((stock, code), &number())),
    ];
    let mut calls: Vec<_> =
        posts.into_iter().map(|(tail, body)| ("POST", format!("{BUSIFAVOR}/{tail}"), Some(body))).collect();
    let upload = json!({ "coupon_code_list": ["CODE_2"], "upload_request_no": number() });
    let budget = json!({
        "modify_budget_request_no": number(), "target_max_coupons": 2000, "current_max_coupons": 1000,
    });
    let change = json!({ "out_request_no": number(), "comment": "改" });
    let pool_codes = format!("{BUSIFAVOR}/stocks/{pool}/couponcodes");
    calls.extend([
        ("POST", pool_codes.clone(), Some(upload)),
        ("PATCH", format!("{BUSIFAVOR}/stocks/{stock}"), Some(change)),
        ("PATCH", format!("{BUSIFAVOR}/stocks/{stock}/budget"), Some(budget)),
        ("DELETE", format!("{pool_codes}/CODE_1?delete_request_no={}", number()), None),
    ]);
    let pay_list = format!("{BUSIFAVOR}/subsidy/pay-receipts?stock_id={stock}&coupon_code={code}");
    let reads = [
        format!("{BUSIFAVOR}/stocks/{stock}"),
        pool_codes.clone(),
        format!("{pool_codes}/CODE_1?appid={APPID}"),
        format!("{BUSIFAVOR}/users/{OPENID}/coupons/{code}/appids/{APPID}"),
        pay_list,
        format!("{BUSIFAVOR}/subsidy/pay-receipts/{paid}"),
        format!("{BUSIFAVOR}/subsidy/return-receipts/{returned}"),
    ];
    calls.extend(reads.map(|target| ("GET", target, None)));
    calls
}

/// What the owner sees of all of it.
async fn seen(platform: &TestPlatform, owned: &Owned) -> Vec<Value> {
    let mut seen = Vec::new();
    for (method, target, _) in calls(platform, owned) {
        if method == "GET" {
            seen.push(platform.merchant().get(&target).await.ok());
        }
    }
    seen
}

#[tokio::test]
async fn another_merchant_finds_nothing_and_changes_nothing() {
    let platform = TestPlatform::start().await;
    platform.bind_appid(APPID, OTHER_MCHID).await;
    let owned = owned(&platform).await;
    let before = seen(&platform, &owned).await;
    let mut tried = BTreeSet::new();
    for (method, target, body) in calls(&platform, &owned) {
        let other = platform.other_merchant();
        let call = other.call(method, &target);
        let answer = match &body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        };
        assert_eq!(answer.status, 404, "{method} {target}: {}", String::from_utf8_lossy(&answer.body));
        answer.refused(404, "RESOURCE_NOT_EXISTS", answer.number());
        assert!(NOT_FOUND.contains(&answer.number()), "{method} {target}: {}", answer.number());
        tried.insert(quan_openapi::template(method, &target).expect("a call of the document").1);
    }
    assert_eq!(seen(&platform, &owned).await, before);
    let described = quan_openapi::operations().filter(|operation| operation.face() == Face::Busifavor);
    let about_objects =
        described.map(quan_openapi::Operation::id).filter(|id| !ABOUT_THE_CALLER.contains(id));
    assert_eq!(tried, about_objects.map(|id| format!("busifavor_{id}")).collect());
}
