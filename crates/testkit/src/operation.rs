//! Every operation of the product-coupon faces as one call that a test can make for whoever it likes: one table, so
//! that a test over all operations forgets none. It stands beside the handlers, one row for each file of them.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::coupon::Coupon;
use crate::definition;
use crate::parties::{APPID, STORE_ID};
use crate::platform::TestPlatform;
use crate::side::Side;

/// What a call names that somebody owns; each names also what stands before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nothing: it is about the caller.
    Caller,
    /// The brand.
    Brand,
    /// A product coupon.
    ProductCoupon,
    /// A stock.
    Stock,
    /// A user coupon.
    UserCoupon,
}

/// What must have happened to the coupon, so that the call can succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// It was sent.
    Sent,
    /// It was confirmed too.
    Confirmed,
    /// It was used too.
    Used,
}

/// An operation of both product-coupon faces.
pub struct Operation {
    /// Its official name; its handler's file has it too.
    pub name: &'static str,
    /// GET, or any method with a body.
    pub method: &'static str,
    /// Its tail on both faces, as the router has it.
    pub tail: &'static str,
    /// What it names.
    pub reach: Reach,
    /// When it succeeds.
    pub before: Before,
    /// The code mode of the stock with which it succeeds.
    pub code_mode: &'static str,
    /// The store scope of the stock with which it succeeds.
    pub store_scope: &'static str,
    /// The members of the body or query, but for the brand's.
    members: fn(&TestPlatform, &Coupon) -> Value,
}

impl Operation {
    /// The tail with the ids of a coupon in their places.
    #[must_use]
    pub fn tail_for(&self, coupon: &Coupon) -> String {
        self.tail
            .replace("{product_coupon_id}", &coupon.offer.product_coupon_id)
            .replace("{stock_id}", &coupon.offer.stock_id)
            .replace("{stock_bundle_id}", &coupon.offer.stock_bundle_id())
            .replace("{openid}", &coupon.openid)
            .replace("{coupon_code}", &coupon.coupon_code)
    }

    /// The members of the body or query for a coupon, but for the brand's; numbers in them are fresh.
    pub fn members(&self, platform: &TestPlatform, coupon: &Coupon) -> Value {
        (self.members)(platform, coupon)
    }

    /// Makes the call about a coupon.
    pub async fn call(&self, platform: &TestPlatform, side: &Side, coupon: &Coupon) -> Answer {
        self.call_with(side, coupon, &self.members(platform, coupon)).await
    }

    /// Makes the call with other members.
    ///
    /// # Panics
    /// When members of a query are no texts.
    pub async fn call_with(&self, side: &Side, coupon: &Coupon, members: &Value) -> Answer {
        let tail = self.tail_for(coupon);
        if self.method == "GET" {
            let members = members.as_object().expect("members are an object");
            let pairs: Vec<(&str, &str)> = members
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str().expect("a query has texts")))
                .collect();
            side.get(&tail, &pairs).await
        } else {
            let target = side.url(&tail);
            side.actor.call(self.method, &target).json(&side.body(members)).send().await
        }
    }
}

const PRODUCT_COUPONS: &str = "/product-coupons";
const PRODUCT_COUPON: &str = "/product-coupons/{product_coupon_id}";
const STOCKS: &str = "/product-coupons/{product_coupon_id}/stocks";
const STOCK: &str = "/product-coupons/{product_coupon_id}/stocks/{stock_id}";
const STOCK_BUNDLE: &str = "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}";
const UPLOAD: &str = "/product-coupons/{product_coupon_id}/stocks/{stock_id}/upload-coupon-codes";
const COUPONS: &str = "/users/{openid}/coupons";
const COUPON: &str = "/users/{openid}/coupons/{coupon_code}";

fn nothing(_: &TestPlatform, _: &Coupon) -> Value {
    json!({})
}

fn coupon_ids(_: &TestPlatform, coupon: &Coupon) -> Value {
    json!({
        "product_coupon_id": coupon.offer.product_coupon_id, "stock_id": coupon.offer.stock_id, "appid": APPID,
    })
}

