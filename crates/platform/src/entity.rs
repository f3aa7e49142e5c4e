//! The shared entities of the wire, made from what is kept: product coupon, stock, user coupon.

use quan_coupon::benefit::Fen;
use quan_coupon::redemption::{OrderReference, Redemption};
use quan_coupon::refusal::Refusal;
use quan_coupon::sequential::{Round, Rounds};
use quan_coupon::user_coupon::{BundlePlace, Usage, UserCoupon};
use quan_model::coupon as wire;
use quan_model::enums::CouponCodeMode;
use quan_model::ids::{Principal, StockId, UserCouponBundleId};
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::catalogue::{ProductCouponDefinition, ProductCouponRecord, StockDefinition};
use quan_store::error::StoreError;
use quan_store::user_coupon::UserCouponRecord;

use crate::access::{self, ReachedStock, Scope};
use crate::error::Error;
use crate::user_coupon_chain::KeptChain;

/// Shows entities to somebody: the partner face names the brand in each, the brand face does not.
pub(crate) struct Viewer<'a> {
    store: &'a dyn Reader,
    names_brand: bool,
    now: Time,
}

impl<'a> Viewer<'a> {
    /// Entities as the caller of a product-coupon face sees them at `now`.
    pub(crate) fn new(store: &'a dyn Reader, scope: &Scope, now: Time) -> Self {
        let names_brand = match scope.principal {
            Principal::Merchant(_) => true,
            Principal::Brand(_) => false,
        };
        Self { store, names_brand, now }
    }

    fn brand_id(&self, owner: &Principal) -> Option<String> {
        owner.brand_id().filter(|_| self.names_brand).map(ToString::to_string)
    }

    /// A product coupon as it is now.
    pub(crate) fn product_coupon(&self, record: &ProductCouponRecord) -> wire::ProductCoupon {
        self.product_coupon_as(record, &record.definition)
    }

    fn product_coupon_as(
        &self,
        record: &ProductCouponRecord,
        definition: &ProductCouponDefinition,
    ) -> wire::ProductCoupon {
        let definition = definition.clone();
        let deactivated = record.deactivated.as_ref();
        wire::ProductCoupon {
            product_coupon_id: record.product_coupon_id.to_string(),
            scope: definition.scope.into(),
            kind: definition.kind.into(),
            usage_mode: definition.usage_mode.into(),
            single_usage_info: definition.single_usage_info,
            progressive_bundle_usage_info: definition.progressive_bundle_usage_info,
            sequential_usage_info: definition.sequential_usage_info,
            display_info: definition.display_info,
            out_product_no: definition.out_product_no,
            state: access::lifecycle(record).state(self.now).into(),
            brand_id: self.brand_id(&record.owner),
            deactivate_request_no: deactivated.map(|ended| ended.request_no.to_string()),
            deactivate_time: deactivated.map(|ended| ended.time),
            deactivate_reason: deactivated.map(|ended| ended.reason.clone()),
        }
    }

    /// A stock as it is now.
    pub(crate) fn stock(&self, reached: &ReachedStock) -> Result<wire::Stock, Error> {
        self.stock_as(reached, &reached.record.definition)
    }

