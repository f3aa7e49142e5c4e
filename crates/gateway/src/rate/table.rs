//! Which operation is of which class, and what each class allows: all operations of the three faces, also those that
//! are not served yet (api-product-coupon 2, api-busifavor 2, semantics 5.5).

use std::fmt;
use std::num::NonZeroU32;

use axum::http::Method;

/// Operations that share a bucket. On the product-coupon faces that is a whole group of them; on the busifavor face
/// the documented limits are each for one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Product coupons, stocks, bundles, codes, stores, notify URLs, pictures. A provider's brands share it.
    Management,
    /// Everything about a user's coupons. A provider's brands share it.
    UserCoupon,
    /// Picture tasks.
    ImageTask,
    /// Pre-sends over busifavor; no limit is documented, the one of the sibling operation is assumed.
    PreSendProductCoupon,
    /// Sends over busifavor; assumed likewise.
    SendProductCoupon,
    /// New stocks over busifavor.
    CreateStock,
    /// Uses over busifavor.
    UseCoupon,
    /// Orders taken away from coupons over busifavor.
    DisassociateTradeInfo,
}

/// How many calls in which time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    PerSecond(NonZeroU32),
    PerMinute(NonZeroU32),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerSecond(calls) => write!(f, "{calls}/s"),
            Self::PerMinute(calls) => write!(f, "{calls}/min"),
        }
    }
}

const fn calls(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("invariant: a limit lets something through")
}

impl Class {
    pub(crate) const ALL: [Self; 8] = [
        Self::Management,
        Self::UserCoupon,
        Self::ImageTask,
        Self::PreSendProductCoupon,
        Self::SendProductCoupon,
        Self::CreateStock,
        Self::UseCoupon,
        Self::DisassociateTradeInfo,
    ];

    pub(crate) const fn limit(self) -> Limit {
        match self {
            Self::Management => Limit::PerSecond(calls(20)),
            Self::ImageTask => Limit::PerSecond(calls(10)),
            Self::CreateStock => Limit::PerMinute(calls(1000)),
            Self::UserCoupon
            | Self::PreSendProductCoupon
            | Self::SendProductCoupon
            | Self::UseCoupon
            | Self::DisassociateTradeInfo => Limit::PerSecond(calls(500)),
        }
    }
}

/// Operation, method, path below the face's prefix, class; no class where no limit is documented.
struct Row(&'static str, Method, &'static str, Option<Class>);

const PARTNER: &str = "/v3/marketing/partner/product-coupon";
const BRAND: &str = "/brand/marketing/product-coupon";
const BUSIFAVOR: &str = "/v3/marketing/busifavor";

