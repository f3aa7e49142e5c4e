//! The public face of a coupon: what anyone with the token may see, and nothing more.

use quan_coupon::benefit::Benefit;
use quan_coupon::definition::{ProgressiveTerms, SequentialTerms};
use quan_coupon::period::Relative;
use quan_coupon::sequential::Rounds;
use quan_coupon::user_coupon::{Usage, UserCoupon};
use quan_model::claim as wire;
use quan_model::enums::{CodeDisplayMode, UserCouponState};
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::pre_send::PreSendRecord;
use quan_store::user_coupon::UserCouponRecord;

use crate::access::ReachedStock;
use crate::claim::looks::{self, Looks};
use crate::entity;
use crate::error::Error;
use crate::platform::Settings;
use crate::stock_bundle_access;
use crate::user_coupon_chain::KeptChain;

/// The face and the products of a pre-send: of the shown coupon's own definition once there is one.
pub(crate) fn of_pre_send(
    store: &dyn Reader,
    settings: &Settings,
    reached: &ReachedStock,
    record: &PreSendRecord,
    shown: Option<&UserCouponRecord>,
    now: Time,
) -> Result<(wire::CouponFace, Vec<wire::Product>), Error> {
    let at_issue;
    let (product, stock) = match shown {
        Some(issued) if !is_of_today(reached, issued) => {
            at_issue = entity::definitions_at_issue(store, issued)?;
            (&at_issue.0, &at_issue.1)
        }
        Some(_) | None => (&*reached.product_coupon.definition, &*reached.record.definition),
    };
    let owner = looks::owner(store, &record.owner)?;
    let looks = Looks::of(product, stock);
    let coupon = shown.map(|issued| &issued.coupon);
    let code = coupon.and_then(|coupon| shown_code(settings, looks.code_display_mode, coupon, now));
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
        benefits: benefits(store, reached, record)?,
        original_price: looks.original_price,
        validity: validity(reached),
        usage_description: looks.usage_description,
        store_description: looks.store_description,
        goods_description: looks.goods_description,
        combo_packages: looks.combo_packages,
        periods: periods(reached),
        code_display_mode: looks.code_display_mode,
        send_request_no: record.send_request_no.to_string(),
        stock_id: record.stock_id.to_string(),
        coupon_state: coupon.map(|coupon| coupon.state(now)),
        valid_begin_time: coupon.map(|coupon| coupon.window.begin),
        valid_end_time: coupon.map(|coupon| coupon.window.end),
        code_drawing: code.as_deref().and_then(|code| drawing(looks.code_display_mode, code)),
        coupon_code: code,
        rounds: rounds(store, reached, coupon, now)?,
    };
    Ok((face, looks.products))
}

/// Whether a coupon was issued from this stock under the definitions in force.
fn is_of_today(reached: &ReachedStock, issued: &UserCouponRecord) -> bool {
    issued.coupon.stock_id == reached.record.stock_id
        && issued.stock_revision == reached.record.revision
        && issued.product_coupon_revision == reached.product_coupon.revision
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

/// The code as its stock wants it drawn.
fn drawing(mode: CodeDisplayMode, code: &str) -> Option<wire::CodeDrawing> {
    let drawn = match mode {
        CodeDisplayMode::Invisible => None,
        CodeDisplayMode::Barcode => quan_picture::draw_barcode(code),
        CodeDisplayMode::Qrcode => quan_picture::draw_qr_code(code),
    }?;
    let (width, height) = (i64::try_from(drawn.width).ok()?, i64::try_from(drawn.height).ok()?);
    Some(wire::CodeDrawing { width, height, path: drawn.path })
}

/// The days, hours and periods of the stock; none when the whole validity counts.
fn periods(reached: &ReachedStock) -> Option<wire::Periods> {
    let period = &reached.stock.terms.period;
    let weekly = period.weekly.as_ref().map(|weekly| wire::WeeklyPeriod {
        days: weekly.days.clone(),
        hours: weekly.hours.iter().map(|hours| wire::Hours { begin: hours.begin, end: hours.end }).collect(),
    });
    let irregular = period.irregular.iter();
    let irregular: Vec<_> =
        irregular.map(|window| wire::IrregularPeriod { begin: window.begin, end: window.end }).collect();
    (weekly.is_some() || !irregular.is_empty()).then_some(wire::Periods { weekly, irregular })
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

/// One benefit, or that of every round, or that of every stock of the bundle.
fn benefits(
    store: &dyn Reader,
    reached: &ReachedStock,
    record: &PreSendRecord,
) -> Result<Vec<wire::Benefit>, Error> {
    let Some(bundle) = &record.stock_bundle_id else {
        return Ok(reached.stock.terms.benefits.iter().map(benefit).collect());
    };
    let members = stock_bundle_access::members_of_record(store, bundle)?;
    Ok(members.iter().flat_map(|member| &member.stock.terms.benefits).map(benefit).collect())
}

fn rounds(
    store: &dyn Reader,
    reached: &ReachedStock,
    coupon: Option<&UserCoupon>,
    now: Time,
) -> Result<Option<wire::Rounds>, StoreError> {
    let product = &reached.stock.product;
    Ok(match (&product.sequential, &product.progressive) {
        (Some(terms), _) => Some(rounds_of_coupon(terms, coupon, now)),
        (None, Some(terms)) => Some(rounds_of_chain(store, terms, coupon, now)?),
        (None, None) => None,
    })
}

fn rounds_of_coupon(terms: &SequentialTerms, coupon: Option<&UserCoupon>, now: Time) -> wire::Rounds {
    let held: Option<&Rounds> = match coupon.map(|coupon| &coupon.usage) {
        Some(Usage::Sequential(rounds)) => Some(rounds),
        Some(Usage::Single(_)) | None => None,
    };
    let next = held.and_then(Rounds::open).map(|(_, round)| round.window.begin).filter(|begin| *begin > now);
    wire::Rounds {
        total_count: i64::from(terms.count),
        used_count: held.map_or(0, |rounds| i64::from(rounds.used_count())),
        interval_days: i64::from(terms.interval_days),
        next_begin_time: next,
    }
}

fn rounds_of_chain(
    store: &dyn Reader,
    terms: &ProgressiveTerms,
    coupon: Option<&UserCoupon>,
    now: Time,
) -> Result<wire::Rounds, StoreError> {
    let used_count = match coupon.and_then(|coupon| coupon.bundle.as_ref()) {
        Some(place) => KeptChain::load(store, &place.user_coupon_bundle_id)?.rules().used_count(),
        None => 0,
    };
    let waits = coupon.filter(|coupon| !coupon.usage.is_used_up() && coupon.window.begin > now);
    Ok(wire::Rounds {
        total_count: i64::from(terms.count),
        used_count: i64::from(used_count),
        interval_days: i64::from(terms.interval_days),
        next_begin_time: waits.map(|coupon| coupon.window.begin),
    })
}
