//! Which operations of the API may be repeated, and by what (client.md 21).
//!
//! The table serves typed, chained and indexed calls alike: a path is recognised with its variables as
//! well as with values in their place. Unknown paths are simply not in it.

use http::Method;

/// What makes a call repeatable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// It reads.
    Safe,
    /// The platform recognises the repetition by this member of the body or the query.
    Keyed(&'static str),
    /// Doing it twice is doing it once, or harms nobody.
    Natural,
}

use Idempotency::{Keyed, Natural, Safe};

const OUT: Idempotency = Keyed("out_request_no");
const SEND: Idempotency = Keyed("send_request_no");

type Row = (Method, &'static str, Idempotency);

/// Under `v3/marketing/partner/product-coupon` and, the same, `brand/marketing/product-coupon`.
const PRODUCT_COUPON: &[Row] = &[
    (Method::POST, "product-coupons", OUT),
    (Method::GET, "product-coupons/{product_coupon_id}", Safe),
    (Method::PATCH, "product-coupons/{product_coupon_id}", OUT),
    (Method::POST, "product-coupons/{product_coupon_id}/deactivate", OUT),
    (Method::GET, "product-coupons/{product_coupon_id}/stocks", Safe),
    (Method::POST, "product-coupons/{product_coupon_id}/stocks", OUT),
    (Method::GET, "product-coupons/{product_coupon_id}/stocks/{stock_id}", Safe),
    (Method::PATCH, "product-coupons/{product_coupon_id}/stocks/{stock_id}", OUT),
    (Method::POST, "product-coupons/{product_coupon_id}/stocks/{stock_id}/deactivate", OUT),
    (Method::POST, "product-coupons/{product_coupon_id}/stocks/{stock_id}/update-budget", OUT),
    (Method::POST, "product-coupons/{product_coupon_id}/stocks/{stock_id}/upload-coupon-codes", OUT),
    (Method::POST, "product-coupons/{product_coupon_id}/stocks/{stock_id}/associate-stores", Natural),
    (Method::POST, "product-coupons/{product_coupon_id}/stocks/{stock_id}/disassociate-stores", Natural),
    (Method::GET, "product-coupons/{product_coupon_id}/stocks/{stock_id}/associated-stores", Safe),
    (Method::POST, "product-coupons/{product_coupon_id}/stock-bundles", OUT),
    (Method::PATCH, "product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}", OUT),
    (Method::POST, "product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/update-budget", OUT),
    (
        Method::POST,
        "product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/associate-stores",
        Natural,
    ),
    (
        Method::POST,
        "product-coupons/{product_coupon_id}/stock-bundles/{stock_bundle_id}/disassociate-stores",
        Natural,
    ),
    (Method::GET, "users/{openid}/coupons", Safe),
    (Method::POST, "users/{openid}/coupons", SEND),
    (Method::GET, "users/{openid}/coupons/{coupon_code}", Safe),
    (Method::POST, "users/{openid}/coupons/{coupon_code}/confirm", OUT),
    (Method::POST, "users/{openid}/coupons/{coupon_code}/use", OUT),
    (Method::POST, "users/{openid}/coupons/{coupon_code}/return", OUT),
    (Method::POST, "users/{openid}/coupons/{coupon_code}/deactivate", OUT),
    (Method::POST, "users/{openid}/coupon-bundles", SEND),
    (Method::POST, "users/{openid}/coupon-bundles/{user_coupon_bundle_id}/deactivate", OUT),
    (Method::POST, "users/{openid}/pre-send-coupon", SEND),
    (Method::POST, "users/{openid}/pre-send-coupon-bundle", SEND),
    (Method::GET, "notify-configs", Safe),
    (Method::POST, "notify-configs", Natural),
    (Method::POST, "media/upload-image", Natural),
];

/// Under `v3/marketing/partner/product-coupon` only.
const IMAGE_GENERATION: &[Row] = &[
    (Method::POST, "image-generation-tasks", Keyed("task_id")),
    (Method::GET, "image-generation-tasks/{task_id}", Safe),
];

/// Under `v3/marketing/busifavor`.
const BUSIFAVOR: &[Row] = &[
    (Method::POST, "product-coupons/pre-send", SEND),
    (Method::POST, "product-coupons/send", OUT),
    (Method::POST, "stocks", OUT),
    (Method::GET, "stocks/{stock_id}", Safe),
    (Method::PATCH, "stocks/{stock_id}", OUT),
    (Method::PATCH, "stocks/{stock_id}/budget", Keyed("modify_budget_request_no")),
    (Method::POST, "stocks/{stock_id}/couponcodes", Keyed("upload_request_no")),
    (Method::GET, "stocks/{stock_id}/couponcodes", Safe),
    (Method::GET, "stocks/{stock_id}/couponcodes/{coupon_code}", Safe),
    (Method::DELETE, "stocks/{stock_id}/couponcodes/{coupon_code}", Keyed("delete_request_no")),
    (Method::POST, "coupons/send", OUT),
    (Method::POST, "coupons/{card_id}/send", OUT),
    (Method::POST, "coupons/use", Keyed("use_request_no")),
    (Method::POST, "coupons/return", Keyed("return_request_no")),
    (Method::POST, "coupons/deactivate", Keyed("deactivate_request_no")),
    (Method::POST, "coupons/associate", OUT),
    (Method::POST, "coupons/disassociate", OUT),
    (Method::GET, "users/{openid}/coupons", Safe),
    (Method::GET, "users/{openid}/coupons/{coupon_code}/appids/{appid}", Safe),
    (Method::POST, "callbacks", Natural),
    (Method::GET, "callbacks", Safe),
    (Method::POST, "subsidy/pay-receipts", Keyed("out_subsidy_no")),
    (Method::GET, "subsidy/pay-receipts", Safe),
    (Method::GET, "subsidy/pay-receipts/{subsidy_receipt_id}", Safe),
    (Method::POST, "subsidy/return-receipts", Keyed("out_subsidy_return_no")),
    (Method::GET, "subsidy/return-receipts/{subsidy_return_receipt_id}", Safe),
];

/// Under `v3`.
const PLATFORM: &[Row] = &[(Method::GET, "certificates", Safe)];

const ROOTS: &[(&str, &[Row])] = &[
    ("v3/marketing/partner/product-coupon/", PRODUCT_COUPON),
    ("v3/marketing/partner/product-coupon/", IMAGE_GENERATION),
    ("brand/marketing/product-coupon/", PRODUCT_COUPON),
    ("v3/marketing/busifavor/", BUSIFAVOR),
    ("v3/", PLATFORM),
];

/// What makes a call to this path (template or expanded, with or without a leading slash) repeatable;
/// `None` for paths that are not in the table.
pub(crate) fn idempotency(method: &Method, path: &str) -> Option<Idempotency> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let below = ROOTS.iter().filter_map(|(root, rows)| Some((path.strip_prefix(root)?, *rows)));
    let mut fitting = below.flat_map(|(rest, rows)| {
        rows.iter().filter(move |(verb, template, _)| verb == method && fits(template, rest))
    });
    fitting.next().map(|(_, _, idempotency)| *idempotency)
}

