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
    field::line(format!("{at}/name"), &info.name, NAME_LEN.0, NAME_LEN.1)?;
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

/// Scope SINGLE names the product. The sources require both members or either of them; only what has neither
/// is refused (C11).
fn check_product(at: &str, info: &ProductCouponDisplayInfo) -> Result<(), Violation> {
    if info.original_price.is_none() && info.combo_package_list.is_none() {
        let issue = "单品券必须填写original_price与combo_package_list";
        return Err(Violation::new(format!("{at}/original_price"), ViolationKind::Missing, issue));
    }
    if let Some(price) = info.original_price {
        Fen::from_wire(format!("{at}/original_price"), price)?;
    }
    let Some(packages) = &info.combo_package_list else { return Ok(()) };
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
    field::line(format!("{at}/name"), &package.name, 1, PACKAGE_NAME_LEN_MAX)?;
    // That no more can be picked than there are choices is not confirmed, so only the client says it (U9).
    field::range(format!("{at}/pick_count"), package.pick_count, 1, i64::MAX)?;
    field::count(format!("{at}/choice_list"), package.choice_list.len(), 1, CHOICES_MAX)?;
    for (index, choice) in package.choice_list.iter().enumerate() {
        check_choice(&format!("{at}/choice_list/{index}"), choice)?;
    }
    Ok(())
}

