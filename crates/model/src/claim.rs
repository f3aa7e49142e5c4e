//! The calls between the claim component and the platform, `/claim/v1/…` (semantics 8.3).
//! They are the project's own and no part of the compatible wire.

use serde::{Deserialize, Serialize};

use crate::enums::{
    BackgroundColor, CodeDisplayMode, ProductCouponScope, ProductCouponType, UsageMode, UserCouponState,
    Weekday,
};
use crate::time::Time;

/// Request of every claim call: the token always travels in the body.
#[derive(Clone, Serialize, Deserialize)]
pub struct TokenRequest {
    /// The pre-send token.
    pub token: String,
}

impl std::fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenRequest").field("token", &"***").finish()
    }
}

/// What the page can offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClaimStatus {
    /// May be claimed now.
    Claimable,
    /// Was claimed.
    Claimed,
    /// Cannot be claimed, see the reason.
    Unavailable,
}

/// Why a coupon cannot be claimed, in the words of the older send-coupon plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnavailableReason {
    /// Sold out.
    #[serde(rename = "NOTENOUGH")]
    NotEnough,
    /// Today's share is gone.
    #[serde(rename = "DAYLIMIT")]
    DayLimit,
    /// The person has as many as allowed.
    #[serde(rename = "MAXQUOTA")]
    MaxQuota,
    /// The stock is not sending.
    #[serde(rename = "NOTRUNNING")]
    NotRunning,
    /// No uploaded code is left.
    #[serde(rename = "POOL_EMPTY")]
    PoolEmpty,
}

/// Answer of `POST /claim/v1/open`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpenResponse {
    /// What the page can offer.
    pub status: ClaimStatus,
    /// With UNAVAILABLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<UnavailableReason>,
    /// The face of the coupon.
    pub coupon: CouponFace,
    /// What the coupon can be used for.
    pub products: Vec<Product>,
    /// When the token dies, by the platform's clock.
    pub expires_at: Time,
    /// The platform's clock.
    pub server_time: Time,
}

/// Answer of `POST /claim/v1/receive`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReceiveResponse {
    /// Always CLAIMED.
    pub status: ClaimStatus,
    /// Whether this very call issued the coupon.
    pub first_time: bool,
    /// The face of the coupon.
    pub coupon: CouponFace,
    /// What the coupon can be used for.
    pub products: Vec<Product>,
}

/// Answer of `POST /claim/v1/state`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StateResponse {
    /// State of the coupon that the token led to.
    pub coupon_state: UserCouponState,
    /// First instant of validity.
    pub valid_begin_time: Time,
    /// Last instant of validity, inclusive.
    pub valid_end_time: Time,
}

/// A refusal of a claim call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClaimError {
    /// TOKEN_INVALID, TOKEN_EXPIRED, UNAVAILABLE, IDENTITY_MISMATCH, NOT_CLAIMED, PARAM_ERROR, SYSTEM_ERROR.
    pub code: String,
    /// For people, in Chinese.
    pub message: String,
    /// With UNAVAILABLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<UnavailableReason>,
}

