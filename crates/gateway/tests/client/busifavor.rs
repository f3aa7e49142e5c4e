//! The story of merchant coupons (商家券).

use quan_model::busifavor::PreSendRequest;
use quan_testkit::quan_client::{Async, v3::busifavor::Busifavor};
use quan_testkit::{APPID, MCHID, OPENID, OTHER_MCHID};
use serde_json::{Value, json};

use super::World;

const TRANSACTION_ID: &str = "4200001234202609207788990011";

/// The pre-send of a product coupon, which this face names by its stock: the core call.
async fn product_coupon_by_stock(root: Busifavor<'_, Async>, world: &World) {
    let offer = world.platform.single_offer(|_| {}).await;
    let body = PreSendRequest::new(offer.stock_id, APPID, world.number()).openid(OPENID);
    assert!(!root.product_coupons().pre_send().post(&body).await.unwrap().token.is_empty());
}

/// The whole story.
pub(super) async fn told(root: Busifavor<'_, Async>, world: &World) {
    product_coupon_by_stock(root, world).await;
    callbacks(root, world).await;
    product_coupon_sent(root, world).await;
    let stock_id = stock(root, world).await;
    codes(root, world).await;
    coupon(root, world, &stock_id).await;
    card(root, world).await;
    subsidy(root, world, &stock_id).await;
}

async fn callbacks(root: Busifavor<'_, Async>, world: &World) {
    let url = "https://shop.example.com/busifavor";
    let body = world.message(json!({ "mchid": MCHID, "notify_url": url }));
    root.callbacks().post(&body).await.unwrap();
    let found = root.callbacks().get(&world.message(json!({ "mchid": MCHID }))).await.unwrap();
    assert_eq!(found.notify_url, url);
}

async fn product_coupon_sent(root: Busifavor<'_, Async>, world: &World) {
    let offer = world.platform.single_offer(|_| {}).await;
    let mut body = sending(world, &offer.stock_id);
    body["coupon_type"] = json!("NORMAL");
    let sent = root.product_coupons().send_().post(&world.message(body)).await.unwrap();
    assert_eq!(sent.stock_id, offer.stock_id);
}

/// A send to the usual user.
fn sending(world: &World, stock_id: &str) -> Value {
    json!({ "stock_id": stock_id, "appid": APPID, "openid": OPENID, "out_request_no": world.number() })
}

fn stock_body(world: &World) -> Value {
    let begin = world.platform.now().start_of_day_after(0);
    json!({
        "stock_name": "满30减5券", "belong_merchant": OTHER_MCHID, "goods_name": "全场饮品",
        "stock_type": "NORMAL",
        "coupon_use_rule": {
            "coupon_available_time": {
                "available_begin_time": begin,
                "available_end_time": begin.plus_seconds(30 * 86_400 - 1),
            },
            "fixed_normal_coupon": { "discount_amount": 500, "transaction_minimum": 3000 },
            "use_method": "OFF_LINE",
        },
        "stock_send_rule": { "max_coupons": 1000, "max_coupons_per_user": 100 },
        "out_request_no": world.number(),
        "coupon_code_mode": "WECHATPAY_MODE",
    })
}

/// A stock, edited, with more to give.
async fn stock(root: Busifavor<'_, Async>, world: &World) -> String {
    let made = root.stocks().post(&world.message(stock_body(world))).await.unwrap();
    let node = root.stocks().stock_id(&made.stock_id);
    let edit = json!({ "out_request_no": world.number(), "comment": "秋季活动" });
    // 204: nothing is answered, and the signature is over nothing.
    node.clone().patch(&world.message(edit)).await.unwrap();
    let budget = json!({
        "current_max_coupons": 1000, "target_max_coupons": 2000, "modify_budget_request_no": world.number(),
    });
    let more = node.clone().budget().patch(&world.message(budget)).await.unwrap();
    assert_eq!(more.max_coupons, 2000);
    let found = node.get().await.unwrap();
    assert_eq!((found.comment.as_deref(), &found.stock_id), (Some("秋季活动"), &made.stock_id));
    made.stock_id.clone()
}

/// Codes of the merchant's own.
async fn codes(root: Busifavor<'_, Async>, world: &World) {
    let mut body = stock_body(world);
    body["coupon_code_mode"] = json!("MERCHANT_UPLOAD");
    let made = root.stocks().post(&world.message(body)).await.unwrap();
    let codes = root.stocks().stock_id(&made.stock_id).couponcodes();
    let upload = json!({ "coupon_code_list": ["code 1", "code-2"], "upload_request_no": world.number() });
    assert_eq!(codes.clone().post(&world.message(upload)).await.unwrap().success_count, 2);
    let listed = codes.clone().get(&world.message(json!({ "limit": 10 }))).await.unwrap();
    assert_eq!(listed.total_count, 2);
    let code = codes.coupon_code("code 1");
    let found = code.clone().get(&world.message(json!({ "appid": APPID }))).await.unwrap();
    assert_eq!(found.code_information.code, "code 1");
    let delete = world.message(json!({ "delete_request_no": world.number() }));
    assert_eq!(code.delete(&delete).await.unwrap().stock_id, made.stock_id);
}

