//! What a writer has read of definitions and parties, kept so that it is not read again for every job.
//!
//! A batch gathers its jobs before it reads anything. So what one job has read is as new for the jobs behind it as if they
//! had read it themselves, until a job of the batch changes it; what others change meanwhile was not answered before
//! the batch began. A store that nobody else writes to may keep its memo from batch to batch.
//!
//! Knows values only; the store says when something changes and when what was written is rolled back.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::Hash;

use quan_model::ids::{Appid, BrandId, Mchid, Principal, ProductCouponId, StockId};

use crate::catalogue::{ProductCouponRecord, StockRecord};
use crate::error::StoreError;
use crate::parties::{Brand, Merchant};

/// The most that is kept of a kind; beyond it the kind is begun anew. Definitions and their terms take some kilobytes each.
const KEPT_MAX: usize = 1000;

/// What is kept of a kind.
type Kept<K, V> = RefCell<HashMap<K, V>>;

/// The values, for one writer.
#[derive(Default)]
pub struct Memo {
    stocks: Kept<StockId, StockRecord>,
    product_coupons: Kept<ProductCouponId, ProductCouponRecord>,
    brands: Kept<BrandId, Brand>,
    merchants: Kept<Mchid, Merchant>,
    authorisations: Kept<(BrandId, Mchid), bool>,
    bindings: Kept<(Appid, Principal), bool>,
    /// Whether the job that runs has changed something: then it reads for itself, and so does the next one.
    is_changed: Cell<bool>,
}

impl Memo {
    /// To be called before a definition or a party is changed.
    pub fn changes(&self) {
        self.forget();
        self.is_changed.set(true);
    }

    /// To be called when a job has ended, whether what it wrote is kept or rolled back.
    pub fn job_ended(&self) {
        if self.is_changed.replace(false) {
            self.forget();
        }
    }

    /// Forgets everything: what was read may be rolled back, or others may have changed it.
    pub fn forget(&self) {
        self.stocks.borrow_mut().clear();
        self.product_coupons.borrow_mut().clear();
        self.brands.borrow_mut().clear();
        self.merchants.borrow_mut().clear();
        self.authorisations.borrow_mut().clear();
        self.bindings.borrow_mut().clear();
    }

    /// A stock, read if it is not kept.
    ///
    /// # Errors
    /// Those of reading.
    pub fn stock(&self, id: &StockId, read: impl FnOnce() -> Found<StockRecord>) -> Found<StockRecord> {
        self.found(&self.stocks, id, read)
    }

    /// A product coupon, read if it is not kept.
    ///
    /// # Errors
    /// Those of reading.
    pub fn product_coupon(
        &self,
        id: &ProductCouponId,
        read: impl FnOnce() -> Found<ProductCouponRecord>,
    ) -> Found<ProductCouponRecord> {
        self.found(&self.product_coupons, id, read)
    }

    /// A brand, read if it is not kept.
    ///
    /// # Errors
    /// Those of reading.
    pub fn brand(&self, id: &BrandId, read: impl FnOnce() -> Found<Brand>) -> Found<Brand> {
        self.found(&self.brands, id, read)
    }

    /// A merchant, read if it is not kept.
    ///
    /// # Errors
    /// Those of reading.
    pub fn merchant(&self, mchid: &Mchid, read: impl FnOnce() -> Found<Merchant>) -> Found<Merchant> {
        self.found(&self.merchants, mchid, read)
    }

    /// Whether a brand has authorised a merchant, read if it is not kept.
    ///
    /// # Errors
    /// Those of reading.
    pub fn is_authorised(
        &self,
        brand_id: &BrandId,
        mchid: &Mchid,
        read: impl FnOnce() -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        let key = (brand_id.clone(), mchid.clone());
        self.found(&self.authorisations, &key, || read().map(Some)).map(|found| found.unwrap_or(false))
    }

    /// Whether an appid is bound to an owner, read if it is not kept.
    ///
    /// # Errors
    /// Those of reading.
    pub fn is_appid_bound(
        &self,
        appid: &Appid,
        owner: &Principal,
        read: impl FnOnce() -> Result<bool, StoreError>,
    ) -> Result<bool, StoreError> {
        let key = (appid.clone(), owner.clone());
        self.found(&self.bindings, &key, || read().map(Some)).map(|found| found.unwrap_or(false))
    }

