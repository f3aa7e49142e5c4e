//! Stocks and coupons as the busifavor face shows them, whichever face family created them.

use quan_coupon::definition::StockTerms;
use quan_coupon::user_coupon::{Usage, UserCoupon};
use quan_model::busifavor::{
    BusiCoupon, BusiStock, CodeCount, CouponState, CouponUseRule, CustomEntrance, DisplayPattern,
    NotifyConfig, RunningState, SendCountInformation, StockSendRule,
};
use quan_model::enums::{CouponCodeMode, ProductCouponType, StockState, UserCouponState};
use quan_model::ids::Principal;
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::catalogue::{ProductCouponDefinition, StockDefinition};
use quan_store::error::StoreError;
use quan_store::user_coupon::UserCouponRecord;

use crate::access::{self, ReachedStock};
use crate::busifavor::shown_product_coupon;
use crate::entity;
use crate::error::Error;

/// What a stock and its coupons have in common on this face.
pub(super) struct Written {
    pub(super) stock_name: String,
    pub(super) comment: Option<String>,
    pub(super) goods_name: Option<String>,
    pub(super) stock_type: ProductCouponType,
    pub(super) coupon_use_rule: CouponUseRule,
    pub(super) stock_send_rule: StockSendRule,
    pub(super) custom_entrance: Option<CustomEntrance>,
    pub(super) display_pattern_info: Option<DisplayPattern>,
    pub(super) notify_config: Option<NotifyConfig>,
}

fn written(product: &ProductCouponDefinition, stock: &StockDefinition, terms: &StockTerms) -> Written {
    match stock {
        StockDefinition::ProductCoupon(stock) => {
            shown_product_coupon::written(product, &stock.members, terms)
        }
        StockDefinition::Busifavor(members) => {
            let members = members.clone();
            Written {
                stock_name: members.stock_name,
                comment: members.comment,
                goods_name: Some(members.goods_name),
                stock_type: members.stock_type,
                coupon_use_rule: members.coupon_use_rule,
                stock_send_rule: members.stock_send_rule,
                custom_entrance: members.custom_entrance,
                display_pattern_info: members.display_pattern_info,
                notify_config: members.notify_config,
            }
        }
    }
}

/// A brand is no merchant: a stock of a brand belongs to none.
fn belong_merchant(owner: &Principal) -> Option<String> {
    match owner {
        Principal::Merchant(mchid) => Some(mchid.to_string()),
        Principal::Brand(_) => None,
    }
}

/// A stock as it is now.
pub(super) fn stock(store: &dyn Reader, reached: &ReachedStock, now: Time) -> Result<BusiStock, Error> {
    let (record, terms) = (&reached.record, &reached.stock.terms);
    let id = &record.stock_id;
    let written = written(&reached.product_coupon.definition, &record.definition, terms);
    let counts = store.counts(id, now.date(), None)?;
    let count = |count: u64| {
        i64::try_from(count).map_err(|_| StoreError::Inconsistent {
            table: "stock",
            column: "issued",
            row: id.to_string(),
        })
    };
    let coupon_code_count = match terms.code_mode {
        CouponCodeMode::Upload => {
            let counts = store.code_counts(id)?;
            Some(CodeCount { total_count: counts.total_count, available_count: counts.available_count })
        }
        CouponCodeMode::Wechatpay | CouponCodeMode::ApiAssign => None,
    };
    let state = match reached.stock.state(now) {
        StockState::Auditing => RunningState::Unaudit,
        StockState::Sending => RunningState::Running,
        StockState::Paused => RunningState::Paused,
        StockState::Stopped | StockState::Deactivated => RunningState::Stoped,
    };
    Ok(BusiStock {
        stock_name: written.stock_name,
        belong_merchant: belong_merchant(&record.owner),
        comment: written.comment,
        goods_name: written.goods_name,
        stock_type: written.stock_type.into(),
        coupon_use_rule: written.coupon_use_rule,
        stock_send_rule: written.stock_send_rule,
        custom_entrance: written.custom_entrance,
        display_pattern_info: written.display_pattern_info,
        coupon_code_mode: quan_model::busifavor::MerchantCodeMode::from(terms.code_mode).into(),
        notify_config: written.notify_config,
        stock_state: state.into(),
        stock_id: id.to_string(),
        coupon_code_count,
        send_count_information: Some(SendCountInformation {
            total_send_num: Some(count(counts.total)?),
            today_send_num: Some(count(counts.today)?),
        }),
    })
}

/// The state of a coupon in the words of this face, which has one word for all that can still be used.
pub(super) fn coupon_state(state: UserCouponState) -> CouponState {
    match state {
        UserCouponState::Confirming | UserCouponState::Pending | UserCouponState::Effective => {
            CouponState::Sended
        }
        UserCouponState::Used => CouponState::Used,
        UserCouponState::Expired => CouponState::Expired,
        UserCouponState::Deleted => CouponState::Deleted,
        UserCouponState::Deactivated => CouponState::Deactivated,
    }
}

/// A coupon as it stands now, with the definitions that it was issued under.
pub(super) fn coupon(store: &dyn Reader, record: &UserCouponRecord, now: Time) -> Result<BusiCoupon, Error> {
    let coupon = &record.coupon;
    let reached = access::stock_of_record(store, &coupon.stock_id)?;
    let (product, stock) = entity::definitions_at_issue(store, record)?;
    let written = written(&product, &stock, &reached.stock.terms);
    let used = latest_use(coupon);
    let returned = used.and_then(|used| used.returned.as_ref());
    let ended = coupon.deactivated.as_ref();
    Ok(BusiCoupon {
        stock_name: written.stock_name,
        belong_merchant: belong_merchant(&coupon.owner),
        comment: written.comment,
        goods_name: written.goods_name,
        stock_type: written.stock_type.into(),
        transferable: Some(false),
        shareable: Some(false),
        coupon_state: Some(coupon_state(coupon.state(now)).into()),
        display_pattern_info: written.display_pattern_info,
        coupon_use_rule: written.coupon_use_rule,
        custom_entrance: written.custom_entrance,
        coupon_code: Some(coupon.coupon_code.to_string()),
        stock_id: Some(coupon.stock_id.to_string()),
        available_start_time: Some(coupon.window.begin),
        expire_time: Some(coupon.window.end),
        receive_time: Some(coupon.receive_time),
        send_request_no: Some(coupon.send_request_no.to_string()),
        use_request_no: used.map(|used| used.request_no.to_string()),
        use_time: used.map(|used| used.use_time),
        associate_out_trade_no: store.coupon_order(&coupon.stock_id, &coupon.coupon_code)?,
        return_request_no: returned.map(|returned| returned.request_no.to_string()),
        return_time: returned.map(|returned| returned.time),
        deactivate_request_no: ended.map(|ended| ended.request_no.to_string()),
        deactivate_time: ended.map(|ended| ended.time),
        deactivate_reason: ended.map(|ended| ended.reason.clone()).filter(|reason| !reason.is_empty()),
    })
}

/// The one use, or of a coupon with rounds the latest: this face knows no rounds.
fn latest_use(coupon: &UserCoupon) -> Option<&quan_coupon::redemption::Redemption> {
    match &coupon.usage {
        Usage::Single(used) => used.as_ref(),
        Usage::Sequential(rounds) => rounds.rounds.iter().rev().find_map(|round| round.redemption.as_ref()),
    }
}
