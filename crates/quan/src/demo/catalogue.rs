//! Step 2: the notify URL, a product coupon of each mode, and their stocks.

use anyhow::Context;
use quan_model::coupon::{ProductCouponWithStock, Stock, StockForCreate};
use quan_model::partner::{CreateProductCouponRequest, CreateStockRequest, SetNotifyConfigRequest};
use serde_json::Value;

use crate::demo::story::Story;
use crate::demo::world::{World, ask};
use crate::sample::{self, Place};

const PARTNER: &str = "/v3/marketing/partner/product-coupon";
/// Coupons of the stock that two hundred users rush for.
pub(super) const SCARCE_COUNT: u32 = 100;

/// What was created.
pub(super) struct Shelf {
    pub(super) single: Item,
    pub(super) sequential: Item,
    pub(super) api_assign: Item,
    pub(super) scarce: Item,
    pub(super) plenty: Item,
}

/// A stock and its product coupon.
#[derive(Clone)]
pub(super) struct Item {
    pub(super) product_coupon_id: String,
    pub(super) stock_id: String,
}

/// Sets the notify URL and creates everything.
pub(super) async fn fill(world: &World, story: &Story) -> anyhow::Result<Shelf> {
    let partner = world.client.v3().marketing().partner().product_coupon();
    let notify = SetNotifyConfigRequest { notify_url: world.receiver.url.clone() };
    let path = format!("{PARTNER}/notify-configs");
    ask(story, "POST", &path, partner.notify_configs().post(&notify), |done| {
        format!("notifications go to {}", done.notify_url)
    })
    .await?;
    let place = Place {
        brand_id: &world.sandbox.brand.brand_id,
        base_url: &world.sandbox.base_url,
        now: world.now().await?,
    };
    let single =
        product_coupon(world, story, sample::single(&place, "DEMO_SINGLE_001"), "单券 满30减8").await?;
    let sequential = product_coupon(
        world,
        story,
        sample::sequential(&place, "DEMO_SEQ_001"),
        "多次优惠 9折 8折 7折, a day apart",
    )
    .await?;
    let under = &single.product_coupon_id;
    let further = |mode: &str, count: u32| sample::single_stock(&place, mode, count, 2);
    let api_assign = stock(world, story, under, "DEMO_STOCK_API", further("API_ASSIGN", 1000)).await?;
    let scarce = stock(world, story, under, "DEMO_STOCK_100", further("WECHATPAY", SCARCE_COUNT)).await?;
    let plenty = stock(world, story, under, "DEMO_STOCK_MANY", further("WECHATPAY", 100_000)).await?;
    Ok(Shelf { single, sequential, api_assign, scarce, plenty })
}

async fn product_coupon(world: &World, story: &Story, request: Value, what: &str) -> anyhow::Result<Item> {
    let request: CreateProductCouponRequest = serde_json::from_value(request)?;
    let partner = world.client.v3().marketing().partner().product_coupon();
    let call = partner.product_coupons().post(&request);
    let meaning = |made: &ProductCouponWithStock| {
        format!("product coupon {} ({what}) is EFFECTIVE", made.product_coupon.product_coupon_id)
    };
    let made = ask(story, "POST", &format!("{PARTNER}/product-coupons"), call, meaning).await?;
    let stock = made.stock.context("the product coupon came without its stock")?;
    Ok(Item { product_coupon_id: made.product_coupon.product_coupon_id, stock_id: stock.stock_id })
}

async fn stock(
    world: &World,
    story: &Story,
    product_coupon_id: &str,
    out_request_no: &str,
    stock: Value,
) -> anyhow::Result<Item> {
    let stock: StockForCreate = serde_json::from_value(stock)?;
    let (mode, count) = (stock.coupon_code_mode, stock.stock_send_rule.max_count);
    let request = CreateStockRequest {
        out_request_no: out_request_no.to_owned(),
        stock,
        brand_id: world.sandbox.brand.brand_id.clone(),
    };
    let partner = world.client.v3().marketing().partner().product_coupon();
    let call = partner.product_coupons().product_coupon_id(product_coupon_id).stocks().post(&request);
    let path = format!("{PARTNER}/product-coupons/{{product_coupon_id}}/stocks");
    let meaning = |made: &Stock| format!("stock {} of {count} coupons, codes {mode}", made.stock_id);
    let made = ask(story, "POST", &path, call, meaning).await?;
    Ok(Item { product_coupon_id: product_coupon_id.to_owned(), stock_id: made.stock_id })
}
