//! Every operation of the product-coupon faces as one call that a test can make for whoever it likes: one table, so
//! that a test over all operations forgets none. It stands beside the handlers, one row for each file of them.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::bundle::UserChain;
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

/// What calls are made about: a coupon with its stock, and a chain of coupons with its bundle.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Of single mode.
    pub coupon: Coupon,
    /// Of another product coupon.
    pub chain: UserChain,
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
    /// Whether it is about the chain, its bundle and its product coupon.
    pub is_of_chain: bool,
    /// Members without which it is not refused as incomplete.
    pub optional: &'static [&'static str],
    /// The members of the body or query, but for the brand's.
    members: fn(&TestPlatform, &Subject) -> Value,
}

impl Operation {
    /// The tail with the ids of a subject in their places.
    #[must_use]
    pub fn tail_for(&self, subject: &Subject) -> String {
        let Subject { coupon, chain } = subject;
        let (product_coupon_id, openid) = if self.is_of_chain {
            (&chain.offer.product_coupon_id, &chain.openid)
        } else {
            (&coupon.offer.product_coupon_id, &coupon.openid)
        };
        self.tail
            .replace("{product_coupon_id}", product_coupon_id)
            .replace("{stock_id}", &coupon.offer.stock_id)
            .replace("{stock_bundle_id}", &chain.offer.stock_bundle_id)
            .replace("{openid}", openid)
            .replace("{coupon_code}", &coupon.coupon_code)
            .replace("{user_coupon_bundle_id}", &chain.user_coupon_bundle_id)
    }

    /// The members of the body or query for a subject, but for the brand's; numbers in them are fresh.
    pub fn members(&self, platform: &TestPlatform, subject: &Subject) -> Value {
        (self.members)(platform, subject)
    }

    /// Makes the call about a subject.
    pub async fn call(&self, platform: &TestPlatform, side: &Side, subject: &Subject) -> Answer {
        self.call_with(side, subject, &self.members(platform, subject)).await
    }