/// Everything the page shows of a coupon.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CouponFace {
    /// Name of the brand.
    pub brand_name: String,
    /// Logo of the brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_logo_url: Option<String>,
    /// Name of the coupon.
    pub name: String,
    /// Square picture.
    pub image_url: String,
    /// Background picture.
    pub background_url: String,
    /// Background colour.
    pub background_color: BackgroundColor,
    /// 使用模式.
    pub usage_mode: UsageMode,
    /// 优惠范围.
    pub scope: ProductCouponScope,
    /// 券类型.
    #[serde(rename = "type")]
    pub kind: ProductCouponType,
    /// One benefit in single mode, one per round otherwise.
    pub benefits: Vec<Benefit>,
    /// Fen, with scope SINGLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_price: Option<i64>,
    /// When it may be used, before the claim.
    pub validity: Validity,
    /// How to use it.
    pub usage_description: String,
    /// Where to use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_description: Option<String>,
    /// What a merchant coupon may be used for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goods_description: Option<String>,
    /// What the coupon buys, with scope SINGLE.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub combo_packages: Vec<ComboPackage>,
    /// When within its validity it may be used; absent when always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub periods: Option<Periods>,
    /// How the code is shown.
    pub code_display_mode: CodeDisplayMode,
    /// The number of the pre-send.
    pub send_request_no: String,
    /// The stock.
    pub stock_id: String,
    /// Once claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_state: Option<UserCouponState>,
    /// Once claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_begin_time: Option<Time>,
    /// Once claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_end_time: Option<Time>,
    /// Only when EFFECTIVE and the display mode is not INVISIBLE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_code: Option<String>,
    /// The code as a barcode or QR code, with `coupon_code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_drawing: Option<CodeDrawing>,
    /// The rounds of a sequential coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rounds: Option<Rounds>,
}

/// One benefit; the member that its type has is present. Money in fen.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Benefit {
    /// Minimum spend, 0 for none.
    pub threshold: i64,
    /// NORMAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<i64>,
    /// DISCOUNT: per cent taken off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent_off: Option<i64>,
    /// EXCHANGE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange_price: Option<i64>,
}

/// When the coupon may be used, as far as it is known before the claim.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Validity {
    /// A fixed window.
    Window {
        /// First instant.
        begin: Time,
        /// Last instant, inclusive.
        end: Time,
    },
    /// A window that begins with the claim, inside the stock's own.
    AfterReceive {
        /// First instant of the stock.
        begin: Time,
        /// Last instant of the stock, inclusive.
        end: Time,
        /// Calendar days of validity.
        #[serde(skip_serializing_if = "Option::is_none")]
        available_days: Option<i64>,
        /// Days from the claim to the first day of validity.
        #[serde(skip_serializing_if = "Option::is_none")]
        wait_days: Option<i64>,
        /// Seconds of validity.
        #[serde(skip_serializing_if = "Option::is_none")]
        available_seconds: Option<i64>,
    },
}

/// The rounds of a sequential coupon.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Rounds {
    /// In all.
    pub total_count: i64,
    /// Used.
    pub used_count: i64,
    /// Days from one round to the next.
    pub interval_days: i64,
    /// When the open round begins, if it has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_begin_time: Option<Time>,
}

/// One package of what a coupon for one product buys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboPackage {
    /// Name.
    pub name: String,
    /// How many of the choices the user picks.
    pub pick_count: i64,
    /// The choices.
    pub choices: Vec<ComboChoice>,
}

/// One choice of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboChoice {
    /// Name.
    pub name: String,
    /// How many of it.
    pub count: i64,
}

/// When within its validity a coupon may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Periods {
    /// On some days of the week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekly: Option<WeeklyPeriod>,
    /// In absolute periods.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub irregular: Vec<IrregularPeriod>,
}

/// The same hours on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyPeriod {
    /// The days.
    pub days: Vec<Weekday>,
    /// The hours; empty for the whole day.
    pub hours: Vec<Hours>,
}

/// Seconds of the day in UTC+08:00, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// First second, from 0.
    pub begin: i64,
    /// Last second, to 86399.
    pub end: i64,
}

/// One absolute period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IrregularPeriod {
    /// First instant.
    pub begin: Time,
    /// Last instant, inclusive.
    pub end: Time,
}

/// A code as it is drawn: filled SVG path data over a field of modules, quiet zone included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeDrawing {
    /// Modules.
    pub width: i64,
    /// Modules.
    pub height: i64,
    /// SVG path data.
    pub path: String,
}

/// One thing the coupon can be used for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Product {
    /// Name.
    pub name: String,
    /// Fen.
    pub price: i64,
    /// Picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Page to open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_program_path: Option<String>,
    /// Its mini program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_program_appid: Option<String>,
}
