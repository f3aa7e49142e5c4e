//! Product coupons and stocks, their definitions, and the counters of what was issued.

use jiff::civil::Date;
use quan_coupon::definition::{Limits, ProductCouponTerms, StockTerms};
use quan_coupon::stock::{Counts, StockBundlePlace};
use quan_coupon::user_coupon::Deactivation;
use quan_model::busifavor::StockMembers;
use quan_model::coupon::{
    ProgressiveBundleRoundRule, ProgressiveBundleUsageInfo, SequentialUsageInfo, SingleUsageInfo,
    StockForCreate,
};
use quan_model::display::ProductCouponDisplayInfo;
use quan_model::enums::{ProductCouponScope, ProductCouponType, UsageMode};
use quan_model::ids::{Principal, ProductCouponId, StockId};
use quan_model::time::Time;
use serde::{Deserialize, Serialize};

use crate::defined::Defined;
use crate::error::StoreError;
use crate::parties::PersonId;

/// What a product coupon is, as its creator wrote it. A revision of it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductCouponDefinition {
    /// 优惠范围.
    pub scope: ProductCouponScope,
    /// 券类型.
    pub kind: ProductCouponType,
    /// 使用模式.
    pub usage_mode: UsageMode,
    /// With usage mode SINGLE and scope ALL.
    pub single_usage_info: Option<SingleUsageInfo>,
    /// With usage mode PROGRESSIVE_BUNDLE.
    #[serde(default)]
    pub progressive_bundle_usage_info: Option<ProgressiveBundleUsageInfo>,
    /// With usage mode SEQUENTIAL.
    pub sequential_usage_info: Option<SequentialUsageInfo>,
    /// What it looks like.
    pub display_info: ProductCouponDisplayInfo,
    /// The caller's product number.
    pub out_product_no: Option<String>,
}

/// A product coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductCouponRecord {
    /// Its id.
    pub product_coupon_id: ProductCouponId,
    /// Its owner: the brand, or over busifavor the belonging merchant.
    pub owner: Principal,
    /// Who created it.
    pub creator: Principal,
    /// The definition in force.
    pub definition: Defined<ProductCouponDefinition, ProductCouponTerms>,
    /// Of the definition, from 1.
    pub revision: u32,
    /// When it was created.
    pub created_at: Time,
    /// Its deactivation by the owner, if there was one.
    pub deactivated: Option<Deactivation>,
}

/// What a stock is, as its creator wrote it over one of the faces. A revision of it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "both are large, and definitions live for one call")]
pub enum StockDefinition {
    /// Over a product-coupon face.
    ProductCoupon(ProductCouponStock),
    /// Over busifavor; its product coupon was made with it and is never shown.
    Busifavor(StockMembers),
}

impl StockDefinition {
    /// The definition, if it was written over a product-coupon face.
    pub fn product_coupon(&self) -> Option<&ProductCouponStock> {
        match self {
            Self::ProductCoupon(definition) => Some(definition),
            Self::Busifavor(_) => None,
        }
    }

    /// The definition, if it was written over busifavor.
    pub fn busifavor(&self) -> Option<&StockMembers> {
        match self {
            Self::ProductCoupon(_) => None,
            Self::Busifavor(members) => Some(members),
        }
    }
}

/// A stock as a product-coupon face defines it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductCouponStock {
    /// The members that were written for it, or for its bundle.
    #[serde(flatten)]
    pub members: StockForCreate,
    /// The benefit of its place in a bundle, of a bundle's stock and only then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progressive_bundle_usage_rule: Option<ProgressiveBundleRoundRule>,
}

impl StockDefinition {
    /// The end of the time in which coupons of the stock may be used; after it the stock is STOPPED. No
    /// revision moves it. Nothing for a definition without a rule of use, which no use case writes.
    pub fn ends_at(&self) -> Option<Time> {
        let period = match self {
            Self::ProductCoupon(stock) => {
                let single =
                    stock.members.single_usage_rule.as_ref().map(|rule| &rule.coupon_available_period);
                let rounds = stock.members.sequential_usage_rule.as_ref();
                let of_bundle = stock.progressive_bundle_usage_rule.as_ref();
                let of_bundle = of_bundle.map(|rule| &rule.coupon_available_period);
                of_bundle.or(single).or(rounds.map(|rule| &rule.coupon_available_period))
            }
            Self::Busifavor(stock) => {
                return Some(stock.coupon_use_rule.coupon_available_time.available_end_time);
            }
        };
        period.map(|period| period.available_end_time)
    }
}