fn check_choice(at: &str, choice: &ComboPackageChoice) -> Result<(), Violation> {
    field::line(format!("{at}/name"), &choice.name, 1, PACKAGE_NAME_LEN_MAX)?;
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
    field::paragraph(format!("{at}/usage_description"), &info.usage_description, 1, DESCRIPTION_LEN_MAX)?;
    if let Some(stores) = &info.coupon_available_store_info {
        let at = format!("{at}/coupon_available_store_info");
        field::paragraph(format!("{at}/description"), &stores.description, 1, DESCRIPTION_LEN_MAX)?;
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
        let wording = &entrance.entrance_wording;
        field::line(format!("{at}/entrance_wording"), wording, 1, ENTRANCE_WORDING_LEN_MAX)?;
        if let Some(wording) = &entrance.guidance_wording {
            field::line(format!("{at}/guidance_wording"), wording, 0, GUIDANCE_WORDING_LEN_MAX)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::{finding, single_request};

    fn shown(number: usize, edit: impl FnOnce(&mut ProductCouponDisplayInfo)) -> String {
        finding(single_request(number), |request| edit(&mut request.display_info))
    }

    fn in_package(edit: impl FnOnce(&mut ComboPackage)) -> String {
        shown(5, |info| edit(&mut info.combo_package_list.as_mut().unwrap()[0]))
    }

    fn in_choice(edit: impl FnOnce(&mut ComboPackageChoice)) -> String {
        in_package(|package| edit(&mut package.choice_list[0]))
    }

    fn usage(number: usize, edit: impl FnOnce(&mut UsageRuleDisplayInfo)) -> String {
        finding(single_request(number), |request| {
            edit(&mut request.stock.as_mut().unwrap().usage_rule_display_info);
        })
    }

    fn coupon(edit: impl FnOnce(&mut CouponDisplayInfo)) -> String {
        finding(single_request(1), |request| {
            edit(&mut request.stock.as_mut().unwrap().coupon_display_info);
        })
    }

    #[test]
    fn name_and_images() {
        let name = |count| shown(1, |info| info.name = "券".repeat(count));
        assert_eq!(name(2), "/display_info/name TooShort");
        assert_eq!(name(3), "");
        assert_eq!(name(15), "");
        assert_eq!(name(16), "/display_info/name TooLong");
        assert_eq!(shown(1, |info| info.name = "🎁".repeat(15)), "");
        assert_eq!(shown(1, |info| info.name = "满减\u{200b}券".into()), "/display_info/name Format");
        assert_eq!(shown(1, |info| info.image_url.clear()), "/display_info/image_url ImageMissing");
        assert_eq!(shown(1, |info| info.image_url = "/a.png".into()), "/display_info/image_url Format");
        assert_eq!(shown(1, |info| info.background_url.clear()), "/display_info/background_url ImageMissing");
        let details = |urls: Vec<&str>| {
            let urls = urls.into_iter().map(str::to_owned).collect();
            shown(1, |info| info.detail_image_url_list = Some(urls))
        };
        let list = "/display_info/detail_image_url_list";
        assert_eq!(details(vec![]), "");
        assert_eq!(details(vec!["https://a.example/1"; 8]), "");
        assert_eq!(details(vec!["https://a.example/1"; 9]), format!("{list} TooLong"));
        assert_eq!(details(vec!["https://a.example/1", ""]), format!("{list}/1 Format"));
    }

    #[test]
    fn product_of_scope_single_only() {
        let at = "/display_info";
        assert_eq!(shown(1, |info| info.original_price = Some(1)), format!("{at}/original_price Rule"));
        let packages = single_request(5).display_info.combo_package_list;
        let found = shown(1, |info| info.combo_package_list.clone_from(&packages));
        assert_eq!(found, format!("{at}/combo_package_list Rule"));
        assert_eq!(shown(5, |info| info.original_price = None), "");
        let neither = shown(5, |info| (info.original_price, info.combo_package_list) = (None, None));
        assert_eq!(neither, format!("{at}/original_price Missing"));
        assert_eq!(
            shown(5, |info| info.original_price = Some(-1)),
            format!("{at}/original_price OutOfRange")
        );
        assert_eq!(shown(5, |info| info.original_price = Some(0)), "");
        assert_eq!(shown(5, |info| info.combo_package_list = None), "");
        let count = |count| {
            shown(5, |info| {
                let first = info.combo_package_list.as_ref().unwrap()[0].clone();
                info.combo_package_list = Some(vec![first; count]);
            })
        };
        assert_eq!(count(0), format!("{at}/combo_package_list TooShort"));
        assert_eq!(count(1), "");
        assert_eq!(count(50), "");
        assert_eq!(count(51), format!("{at}/combo_package_list TooLong"));
    }

    #[test]
    fn packages_and_choices() {
        let at = "/display_info/combo_package_list/0";
        assert_eq!(in_package(|package| package.name.clear()), format!("{at}/name TooShort"));
        assert_eq!(in_package(|package| package.name = "餐".repeat(15)), "");
        assert_eq!(in_package(|package| package.name = "餐".repeat(16)), format!("{at}/name TooLong"));
        assert_eq!(in_package(|package| package.pick_count = 0), format!("{at}/pick_count OutOfRange"));
        assert_eq!(in_package(|package| package.pick_count = 1), "");
        assert_eq!(in_package(|package| package.pick_count = 3), "");
        let choices =
            |count| in_package(|package| package.choice_list = vec![package.choice_list[0].clone(); count]);
        assert_eq!(choices(0), format!("{at}/choice_list TooShort"));
        assert_eq!(choices(1), "");
        assert_eq!(choices(99), "");
        assert_eq!(choices(100), format!("{at}/choice_list TooLong"));
        let at = format!("{at}/choice_list/0");
        assert_eq!(in_choice(|choice| choice.name = "饭".repeat(15)), "");
        assert_eq!(in_choice(|choice| choice.name = "饭".repeat(16)), format!("{at}/name TooLong"));
        assert_eq!(in_choice(|choice| choice.name.clear()), format!("{at}/name TooShort"));
        assert_eq!(in_choice(|choice| choice.price = -1), format!("{at}/price OutOfRange"));
        assert_eq!(in_choice(|choice| choice.price = 0), "");
        assert_eq!(in_choice(|choice| choice.count = 0), format!("{at}/count OutOfRange"));
        assert_eq!(in_choice(|choice| choice.count = 1), "");
        assert_eq!(in_choice(|choice| choice.count = 99), "");
        assert_eq!(in_choice(|choice| choice.count = 100), format!("{at}/count OutOfRange"));
        assert_eq!(in_choice(|choice| choice.image_url = Some("a".into())), format!("{at}/image_url Format"));
        assert_eq!(
            in_choice(|choice| choice.mini_program_path = None),
            format!("{at}/mini_program_path Rule")
        );
        assert_eq!(
            in_choice(|choice| choice.mini_program_appid = None),
            format!("{at}/mini_program_appid Rule")
        );
    }

    #[test]
    fn usage_methods_and_what_they_need() {
        use CouponUsageMethod::{App, MiniProgram, Offline};
        let at = "/stock/usage_rule_display_info";
        let methods =
            |list: &[CouponUsageMethod]| usage(1, |info| info.coupon_usage_method_list = list.to_vec());
        assert_eq!(methods(&[]), format!("{at}/coupon_usage_method_list TooShort"));
        assert_eq!(methods(&[Offline]), "");
        assert_eq!(methods(&[Offline, MiniProgram]), "");
        assert_eq!(methods(&[Offline, Offline]), format!("{at}/coupon_usage_method_list Rule"));
        assert_eq!(methods(&[App]), format!("{at}/app_path Missing"));
        assert_eq!(
            usage(1, |info| info.mini_program_appid = None),
            format!("{at}/mini_program_appid Missing")
        );
        assert_eq!(usage(1, |info| info.mini_program_path = None), format!("{at}/mini_program_path Missing"));
        let app_jump_type = Some(AppJumpType::H5);
        assert_eq!(usage(1, |info| info.app_jump_type = app_jump_type), format!("{at}/app_jump_type Rule"));
        assert_eq!(usage(5, |info| info.app_path = None), format!("{at}/app_path Missing"));
        assert_eq!(usage(5, |info| info.app_path = Some("x".repeat(1024))), "");
        assert_eq!(usage(5, |info| info.app_path = Some("x".repeat(1025))), format!("{at}/app_path TooLong"));
        assert_eq!(usage(5, |info| info.app_path = Some(String::new())), format!("{at}/app_path TooShort"));
        let jump = |kind, link: Option<&str>| {
            usage(5, |info| {
                info.app_path = None;
                info.app_jump_type = Some(kind);
                info.passcode_link = link.map(str::to_owned);
            })
        };
        assert_eq!(jump(AppJumpType::UsageGuide, None), "");
        assert_eq!(jump(AppJumpType::PasscodeLink, None), format!("{at}/passcode_link Missing"));
        assert_eq!(jump(AppJumpType::PasscodeLink, Some("口令")), "");
        let link = |count| jump(AppJumpType::PasscodeLink, Some(&"口".repeat(count)));
        assert_eq!(link(0), format!("{at}/passcode_link TooShort"));
        assert_eq!((link(1024).as_str(), link(1025)), ("", format!("{at}/passcode_link TooLong")));
        assert_eq!(jump(AppJumpType::H5, None), format!("{at}/app_path Missing"));
    }

    #[test]
    fn descriptions() {
        let at = "/stock/usage_rule_display_info";
        let description = |count| usage(1, |info| info.usage_description = "用".repeat(count));
        assert_eq!(description(0), format!("{at}/usage_description TooShort"));
        assert_eq!(description(1), "");
        assert_eq!(description(1000), "");
        assert_eq!(description(1001), format!("{at}/usage_description TooLong"));
        let stores = |edit: fn(&mut quan_model::display::CouponAvailableStoreInfo)| {
            usage(1, |info| edit(info.coupon_available_store_info.as_mut().unwrap()))
        };
        let at = format!("{at}/coupon_available_store_info");
        assert_eq!(stores(|info| info.description = "店".repeat(1000)), "");
        assert_eq!(stores(|info| info.description = "店".repeat(1001)), format!("{at}/description TooLong"));
        assert_eq!(stores(|info| info.description.clear()), format!("{at}/description TooShort"));
        assert_eq!(stores(|info| info.mini_program_path = None), format!("{at}/mini_program_path Rule"));
        assert_eq!(stores(|info| info.mini_program_appid = None), format!("{at}/mini_program_appid Rule"));
        let path = stores(|info| info.mini_program_path = Some("p".repeat(1024)));
        assert_eq!(path, "");
        let path = stores(|info| info.mini_program_path = Some("p".repeat(1025)));
        assert_eq!(path, format!("{at}/mini_program_path TooLong"));
        let appid = stores(|info| info.mini_program_appid = Some("w".repeat(33)));
        assert_eq!(appid, format!("{at}/mini_program_appid TooLong"));
        assert_eq!(stores(|info| info.mini_program_appid = Some("w".repeat(32))), "");
        assert_eq!(usage(1, |info| info.usage_description = "一\n二".into()), "");
        assert_eq!(usage(1, |info| info.coupon_available_store_info = None), "");
    }

    #[test]
    fn entrances() {
        let at = "/stock/coupon_display_info";
        let wording = |entrance: usize, guidance: usize| {
            coupon(|info| {
                let entry = info.entrance_mini_program.as_mut().unwrap();
                entry.entrance_wording = "去".repeat(entrance);
                entry.guidance_wording = Some("去".repeat(guidance));
            })
        };
        let program = format!("{at}/entrance_mini_program");
        assert_eq!(wording(0, 0), format!("{program}/entrance_wording TooShort"));
        assert_eq!(wording(5, 6), "");
        assert_eq!(wording(6, 6), format!("{program}/entrance_wording TooLong"));
        assert_eq!(wording(5, 7), format!("{program}/guidance_wording TooLong"));
        let appid = coupon(|info| info.entrance_mini_program.as_mut().unwrap().appid.clear());
        assert_eq!(appid, format!("{program}/appid TooShort"));
        let path = coupon(|info| info.entrance_mini_program.as_mut().unwrap().path.clear());
        assert_eq!(path, format!("{program}/path TooShort"));
        let path =
            |count| coupon(|info| info.entrance_mini_program.as_mut().unwrap().path = "p".repeat(count));
        assert_eq!((path(1024).as_str(), path(1025)), ("", format!("{program}/path TooLong")));
        let appid =
            |count| coupon(|info| info.entrance_mini_program.as_mut().unwrap().appid = "w".repeat(count));
        assert_eq!((appid(32).as_str(), appid(33)), ("", format!("{program}/appid TooLong")));
        let absent = coupon(|info| {
            info.background_color = None;
            info.entrance_mini_program = None;
            info.entrance_official_account = None;
            info.entrance_finder = None;
        });
        assert_eq!(absent, "");
        let account = coupon(|info| info.entrance_official_account.as_mut().unwrap().appid = "a b".into());
        assert_eq!(account, format!("{at}/entrance_official_account/appid Format"));
        let finder = |edit: fn(&mut quan_model::display::EntranceFinder)| {
            coupon(|info| edit(info.entrance_finder.as_mut().unwrap()))
        };
        let at = format!("{at}/entrance_finder");
        assert_eq!(finder(|entry| entry.finder_id.clear()), format!("{at}/finder_id TooShort"));
        assert_eq!(finder(|entry| entry.finder_video_id.clear()), format!("{at}/finder_video_id TooShort"));
        assert_eq!(finder(|entry| entry.finder_id = "f".repeat(128)), "");
        assert_eq!(finder(|entry| entry.finder_id = "f".repeat(129)), format!("{at}/finder_id TooLong"));
        assert_eq!(finder(|entry| entry.finder_video_id = "v".repeat(128)), "");
        let video = finder(|entry| entry.finder_video_id = "v".repeat(129));
        assert_eq!(video, format!("{at}/finder_video_id TooLong"));
        let cover = finder(|entry| entry.finder_video_cover_image_url = "x".into());
        assert_eq!(cover, format!("{at}/finder_video_cover_image_url Format"));
    }
}
