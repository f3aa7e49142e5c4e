//! Checks of what a coupon looks like (api-product-coupon 3.7, 3.13, 3.14).
//!
//! Display data decides nothing, so nothing is parsed out of it: it is checked and kept as given.

use std::collections::BTreeSet;

use quan_model::display::{
    ComboPackage, ComboPackageChoice, CouponDisplayInfo, ProductCouponDisplayInfo, UsageRuleDisplayInfo,
};
use quan_model::enums::{AppJumpType, CouponUsageMethod, ProductCouponScope};
use quan_model::ids::Appid;

use crate::benefit::Fen;
use crate::field;
use crate::refusal::{Violation, ViolationKind};

/// 3 to 15 characters (C8).
const NAME_LEN: (usize, usize) = (3, 15);
/// At most eight (C9).
const DETAIL_IMAGES_MAX: usize = 8;
const PACKAGES_MAX: usize = 50;
const CHOICES_MAX: usize = 99;
const PACKAGE_NAME_LEN_MAX: usize = 15;
const CHOICE_COUNT_MAX: i64 = 99;
/// Of the usage description and of the description of the stores.
const DESCRIPTION_LEN_MAX: usize = 1000;
const ENTRANCE_WORDING_LEN_MAX: usize = 5;
const GUIDANCE_WORDING_LEN_MAX: usize = 6;
/// No official length; long enough for every published example.
const FINDER_ID_LEN_MAX: usize = 128;

pub(super) fn check_product_coupon(
    at: &str,
    scope: ProductCouponScope,
    info: &ProductCouponDisplayInfo,
) -> Result<(), Violation> {
    field::between(format!("{at}/name"), &info.name, NAME_LEN.0, NAME_LEN.1)?;
    field::required_image(format!("{at}/image_url"), &info.image_url)?;
    field::required_image(format!("{at}/background_url"), &info.background_url)?;
    if let Some(images) = &info.detail_image_url_list {
        let field = format!("{at}/detail_image_url_list");
        field::count(field.as_str(), images.len(), 0, DETAIL_IMAGES_MAX)?;
        for (index, image) in images.iter().enumerate() {
            field::url(format!("{field}/{index}"), image)?;
        }
    }
    match scope {
        ProductCouponScope::Single => check_product(at, info),
        ProductCouponScope::All | ProductCouponScope::Category => check_no_product(at, info),
    }
}

/// Scope SINGLE names the product: both members are required (C11).
fn check_product(at: &str, info: &ProductCouponDisplayInfo) -> Result<(), Violation> {
    let missing = |name: &str| {
        let issue = format!("单品券必须填写{name}");
        Violation::new(format!("{at}/{name}"), ViolationKind::Missing, issue)
    };
    let price = info.original_price.ok_or_else(|| missing("original_price"))?;
    Fen::from_wire(format!("{at}/original_price"), price)?;
    let packages = info.combo_package_list.as_ref().ok_or_else(|| missing("combo_package_list"))?;
    let field = format!("{at}/combo_package_list");
    field::count(field.as_str(), packages.len(), 1, PACKAGES_MAX)?;
    for (index, package) in packages.iter().enumerate() {
        check_package(&format!("{field}/{index}"), package)?;
    }
    Ok(())
}

fn check_no_product(at: &str, info: &ProductCouponDisplayInfo) -> Result<(), Violation> {
    let name = if info.original_price.is_some() {
        "original_price"
    } else if info.combo_package_list.is_some() {
        "combo_package_list"
    } else {
        return Ok(());
    };
    let issue = format!("只有单品券可以填写{name}");
    Err(Violation::new(format!("{at}/{name}"), ViolationKind::Rule, issue))
}

fn check_package(at: &str, package: &ComboPackage) -> Result<(), Violation> {
    field::required(format!("{at}/name"), &package.name, PACKAGE_NAME_LEN_MAX)?;
    field::count(format!("{at}/choice_list"), package.choice_list.len(), 1, CHOICES_MAX)?;
    let choices = i64::try_from(package.choice_list.len()).unwrap_or(i64::MAX);
    field::range(format!("{at}/pick_count"), package.pick_count, 1, choices)?;
    for (index, choice) in package.choice_list.iter().enumerate() {
        check_choice(&format!("{at}/choice_list/{index}"), choice)?;
    }
    Ok(())
}

fn check_choice(at: &str, choice: &ComboPackageChoice) -> Result<(), Violation> {
    field::required(format!("{at}/name"), &choice.name, PACKAGE_NAME_LEN_MAX)?;
    Fen::from_wire(format!("{at}/price"), choice.price)?;
    field::range(format!("{at}/count"), choice.count, 1, CHOICE_COUNT_MAX)?;
    if let Some(image) = &choice.image_url {
        field::url(format!("{at}/image_url"), image)?;
    }
    field::mini_program_pair(at, choice.mini_program_appid.as_ref(), choice.mini_program_path.as_ref())
}

