//! The shared entities of the wire, made from what is kept: product coupon, stock, user coupon.

use quan_coupon::benefit::Fen;
use quan_coupon::redemption::{OrderReference, Redemption};
use quan_coupon::sequential::{Round, Rounds};
use quan_coupon::user_coupon::{Usage, UserCoupon};
use quan_model::coupon as wire;
use quan_model::coupon::StockForCreate;
use quan_model::enums::CouponCodeMode;
use quan_model::ids::StockId;
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::catalogue::{ProductCouponDefinition, ProductCouponRecord};
use quan_store::error::StoreError;
use quan_store::user_coupon::UserCouponRecord;

use crate::access::{self, ReachedStock};
use crate::error::Error;

/// A product coupon with the definition given.
pub(crate) fn product_coupon(
    record: &ProductCouponRecord,
    definition: &ProductCouponDefinition,
    now: Time,
) -> wire::ProductCoupon {
    let state = access::lifecycle(record).state(now);
    let definition = definition.clone();
    wire::ProductCoupon {
        product_coupon_id: record.product_coupon_id.to_string(),
        scope: definition.scope.into(),
        kind: definition.kind.into(),
        usage_mode: definition.usage_mode.into(),
        single_usage_info: definition.single_usage_info,
        sequential_usage_info: definition.sequential_usage_info,
        display_info: definition.display_info,
        out_product_no: definition.out_product_no,
        state: state.into(),
        brand_id: Some(record.brand_id.to_string()),
    }
}

/// A stock with the definition given, and its counts and state of now.
pub(crate) fn stock(
    store: &dyn Reader,
    reached: &ReachedStock,
    definition: &StockForCreate,
    now: Time,
) -> Result<wire::Stock, Error> {
    let id = &reached.record.stock_id;
    let counts = store.counts(id, now.date(), None)?;
    let definition = definition.clone();
    let code_counts = match definition.coupon_code_mode {
        CouponCodeMode::Upload => Some(store.code_counts(id)?),
        CouponCodeMode::Wechatpay | CouponCodeMode::ApiAssign => None,
    };
    Ok(wire::Stock {
        product_coupon_id: reached.record.product_coupon_id.to_string(),
        stock_id: id.to_string(),
        remark: definition.remark,
        coupon_code_mode: definition.coupon_code_mode.into(),
        coupon_code_count_info: code_counts,
        stock_send_rule: definition.stock_send_rule,
        single_usage_rule: definition.single_usage_rule,
        sequential_usage_rule: definition.sequential_usage_rule,
        usage_rule_display_info: definition.usage_rule_display_info,
        coupon_display_info: definition.coupon_display_info,
        notify_config: definition.notify_config,
        store_scope: definition.store_scope.into(),
        sent_count_info: wire::SentCountInfo {
            total_count: count(id, counts.total)?,
            today_count: count(id, counts.today)?,
        },
        state: reached.stock.state(now).into(),
        brand_id: Some(reached.record.brand_id.to_string()),
    })
}

/// The definitions that a coupon was issued under.
pub(crate) fn definitions_at_issue(
    store: &dyn Reader,
    record: &UserCouponRecord,
) -> Result<(ProductCouponDefinition, StockForCreate), Error> {
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

/// A user coupon with the snapshot of its definitions.
pub(crate) fn user_coupon(
    store: &dyn Reader,
    record: &UserCouponRecord,
    now: Time,
) -> Result<wire::UserCoupon, Error> {
    let coupon = &record.coupon;
    let reached = access::stock_of_record(store, &coupon.stock_id)?;
    let (product_definition, stock_definition) = definitions_at_issue(store, record)?;
    let (single, sequential) = match &coupon.usage {
        Usage::Single(redemption) => (redemption.as_ref().map(usage_detail), None),
        Usage::Sequential(rounds) => (None, Some(rounds_detail(coupon, rounds, now))),
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
        product_coupon: product_coupon(&reached.product_coupon, &product_definition, now),
        stock: stock(store, &reached, &stock_definition, now)?,
        attach: coupon.attach.clone(),
        brand_id: Some(coupon.brand_id.to_string()),
    })
}

fn usage_detail(redemption: &Redemption) -> wire::CouponUsageDetail {
    let (order, pay_score) = match &redemption.order {
        OrderReference::Order(order) => (Some(order.clone()), None),
        OrderReference::PayScore(order) => (None, Some(order.clone())),
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