    fn stock_as(&self, reached: &ReachedStock, definition: &StockDefinition) -> Result<wire::Stock, Error> {
        let record = &reached.record;
        let id = &record.stock_id;
        let counts = self.store.counts(id, self.now.date(), None)?;
        // Stocks of merchant coupons have no product coupon that anybody sees.
        let definition = definition.product_coupon().ok_or(Refusal::NotFound)?.clone();
        let members = definition.members;
        let code_counts = match members.coupon_code_mode {
            CouponCodeMode::Upload => Some(self.store.code_counts(id)?),
            CouponCodeMode::Wechatpay | CouponCodeMode::ApiAssign => None,
        };
        // A stock that ended with its product coupon shows that one's deactivation.
        let deactivated = record.deactivated.as_ref().or(reached.product_coupon.deactivated.as_ref());
        Ok(wire::Stock {
            product_coupon_id: record.product_coupon_id.to_string(),
            stock_id: id.to_string(),
            remark: members.remark,
            coupon_code_mode: members.coupon_code_mode.into(),
            coupon_code_count_info: code_counts,
            stock_send_rule: members.stock_send_rule,
            single_usage_rule: members.single_usage_rule,
            progressive_bundle_usage_rule: definition.progressive_bundle_usage_rule,
            sequential_usage_rule: members.sequential_usage_rule,
            stock_bundle_info: record.bundle.as_ref().map(|place| wire::StockBundleInfo {
                stock_bundle_id: place.stock_bundle_id.to_string(),
                stock_bundle_index: i64::from(place.index),
            }),
            usage_rule_display_info: members.usage_rule_display_info,
            coupon_display_info: members.coupon_display_info,
            notify_config: members.notify_config,
            store_scope: members.store_scope.into(),
            sent_count_info: wire::SentCountInfo {
                total_count: count(id, counts.total)?,
                today_count: count(id, counts.today)?,
            },
            state: reached.stock.state(self.now).into(),
            deactivate_request_no: deactivated.map(|ended| ended.request_no.to_string()),
            deactivate_time: deactivated.map(|ended| ended.time),
            deactivate_reason: deactivated.map(|ended| ended.reason.clone()),
            brand_id: self.brand_id(&record.owner),
        })
    }

    /// A user coupon with the snapshot of its definitions.
    pub(crate) fn user_coupon(&self, record: &UserCouponRecord) -> Result<wire::UserCoupon, Error> {
        let coupon = &record.coupon;
        let now = self.now;
        let reached = access::stock_of_record(self.store, &coupon.stock_id)?;
        let (product_definition, stock_definition) = definitions_at_issue(self.store, record)?;
        let (used, sequential) = match &coupon.usage {
            Usage::Single(redemption) => (redemption.as_ref().map(usage_detail), None),
            Usage::Sequential(rounds) => (None, Some(rounds_detail(coupon, rounds, now))),
        };
        let (single, progressive) = match &coupon.bundle {
            None => (used, None),
            Some(_) => (None, used),
        };
        Ok(wire::UserCoupon {
            coupon_code: coupon.coupon_code.to_string(),
            coupon_state: coupon.state(now).into(),
            valid_begin_time: coupon.window.begin,
            valid_end_time: coupon.window.end,
            receive_time: coupon.receive_time,
            send_request_no: coupon.send_request_no.to_string(),
            send_channel: coupon.send_channel.to_string(),
            confirm_request_no: coupon.confirmed.as_ref().map(|confirmed| confirmed.request_no.to_string()),
            confirm_time: coupon.confirmed.as_ref().map(|confirmed| confirmed.time),
            deactivate_request_no: coupon.deactivated.as_ref().map(|ended| ended.request_no.to_string()),
            deactivate_time: coupon.deactivated.as_ref().map(|ended| ended.time),
            deactivate_reason: coupon.deactivated.as_ref().map(|ended| ended.reason.clone()),
            single_usage_detail: single,
            sequential_usage_detail: sequential,
            user_product_coupon_bundle_info: coupon
                .bundle
                .as_ref()
                .map(|place| self.bundle_info(place))
                .transpose()?,
            product_coupon: self.product_coupon_as(&reached.product_coupon, &product_definition),
            stock: self.stock_as(&reached, &stock_definition)?,
            attach: coupon.attach.clone(),
            channel_custom_info: None,
            brand_id: self.brand_id(&coupon.owner),
            progressive_bundle_usage_detail: progressive,
            coupon_tag_info: coupon.tags.clone(),
        })
    }
}

