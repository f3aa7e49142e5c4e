//! list_stocks 查询商品券批次列表: by pages, newest first.

use quan_model::coupon::Stock;
use quan_model::enums::StockState;
use quan_model::ids::{Principal, ProductCouponId, StockBundleId, StockId};
use quan_store::stock_list::StockFilter;
use serde::Serialize;

use crate::access::{self, Scope};
use crate::entity::Viewer;
use crate::error::Error;
use crate::work::View;

/// Which stocks the caller asks for: the same for every page.
#[derive(Clone, Debug, Serialize)]
pub struct ListStocks {
    /// Who calls, for which brand.
    pub scope: Scope,
    /// Their product coupon.
    pub product_coupon_id: ProductCouponId,
    /// Only stocks in this state.
    pub state: Option<StockState>,
    /// Only stocks of this bundle; an unknown one has none.
    pub stock_bundle_id: Option<StockBundleId>,
}

/// A page of stocks.
#[derive(Clone, Debug)]
pub struct StockPage {
    /// Stocks of all pages.
    pub total_count: u64,
    /// Those of this page.
    pub stocks: Vec<Stock>,
    /// The last of them, when there is another page.
    pub last: Option<StockId>,
}

/// The page of at most `size` stocks that begins after `after`. A provider sees the stocks that it created.
///
/// # Errors
/// `NoAuthority`, `NotFound`.
pub fn list_stocks(
    view: &View<'_>,
    input: &ListStocks,
    after: Option<&StockId>,
    size: u32,
) -> Result<StockPage, Error> {
    access::authorised(view.store, &input.scope)?;
    let product_coupon = access::product_coupon(view.store, &input.scope, &input.product_coupon_id)?;
    let filter = StockFilter {
        product_coupon_id: input.product_coupon_id.clone(),
        creator: match &input.scope.principal {
            merchant @ Principal::Merchant(_) => Some(merchant.clone()),
            Principal::Brand(_) => None,
        },
        stock_bundle_id: input.stock_bundle_id.clone(),
        state: input.state,
        now: view.now,
    };
    // One more than the page holds tells whether there is another page.
    let mut records = view.store.stocks(&filter, after, size.saturating_add(1))?;
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let has_more = records.len() > size;
    records.truncate(size);
    let last = records.last().filter(|_| has_more).map(|record| record.stock_id.clone());
    let viewer = Viewer::new(view.store, &input.scope, view.now);
    let shown = |record| viewer.stock(&access::reached(record, product_coupon.clone())?);
    Ok(StockPage {
        total_count: view.store.stock_count(&filter)?,
        stocks: records.into_iter().map(shown).collect::<Result<_, _>>()?,
        last,
    })
}
