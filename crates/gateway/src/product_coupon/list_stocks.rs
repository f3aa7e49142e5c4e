//! GET …/product-coupons/{product_coupon_id}/stocks 查询商品券批次列表.

use axum::extract::Path;
use quan_model::ids::StockId;
use quan_model::product_coupon::ListStocksResponse;
use quan_platform::list_stocks::{ListStocks, list_stocks};

use crate::answer::Answer;
use crate::call::Call;
use crate::page::Page;
use crate::problem::Problem;

/// Stocks of a page at most (api-product-coupon 5.6).
const PAGE_SIZE_MAX: u32 = 50;

pub(crate) async fn handle(
    call: Call,
    Path(product_coupon_id): Path<String>,
) -> Result<Answer<ListStocksResponse>, Problem> {
    let query = call.query();
    let input = ListStocks {
        scope: call.scope_of_query(&query)?,
        product_coupon_id: call.in_path().id("product_coupon_id", &product_coupon_id)?,
        state: query.optional_word("state")?,
        stock_bundle_id: query.optional("stock_bundle_id")?,
    };
    let page: Page<StockId> = Page::read(&call, &query, PAGE_SIZE_MAX, &("list_stocks", &input))?;
    let (after, size) = (page.after.clone(), page.size);
    let found = call.view(move |view| list_stocks(view, &input, after.as_ref(), size)).await?;
    Ok(Answer(ListStocksResponse {
        total_count: page.total_count(found.total_count),
        next_page_token: page.next_token(&call, found.last.as_ref())?,
        stock_list: found.stocks,
    }))
}