/// The largest picture that the endpoint takes, in bytes; `None` for endpoints that are not known to take
/// pictures only (wire-protocol 9).
pub(crate) fn picture_bytes_max(path: &str) -> Option<usize> {
    let is_known = idempotency(&Method::POST, path).is_some();
    (is_known && path.ends_with("/media/upload-image")).then_some(2 * 1024 * 1024)
}

fn fits(template: &str, path: &str) -> bool {
    let mut given = path.split('/');
    let all_fit = template.split('/').all(|segment| {
        given.next().is_some_and(|text| segment == text || (segment.starts_with('{') && !text.is_empty()))
    });
    all_fit && given.next().is_none()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use quan_openapi::{Face, Idempotency as Described};

    use super::*;

    #[test]
    fn paths_are_recognised_with_variables_and_with_values() {
        let users = "v3/marketing/partner/product-coupon/users";
        for (method, path, outcome) in [
            (Method::POST, "/v3/marketing/busifavor/product-coupons/pre-send".to_owned(), Some(SEND)),
            (Method::POST, "v3/marketing/busifavor/coupons/send".to_owned(), Some(OUT)),
            (Method::POST, "v3/marketing/busifavor/coupons/CARD/send".to_owned(), Some(OUT)),
            (Method::POST, "v3/marketing/busifavor/coupons/use".to_owned(), Some(Keyed("use_request_no"))),
            (Method::POST, format!("{users}/{{openid}}/coupons/{{coupon_code}}/use"), Some(OUT)),
            (Method::POST, format!("{users}/oX/coupons/C1/use"), Some(OUT)),
            (Method::GET, format!("{users}/oX/coupons/C1"), Some(Safe)),
            (Method::DELETE, format!("{users}/oX/coupons/C1"), None),
            (Method::GET, format!("{users}//coupons/C1"), None),
            (Method::GET, format!("{users}/oX/coupons/C1/"), None),
            (Method::POST, "brand/marketing/product-coupon/notify-configs".to_owned(), Some(Natural)),
            (Method::POST, "v3/pay/transactions/native".to_owned(), None),
        ] {
            assert_eq!(idempotency(&method, &path), outcome, "{method} {path}");
        }
    }
    /// The description of the API says the same, but for one thing: an uploaded picture is there twice after a
    /// repetition, which harms nobody, so the client repeats it (client.md 13).
    #[test]
    fn the_table_is_that_of_the_description() {
        let described: BTreeMap<String, String> = quan_openapi::operations()
            .filter(|operation| operation.face() != Face::Claim)
            .map(|operation| {
                let idempotency = match operation.idempotency() {
                    Described::Safe => "safe".to_owned(),
                    Described::Keyed(name) => name.clone(),
                    Described::None if operation.id() == "upload_image" => "natural".to_owned(),
                    Described::None => "none".to_owned(),
                    Described::Natural => "natural".to_owned(),
                };
                (format!("{} {}", operation.method(), operation.path()), idempotency)
            })
            .collect();
        let rows = ROOTS.iter().flat_map(|(root, rows)| rows.iter().map(move |row| (root, row)));
        let table: BTreeMap<String, String> = rows
            .map(|(root, (method, tail, idempotency))| {
                let idempotency = match idempotency {
                    Safe => "safe",
                    Keyed(name) => name,
                    Natural => "natural",
                };
                (format!("{method} /{root}{tail}"), idempotency.to_owned())
            })
            .collect();
        assert_eq!(table, described);
        assert_eq!(table.len(), 35 + 33 + 26 + 1);
    }
}
