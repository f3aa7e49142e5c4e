//! The public face of a coupon: what anyone with the token may see, and nothing more.

use quan_coupon::benefit::Benefit;
use quan_coupon::period::Relative;
use quan_coupon::sequential::Rounds;
use quan_coupon::user_coupon::{Usage, UserCoupon};
use quan_model::claim as wire;
use quan_model::enums::{CodeDisplayMode, UserCouponState};
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::pre_send::PreSendRecord;

use crate::access::ReachedStock;
use crate::claim::looks::{self, Looks};
use crate::entity;
use crate::error::Error;
use crate::platform::Settings;

/// The face and the products of a pre-send: of the issued coupon's own definition once there is one.
pub(crate) fn of_pre_send(
    store: &dyn Reader,
    settings: &Settings,
    reached: &ReachedStock,
    record: &PreSendRecord,
    now: Time,
) -> Result<(wire::CouponFace, Vec<wire::Product>), Error> {
    let missing = || StoreError::Inconsistent {
        table: "pre_send",
        column: "claimed_code",
        row: record.send_request_no.to_string(),
    };
    let issued = match &record.claimed {
        None => None,
        Some(claimed) => {
            Some(store.user_coupon(&record.stock_id, &claimed.coupon_code)?.ok_or_else(missing)?)
        }
    };
    let (product, stock) = match &issued {
        None => (reached.product_coupon.definition.clone(), reached.record.definition.clone()),
        Some(issued) => entity::definitions_at_issue(store, issued)?,
    };
    let owner = looks::owner(store, &record.owner)?;
    let looks = Looks::of(&product, &stock);
    let coupon = issued.as_ref().map(|issued| &issued.coupon);
    let face = wire::CouponFace {
        brand_name: looks.shop_name.unwrap_or(owner.name),
        brand_logo_url: looks.shop_logo_url.or(owner.logo_url),
        name: looks.name,
        image_url: looks.image_url,
        background_url: looks.background_url,
        background_color: looks.background_color,
        usage_mode: product.usage_mode,
        scope: product.scope,
        kind: product.kind,
        benefits: reached.stock.terms.benefits.iter().map(benefit).collect(),
        original_price: looks.original_price,
        validity: validity(reached),
        usage_description: looks.usage_description,
        store_description: looks.store_description,
        code_display_mode: looks.code_display_mode,
        send_request_no: record.send_request_no.to_string(),
        stock_id: record.stock_id.to_string(),
        coupon_state: coupon.map(|coupon| coupon.state(now)),
        valid_begin_time: coupon.map(|coupon| coupon.window.begin),
        valid_end_time: coupon.map(|coupon| coupon.window.end),
        coupon_code: coupon.and_then(|coupon| shown_code(settings, looks.code_display_mode, coupon, now)),
        rounds: rounds(reached, coupon, now),
    };
    Ok((face, looks.products))
}

/// The code, when the deployment, the stock and the coupon's state all let it be seen.
fn shown_code(settings: &Settings, mode: CodeDisplayMode, coupon: &UserCoupon, now: Time) -> Option<String> {
    let is_visible = match mode {
        CodeDisplayMode::Invisible => false,
        CodeDisplayMode::Barcode | CodeDisplayMode::Qrcode => true,
    };
    let is_effective = coupon.state(now) == UserCouponState::Effective;
    (settings.show_coupon_code && is_visible && is_effective).then(|| coupon.coupon_code.to_string())
}

fn benefit(benefit: &Benefit) -> wire::Benefit {
    let of = |threshold| wire::Benefit {
        threshold,
        discount_amount: None,
        percent_off: None,
        exchange_price: None,
    };
    match *benefit {
        Benefit::Normal { threshold, discount_amount } => {
            wire::Benefit { discount_amount: Some(discount_amount.get()), ..of(threshold.get()) }
        }
        Benefit::Discount { threshold, percent_off } => {
            wire::Benefit { percent_off: Some(i64::from(percent_off.get())), ..of(threshold.get()) }
        }
        Benefit::Exchange { threshold, exchange_price } => {
            wire::Benefit { exchange_price: Some(exchange_price.get()), ..of(threshold.get()) }
        }
    }
}

fn validity(reached: &ReachedStock) -> wire::Validity {
    let period = &reached.stock.terms.period;
    let (begin, end) = (period.begin, period.end);
    match period.relative {
        Relative::Whole => wire::Validity::Window { begin, end },
        Relative::Days { days, wait_days } => wire::Validity::AfterReceive {
            begin,
            end,
            available_days: Some(i64::from(days)),
            wait_days: Some(i64::from(wait_days)),
            available_seconds: None,
        },
        Relative::Seconds(seconds) => wire::Validity::AfterReceive {
            begin,
            end,
            available_days: None,
            wait_days: None,
            available_seconds: Some(i64::from(seconds)),
        },
    }
}

fn rounds(reached: &ReachedStock, coupon: Option<&UserCoupon>, now: Time) -> Option<wire::Rounds> {
    let terms = reached.stock.product.sequential.as_ref()?;
    let held: Option<&Rounds> = match coupon.map(|coupon| &coupon.usage) {
        Some(Usage::Sequential(rounds)) => Some(rounds),
        Some(Usage::Single(_)) | None => None,
    };
    let next = held.and_then(Rounds::open).map(|(_, round)| round.window.begin).filter(|begin| *begin > now);
    Some(wire::Rounds {
        total_count: i64::from(terms.count),
        used_count: held.map_or(0, |rounds| i64::from(rounds.used_count())),
        interval_days: i64::from(terms.interval_days),
        next_begin_time: next,
    })
}
