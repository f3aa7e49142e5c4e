//! Words of the API in the words of people, amounts and benefits.

use quan_model::enums::{ProductCouponState, ProductCouponType, StockState, UsageMode, UserCouponState};
use quan_model::ids::Principal;
use quan_platform::console::notifications::DeliveryState;
use quan_platform::console::stocks::Benefit;

use crate::language::Language;
use crate::view::Cell;

/// Fen as yuan, without useless zeros: 950 is `9.5`.
pub(crate) fn yuan(fen: i64) -> String {
    let (whole, rest) = (fen / 100, fen % 100);
    match rest {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        rest => format!("{whole}.{rest:02}"),
    }
}

/// What is to be had, and from which spend on.
pub(crate) fn benefit(language: Language, benefit: &Benefit) -> (String, String) {
    let from = |threshold: i64| match threshold {
        0 => language.t("无门槛", "No minimum").to_owned(),
        fen => format!("{}{}", language.t("满 ¥", "From ¥"), yuan(fen)),
    };
    match benefit {
        Benefit::Normal { threshold, discount_amount } => {
            (format!("{}¥{}", language.t("减 ", "−"), yuan(discount_amount.get())), from(threshold.get()))
        }
        Benefit::Discount { threshold, percent_off } => {
            let left = 100 - percent_off.get();
            let figure = match language {
                Language::Chinese if left % 10 == 0 => format!("{} 折", left / 10),
                Language::Chinese => format!("{}.{} 折", left / 10, left % 10),
                Language::English => format!("{}% off", percent_off.get()),
            };
            (figure, from(threshold.get()))
        }
        Benefit::Exchange { threshold, exchange_price } => {
            let figure = match exchange_price.get() {
                0 => language.t("免费兑换", "Free").to_owned(),
                fen => format!("¥{} {}", yuan(fen), language.t("兑换", "only")),
            };
            (figure, from(threshold.get()))
        }
    }
}

pub(crate) fn stock_state(language: Language, state: StockState) -> Cell {
    match state {
        StockState::Auditing => Cell::tag(language.t("审批中", "Auditing"), "note"),
        StockState::Sending => Cell::tag(language.t("发放中", "Sending"), "good"),
        StockState::Paused => Cell::tag(language.t("已暂停", "Paused"), "warn"),
        StockState::Stopped => Cell::tag(language.t("已停止", "Stopped"), ""),
        StockState::Deactivated => Cell::tag(language.t("已失效", "Deactivated"), "bad"),
    }
}

pub(crate) fn product_coupon_state(language: Language, state: ProductCouponState) -> Cell {
    match state {
        ProductCouponState::Auditing => Cell::tag(language.t("审批中", "Auditing"), "note"),
        ProductCouponState::Effective => Cell::tag(language.t("已生效", "Effective"), "good"),
        ProductCouponState::Deactivated => Cell::tag(language.t("已失效", "Deactivated"), "bad"),
    }
}

pub(crate) fn coupon_state(language: Language, state: UserCouponState) -> Cell {
    match state {
        UserCouponState::Confirming => Cell::tag(language.t("待确认", "Confirming"), "warn"),
        UserCouponState::Pending => Cell::tag(language.t("待生效", "Pending"), "note"),
        UserCouponState::Effective => Cell::tag(language.t("已生效", "Effective"), "good"),
        UserCouponState::Used => Cell::tag(language.t("已核销", "Used"), "note"),
        UserCouponState::Expired => Cell::tag(language.t("已过期", "Expired"), ""),
        UserCouponState::Deleted => Cell::tag(language.t("已删除", "Deleted"), ""),
        UserCouponState::Deactivated => Cell::tag(language.t("已失效", "Deactivated"), "bad"),
    }
}

pub(crate) fn delivery_state(language: Language, state: DeliveryState, has_failed: bool) -> Cell {
    match state {
        DeliveryState::Waiting if has_failed => Cell::tag(language.t("重试中", "Retrying"), "warn"),
        DeliveryState::Waiting => Cell::tag(language.t("待发送", "Waiting"), "note"),
        DeliveryState::Delivered => Cell::tag(language.t("已送达", "Delivered"), "good"),
        DeliveryState::DeadLetter => Cell::tag(language.t("已放弃", "Given up"), "bad"),
    }
}

pub(crate) fn kind(language: Language, kind: ProductCouponType) -> &'static str {
    match kind {
        ProductCouponType::Normal => language.t("满减", "Amount off"),
        ProductCouponType::Discount => language.t("折扣", "Percentage off"),
        ProductCouponType::Exchange => language.t("兑换", "Exchange"),
    }
}

pub(crate) fn usage_mode(language: Language, mode: UsageMode) -> &'static str {
    match mode {
        UsageMode::Single => language.t("单券", "Single use"),
        UsageMode::Sequential => language.t("多次优惠（一券多轮）", "Rounds of one coupon"),
        UsageMode::ProgressiveBundle => language.t("多次优惠（券组）", "Chain of coupons"),
    }
}

/// A principal as people say it.
pub(crate) fn party(language: Language, principal: &Principal) -> String {
    match principal {
        Principal::Merchant(mchid) => format!("{} {mchid}", language.t("商户", "Merchant")),
        Principal::Brand(brand_id) => format!("{} {brand_id}", language.t("品牌", "Brand")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_whole_fen_in_yuan() {
        for (fen, shown) in [(0, "0"), (800, "8"), (950, "9.5"), (905, "9.05"), (3001, "30.01")] {
            assert_eq!(yuan(fen), shown);
        }
    }
}