/// What the definition of a stock was read into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsOfStock {
    /// The terms of its product coupon that it was read with; of a stock over busifavor its own definition has them too.
    pub product: ProductCouponTerms,
    /// Its own terms.
    pub stock: StockTerms,
}

/// A stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRecord {
    /// Its id.
    pub stock_id: StockId,
    /// The product coupon it belongs to.
    pub product_coupon_id: ProductCouponId,
    /// Its owner: the brand, or over busifavor the belonging merchant.
    pub owner: Principal,
    /// Who created it: its notifications go there.
    pub creator: Principal,
    /// Its place in a bundle, of a bundle's stock and only then.
    pub bundle: Option<StockBundlePlace>,
    /// The definition in force.
    pub definition: Defined<StockDefinition, TermsOfStock>,
    /// Of the definition, from 1.
    pub revision: u32,
    /// When it was created.
    pub created_at: Time,
    /// Whether it is paused.
    pub paused: bool,
    /// Its deactivation by the owner, if there was one.
    pub deactivated: Option<Deactivation>,
}

/// How the counting of one issue went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// One was added to all three counts.
    Yes,
    /// The total is reached; nothing was counted.
    StockOut,
    /// The day's cap is reached; nothing was counted.
    DayOut,
    /// The person's limit is reached; nothing was counted.
    UserLimit,
}

/// Reading the catalogue.
pub trait CatalogueReader {
    /// The product coupon.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn product_coupon(&self, id: &ProductCouponId) -> Result<Option<ProductCouponRecord>, StoreError>;
    /// The stock.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn stock(&self, id: &StockId) -> Result<Option<StockRecord>, StoreError>;
    /// A product coupon's definition as it was at a revision.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn product_coupon_definition(
        &self,
        id: &ProductCouponId,
        revision: u32,
    ) -> Result<Option<ProductCouponDefinition>, StoreError>;
    /// A stock's definition as it was at a revision.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn stock_definition(&self, id: &StockId, revision: u32) -> Result<Option<StockDefinition>, StoreError>;
    /// What was issued from a stock in all, on a day of UTC+08:00, and to a person.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn counts(&self, stock: &StockId, day: Date, person: Option<&PersonId>) -> Result<Counts, StoreError>;
    /// How many stocks of a product coupon are not deactivated.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn live_stock_count(&self, id: &ProductCouponId) -> Result<u64, StoreError>;
}

/// Writing the catalogue.
pub trait CatalogueWriter {
    /// Adds a product coupon with revision 1 of its definition.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken; otherwise when the store fails.
    fn insert_product_coupon(&mut self, product_coupon: &ProductCouponRecord) -> Result<(), StoreError>;
    /// Adds a stock with revision 1 of its definition and no count.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken; otherwise when the store fails.
    fn insert_stock(&mut self, stock: &StockRecord) -> Result<(), StoreError>;
    /// Puts a new definition into force, if the one in force still has revision `from`, and raises it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another revision is in force; otherwise when the store fails.
    fn revise_product_coupon(
        &mut self,
        id: &ProductCouponId,
        from: u32,
        definition: &ProductCouponDefinition,
    ) -> Result<(), StoreError>;
    /// Deactivates a product coupon, for good.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when it is deactivated already; otherwise when the store fails.
    fn deactivate_product_coupon(
        &mut self,
        id: &ProductCouponId,
        deactivation: &Deactivation,
    ) -> Result<(), StoreError>;
    /// As [`Self::revise_product_coupon`], for a stock.
    ///
    /// # Errors
    /// As there.
    fn revise_stock(
        &mut self,
        id: &StockId,
        from: u32,
        definition: &StockDefinition,
    ) -> Result<(), StoreError>;
    /// As [`Self::deactivate_product_coupon`], for a stock.
    ///
    /// # Errors
    /// As there.
    fn deactivate_stock(&mut self, id: &StockId, deactivation: &Deactivation) -> Result<(), StoreError>;
    /// Pauses a stock or lets it send again; of a bundle all its stocks, which always move together.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such stock; otherwise when the store fails.
    fn set_stock_paused(&mut self, id: &StockId, paused: bool) -> Result<(), StoreError>;
    /// Adds one issue to the three counts, if every one of them stays inside its limit; otherwise
    /// changes nothing. The condition is part of the update, so that it holds between nodes too.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn count_issue(
        &mut self,
        stock: &StockId,
        day: Date,
        person: &PersonId,
        limits: &Limits,
    ) -> Result<Counted, StoreError>;
}
