//! Lists in pages: `.pages()` follows `page_token` until the list ends, as an iterator or as a stream.
//!
//! Run it: `cargo run -p quan-client --example paging`

use std::error::Error;

use quan_client::testing::{Answer, FakePlatform, MockTransport, RecordedRequest};
use quan_client::{Client, blocking};
use quan_model::product_coupon::ListAssociatedStoresQuery;
use serde_json::json;

fn query() -> ListAssociatedStoresQuery {
    ListAssociatedStoresQuery { page_size: Some(2), page_token: None, brand_id: Some("120344".to_owned()) }
}

/// All stores of a stock. The blocking client has an iterator; it ends after an error, which `?` hands on.
fn stores(client: &blocking::Client, stock_id: &str) -> Result<Vec<String>, quan_client::Error> {
    let coupons = client.v3().marketing().partner().product_coupon().product_coupons();
    let stock = coupons.product_coupon_id("200000001").stocks().stock_id(stock_id);
    let mut stores = Vec::new();
    for page in stock.associated_stores().get(&query()).pages() {
        stores.extend(page?.into_inner().store_list.into_iter().map(|store| store.store_id));
    }
    Ok(stores)
}

/// The async client has a `futures_core::Stream`, and `next` for those who need no more than that.
async fn stores_async(client: &Client, stock_id: &str) -> Result<Vec<String>, quan_client::Error> {
    let coupons = client.v3().marketing().partner().product_coupon().product_coupons();
    let stock = coupons.product_coupon_id("200000001").stocks().stock_id(stock_id);
    let mut pages = stock.associated_stores().get(&query()).pages();
    let mut stores = Vec::new();
    while let Some(page) = pages.next().await {
        stores.extend(page?.into_inner().store_list.into_iter().map(|store| store.store_id));
    }
    Ok(stores)
}

/// Five stores in pages of two; the token is where the next page begins.
fn page(request: &RecordedRequest) -> Answer {
    let start: usize = request.query("page_token").and_then(|token| token.parse().ok()).unwrap_or(0);
    let list: Vec<_> = (start..5).take(2).map(|n| json!({ "store_id": format!("store_{n}") })).collect();
    let next = if start + 2 < 5 { (start + 2).to_string() } else { String::new() };
    Answer::json(200, json!({ "total_count": 5, "store_list": list, "next_page_token": next }))
}

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform).otherwise(page);
    let found = stores(&platform.blocking_client(&wire), "1000000013001")?;
    println!("{} stores in {} pages", found.len(), wire.requests().len());
    assert_eq!(found, ["store_0", "store_1", "store_2", "store_3", "store_4"]);
    assert_eq!(wire.requests().len(), 3);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    assert_eq!(runtime.block_on(stores_async(&platform.client(&wire), "1000000013001"))?, found);
    Ok(())
}