fn command(platform: &TestPlatform, coupon: &Coupon) -> Value {
    coupon.body(&platform.fresh_number())
}

fn deactivate(platform: &TestPlatform, coupon: &Coupon) -> Value {
    let mut body = command(platform, coupon);
    body["deactivate_reason"] = json!("测试");
    body
}

fn row(
    name: &'static str,
    method: &'static str,
    tail: &'static str,
    reach: Reach,
    members: fn(&TestPlatform, &Coupon) -> Value,
) -> Operation {
    let (before, code_mode, store_scope) = (Before::Sent, "WECHATPAY", "NONE");
    Operation { name, method, tail, reach, before, code_mode, store_scope, members }
}

fn end(platform: &TestPlatform, _: &Coupon) -> Value {
    json!({ "out_request_no": platform.fresh_number(), "deactivate_reason": "测试" })
}

fn edit(platform: &TestPlatform, _: &Coupon) -> Value {
    json!({ "out_request_no": platform.fresh_number() })
}

fn budget(platform: &TestPlatform, _: &Coupon) -> Value {
    json!({
        "out_request_no": platform.fresh_number(), "update_mode": "MAX_COUNT",
        "current_max_count": 1000, "target_max_count": 2000,
    })
}

/// A call on a store list.
fn stores(name: &'static str, tail: &'static str) -> Operation {
    let members = |_: &TestPlatform, _: &Coupon| json!({ "store_list": [{ "store_id": STORE_ID }] });
    Operation { store_scope: "SPECIFIC", ..row(name, "POST", tail, Reach::Stock, members) }
}

/// The operations that change a stock, a bundle or a product coupon or list them.
fn management() -> Vec<Operation> {
    vec![
        row("update_product_coupon", "PATCH", PRODUCT_COUPON, Reach::ProductCoupon, |platform, _| {
            let display_info = definition::single(platform.now(), "")["display_info"].clone();
            json!({ "out_request_no": platform.fresh_number(), "display_info": display_info })
        }),
        row(
            "deactivate_product_coupon",
            "POST",
            "/product-coupons/{product_coupon_id}/deactivate",
            Reach::ProductCoupon,
            end,
        ),
        row("list_stocks", "GET", STOCKS, Reach::ProductCoupon, nothing),
        row("update_stock", "PATCH", STOCK, Reach::Stock, edit),
        row(
            "update_stock_budget",
            "POST",
            "/product-coupons/{product_coupon_id}/stocks/{stock_id}/update-budget",
            Reach::Stock,
            budget,
        ),
        row(
            "deactivate_stock",
            "POST",
            "/product-coupons/{product_coupon_id}/stocks/{stock_id}/deactivate",
            Reach::Stock,
            end,
        ),
        stores("associate_stores", "/product-coupons/{product_coupon_id}/stocks/{stock_id}/associate-stores"),
        stores(
            "disassociate_stores",
            "/product-coupons/{product_coupon_id}/stocks/{stock_id}/disassociate-stores",
        ),
        Operation {
            store_scope: "SPECIFIC",
            ..row(
                "list_associated_stores",
                "GET",
                "/product-coupons/{product_coupon_id}/stocks/{stock_id}/associated-stores",
                Reach::Stock,
                nothing,
            )
        },
        row("update_stock_bundle", "PATCH", STOCK_BUNDLE, Reach::Stock, edit),
        row(
            "update_stock_bundle_budget",
            "POST",
            "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/update-budget",
            Reach::Stock,
            budget,
        ),
        stores(
            "associate_stores_for_stock_bundle",
            "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/associate-stores",
        ),
        stores(
            "disassociate_stores_for_stock_bundle",
            "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/disassociate-stores",
        ),
    ]
}

