//! Step 2: the merchant sets its notify URL and makes product coupons and stocks, on the partner face.

use anyhow::Context;
use quan_model::coupon::{ProductCouponWithStock, StockForCreate};
use quan_model::product_coupon::{CreateProductCouponRequest, CreateStockRequest, SetNotifyConfigRequest};
use quan_model::time::{DAY_SECONDS, Time};
use serde_json::{Value, json};

use crate::demo::stampede::STOCK_COUNT;
use crate::demo::world::World;

/// Days that the demo's stocks run; more than the 30 of the sequential coupon.
const STOCK_DAYS: i64 = 90;

/// A stock to send from.
#[derive(Clone)]
pub(crate) struct Offer {
    pub(crate) product_coupon_id: String,
    pub(crate) stock_id: String,
}

/// Everything that is on offer.
pub(crate) struct Offers {
    pub(crate) single: Offer,
    pub(crate) sequential: Offer,
    /// The merchant names each code.
    pub(crate) api_assign: Offer,
    /// Sold out after [`STOCK_COUNT`].
    pub(crate) scarce: Offer,
    /// For the burst that is cut off.
    pub(crate) burst: Offer,
}

/// Sets the notify URL and makes the offers.
pub(crate) async fn tell(world: &mut World) -> anyhow::Result<Offers> {
    world.story.step("The merchant's side: notify URL, two product coupons, and stocks");
    let notify = SetNotifyConfigRequest { notify_url: world.receiver.notify_url.clone() };
    world
        .ask(
            |client| client.v3().marketing().partner().product_coupon().notify_configs().post(&notify),
            |set| format!("notifications go to {}", set.notify_url),
        )
        .await?;
    let now = world.now().await?;
    let single = product_coupon(world, single_request(world, now), "single mode, 8 yuan off 30").await?;
    let rounds = "multi-use, SEQUENTIAL: 3 rounds of 10, 20, 30 % off, a day apart";
    let sequential = product_coupon(world, sequential_request(world, now), rounds).await?;
    let under_single = |mode, max_count| stock(world, now, mode, max_count, Rule::Single);
    let api_assign = under_single("API_ASSIGN", 1000);
    let api_assign = add_stock(world, &single, "API", api_assign, "the merchant names the codes").await?;
    let scarce = under_single("WECHATPAY", STOCK_COUNT);
    let scarce = add_stock(world, &single, "SCARCE", scarce, "one hundred coupons, for step 7").await?;
    let burst = under_single("WECHATPAY", 1_000_000);
    let burst = add_stock(world, &single, "BURST", burst, "plenty of coupons, for step 8").await?;
    world.story.proved("both modes were created with their stocks over the signed wire");
    Ok(Offers { single, sequential, api_assign, scarce, burst })
}

async fn product_coupon(world: &World, request: Value, what: &str) -> anyhow::Result<Offer> {
    let request: CreateProductCouponRequest = serde_json::from_value(request)?;
    let offer = |made: &ProductCouponWithStock| {
        let stock = made.stock.as_ref()?;
        let product_coupon_id = made.product_coupon.product_coupon_id.clone();
        Some(Offer { product_coupon_id, stock_id: stock.stock_id.clone() })
    };
    let made = world
        .ask(
            |client| client.v3().marketing().partner().product_coupon().product_coupons().post(&request),
            |made| match offer(made) {
                Some(offer) => {
                    format!("product coupon {}, stock {}: {what}", offer.product_coupon_id, offer.stock_id)
                }
                None => "no stock".to_owned(),
            },
        )
        .await?;
    offer(&made).context("a product coupon came without its stock")
}

async fn add_stock(
    world: &World,
    of: &Offer,
    purpose: &str,
    stock: Value,
    what: &str,
) -> anyhow::Result<Offer> {
    let request = CreateStockRequest {
        out_request_no: world.number(&format!("STOCK_{purpose}")),
        stock: serde_json::from_value::<StockForCreate>(stock)?,
        brand_id: Some(world.sandbox.brand.brand_id.clone()),
    };
    let made = world
        .ask(
            |client| {
                let product_coupons = client.v3().marketing().partner().product_coupon().product_coupons();
                product_coupons.product_coupon_id(&of.product_coupon_id).stocks().post(&request)
            },
            |made| format!("stock {}: {what}", made.stock_id),
        )
        .await?;
    Ok(Offer { product_coupon_id: made.product_coupon_id, stock_id: made.stock_id })
}

fn single_request(world: &World, now: Time) -> Value {
    json!({
        "brand_id": world.sandbox.brand.brand_id,
        "out_request_no": world.number("SINGLE"),
        "scope": "ALL", "type": "NORMAL", "usage_mode": "SINGLE",
        "single_usage_info": { "normal_coupon": { "threshold": 3000, "discount_amount": 800 } },
        "display_info": display(world, "演示满30减8", "coffee.svg"),
        "stock": stock(world, now, "WECHATPAY", 1000, Rule::Single),
    })
}

fn sequential_request(world: &World, now: Time) -> Value {
    json!({
        "brand_id": world.sandbox.brand.brand_id,
        "out_request_no": world.number("SEQUENTIAL"),
        "scope": "ALL", "type": "DISCOUNT", "usage_mode": "SEQUENTIAL",
        "sequential_usage_info": {
            "type": "INCREMENTAL", "count": 3, "available_days": 30, "interval_days": 1
        },
        "display_info": display(world, "演示三次折上折", "bubble-tea.svg"),
        "stock": stock(world, now, "WECHATPAY", 1000, Rule::Sequential),
    })
}

fn display(world: &World, name: &str, picture: &str) -> Value {
    let samples = format!("{}/_quan/samples", world.sandbox.base_url);
    json!({
        "name": name,
        "image_url": format!("{samples}/{picture}"),
        "background_url": format!("{samples}/background.svg"),
    })
}

/// Which usage rule a stock has.
#[derive(Clone, Copy)]
enum Rule {
    Single,
    /// Three rounds, each better than the one before.
    Sequential,
}

fn stock(world: &World, now: Time, code_mode: &str, max_count: usize, rule: Rule) -> Value {
    let begin = now.start_of_day_after(0);
    let period = json!({
        "available_begin_time": begin,
        "available_end_time": begin.plus_seconds(STOCK_DAYS * DAY_SECONDS - 1),
    });
    let mut stock = json!({
        "remark": "演示",
        "coupon_code_mode": code_mode,
        "stock_send_rule": { "max_count": max_count, "max_count_per_user": 5 },
        "usage_rule_display_info": {
            "coupon_usage_method_list": ["OFFLINE"],
            "usage_description": "到店出示券码即可使用。",
            "coupon_available_store_info": { "description": "全部门店可用" },
        },
        "coupon_display_info": { "code_display_mode": "QRCODE", "background_color": "Color040" },
        "notify_config": { "notify_appid": world.sandbox.appid },
        "store_scope": "NONE",
    });
    match rule {
        Rule::Single => stock["single_usage_rule"] = json!({ "coupon_available_period": period }),
        Rule::Sequential => {
            let round = |percent_off: i64| json!({ "threshold": 0, "percent_off": percent_off });
            stock["sequential_usage_rule"] = json!({
                "coupon_available_period": period,
                "discount_coupon_list": [round(10), round(20), round(30)],
            });
        }
    }
    stock
}