impl Viewer<'_> {
    /// A chain: its coupons issued so far, by index.
    pub(crate) fn user_coupon_bundle(
        &self,
        id: &UserCouponBundleId,
    ) -> Result<wire::UserCouponBundle, Error> {
        let coupons = self.store.coupons_of_bundle(id)?;
        Ok(wire::UserCouponBundle {
            user_coupon_bundle_id: id.to_string(),
            user_product_coupon_list: coupons
                .iter()
                .map(|coupon| self.user_coupon(coupon))
                .collect::<Result<_, _>>()?,
        })
    }

    /// The chain of a coupon of it.
    pub(crate) fn user_coupon_bundle_of(&self, coupon: &UserCoupon) -> Result<wire::UserCouponBundle, Error> {
        let alone = || StoreError::Inconsistent {
            table: "user_coupon",
            column: "user_coupon_bundle_id",
            row: coupon.coupon_code.to_string(),
        };
        let place = coupon.bundle.as_ref().ok_or_else(alone)?;
        self.user_coupon_bundle(&place.user_coupon_bundle_id)
    }

    fn bundle_info(&self, place: &BundlePlace) -> Result<wire::UserProductCouponBundleInfo, StoreError> {
        let chain = KeptChain::load(self.store, &place.user_coupon_bundle_id)?;
        Ok(wire::UserProductCouponBundleInfo {
            user_coupon_bundle_id: place.user_coupon_bundle_id.to_string(),
            user_coupon_bundle_index: i64::from(place.index),
            total_count: i64::from(chain.record.total_count),
            used_count: i64::from(chain.rules().used_count()),
        })
    }
}

/// The definitions that a coupon was issued under.
pub(crate) fn definitions_at_issue(
    store: &dyn Reader,
    record: &UserCouponRecord,
) -> Result<(ProductCouponDefinition, StockDefinition), Error> {
    let coupon = &record.coupon;
    let missing = |table, row: String| StoreError::Inconsistent { table, column: "revision", row };
    let product_coupon = store
        .product_coupon_definition(&coupon.product_coupon_id, record.product_coupon_revision)?
        .ok_or_else(|| missing("product_coupon_revision", coupon.product_coupon_id.to_string()))?;
    let stock = store
        .stock_definition(&coupon.stock_id, record.stock_revision)?
        .ok_or_else(|| missing("stock_revision", coupon.stock_id.to_string()))?;
    Ok((product_coupon, stock))
}

pub(crate) fn usage_detail(redemption: &Redemption) -> wire::CouponUsageDetail {
    let (order, pay_score) = match &redemption.order {
        None => (None, None),
        Some(OrderReference::Order(order)) => (Some(order.clone()), None),
        Some(OrderReference::PayScore(order)) => (None, Some(order.clone())),
    };
    wire::CouponUsageDetail {
        use_request_no: Some(redemption.request_no.to_string()),
        use_time: Some(redemption.use_time),
        associated_order_info: order,
        associated_pay_score_order_info: pay_score,
        saved_amount: redemption.saved_amount.map(Fen::get),
        return_request_no: redemption.returned.as_ref().map(|returned| returned.request_no.to_string()),
        return_time: redemption.returned.as_ref().map(|returned| returned.time),
    }
}

fn rounds_detail(coupon: &UserCoupon, rounds: &Rounds, now: Time) -> wire::SequentialUsageDetail {
    let coupon_state = coupon.state(now);
    let item = |round: &Round| wire::SequentialUsageDetailItem {
        detail_state: round.state(coupon_state, now).into(),
        valid_begin_time: round.window.begin,
        valid_end_time: round.window.end,
        usage: round.redemption.as_ref().map(usage_detail).unwrap_or_default(),
        delete_time: coupon.deleted_at.filter(|_| !round.is_used()),
    };
    wire::SequentialUsageDetail {
        total_count: i64::from(rounds.total_count),
        used_count: i64::from(rounds.used_count()),
        detail_item_list: rounds.rounds.iter().map(item).collect(),
    }
}

fn count(stock: &StockId, count: u64) -> Result<i64, StoreError> {
    i64::try_from(count).map_err(|_| StoreError::Inconsistent {
        table: "stock",
        column: "issued",
        row: stock.to_string(),
    })
}
