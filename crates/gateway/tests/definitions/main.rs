//! The entity tables of the documentation over the wire, field by field, on both faces: each limit from both
//! sides, each exclusion, each conditional requirement, with the place of the fault and a Chinese sentence.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

mod product_coupon_fields;
mod stock_fields;

use quan_testkit::{APPID, TestPlatform, definition};
use serde_json::{Value, json};

/// R-BODY: missing. The brand face has another number for it.
const MISSING: u64 = 268_578_101;
const FORMAT: u64 = 268_435_461;
const LONG: u64 = 268_435_462;
const SHORT: u64 = 268_435_463;
const RANGE: u64 = 268_435_464;
const RULE: u64 = 268_578_224;
const WORSE: u64 = 268_586_067;
const IMAGE: u64 = 268_578_404;

/// What is expected: a success, or a number at a place; an empty place is the one that was edited.
#[derive(Clone, Copy)]
enum Expect {
    Taken,
    Refused(u64, &'static str),
}
use Expect::{Refused, Taken};

const fn refused(number: u64) -> Expect {
    Refused(number, "")
}

/// One edit of a definition: a member set, or removed when the value is `null`.
type Row = (&'static str, Value, Expect);

fn text(count: usize) -> Value {
    json!("券".repeat(count))
}

fn path(count: usize) -> Value {
    json!("p".repeat(count))
}

/// Scope ALL, amount off, with everything that a stock may have.
fn all_goods(platform: &TestPlatform) -> Value {
    let mut request = definition::single(platform.now(), &platform.fresh_number());
    request["out_product_no"] = json!("SKU-1");
    request["display_info"]["detail_image_url_list"] = json!(["https://img.example.com/1.png"]);
    request["stock"]["usage_rule_display_info"] = json!({
        "coupon_usage_method_list": ["OFFLINE", "MINI_PROGRAM", "APP"],
        "mini_program_appid": APPID, "mini_program_path": "/use",
        "app_jump_type": "H5", "app_path": "https://m.example.com", "passcode_link": "口令",
        "usage_description": "到店出示券码",
        "coupon_available_store_info": {
            "description": "全部门店", "mini_program_appid": APPID, "mini_program_path": "/stores",
        },
    });
    request["stock"]["coupon_display_info"] = json!({
        "code_display_mode": "BARCODE", "background_color": "Color100",
        "entrance_mini_program": {
            "appid": APPID, "path": "/more", "entrance_wording": "去看看", "guidance_wording": "领取优惠",
        },
        "entrance_official_account": { "appid": APPID },
        "entrance_finder": {
            "finder_id": "sph1", "finder_video_id": "v1",
            "finder_video_cover_image_url": "https://img.example.com/c.png",
        },
    });
    request
}

/// Scope SINGLE, amount off, with a package.
fn one_product(platform: &TestPlatform) -> Value {
    let mut request = definition::single(platform.now(), &platform.fresh_number());
    request["scope"] = json!("SINGLE");
    request.as_object_mut().unwrap().remove("single_usage_info");
    request["stock"]["single_usage_rule"]["normal_coupon"] =
        json!({ "threshold": 3000, "discount_amount": 800 });
    request["display_info"]["original_price"] = json!(3600);
    request["display_info"]["combo_package_list"] = json!([{
        "name": "午餐", "pick_count": 1,
        "choice_list": [{
            "name": "咖喱饭", "price": 2800, "count": 1, "image_url": "https://img.example.com/d.png",
            "mini_program_appid": APPID, "mini_program_path": "/dish",
        }],
    }]);
    request
}

fn rounds(platform: &TestPlatform) -> Value {
    definition::sequential(platform.now(), &platform.fresh_number())
}

fn edit(request: &mut Value, pointer: &str, value: &Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = request.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Array(items), _) => items[name.parse::<usize>().unwrap()] = value.clone(),
        (parent, Value::Null) => drop(parent.as_object_mut().unwrap().remove(name)),
        (parent, _) => parent[name] = value.clone(),
    }
}

/// Makes each edit of a definition on both faces.
async fn check(base: fn(&TestPlatform) -> Value, rows: Vec<Row>) {
    let platform = TestPlatform::start().await;
    let sides = [(platform.partner_side(), MISSING), (platform.brand_side(), FORMAT)];
    for (side, missing) in &sides {
        side.post("/product-coupons", &base(&platform)).await.ok();
        for (pointer, value, expected) in &rows {
            let mut request = base(&platform);
            edit(&mut request, pointer, value);
            let answer = side.post("/product-coupons", &request).await;
            let shown: String = value.to_string().chars().take(60).collect();
            match expected {
                Taken => assert_eq!(answer.status, 200, "{pointer} {shown}: {}", answer.json()),
                Refused(number, place) => {
                    let number = if *number == MISSING { *missing } else { *number };
                    let code = if [RULE, WORSE, IMAGE].contains(&number) {
                        "INVALID_REQUEST"
                    } else {
                        "PARAM_ERROR"
                    };
                    let place = if place.is_empty() { pointer } else { place };
                    assert_eq!(answer.status, 400, "{pointer} {shown}");
                    let body = answer.refused_field(code, number, place);
                    let issue = body["detail"]["issue"].as_str().unwrap();
                    assert!(issue.chars().any(|letter| letter >= '\u{4e00}'), "{pointer} {shown}: {issue}");
                }
            }
        }
    }
}
