//! The trees against their own paths and against the description of the API.

use std::collections::BTreeSet;

use super::Step;
use crate::call::Call;
use crate::mode::Blocking;
use crate::testing_parts::blocking_client;
use crate::{brand, v3};
use quan_model::busifavor::DeleteCouponCodeQuery;
use quan_model::product_coupon::{GetUserCouponQuery, SetNotifyConfigRequest};

fn steps() -> impl Iterator<Item = Step> {
    [v3::STEPS, v3::partner::STEPS, v3::busifavor::STEPS, brand::STEPS].into_iter().flatten().copied()
}

/// The name of a segment as a method: an underscore behind words that Rust or a call needs.
fn method_of(segment: &str) -> String {
    let name = segment.replace('-', "_");
    if matches!(name.as_str(), "use" | "return" | "send") { name + "_" } else { name }
}

#[test]
fn every_step_adds_its_own_segment_to_the_path() {
    let segment = |path: &'static str, parent: &str| {
        path.strip_prefix(parent).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path)
    };
    for step in steps() {
        match step {
            Step::Child { parent, method, path } => {
                assert_eq!(method, method_of(segment(path, parent)), "{path}");
            }
            Step::Variable { parent, name, path } => {
                assert_eq!(format!("{{{name}}}"), segment(path, parent), "{path}");
            }
            Step::Verb { path, verb } => assert!(!path.is_empty() && !verb.is_empty()),
        }
    }
}

#[test]
fn every_operation_is_a_call_of_a_node_and_every_call_an_operation() {
    let called: BTreeSet<String> = steps()
        .filter_map(|step| match step {
            Step::Verb { path, verb } => Some(format!("{} /{path}", verb.replace("UPLOAD", "POST"))),
            Step::Child { .. } | Step::Variable { .. } => None,
        })
        .collect();
    let described: BTreeSet<String> = quan_openapi::operations()
        .filter(|operation| operation.face() != quan_openapi::Face::Claim)
        .map(|operation| format!("{} {}", operation.method(), operation.path()))
        .collect();
    let missing: Vec<_> = described.difference(&called).collect();
    let unknown: Vec<_> = called.difference(&described).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "not in the tree: {missing:?}; not described: {unknown:?}"
    );
}

#[test]
fn a_walk_spells_its_path() {
    let client = blocking_client();
    let product_coupon = client.v3().marketing().partner().product_coupon();
    let coupon = product_coupon.users().openid("oX").coupons().coupon_code("C/1");
    assert_eq!(coupon.path(), "v3/marketing/partner/product-coupon/users/{openid}/coupons/{coupon_code}");
    let confirm = coupon.clone().confirm();
    assert_eq!(confirm.path(), v3::partner::Confirm::<Blocking>::PATH.as_str());
    assert_eq!(format!("{confirm:?}"), format!("Confirm({})", confirm.path()));
    let query = GetUserCouponQuery {
        brand_id: Some("120344".into()),
        product_coupon_id: "1000000013".into(),
        stock_id: "1000000013001".into(),
        appid: "wx".into(),
    };
    assert_eq!(
        target(coupon.get(&query)),
        "/v3/marketing/partner/product-coupon/users/oX/coupons/C%2F1?brand_id=120344\
         &product_coupon_id=1000000013&stock_id=1000000013001&appid=wx"
    );
    // The brand's tree has the same shape; there the caller is the brand.
    let coupon =
        client.brand().marketing().product_coupon().users().openid("oX").coupons().coupon_code("C/1");
    assert_eq!(
        target(coupon.get(&GetUserCouponQuery { brand_id: None, ..query })),
        "/brand/marketing/product-coupon/users/oX/coupons/C%2F1?product_coupon_id=1000000013\
         &stock_id=1000000013001&appid=wx"
    );
}

#[test]
fn verbs_send_what_they_are_given() {
    let client = blocking_client();
    let configs = client.v3().marketing().partner().product_coupon().notify_configs();
    let body = SetNotifyConfigRequest { notify_url: "https://a.example.com/n".into() };
    let set = configs.post(&body).prepare().unwrap();
    assert_eq!(&set.body[..], br#"{"notify_url":"https://a.example.com/n"}"#);
    assert!(configs.get().prepare().unwrap().body.is_empty());
    let code = client.v3().marketing().busifavor().stocks().stock_id("S").couponcodes().coupon_code("a b");
    let delete = code.delete(&DeleteCouponCodeQuery { delete_request_no: "D1".into() }).prepare().unwrap();
    assert_eq!(delete.method, http::Method::DELETE);
    assert_eq!(
        delete.request_target,
        "/v3/marketing/busifavor/stocks/S/couponcodes/a%20b?delete_request_no=D1"
    );
    assert!(delete.body.is_empty());
}

fn target<T>(call: Call<Blocking, T>) -> String {
    call.prepare().unwrap().request_target
}
