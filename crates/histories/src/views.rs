//! The platform's answers and refusals in the words of the model.

use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_model::claim::UnavailableReason;
use quan_model::coupon::{CouponUsageDetail, Stock, UserCoupon};
use quan_model::product_coupon::UploadCouponCodesResponse;
use quan_model::time::Time;
use quan_platform::Error;
use quan_platform::claim::ClaimError;
use quan_reference_model::answer::{CouponView, Refused, StockView, UploadView, UseView};

/// What neither the rules nor the model know: the machinery failed, or an answer was odd.
pub(crate) type Broken = String;

/// The model's word for a refusal, or what else went wrong.
pub(crate) fn refused(error: Error) -> Result<Refused, Broken> {
    let refusal = match error {
        Error::Refused(refusal) => refusal,
        other => return Err(broken(&other)),
    };
    Ok(match refusal {
        Refusal::Invalid(violation) => return invalid(&violation),
        Refusal::NotFound => Refused::NotFound,
        Refusal::CouponNotFound => Refused::CouponNotFound,
        Refusal::NoAuthority => Refused::NoAuthority,
        Refusal::StockNotSending { .. } => Refused::StockState,
        Refusal::UserLimit { .. } => Refused::UserLimit,
        Refusal::StockOut => Refused::StockOut,
        Refusal::DayOut => Refused::DayOut,
        Refusal::PoolEmpty => Refused::PoolEmpty,
        Refusal::CodeTaken => Refused::CodeTaken,
        Refusal::Reentry => Refused::Reentry,
        Refusal::RequestMismatch => Refused::Mismatch,
        Refusal::AlreadyExists => Refused::Exists,
        Refusal::RequestNoSpent => Refused::NumberSpent,
        Refusal::WrongState { .. }
        | Refusal::RoundNotOpen { .. }
        | Refusal::NotLatestRedemption { .. }
        | Refusal::ChainOver
        | Refusal::StockWrongState { .. }
        | Refusal::ProductCouponNotEffective { .. } => Refused::State,
        Refusal::Used => Refused::Used,
        Refusal::Deleted => Refused::Deleted,
        Refusal::Expired => Refused::Expired,
        Refusal::ExpiredForOperation => Refused::ExpiredForOperation,
        Refusal::OutsideWindow => Refused::Window,
        Refusal::OutsidePeriod => Refused::Period,
        Refusal::StoreNotAllowed => Refused::Store,
        Refusal::StockClosed => Refused::StockClosed,
        Refusal::BudgetStale => Refused::BudgetStale,
        Refusal::BudgetLow => Refused::BudgetLow,
        other @ (Refusal::AppidNotBound
        | Refusal::OpenidUnusable
        | Refusal::MerchantUnknown { .. }
        | Refusal::CodeDispatched
        | Refusal::Locked
        | Refusal::StoreScopeIsAll) => return Err(format!("a refusal that no command asks for: {other}")),
    })
}

fn invalid(violation: &Violation) -> Result<Refused, Broken> {
    match violation.kind {
        ViolationKind::Rule => Ok(Refused::Rule),
        ViolationKind::OutOfRange => Ok(Refused::Range),
        _ => Err(format!("a command that was not well formed: {violation}")),
    }
}

/// As [`refused`], for the claim component.
pub(crate) fn not_claimed(error: ClaimError) -> Result<Refused, Broken> {
    match error {
        ClaimError::TokenExpired => Ok(Refused::TokenExpired),
        ClaimError::Unavailable(reason) => Ok(match reason {
            UnavailableReason::NotEnough => Refused::UnavailableStockOut,
            UnavailableReason::DayLimit => Refused::UnavailableDayOut,
            UnavailableReason::MaxQuota => Refused::UnavailableUserLimit,
            UnavailableReason::NotRunning => Refused::UnavailableNotRunning,
            UnavailableReason::PoolEmpty => Refused::UnavailablePoolEmpty,
        }),
        ClaimError::Failed(error) => refused(error),
        other @ (ClaimError::TokenInvalid | ClaimError::NotClaimed) => Err(broken(&other)),
    }
}

/// An error with its causes.
pub(crate) fn broken(error: &dyn std::error::Error) -> Broken {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn count(number: i64) -> Result<u64, Broken> {
    u64::try_from(number).map_err(|_| format!("a count of {number}"))
}

/// A stock as it was answered.
pub(crate) fn stock(stock: Stock) -> Result<StockView, Broken> {
    Ok(StockView {
        state: stock.state.known().ok_or("a stock of an unknown state")?,
        max_count: count(stock.stock_send_rule.max_count)?,
        max_per_day: stock.stock_send_rule.max_count_per_day.map(count).transpose()?,
        total: count(stock.sent_count_info.total_count)?,
        today: count(stock.sent_count_info.today_count)?,
    })
}

fn usage(detail: &CouponUsageDetail) -> Option<UseView> {
    let returned = detail.return_request_no.clone().zip(detail.return_time.map(Time::unix_seconds));
    let used = detail.use_request_no.clone().zip(detail.use_time);
    used.map(|(number, time)| UseView { number, time: time.unix_seconds(), returned })
}

/// A coupon as it was answered, and its code.
pub(crate) fn coupon(coupon: UserCoupon) -> Result<(CouponView, String), Broken> {
    let rounds = match &coupon.sequential_usage_detail {
        Some(detail) => detail
            .detail_item_list
            .iter()
            .map(|item| {
                let window = (item.valid_begin_time.unix_seconds(), item.valid_end_time.unix_seconds());
                (Some(window), usage(&item.usage))
            })
            .collect(),
        None => {
            let detail =
                coupon.single_usage_detail.as_ref().or(coupon.progressive_bundle_usage_detail.as_ref());
            detail.into_iter().map(|detail| (None, usage(detail))).collect()
        }
    };
    let chain = coupon
        .user_product_coupon_bundle_info
        .map(|info| (info.user_coupon_bundle_index, info.total_count, info.used_count));
    let view = CouponView {
        state: coupon.coupon_state.known().ok_or("a coupon of an unknown state")?,
        number: coupon.send_request_no,
        receive_time: coupon.receive_time.unix_seconds(),
        window: (coupon.valid_begin_time.unix_seconds(), coupon.valid_end_time.unix_seconds()),
        confirmed: coupon.confirm_request_no.zip(coupon.confirm_time.map(Time::unix_seconds)),
        deactivated: coupon.deactivate_request_no.zip(coupon.deactivate_time.map(Time::unix_seconds)),
        rounds,
        chain,
    };
    Ok((view, coupon.coupon_code))
}

/// What became of an upload, as it was answered.
pub(crate) fn upload(answer: UploadCouponCodesResponse) -> UploadView {
    UploadView {
        total_count: usize::try_from(answer.total_count).unwrap_or(usize::MAX),
        success: answer.success_code_list,
        failed: answer.failed_code_list.into_iter().map(|failed| failed.coupon_code).collect(),
        already_exist: answer.already_exist_code_list,
        duplicate: answer.duplicate_code_list,
    }
}