/// All operations that both faces serve and that are about a coupon, its stock or its product coupon. Those
/// that create bundles and chains, and those about pictures, have subjects of their own.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let mut all = vec![
        row("create_product_coupon", "POST", PRODUCT_COUPONS, Reach::Brand, |platform, _| {
            definition::single(platform.now(), &platform.fresh_number())
        }),
        row("get_product_coupon", "GET", PRODUCT_COUPON, Reach::ProductCoupon, nothing),
        row("create_stock", "POST", STOCKS, Reach::ProductCoupon, |platform, _| {
            let stock = definition::single_stock(platform.now());
            json!({ "out_request_no": platform.fresh_number(), "stock": stock })
        }),
        row("get_stock", "GET", STOCK, Reach::Stock, nothing),
        Operation {
            code_mode: "UPLOAD",
            ..row(
                "upload_coupon_codes",
                "POST",
                UPLOAD,
                Reach::Stock,
                |platform, _| json!({ "out_request_no": platform.fresh_number(), "code_list": ["CODE-1"] }),
            )
        },
        row("send_user_coupon", "POST", COUPONS, Reach::Stock, |platform, coupon| {
            coupon.offer.send_body(&platform.fresh_number())
        }),
        row(
            "pre_send_user_coupon",
            "POST",
            "/users/{openid}/pre-send-coupon",
            Reach::Stock,
            |platform, coupon| coupon.offer.send_body(&platform.fresh_number()),
        ),
        row(
            "confirm_user_coupon",
            "POST",
            "/users/{openid}/coupons/{coupon_code}/confirm",
            Reach::UserCoupon,
            command,
        ),
        Operation {
            before: Before::Confirmed,
            ..row(
                "use_user_coupon",
                "POST",
                "/users/{openid}/coupons/{coupon_code}/use",
                Reach::UserCoupon,
                |platform, coupon| platform.use_body(coupon, &platform.fresh_number(), None),
            )
        },
        Operation {
            before: Before::Used,
            ..row(
                "return_user_coupon",
                "POST",
                "/users/{openid}/coupons/{coupon_code}/return",
                Reach::UserCoupon,
                command,
            )
        },
        row(
            "deactivate_user_coupon",
            "POST",
            "/users/{openid}/coupons/{coupon_code}/deactivate",
            Reach::UserCoupon,
            deactivate,
        ),
        row("get_user_coupon", "GET", COUPON, Reach::UserCoupon, coupon_ids),
        row("list_user_coupons", "GET", COUPONS, Reach::Stock, coupon_ids),
        row(
            "set_notify_config",
            "POST",
            "/notify-configs",
            Reach::Caller,
            |_, _| json!({ "notify_url": "https://callback.example.com/notify" }),
        ),
        row("get_notify_config", "GET", "/notify-configs", Reach::Caller, nothing),
    ];
    all.extend(management());
    all
}

/// The operations that name at least this.
#[must_use]
pub fn operations_reaching(reach: Reach) -> Vec<Operation> {
    operations().into_iter().filter(|operation| operation.reach >= reach).collect()
}

impl TestPlatform {
    /// What an operation needs to succeed, made by `side`.
    pub async fn subject_of(&self, operation: &Operation, side: &Side) -> Coupon {
        let mut request = definition::single(self.now(), &self.fresh_number());
        request["stock"]["coupon_code_mode"] = json!(operation.code_mode);
        request["stock"]["store_scope"] = json!(operation.store_scope);
        let offer = side.create(&request).await;
        if operation.tail.contains("{stock_bundle_id}") {
            self.put_bundle(&offer, 3).await;
        }
        if operation.code_mode == "UPLOAD" {
            let upload = json!({ "out_request_no": self.fresh_number(), "code_list": ["CODE-0"] });
            let tail = format!("/product-coupons/{}/stocks/{}", offer.product_coupon_id, offer.stock_id);
            side.post(&format!("{tail}/upload-coupon-codes"), &upload).await.ok();
        }
        let openid = format!("oUser{}", self.fresh_number());
        let coupon = side.sent(&offer, &openid, &self.fresh_number()).await;
        let tail = coupon.tail();
        match operation.before {
            Before::Sent => {}
            Before::Confirmed => {
                side.post(&format!("{tail}/confirm"), &coupon.body(&self.fresh_number())).await.ok();
            }
            Before::Used => {
                side.post(&format!("{tail}/confirm"), &coupon.body(&self.fresh_number())).await.ok();
                let used = self.use_body(&coupon, &self.fresh_number(), None);
                side.post(&format!("{tail}/use"), &used).await.ok();
            }
        }
        coupon
    }
}