pub(super) fn check_usage_rule(at: &str, info: &UsageRuleDisplayInfo) -> Result<(), Violation> {
    let methods = &info.coupon_usage_method_list;
    let field = format!("{at}/coupon_usage_method_list");
    if methods.is_empty() {
        return Err(Violation::new(field, ViolationKind::TooShort, "应至少填写一种使用方式"));
    }
    let distinct: BTreeSet<_> = methods.iter().collect();
    if distinct.len() < methods.len() {
        return Err(Violation::new(field, ViolationKind::Rule, "不能重复填写同一种使用方式"));
    }
    check_mini_program(at, info)?;
    check_app(at, info)?;
    field::required(format!("{at}/usage_description"), &info.usage_description, DESCRIPTION_LEN_MAX)?;
    if let Some(stores) = &info.coupon_available_store_info {
        let at = format!("{at}/coupon_available_store_info");
        field::required(format!("{at}/description"), &stores.description, DESCRIPTION_LEN_MAX)?;
        field::mini_program_pair(&at, stores.mini_program_appid.as_ref(), stores.mini_program_path.as_ref())?;
    }
    Ok(())
}

/// MINI_PROGRAM needs the pair; without it the pair may stand, but only whole.
fn check_mini_program(at: &str, info: &UsageRuleDisplayInfo) -> Result<(), Violation> {
    if info.coupon_usage_method_list.contains(&CouponUsageMethod::MiniProgram) {
        for (name, value) in
            [("mini_program_appid", &info.mini_program_appid), ("mini_program_path", &info.mini_program_path)]
        {
            if value.is_none() {
                let issue = format!("使用方式包含MINI_PROGRAM时必须填写{name}");
                return Err(Violation::new(format!("{at}/{name}"), ViolationKind::Missing, issue));
            }
        }
    }
    field::mini_program_pair(at, info.mini_program_appid.as_ref(), info.mini_program_path.as_ref())
}

fn check_app(at: &str, info: &UsageRuleDisplayInfo) -> Result<(), Violation> {
    let has_app = info.coupon_usage_method_list.contains(&CouponUsageMethod::App);
    let missing =
        |name: &str, issue: &str| Violation::new(format!("{at}/{name}"), ViolationKind::Missing, issue);
    if let Some(path) = &info.app_path {
        field::path_text(format!("{at}/app_path"), path)?;
    } else if has_app && matches!(info.app_jump_type, None | Some(AppJumpType::H5)) {
        return Err(missing("app_path", "使用方式包含APP且跳转类型为H5时必须填写app_path"));
    }
    if info.app_jump_type.is_some() && !has_app {
        let issue = "使用方式不包含APP时不能填写app_jump_type";
        return Err(Violation::new(format!("{at}/app_jump_type"), ViolationKind::Rule, issue));
    }
    if let Some(link) = &info.passcode_link {
        field::path_text(format!("{at}/passcode_link"), link)?;
    } else if info.app_jump_type == Some(AppJumpType::PasscodeLink) {
        return Err(missing("passcode_link", "跳转类型为PASSCODE_LINK时必须填写passcode_link"));
    }
    Ok(())
}

pub(super) fn check_coupon(at: &str, info: &CouponDisplayInfo) -> Result<(), Violation> {
    if let Some(entrance) = &info.entrance_mini_program {
        let at = format!("{at}/entrance_mini_program");
        field::id::<Appid>(format!("{at}/appid"), &entrance.appid)?;
        field::path_text(format!("{at}/path"), &entrance.path)?;
        field::required(
            format!("{at}/entrance_wording"),
            &entrance.entrance_wording,
            ENTRANCE_WORDING_LEN_MAX,
        )?;
        if let Some(wording) = &entrance.guidance_wording {
            field::at_most(format!("{at}/guidance_wording"), wording, GUIDANCE_WORDING_LEN_MAX)?;
        }
    }
    if let Some(entrance) = &info.entrance_official_account {
        field::id::<Appid>(format!("{at}/entrance_official_account/appid"), &entrance.appid)?;
    }
    if let Some(entrance) = &info.entrance_finder {
        let at = format!("{at}/entrance_finder");
        field::required(format!("{at}/finder_id"), &entrance.finder_id, FINDER_ID_LEN_MAX)?;
        field::required(format!("{at}/finder_video_id"), &entrance.finder_video_id, FINDER_ID_LEN_MAX)?;
        let cover = format!("{at}/finder_video_cover_image_url");
        field::url(cover, &entrance.finder_video_cover_image_url)?;
    }
    Ok(())
}