    /// Makes the call with other members.
    ///
    /// # Panics
    /// When members of a query are no texts.
    pub async fn call_with(&self, side: &Side, subject: &Subject, members: &Value) -> Answer {
        let tail = self.tail_for(subject);
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
const UPLOAD: &str = "/product-coupons/{product_coupon_id}/stocks/{stock_id}/upload-coupon-codes";
const COUPONS: &str = "/users/{openid}/coupons";
const COUPON: &str = "/users/{openid}/coupons/{coupon_code}";

const BUNDLES: &str = "/product-coupons/{product_coupon_id}/stock-bundles";
const BUNDLE: &str = "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}";

fn nothing(_: &TestPlatform, _: &Subject) -> Value {
    json!({})
}

fn coupon_ids(_: &TestPlatform, subject: &Subject) -> Value {
    let offer = &subject.coupon.offer;
    json!({ "product_coupon_id": offer.product_coupon_id, "stock_id": offer.stock_id, "appid": APPID })
}

fn command(platform: &TestPlatform, subject: &Subject) -> Value {
    subject.coupon.body(&platform.fresh_number())
}

fn send(platform: &TestPlatform, subject: &Subject) -> Value {
    subject.coupon.offer.send_body(&platform.fresh_number())
}

fn send_chain(platform: &TestPlatform, subject: &Subject) -> Value {
    subject.chain.offer.send_body(&platform.fresh_number())
}

fn reason(platform: &TestPlatform, _: &Subject) -> Value {
    json!({ "out_request_no": platform.fresh_number(), "deactivate_reason": "测试" })
}

fn remark(platform: &TestPlatform, _: &Subject) -> Value {
    json!({ "out_request_no": platform.fresh_number(), "remark": "改" })
}

fn budget(platform: &TestPlatform, _: &Subject) -> Value {
    json!({
        "out_request_no": platform.fresh_number(), "update_mode": "MAX_COUNT",
        "current_max_count": 1000, "target_max_count": 2000,
    })
}

fn stores(_: &TestPlatform, _: &Subject) -> Value {
    json!({ "store_list": [{ "store_id": STORE_ID }] })
}

fn row(
    name: &'static str,
    method: &'static str,
    tail: &'static str,
    reach: Reach,
    members: fn(&TestPlatform, &Subject) -> Value,
) -> Operation {
    Operation {
        name,
        method,
        tail,
        reach,
        before: Before::Sent,
        code_mode: "WECHATPAY",
        store_scope: "NONE",
        is_of_chain: false,
        optional: &[],
        members,
    }
}

/// All operations that both faces serve with a JSON body or a query; the uploading of pictures has no object.
#[must_use]
pub fn operations() -> Vec<Operation> {
    let mut operations = of_product_coupons();
    operations.extend(of_stocks());
    operations.extend(of_bundles());
    operations.extend(of_users());
    operations.extend([
        row(
            "set_notify_config",
            "POST",
            "/notify-configs",
            Reach::Caller,
            |_, _| json!({ "notify_url": "https://callback.example.com/notify" }),
        ),
        row("get_notify_config", "GET", "/notify-configs", Reach::Caller, nothing),
    ]);
    operations
}

fn of_product_coupons() -> Vec<Operation> {
    vec![
        Operation {
            optional: &["single_usage_info"],
            ..row("create_product_coupon", "POST", PRODUCT_COUPONS, Reach::Brand, |platform, _| {
                definition::single(platform.now(), &platform.fresh_number())
            })
        },
        row("get_product_coupon", "GET", PRODUCT_COUPON, Reach::ProductCoupon, nothing),
        row("update_product_coupon", "PATCH", PRODUCT_COUPON, Reach::ProductCoupon, |platform, _| {
            let look = definition::single(platform.now(), "LOOK_0001")["display_info"].clone();
            json!({ "out_request_no": platform.fresh_number(), "display_info": look })
        }),
        row(
            "deactivate_product_coupon",
            "POST",
            "/product-coupons/{product_coupon_id}/deactivate",
            Reach::ProductCoupon,
            reason,
        ),
    ]
}

fn of_stocks() -> Vec<Operation> {
    let of_stores = |name, method, tail, members| Operation {
        store_scope: "SPECIFIC",
        ..row(name, method, tail, Reach::Stock, members)
    };
    vec![
        row("create_stock", "POST", STOCKS, Reach::ProductCoupon, |platform, _| {
            let stock = definition::single_stock(platform.now());
            json!({ "out_request_no": platform.fresh_number(), "stock": stock })
        }),
        row("list_stocks", "GET", STOCKS, Reach::ProductCoupon, nothing),
        row("get_stock", "GET", STOCK, Reach::Stock, nothing),
        Operation { optional: &["remark"], ..row("update_stock", "PATCH", STOCK, Reach::Stock, remark) },
        Operation {
            optional: &["current_max_count", "target_max_count"],
            ..row(
                "update_stock_budget",
                "POST",
                "/product-coupons/{product_coupon_id}/stocks/{stock_id}/update-budget",
                Reach::Stock,
                budget,
            )
        },
        row(
            "deactivate_stock",
            "POST",
            "/product-coupons/{product_coupon_id}/stocks/{stock_id}/deactivate",
            Reach::Stock,
            reason,
        ),
        of_stores(
            "associate_stores",
            "POST",
            "/product-coupons/{product_coupon_id}/stocks/{stock_id}/associate-stores",
            stores,
        ),
        of_stores(
            "disassociate_stores",
            "POST",
            "/product-coupons/{product_coupon_id}/stocks/{stock_id}/disassociate-stores",
            stores,
        ),
        of_stores(
            "list_associated_stores",
            "GET",
            "/product-coupons/{product_coupon_id}/stocks/{stock_id}/associated-stores",
            nothing,
        ),
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
    ]
}

fn of_bundles() -> Vec<Operation> {
    let of_chain = |operation: Operation| Operation { is_of_chain: true, ..operation };
    let of_stores = |name, tail| Operation {
        store_scope: "SPECIFIC",
        is_of_chain: true,
        ..row(name, "POST", tail, Reach::Stock, stores)
    };
    vec![
        of_chain(row("create_stock_bundle", "POST", BUNDLES, Reach::ProductCoupon, |platform, _| {
            let bundle = definition::stock_bundle(platform.now());
            json!({ "out_request_no": platform.fresh_number(), "stock_bundle": bundle })
        })),
        of_chain(Operation {
            optional: &["remark"],
            ..row("update_stock_bundle", "PATCH", BUNDLE, Reach::Stock, remark)
        }),
        of_chain(Operation {
            optional: &["current_max_count", "target_max_count"],
            ..row(
                "update_stock_bundle_budget",
                "POST",
                "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/update-budget",
                Reach::Stock,
                budget,
            )
        }),
        of_stores(
            "associate_stores_for_stock_bundle",
            "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/associate-stores",
        ),
        of_stores(
            "disassociate_stores_for_stock_bundle",
            "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/disassociate-stores",
        ),
        of_chain(row(
            "send_user_coupon_bundle",
            "POST",
            "/users/{openid}/coupon-bundles",
            Reach::Stock,
            send_chain,
        )),
        of_chain(row(
            "pre_send_user_coupon_bundle",
            "POST",
            "/users/{openid}/pre-send-coupon-bundle",
            Reach::Stock,
            send_chain,
        )),
        of_chain(row(
            "deactivate_user_coupon_bundle",
            "POST",
            "/users/{openid}/coupon-bundles/{user_coupon_bundle_id}/deactivate",
            Reach::UserCoupon,
            |platform, subject| subject.chain.deactivate_body(&platform.fresh_number()),
        )),
    ]
}

fn of_users() -> Vec<Operation> {
    let of_coupon = |name, tail, members| row(name, "POST", tail, Reach::UserCoupon, members);
    vec![
        row("send_user_coupon", "POST", COUPONS, Reach::Stock, send),
        row("pre_send_user_coupon", "POST", "/users/{openid}/pre-send-coupon", Reach::Stock, send),
        of_coupon("confirm_user_coupon", "/users/{openid}/coupons/{coupon_code}/confirm", command),
        Operation {
            before: Before::Confirmed,
            optional: &["associated_order_info"],
            ..of_coupon(
                "use_user_coupon",
                "/users/{openid}/coupons/{coupon_code}/use",
                |platform, subject| platform.use_body(&subject.coupon, &platform.fresh_number(), None),
            )
        },
        Operation {
            before: Before::Used,
            ..of_coupon("return_user_coupon", "/users/{openid}/coupons/{coupon_code}/return", command)
        },
        of_coupon(
            "deactivate_user_coupon",
            "/users/{openid}/coupons/{coupon_code}/deactivate",
            |platform, subject| {
                let mut body = command(platform, subject);
                body["deactivate_reason"] = json!("测试");
                body
            },
        ),
        row("get_user_coupon", "GET", COUPON, Reach::UserCoupon, coupon_ids),
        Operation {
            optional: &["product_coupon_id", "stock_id"],
            ..row("list_user_coupons", "GET", COUPONS, Reach::Stock, coupon_ids)
        },
    ]
}

/// The operations that name at least this.
#[must_use]
pub fn operations_reaching(reach: Reach) -> Vec<Operation> {
    operations().into_iter().filter(|operation| operation.reach >= reach).collect()
}

impl TestPlatform {
    /// A confirmed coupon and a chain, made by `side`.
    pub async fn subject(&self, side: &Side) -> Subject {
        let coupon = self.subject_as(side, Before::Confirmed, "WECHATPAY", "NONE").await;
        Subject { coupon, chain: self.chain_of(side, "NONE").await }
    }

    /// What an operation needs to succeed, made by `side`.
    pub async fn subject_of(&self, operation: &Operation, side: &Side) -> Subject {
        let (code_mode, store_scope) = (operation.code_mode, operation.store_scope);
        let coupon = self.subject_as(side, operation.before, code_mode, store_scope).await;
        Subject { coupon, chain: self.chain_of(side, store_scope).await }
    }

    async fn chain_of(&self, side: &Side, store_scope: &str) -> UserChain {
        let offer = self
            .bundle_offer(side, |request| request["stock_bundle"]["store_scope"] = json!(store_scope))
            .await;
        let openid = format!("oUser{}", self.fresh_number());
        side.chain(&offer, &openid, &self.fresh_number()).await.0
    }

    async fn subject_as(&self, side: &Side, before: Before, code_mode: &str, store_scope: &str) -> Coupon {
        let mut request = definition::single(self.now(), &self.fresh_number());
        request["stock"]["coupon_code_mode"] = json!(code_mode);
        request["stock"]["store_scope"] = json!(store_scope);
        let offer = side.create(&request).await;
        if code_mode == "UPLOAD" {
            let upload = json!({ "out_request_no": self.fresh_number(), "code_list": ["CODE-0"] });
            let tail = format!("/product-coupons/{}/stocks/{}", offer.product_coupon_id, offer.stock_id);
            side.post(&format!("{tail}/upload-coupon-codes"), &upload).await.ok();
        }
        let openid = format!("oUser{}", self.fresh_number());
        let coupon = side.sent(&offer, &openid, &self.fresh_number()).await;
        let tail = coupon.tail();
        match before {
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