/// A command on a coupon under the number that it wants.
fn command(world: &World, stock_id: &str, coupon_code: &str, number: &str) -> Value {
    json!({ "stock_id": stock_id, "coupon_code": coupon_code, number: world.number() })
}

async fn sent(root: Busifavor<'_, Async>, world: &World, stock_id: &str) -> String {
    let sent = root.coupons().send_().post(&world.message(sending(world, stock_id))).await.unwrap();
    sent.send_coupon_result.coupon_code.clone()
}

async fn used(root: Busifavor<'_, Async>, world: &World, stock_id: &str, coupon_code: &str) {
    let mut body = command(world, stock_id, coupon_code, "use_request_no");
    body["appid"] = json!(APPID);
    body["use_time"] = json!(world.platform.now());
    assert_eq!(root.coupons().use_().post(&world.message(body)).await.unwrap().openid, OPENID);
}

/// A coupon in the hands of a user, from its sending to its end.
async fn coupon(root: Busifavor<'_, Async>, world: &World, stock_id: &str) {
    let code = sent(root, world, stock_id).await;
    let coupons = root.users().openid(OPENID).coupons();
    let query = json!({ "appid": APPID, "stock_id": stock_id, "creator_merchant": MCHID });
    assert_eq!(coupons.clone().get(&world.message(query)).await.unwrap().total_count, 1);
    let found = coupons.coupon_code(&code).appids().appid(APPID).get().await.unwrap();
    assert_eq!(found.coupon_code.as_ref(), Some(&code));

    let mut order = command(world, stock_id, &code, "out_request_no");
    order["out_trade_no"] = json!("ORDER_1");
    root.coupons().associate().post(&world.message(order.clone())).await.unwrap();
    order["out_request_no"] = json!(world.number());
    root.coupons().disassociate().post(&world.message(order)).await.unwrap();

    used(root, world, stock_id, &code).await;
    let body = command(world, stock_id, &code, "return_request_no");
    root.coupons().return_().post(&world.message(body)).await.unwrap();
    let body = command(world, stock_id, &code, "deactivate_request_no");
    root.coupons().deactivate().post(&world.message(body)).await.unwrap();
}

/// A consumption card.
async fn card(root: Busifavor<'_, Async>, world: &World) {
    let body = json!({
        "appid": APPID, "openid": OPENID, "out_request_no": "GOV0001", "send_time": world.platform.now(),
    });
    let card = root.coupons().card_id("pIJMr5MMiIkO_93VtPyIiEk2DZ4w").send_();
    assert!(!card.post(&world.message(body)).await.unwrap().card_code.is_empty());
}

/// What the creator of a used coupon pays to its owner, and gets back.
async fn subsidy(root: Busifavor<'_, Async>, world: &World, stock_id: &str) {
    let code = sent(root, world, stock_id).await;
    used(root, world, stock_id, &code).await;
    let mut body = command(world, stock_id, &code, "out_subsidy_no");
    body["transaction_id"] = json!(TRANSACTION_ID);
    body["payer_merchant"] = json!(MCHID);
    body["payee_merchant"] = json!(OTHER_MCHID);
    body["amount"] = json!(300);
    body["description"] = json!("秋季活动补差");
    let payments = root.subsidy().pay_receipts();
    let paid = payments.post(&world.message(body.clone())).await.unwrap();
    let query = world.message(json!({ "stock_id": stock_id, "coupon_code": code }));
    let listed = payments.get(&query).await.unwrap();
    assert_eq!(listed.pay_receipt_list.as_deref(), Some(std::slice::from_ref(&*paid)));
    let found = payments.subsidy_receipt_id(&paid.subsidy_receipt_id).get().await.unwrap();
    assert_eq!(*found, *paid);

    body["refund_id"] = json!("50300207762026092200112233445");
    body["out_subsidy_return_no"] = json!(world.number());
    let returns = root.subsidy().return_receipts();
    let back = returns.post(&world.message(body)).await.unwrap();
    assert_eq!(back.subsidy_receipt_id, paid.subsidy_receipt_id);
    let id = back.subsidy_return_receipt_id.as_ref().unwrap();
    assert_eq!(*returns.subsidy_return_receipt_id(id).get().await.unwrap(), *back);
}
