//! What a coupon looks like: stored as given, shown, and echoed in answers (api-product-coupon 3.7, 3.13, 3.14).

use serde::{Deserialize, Serialize};

use crate::enums::{AppJumpType, BackgroundColor, CodeDisplayMode, CouponUsageMethod};

/// ProductCouponDisplayInfo (展示信息).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductCouponDisplayInfo {
    /// 3 to 15 characters.
    pub name: String,
    /// Square picture. Absent reads as empty, because a missing picture has a refusal of its own.
    #[serde(default)]
    pub image_url: String,
    /// Background picture, 65:77. Absent reads as empty, as above.
    #[serde(default)]
    pub background_url: String,
    /// At most eight pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail_image_url_list: Option<Vec<String>>,
    /// Fen; required with scope SINGLE, forbidden otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub original_price: Option<i64>,
    /// 1 to 50 packages; required with scope SINGLE, forbidden otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combo_package_list: Option<Vec<ComboPackage>>,
}

/// ComboPackage (套餐组合).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboPackage {
    /// At most 15 characters.
    pub name: String,
    /// How many of the choices the customer picks, at least one.
    pub pick_count: i64,
    /// 1 to 99 choices.
    pub choice_list: Vec<ComboPackageChoice>,
}

/// ComboPackageChoice (单品).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComboPackageChoice {
    /// At most 15 characters.
    pub name: String,
    /// Fen.
    pub price: i64,
    /// 1 to 99.
    pub count: i64,
    /// Picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Together with `mini_program_path` or not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_program_appid: Option<String>,
    /// Together with `mini_program_appid` or not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_program_path: Option<String>,
}

/// UsageRuleDisplayInfo (券使用规则展示信息).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRuleDisplayInfo {
    /// At least one, distinct.
    pub coupon_usage_method_list: Vec<CouponUsageMethod>,
    /// Required with MINI_PROGRAM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_program_appid: Option<String>,
    /// Required with MINI_PROGRAM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_program_path: Option<String>,
    /// Required with APP when `app_jump_type` is absent or H5; at most 1024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_path: Option<String>,
    /// Only with APP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_jump_type: Option<AppJumpType>,
    /// Required with PASSCODE_LINK.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode_link: Option<String>,
    /// At most 1000 characters.
    pub usage_description: String,
    /// Where the coupon may be used, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_available_store_info: Option<CouponAvailableStoreInfo>,
}

/// The stores in words, with an optional page that lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponAvailableStoreInfo {
    /// At most 1000 characters.
    pub description: String,
    /// Together with `mini_program_path` or not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_program_appid: Option<String>,
    /// Together with `mini_program_appid` or not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mini_program_path: Option<String>,
}

/// CouponDisplayInfo (用户商品券展示信息).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponDisplayInfo {
    /// How the code is shown.
    pub code_display_mode: CodeDisplayMode,
    /// Absent means Color020.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background_color: Option<BackgroundColor>,
    /// A button that leads to a mini program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrance_mini_program: Option<EntranceMiniProgram>,
    /// A button that leads to an official account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrance_official_account: Option<EntranceOfficialAccount>,
    /// A button that leads to a channel video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrance_finder: Option<EntranceFinder>,
}

/// The button of a mini program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntranceMiniProgram {
    /// The mini program.
    pub appid: String,
    /// Its page.
    pub path: String,
    /// At most 5 characters.
    pub entrance_wording: String,
    /// At most 6 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidance_wording: Option<String>,
}

/// The button of an official account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntranceOfficialAccount {
    /// The official account.
    pub appid: String,
}

/// The button of a channel video.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntranceFinder {
    /// The channel.
    pub finder_id: String,
    /// The video.
    pub finder_video_id: String,
    /// Its cover picture.
    pub finder_video_cover_image_url: String,
}
