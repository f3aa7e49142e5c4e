//! The definition of a product coupon in the words of merchant coupons. What they have no word for is left out.

use quan_coupon::benefit::Benefit;
use quan_coupon::definition::StockTerms;
use quan_coupon::period::{AvailablePeriod, Relative, Weekly};
use quan_model::busifavor::{
    AvailableTime, AvailableWeek, CouponUseRule, CustomEntrance, DiscountCoupon, DisplayPattern,
    EntranceCodeMode, ExchangeCoupon, FinderInfo, FixedNormalCoupon, MiniProgramsInfo, NotifyConfig,
    StockSendRule, UseMethod,
};
use quan_model::coupon::StockForCreate;
use quan_model::display::CouponDisplayInfo;
use quan_model::enums::{CodeDisplayMode, CouponUsageMethod, Weekday};
use quan_model::period::{DayPeriod, IrregularPeriod};
use quan_store::catalogue::ProductCouponDefinition;

use crate::busifavor::shown::Written;

pub(super) fn written(
    product: &ProductCouponDefinition,
    stock: &StockForCreate,
    terms: &StockTerms,
) -> Written {
    let send_rule = &stock.stock_send_rule;
    Written {
        stock_name: product.display_info.name.clone(),
        comment: stock.remark.clone(),
        goods_name: None,
        stock_type: product.kind,
        coupon_use_rule: use_rule(stock, terms),
        stock_send_rule: StockSendRule {
            max_coupons: Some(send_rule.max_count),
            max_coupons_per_user: Some(send_rule.max_count_per_user),
            max_coupons_by_day: send_rule.max_count_per_day,
            natural_person_limit: None,
            prevent_api_abuse: None,
        },
        custom_entrance: Some(entrance(&stock.coupon_display_info)),
        display_pattern_info: Some(display(stock)),
        notify_config: Some(NotifyConfig { notify_appid: Some(stock.notify_config.notify_appid.clone()) }),
    }
}

/// The rounds of a sequential coupon have several benefits; this face has a place for one, so they are left out.
fn use_rule(stock: &StockForCreate, terms: &StockTerms) -> CouponUseRule {
    let usage = &stock.usage_rule_display_info;
    let mut rule = CouponUseRule {
        coupon_available_time: available_time(&terms.period),
        fixed_normal_coupon: None,
        discount_coupon: None,
        exchange_coupon: None,
        use_method: usage.coupon_usage_method_list.iter().find_map(|method| use_method(*method)),
        mini_programs_appid: usage.mini_program_appid.clone(),
        mini_programs_path: usage.mini_program_path.clone(),
        available_week: None,
        irregulary_avaliable_time: None,
    };
    let [benefit] = terms.benefits.as_slice() else { return rule };
    match *benefit {
        Benefit::Normal { threshold, discount_amount } => {
            rule.fixed_normal_coupon = Some(FixedNormalCoupon {
                discount_amount: discount_amount.get(),
                transaction_minimum: threshold.get(),
            });
        }
        Benefit::Discount { threshold, percent_off } => {
            rule.discount_coupon = Some(DiscountCoupon {
                discount_percent: 100 - i64::from(percent_off.get()),
                transaction_minimum: threshold.get(),
            });
        }
        Benefit::Exchange { threshold, exchange_price } => {
            rule.exchange_coupon = Some(ExchangeCoupon {
                exchange_price: exchange_price.get(),
                transaction_minimum: threshold.get(),
            });
        }
    }
    rule
}

/// The first of the methods that this face has a word for is shown.
fn use_method(method: CouponUsageMethod) -> Option<UseMethod> {
    match method {
        CouponUsageMethod::Offline => Some(UseMethod::OffLine),
        CouponUsageMethod::MiniProgram => Some(UseMethod::MiniPrograms),
        CouponUsageMethod::PaymentCode => Some(UseMethod::PaymentCode),
        CouponUsageMethod::App => None,
    }
}

fn available_time(period: &AvailablePeriod) -> AvailableTime {
    let (days, wait_days, seconds) = match period.relative {
        Relative::Whole => (None, None, None),
        Relative::Days { days, wait_days } => {
            (Some(i64::from(days)), (wait_days > 0).then_some(i64::from(wait_days)), None)
        }
        Relative::Seconds(seconds) => (None, None, Some(i64::from(seconds))),
    };
    let irregular = period
        .irregular
        .iter()
        .map(|window| IrregularPeriod { begin_time: window.begin, end_time: window.end });
    AvailableTime {
        available_begin_time: period.begin,
        available_end_time: period.end,
        available_day_after_receive: days,
        available_week: period.weekly.as_ref().map(week),
        irregulary_avaliable_time: (!period.irregular.is_empty()).then(|| irregular.collect()),
        wait_days_after_receive: wait_days,
        available_second_after_receive: seconds,
    }
}

fn week(weekly: &Weekly) -> AvailableWeek {
    let hours = weekly.hours.iter().map(|hours| DayPeriod { begin_time: hours.begin, end_time: hours.end });
    AvailableWeek {
        week_day: Some(weekly.days.iter().map(|day| week_day(*day)).collect()),
        available_day_time: (!weekly.hours.is_empty()).then(|| hours.collect()),
    }
}

/// Days are numbered from Sunday, which is 0.
fn week_day(day: Weekday) -> i64 {
    match day {
        Weekday::Sunday => 0,
        Weekday::Monday => 1,
        Weekday::Tuesday => 2,
        Weekday::Wednesday => 3,
        Weekday::Thursday => 4,
        Weekday::Friday => 5,
        Weekday::Saturday => 6,
    }
}

fn entrance(display: &CouponDisplayInfo) -> CustomEntrance {
    let mini_program = display.entrance_mini_program.as_ref();
    CustomEntrance {
        mini_programs_info: mini_program.map(|entrance| MiniProgramsInfo {
            mini_programs_appid: entrance.appid.clone(),
            mini_programs_path: entrance.path.clone(),
            entrance_words: entrance.entrance_wording.clone(),
            guiding_words: entrance.guidance_wording.clone(),
        }),
        appid: display.entrance_official_account.as_ref().map(|entrance| entrance.appid.clone()),
        hall_id: None,
        store_id: None,
        code_display_mode: Some(match display.code_display_mode {
            CodeDisplayMode::Invisible => EntranceCodeMode::NotShow,
            CodeDisplayMode::Barcode => EntranceCodeMode::Barcode,
            CodeDisplayMode::Qrcode => EntranceCodeMode::Qrcode,
        }),
    }
}

fn display(stock: &StockForCreate) -> DisplayPattern {
    let finder = stock.coupon_display_info.entrance_finder.as_ref();
    DisplayPattern {
        description: Some(stock.usage_rule_display_info.usage_description.clone()),
        merchant_logo_url: None,
        merchant_name: None,
        background_color: stock.coupon_display_info.background_color,
        coupon_image_url: None,
        finder_info: finder.map(|finder| FinderInfo {
            finder_id: finder.finder_id.clone(),
            finder_video_id: finder.finder_video_id.clone(),
            finder_video_cover_image_url: finder.finder_video_cover_image_url.clone(),
        }),
    }
}
