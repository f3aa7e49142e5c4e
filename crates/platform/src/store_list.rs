//! What the four calls on the store list of a stock or bundle share: step by step from the list of the request
//! to what became of each store. The lists need no request number: doing it twice is doing it once.

use quan_coupon::refusal::Violation;
use quan_coupon::store_list::{self, StoreFault, StoreListChange};
use quan_model::ids::StoreId;
use quan_model::product_coupon::{FailedStore, StoreInfo, StoreListResponse};
use quan_store::lock::Lock;

use crate::access::{self, ReachedStock, StockAddress};
use crate::error::Error;
use crate::stock_bundle_access::{self, StockBundleAddress};
use crate::work::Work;

/// Stores for a stock.
#[derive(Clone, Debug)]
pub struct StoresOfStock {
    /// The stock.
    pub address: StockAddress,
    /// 1 to 200 stores, as they were given.
    pub store_list: Vec<StoreInfo>,
}

/// Stores for every stock of a bundle.
#[derive(Clone, Debug)]
pub struct StoresOfBundle {
    /// The bundle.
    pub address: StockBundleAddress,
    /// 1 to 200 stores, as they were given.
    pub store_list: Vec<StoreInfo>,
}

pub(crate) fn change_of_stock(
    work: &mut Work<'_>,
    input: &StoresOfStock,
    change: StoreListChange,
) -> Result<StoreListResponse, Error> {
    store_list::check_count(&input.store_list)?;
    access::authorised(work.store, &input.address.scope)?;
    // A store's place on the list is behind those that are there.
    work.store.lock(Lock::Stock(&input.address.stock_id))?;
    let reached = access::stock(work.store, &input.address)?;
    reached.stock.ensure_alone()?;
    put(work, &[reached], &input.store_list, change)
}

pub(crate) fn change_of_bundle(
    work: &mut Work<'_>,
    input: &StoresOfBundle,
    change: StoreListChange,
) -> Result<StoreListResponse, Error> {
    store_list::check_count(&input.store_list)?;
    access::authorised(work.store, &input.address.scope)?;
    work.store.lock(Lock::StockBundle(&input.address.stock_bundle_id))?;
    let members = stock_bundle_access::members(work.store, &input.address)?;
    put(work, &members, &input.store_list, change)
}

fn put(
    work: &mut Work<'_>,
    stocks: &[ReachedStock],
    stores: &[StoreInfo],
    change: StoreListChange,
) -> Result<StoreListResponse, Error> {
    for reached in stocks {
        reached.stock.ensure_editable(work.now)?;
        reached.stock.ensure_store_list()?;
    }
    // Stocks of one bundle have one owner; only brands have stores.
    let brand_id = stocks.first().and_then(|reached| reached.record.owner.brand_id());
    let list = store_list::classify(stores, change, |store| match brand_id {
        Some(brand_id) => work.store.store_state(brand_id, store),
        None => Ok(None),
    })?;
    for stock_id in stocks.iter().map(|reached| &reached.record.stock_id) {
        for store in &list.done {
            match change {
                StoreListChange::Associate => work.store.associate_store(stock_id, store)?,
                StoreListChange::Disassociate => work.store.disassociate_store(stock_id, store)?,
            }
        }
    }
    Ok(StoreListResponse {
        total_count: i64::try_from(list.total_count).unwrap_or(i64::MAX),
        success_store_list: list.done.iter().map(info).collect(),
        failed_store_list: list.failed.into_iter().map(failed).collect(),
    })
}

pub(crate) fn info(store: &StoreId) -> StoreInfo {
    StoreInfo { store_id: store.to_string() }
}

fn failed((store_id, fault): (String, StoreFault)) -> FailedStore {
    let (code, message) = match fault {
        StoreFault::Malformed(Violation { issue, .. }) => ("PARAM_ERROR", issue),
        StoreFault::NotOfBrand => ("INVALID_REQUEST", "门店不属于该品牌".to_owned()),
        StoreFault::Closed => ("INVALID_REQUEST", "门店已关闭".to_owned()),
    };
    FailedStore { store_id, code: code.to_owned(), message }
}