/// Both product-coupon faces: the tails are the same.
#[rustfmt::skip]
static PRODUCT_COUPON_OPERATIONS: [Row; 35] = [
    Row("create_product_coupon", Method::POST, "/product-coupons", Some(Class::Management)),
    Row("get_product_coupon", Method::GET, "/product-coupons/{product_coupon_id}", Some(Class::Management)),
    Row("update_product_coupon", Method::PATCH, "/product-coupons/{product_coupon_id}", Some(Class::Management)),
    Row("deactivate_product_coupon", Method::POST, "/product-coupons/{product_coupon_id}/deactivate", Some(Class::Management)),
    Row("create_stock", Method::POST, "/product-coupons/{product_coupon_id}/stocks", Some(Class::Management)),
    Row("list_stocks", Method::GET, "/product-coupons/{product_coupon_id}/stocks", Some(Class::Management)),
    Row("get_stock", Method::GET, "/product-coupons/{product_coupon_id}/stocks/{stock_id}", Some(Class::Management)),
    Row("update_stock", Method::PATCH, "/product-coupons/{product_coupon_id}/stocks/{stock_id}", Some(Class::Management)),
    Row("update_stock_budget", Method::POST, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/update-budget", Some(Class::Management)),
    Row("deactivate_stock", Method::POST, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/deactivate", Some(Class::Management)),
    Row("associate_stores", Method::POST, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/associate-stores", Some(Class::Management)),
    Row("disassociate_stores", Method::POST, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/disassociate-stores", Some(Class::Management)),
    Row("list_associated_stores", Method::GET, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/associated-stores", Some(Class::Management)),
    Row("upload_coupon_codes", Method::POST, "/product-coupons/{product_coupon_id}/stocks/{stock_id}/upload-coupon-codes", Some(Class::Management)),
    Row("create_stock_bundle", Method::POST, "/product-coupons/{product_coupon_id}/stock-bundles", Some(Class::Management)),
    Row("update_stock_bundle", Method::PATCH, "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}", Some(Class::Management)),
    Row("update_stock_bundle_budget", Method::POST, "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/update-budget", Some(Class::Management)),
    Row("associate_stores_for_stock_bundle", Method::POST, "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/associate-stores", Some(Class::Management)),
    Row("disassociate_stores_for_stock_bundle", Method::POST, "/product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/disassociate-stores", Some(Class::Management)),
    Row("send_user_coupon", Method::POST, "/users/{openid}/coupons", Some(Class::UserCoupon)),
    Row("pre_send_user_coupon", Method::POST, "/users/{openid}/pre-send-coupon", Some(Class::UserCoupon)),
    Row("send_user_coupon_bundle", Method::POST, "/users/{openid}/coupon-bundles", Some(Class::UserCoupon)),
    Row("pre_send_user_coupon_bundle", Method::POST, "/users/{openid}/pre-send-coupon-bundle", Some(Class::UserCoupon)),
    Row("confirm_user_coupon", Method::POST, "/users/{openid}/coupons/{coupon_code}/confirm", Some(Class::UserCoupon)),
    Row("use_user_coupon", Method::POST, "/users/{openid}/coupons/{coupon_code}/use", Some(Class::UserCoupon)),
    Row("return_user_coupon", Method::POST, "/users/{openid}/coupons/{coupon_code}/return", Some(Class::UserCoupon)),
    Row("deactivate_user_coupon", Method::POST, "/users/{openid}/coupons/{coupon_code}/deactivate", Some(Class::UserCoupon)),
    Row("deactivate_user_coupon_bundle", Method::POST, "/users/{openid}/coupon-bundles/{user_coupon_bundle_id}/deactivate", Some(Class::UserCoupon)),
    Row("get_user_coupon", Method::GET, "/users/{openid}/coupons/{coupon_code}", Some(Class::UserCoupon)),
    Row("list_user_coupons", Method::GET, "/users/{openid}/coupons", Some(Class::UserCoupon)),
    Row("set_notify_config", Method::POST, "/notify-configs", Some(Class::Management)),
    Row("get_notify_config", Method::GET, "/notify-configs", Some(Class::Management)),
    Row("upload_image", Method::POST, "/media/upload-image", Some(Class::Management)),
    Row("create_image_generation_task", Method::POST, "/image-generation-tasks", Some(Class::ImageTask)),
    Row("get_image_generation_task", Method::GET, "/image-generation-tasks/{task_id}", Some(Class::ImageTask)),
];

#[rustfmt::skip]
static BUSIFAVOR_OPERATIONS: [Row; 26] = [
    Row("pre_send_product_coupon", Method::POST, "/product-coupons/pre-send", Some(Class::PreSendProductCoupon)),
    Row("send_product_coupon", Method::POST, "/product-coupons/send", Some(Class::SendProductCoupon)),
    Row("create_stock", Method::POST, "/stocks", Some(Class::CreateStock)),
    Row("get_stock", Method::GET, "/stocks/{stock_id}", None),
    Row("modify_stock", Method::PATCH, "/stocks/{stock_id}", None),
    Row("modify_stock_budget", Method::PATCH, "/stocks/{stock_id}/budget", None),
    Row("upload_coupon_codes", Method::POST, "/stocks/{stock_id}/couponcodes", None),
    Row("list_coupon_codes", Method::GET, "/stocks/{stock_id}/couponcodes", None),
    Row("get_coupon_code", Method::GET, "/stocks/{stock_id}/couponcodes/{coupon_code}", None),
    Row("delete_coupon_code", Method::DELETE, "/stocks/{stock_id}/couponcodes/{coupon_code}", None),
    Row("send_coupon", Method::POST, "/coupons/send", None),
    Row("send_gov_card", Method::POST, "/coupons/{card_id}/send", None),
    Row("use_coupon", Method::POST, "/coupons/use", Some(Class::UseCoupon)),
    Row("return_coupon", Method::POST, "/coupons/return", None),
    Row("deactivate_coupon", Method::POST, "/coupons/deactivate", None),
    Row("associate_trade_info", Method::POST, "/coupons/associate", None),
    Row("disassociate_trade_info", Method::POST, "/coupons/disassociate", Some(Class::DisassociateTradeInfo)),
    Row("list_user_coupons", Method::GET, "/users/{openid}/coupons", None),
    Row("get_user_coupon", Method::GET, "/users/{openid}/coupons/{coupon_code}/appids/{appid}", None),
    Row("set_callbacks", Method::POST, "/callbacks", None),
    Row("get_callbacks", Method::GET, "/callbacks", None),
    Row("subsidy_pay", Method::POST, "/subsidy/pay-receipts", None),
    Row("list_subsidy_pay_receipts", Method::GET, "/subsidy/pay-receipts", None),
    Row("get_subsidy_pay_receipt", Method::GET, "/subsidy/pay-receipts/{subsidy_receipt_id}", None),
    Row("subsidy_return", Method::POST, "/subsidy/return-receipts", None),
    Row("get_subsidy_return_receipt", Method::GET, "/subsidy/return-receipts/{subsidy_return_receipt_id}", None),
];

/// The operation and the class of a call, by its method and path; nothing for calls without a limit and for what is
/// no operation.
pub(crate) fn class_of(method: &Method, path: &str) -> Option<(&'static str, Class)> {
    let Row(operation, _, _, class) = row_of(method, path)?;
    class.map(|class| (*operation, class))
}

/// The official name of a call, also of one without a limit.
pub(crate) fn operation_of(method: &Method, path: &str) -> Option<&'static str> {
    row_of(method, path).map(|Row(operation, ..)| *operation)
}

fn row_of(method: &Method, path: &str) -> Option<&'static Row> {
    let (rows, tail): (&'static [Row], &str) =
        if let Some(tail) = path.strip_prefix(PARTNER).or_else(|| path.strip_prefix(BRAND)) {
            (&PRODUCT_COUPON_OPERATIONS, tail)
        } else {
            (&BUSIFAVOR_OPERATIONS, path.strip_prefix(BUSIFAVOR)?)
        };
    // A HEAD is answered by the handler of GET and costs as much.
    let method = if method == Method::HEAD { &Method::GET } else { method };
    rows.iter().find(|Row(_, of, template, _)| of == method && fits(template, tail))
}

/// Whether a path has the form of a template; `{…}` stands for one filled segment. No two rows of one method fit the
/// same path, so the order of the rows does not matter.
fn fits(template: &str, path: &str) -> bool {
    let (mut expected, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return true,
            (Some(expected), Some(given)) if expected.starts_with('{') && !given.is_empty() => {}
            (Some(expected), Some(given)) if expected == given => {}
            (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_fits_its_own_row_and_no_other() {
        let faces: [(&str, &[Row]); 3] = [
            (PARTNER, &PRODUCT_COUPON_OPERATIONS),
            (BRAND, &PRODUCT_COUPON_OPERATIONS),
            (BUSIFAVOR, &BUSIFAVOR_OPERATIONS),
        ];
        for (prefix, rows) in faces {
            for Row(operation, method, template, class) in rows {
                let path = format!("{prefix}{}", template.replace(['{', '}'], "~"));
                let found = row_of(method, &path).map(|Row(name, ..)| *name);
                assert_eq!(found, Some(*operation), "{method} {path}");
                assert_eq!(class_of(method, &path).map(|(_, class)| class), *class, "{method} {path}");
                let tail = path.strip_prefix(prefix).unwrap();
                let fitting =
                    rows.iter().filter(|Row(_, of, template, _)| of == method && fits(template, tail));
                assert_eq!(fitting.count(), 1, "{method} {path}");
            }
        }
    }

    #[test]
    fn limits_are_the_documented_ones() {
        for (method, path, limit) in [
            (Method::POST, "/v3/marketing/partner/product-coupon/product-coupons", "20/s"),
            (Method::POST, "/brand/marketing/product-coupon/media/upload-image", "20/s"),
            (Method::GET, "/brand/marketing/product-coupon/users/o1/coupons/C1", "500/s"),
            (Method::HEAD, "/brand/marketing/product-coupon/users/o1/coupons/C1", "500/s"),
            (Method::POST, "/v3/marketing/partner/product-coupon/users/o1/coupons/C1/use", "500/s"),
            (Method::GET, "/v3/marketing/partner/product-coupon/image-generation-tasks/T1", "10/s"),
            (Method::POST, "/v3/marketing/busifavor/product-coupons/pre-send", "500/s"),
            (Method::POST, "/v3/marketing/busifavor/stocks", "1000/min"),
            (Method::POST, "/v3/marketing/busifavor/coupons/use", "500/s"),
            (Method::POST, "/v3/marketing/busifavor/coupons/disassociate", "500/s"),
        ] {
            let (_, class) = class_of(&method, path).unwrap_or_else(|| panic!("{path} has a class"));
            assert_eq!(class.limit().to_string(), limit, "{method} {path}");
        }
    }

    #[test]
    fn what_has_no_documented_limit_has_no_class() {
        for (method, path) in [
            (Method::POST, "/v3/marketing/busifavor/coupons/return"),
            (Method::POST, "/v3/marketing/busifavor/coupons/CARD/send"),
            (Method::GET, "/v3/certificates"),
            (Method::DELETE, "/v3/marketing/partner/product-coupon/product-coupons"),
            (Method::GET, "/v3/marketing/partner/product-coupon/product-coupons/"),
            (Method::GET, "/v3/marketing/partner/product-coupon/nowhere"),
        ] {
            assert_eq!(class_of(&method, path), None, "{method} {path}");
        }
    }
}
