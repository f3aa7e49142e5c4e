//! Lists in pages: follow `page_token` until it is empty.
//!
//! Run it: `cargo run -p quan-client --example paging`

use std::collections::HashSet;
use std::error::Error;

use quan_client::blocking::Client;
use quan_client::testing::{Answer, FakePlatform, MockTransport, RecordedRequest};
use serde::Deserialize;
use serde_json::json;

const STORES: &str = "v3/marketing/partner/product-coupon/product-coupons/{product_coupon_id}/stocks/{stock_id}/associated-stores";

/// Only what is needed; unknown members are ignored.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    store_list: Vec<Store>,
    #[serde(default)]
    next_page_token: String,
}

#[derive(Deserialize)]
struct Store {
    store_id: String,
}

/// All stores of a stock. A token that comes twice would make the loop endless, so it ends it.
fn stores(client: &Client, stock_id: &str) -> Result<Vec<String>, quan_client::Error> {
    let (mut stores, mut token, mut seen) = (Vec::new(), None::<String>, HashSet::new());
    loop {
        let page = client
            .chain(STORES)
            .get()
            .var("product_coupon_id", "200000001")
            .var("stock_id", stock_id)
            .query("page_size", 2)
            .query_opt("page_token", token.as_ref())
            .decode::<Page>()
            .send()?
            .into_inner();
        stores.extend(page.store_list.into_iter().map(|store| store.store_id));
        if page.next_page_token.is_empty() || !seen.insert(page.next_page_token.clone()) {
            return Ok(stores);
        }
        token = Some(page.next_page_token);
    }
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
    let stores = stores(&platform.blocking_client(&wire), "1000000013001")?;
    println!("{} stores in {} pages", stores.len(), wire.requests().len());
    assert_eq!(stores, ["store_0", "store_1", "store_2", "store_3", "store_4"]);
    assert_eq!(wire.requests().len(), 3);
    Ok(())
}
