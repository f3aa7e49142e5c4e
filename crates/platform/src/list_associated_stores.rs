//! list_associated_stores 查询批次关联门店列表: by pages, in the order of association.

use quan_model::product_coupon::StoreInfo;

use crate::access::{self, StockAddress};
use crate::error::Error;
use crate::store_list;
use crate::work::View;

/// A page of stores.
#[derive(Clone, Debug)]
pub struct StorePage {
    /// Stores of all pages.
    pub total_count: u64,
    /// Those of this page.
    pub stores: Vec<StoreInfo>,
    /// The position of the last of them, when there is another page.
    pub last: Option<u64>,
}

/// The page of at most `size` stores that begins after the position `after`; of a stock of a bundle too, and
/// in every state of the stock.
///
/// # Errors
/// `NoAuthority`, `NotFound`, `StoreScopeIsAll`, `Invalid` for a stock that no store restricts.
pub fn list_associated_stores(
    view: &View<'_>,
    address: &StockAddress,
    after: Option<u64>,
    size: u32,
) -> Result<StorePage, Error> {
    access::authorised(view.store, &address.scope)?;
    let reached = access::stock(view.store, address)?;
    reached.stock.ensure_store_list()?;
    // One more than the page holds tells whether there is another page.
    let mut stores = view.store.associated_stores(&address.stock_id, after, size.saturating_add(1))?;
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let has_more = stores.len() > size;
    stores.truncate(size);
    Ok(StorePage {
        total_count: view.store.associated_store_count(&address.stock_id)?,
        last: stores.last().filter(|_| has_more).map(|store| store.position),
        stores: stores.iter().map(|store| store_list::info(&store.store_id)).collect(),
    })
}