    /// What is not there is read each time: somebody may be about to make it.
    fn found<K: Clone + Eq + Hash, V: Clone>(
        &self,
        kept: &Kept<K, V>,
        key: &K,
        read: impl FnOnce() -> Found<V>,
    ) -> Found<V> {
        if self.is_changed.get() {
            return read();
        }
        if let Some(value) = kept.borrow().get(key) {
            return Ok(Some(value.clone()));
        }
        let found = read()?;
        if let Some(value) = &found {
            let mut kept = kept.borrow_mut();
            if kept.len() >= KEPT_MAX {
                kept.clear();
            }
            kept.insert(key.clone(), value.clone());
        }
        Ok(found)
    }
}

/// What reading gives.
type Found<V> = Result<Option<V>, StoreError>;

#[cfg(test)]
mod tests {
    use super::*;

    /// Asks for a brand that has this name in the store; what is answered, and whether the store was asked.
    fn ask(memo: &Memo, name: &str) -> (String, bool) {
        let brand_id = BrandId::parse("120344").unwrap();
        let mut is_asked = false;
        let brand = memo.brand(&brand_id, || {
            is_asked = true;
            let (name, brand_id) = (name.to_owned(), brand_id.clone());
            Ok(Some(Brand { brand_id, name, logo_url: None, api_key: None }))
        });
        (brand.unwrap().unwrap().name, is_asked)
    }

    #[test]
    fn what_was_read_is_kept_until_something_changes() {
        let memo = Memo::default();
        assert_eq!(ask(&memo, "old"), ("old".into(), true));
        memo.job_ended();
        assert_eq!(ask(&memo, "new"), ("old".into(), false));
        memo.changes();
        assert_eq!(ask(&memo, "own"), ("own".into(), true), "a job sees what it has written");
        memo.job_ended();
        assert_eq!(ask(&memo, "rolled back"), ("rolled back".into(), true), "and what it read is not kept");
        memo.forget();
        assert_eq!(ask(&memo, "other"), ("other".into(), true));
    }

    #[test]
    fn jobs_share_a_definition_and_the_terms_that_one_of_them_has_read() {
        let memo = Memo::default();
        let product_coupon = |name: &str| {
            let definition = serde_json::json!({
                "scope": "ALL", "kind": "NORMAL", "usage_mode": "SINGLE", "single_usage_info": null,
                "sequential_usage_info": null, "out_product_no": null,
                "display_info": { "name": name, "image_url": "https://example.com/1.png",
                    "background_url": "https://example.com/2.png" },
            });
            let record = ProductCouponRecord {
                product_coupon_id: ProductCouponId::parse("2000000000001").unwrap(),
                owner: "brand:120344".parse().unwrap(),
                creator: "brand:120344".parse().unwrap(),
                definition: serde_json::from_value(definition).unwrap(),
                revision: 1,
                created_at: quan_model::time::Time::from_unix_seconds(0),
                deactivated: None,
            };
            let id = record.product_coupon_id.clone();
            memo.product_coupon(&id, || Ok(Some(record))).unwrap().unwrap()
        };
        let terms = quan_coupon::definition::ProductCouponTerms {
            scope: quan_model::enums::ProductCouponScope::All,
            kind: quan_model::enums::ProductCouponType::Normal,
            usage_mode: quan_model::enums::UsageMode::Single,
            sequential: None,
            progressive: None,
            single_benefit: None,
        };
        let first = product_coupon("read");
        assert!(first.definition.terms(|_| Ok::<_, ()>(terms)).is_ok());
        let read = |of: &ProductCouponRecord| of.definition.terms(|_| Err("nobody has read it")).is_ok();
        assert!(read(&product_coupon("kept")), "the next job reads nothing");
        memo.forget();
        let later = product_coupon("read again");
        assert!(!read(&later) && later.definition.display_info.name == "read again");
    }

    #[test]
    fn what_is_not_there_is_asked_for_each_time() {
        let (memo, mchid) = (Memo::default(), Mchid::parse("1900000001").unwrap());
        for _ in 0..2 {
            let mut is_asked = false;
            let read = || {
                is_asked = true;
                Ok(None)
            };
            assert!(memo.merchant(&mchid, read).unwrap().is_none() && is_asked);
        }
    }
}
