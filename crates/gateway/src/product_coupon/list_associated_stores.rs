//! GET …/stocks/{stock_id}/associated-stores 查询批次关联门店列表.

use axum::extract::Path;
use quan_model::product_coupon::ListAssociatedStoresResponse;
use quan_platform::list_associated_stores::list_associated_stores;

use crate::answer::Answer;
use crate::call::Call;
use crate::page::Page;
use crate::problem::Problem;
use crate::product_coupon::stock_path::StockPath;

/// Stores of a page at most (api-product-coupon 5.13).
const PAGE_SIZE_MAX: u32 = 200;

pub(crate) async fn handle(
    call: Call,
    Path(path): Path<StockPath>,
) -> Result<Answer<ListAssociatedStoresResponse>, Problem> {
    let query = call.query();
    let address = path.address(&call, call.scope_of_query(&query)?)?;
    let page: Page<u64> = Page::read(&call, &query, PAGE_SIZE_MAX, &("list_associated_stores", &address))?;
    let (after, size) = (page.after, page.size);
    let found = call.view(move |view| list_associated_stores(view, &address, after, size)).await?;
    Ok(Answer(ListAssociatedStoresResponse {
        total_count: page.total_count(found.total_count),
        next_page_token: page.next_token(&call, found.last.as_ref())?,
        store_list: found.stores,
    }))
}
