//! The parts of a stock that its creator writes: use rule, send rule, entrances, display, notify
//! configuration (api-busifavor 4.2 to 4.5).

use serde::{Deserialize, Serialize};

use super::words::{EntranceCodeMode, UseMethod};
use crate::enums::BackgroundColor;
use crate::period::{DayPeriod, IrregularPeriod};
use crate::time::Time;

/// CouponUseRule (核销规则): exactly one of the three benefits, the one of the stock's type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponUseRule {
    /// When the coupons may be used.
    pub coupon_available_time: AvailableTime,
    /// With stock type NORMAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed_normal_coupon: Option<FixedNormalCoupon>,
    /// With stock type DISCOUNT.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_coupon: Option<DiscountCoupon>,
    /// With stock type EXCHANGE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange_coupon: Option<ExchangeCoupon>,
    /// How the coupons are used; required when writing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_method: Option<UseMethod>,
    /// With use method MINI_PROGRAMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_programs_appid: Option<String>,
    /// With use method MINI_PROGRAMS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_programs_path: Option<String>,
    /// Another place of the member of [`AvailableTime`] (api-busifavor B12); read, never written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_week: Option<AvailableWeek>,
    /// Another place of the member of [`AvailableTime`] (api-busifavor B12); read, never written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irregulary_avaliable_time: Option<Vec<IrregularPeriod>>,
}

impl CouponUseRule {
    /// The same rule with every part of the time in `coupon_available_time`, where it is written.
    #[must_use]
    pub fn gathered(mut self) -> Self {
        let (week, irregular) = (self.available_week.take(), self.irregulary_avaliable_time.take());
        let time = &mut self.coupon_available_time;
        time.available_week = time.available_week.take().or(week);
        time.irregulary_avaliable_time = time.irregulary_avaliable_time.take().or(irregular);
        self
    }
}

/// AvailableTime (可核销时间): the usable time is the intersection of everything given here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailableTime {
    /// The first instant of the stock.
    pub available_begin_time: Time,
    /// The last instant of the stock, inclusive; at most a year later.
    pub available_end_time: Time,
    /// Usable for this many calendar days once effective, 1 to 365.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_day_after_receive: Option<i64>,
    /// Days of the week and hours of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_week: Option<AvailableWeek>,
    /// At most two absolute periods; spelled so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub irregulary_avaliable_time: Option<Vec<IrregularPeriod>>,
    /// Effective from 00:00:00 of the n-th day after the claim, 1 to 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_days_after_receive: Option<i64>,
    /// Usable for this many seconds after the claim, 1 to 31,536,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_second_after_receive: Option<i64>,
}

/// The same hours on each of the listed days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AvailableWeek {
    /// 0 to 6, 0 for Sunday; required when hours are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub week_day: Option<Vec<i64>>,
    /// At most two periods of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_day_time: Option<Vec<DayPeriod>>,
}

/// 满减; both in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedNormalCoupon {
    /// Taken off, 1 to 10,000,000.
    pub discount_amount: i64,
    /// Minimum spend, 1 to 10,000,000.
    pub transaction_minimum: i64,
}

/// 折扣.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountCoupon {
    /// Per cent to be paid, 1 to 100: 88 means the customer pays 88 %. The opposite of `percent_off`.
    pub discount_percent: i64,
    /// Minimum spend in fen, 1 to 10,000,000.
    pub transaction_minimum: i64,
}

/// 换购; both in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeCoupon {
    /// What the customer pays, 0 to 10,000,000.
    pub exchange_price: i64,
    /// Minimum spend, 1 to 10,000,000.
    pub transaction_minimum: i64,
}

/// StockSendRule (发放规则).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockSendRule {
    /// Coupons in all, 1 to 1,000,000,000; required when writing (api-busifavor B5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_coupons: Option<i64>,
    /// Coupons to one person, 1 to 100; required when writing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_coupons_per_user: Option<i64>,
    /// Coupons on one day of UTC+08:00, 1 to 1,000,000,000; types DISCOUNT and EXCHANGE only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_coupons_by_day: Option<i64>,
    /// Count all accounts of one identity document together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub natural_person_limit: Option<bool>,
    /// Block suspicious accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prevent_api_abuse: Option<bool>,
}

/// CustomEntrance (自定义入口).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomEntrance {
    /// A button that leads to a mini program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_programs_info: Option<MiniProgramsInfo>,
    /// A button that leads to an official account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    /// 营销馆, at most 64 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hall_id: Option<String>,
    /// At most 64 characters; at creation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_id: Option<String>,
    /// How the code is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_display_mode: Option<EntranceCodeMode>,
}

/// The button of a mini program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MiniProgramsInfo {
    /// The mini program.
    pub mini_programs_appid: String,
    /// Its page.
    pub mini_programs_path: String,
    /// At most 5 characters.
    pub entrance_words: String,
    /// At most 6 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guiding_words: Option<String>,
}

/// DisplayPattern (样式信息).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DisplayPattern {
    /// At most 1000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Square picture; at creation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_logo_url: Option<String>,
    /// Shown with the coupon; at creation only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<String>,
    /// One of ten colours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_color: Option<BackgroundColor>,
    /// Picture of the coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_image_url: Option<String>,
    /// A channel video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finder_info: Option<FinderInfo>,
}

/// A channel video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinderInfo {
    /// The channel.
    pub finder_id: String,
    /// The video.
    pub finder_video_id: String,
    /// Its cover picture.
    pub finder_video_cover_image_url: String,
}

/// The appid whose openids the notifications carry; without it they carry none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotifyConfig {
    /// Bound to the calling or the belonging merchant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify_appid: Option<String>,
}
