//! Lists in pages: to the end, and no further than a repeated token or an error.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use http::Method;
use quan_client::error::TransportError;
use quan_client::testing::{Answer, FakePlatform, MockTransport, closed_after_request, connection_refused};
use quan_client::{Async, Blocking, Call, Error, Page, Pages, Retry};
use quan_model::product_coupon::{
    ListAssociatedStoresQuery, ListAssociatedStoresResponse, ListStocksQuery, ListUserCouponsQuery,
};
use serde_json::json;

const PARTNER: &str = "v3/marketing/partner/product-coupon/product-coupons/P1/stocks/S1/associated-stores";
const BRAND: &str = "brand/marketing/product-coupon/product-coupons/P1/stocks/S1/associated-stores";

type Stores = ListAssociatedStoresResponse;

fn query() -> ListAssociatedStoresQuery {
    ListAssociatedStoresQuery { page_size: Some(1), ..ListAssociatedStoresQuery::default() }
}

fn blocking(platform: &FakePlatform, wire: &MockTransport) -> Call<Blocking, Stores> {
    let client = platform.blocking_client(wire);
    let coupon = client.v3().marketing().partner().product_coupon().product_coupons().product_coupon_id("P1");
    coupon.stocks().stock_id("S1").associated_stores().get(&query())
}

fn asynchronous(platform: &FakePlatform, wire: &MockTransport) -> Pages<Async, Stores> {
    let client = platform.client(wire);
    let coupon = client.brand().marketing().product_coupon().product_coupons().product_coupon_id("P1");
    coupon.stocks().stock_id("S1").associated_stores().get(&query()).pages()
}

fn page(store: &str, next: Option<&str>) -> Answer {
    let mut body = json!({ "store_list": [{ "store_id": store }] });
    if let Some(next) = next {
        body["next_page_token"] = json!(next);
    }
    Answer::json(200, body)
}

fn store(page: &Stores) -> &str {
    &page.store_list[0].store_id
}

/// What each request asked for.
fn tokens(wire: &MockTransport) -> Vec<Option<String>> {
    wire.requests().iter().map(|request| request.query("page_token").map(str::to_owned)).collect()
}

fn asked(tokens: &[&str]) -> Vec<Option<String>> {
    std::iter::once(None).chain(tokens.iter().map(|token| Some((*token).to_owned()))).collect()
}

#[test]
fn an_iterator_ends_on_an_absent_token() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::GET, PARTNER)
        .reply(page("A", Some("t/1")))
        .reply(page("B", Some("t2")))
        .reply(page("C", None));
    let mut pages = blocking(&platform, &wire).query("brand_id", "120344").pages();
    assert!(wire.requests().is_empty(), "nothing is asked before it is wanted");
    let stores: Vec<String> = pages.by_ref().map(|page| store(&page.unwrap()).to_owned()).collect();
    assert_eq!(stores, ["A", "B", "C"]);
    assert!(pages.next().is_none());
    assert_eq!(tokens(&wire), asked(&["t%2F1", "t2"]));
    for request in wire.requests() {
        assert!(request.is_signed);
        assert_eq!((request.query("page_size"), request.query("brand_id")), (Some("1"), Some("120344")));
    }
    wire.verify_all();
}

#[tokio::test]
async fn a_stream_ends_on_an_empty_token() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::GET, BRAND)
        .reply(page("A", Some("t1")))
        .reply(page("B", Some("")));
    let mut pages = asynchronous(&platform, &wire);
    assert_eq!(store(&pages.next().await.unwrap().unwrap()), "A");
    assert_eq!(store(&pages.next().await.unwrap().unwrap()), "B");
    assert!(pages.next().await.is_none());
    assert_eq!(tokens(&wire), asked(&["t1"]));
    wire.verify_all();
}

#[test]
fn pages_are_a_stream_that_any_executor_polls() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform).reply(page("A", None));
    let mut pages = asynchronous(&platform, &wire);
    let mut context = Context::from_waker(Waker::noop());
    // The transport of the tests never waits.
    let Poll::Ready(Some(Ok(first))) = Pin::new(&mut pages).poll_next(&mut context) else { panic!() };
    assert_eq!(store(&first), "A");
    assert!(matches!(Pin::new(&mut pages).poll_next(&mut context), Poll::Ready(None)));
    assert!(format!("{pages:?}").ends_with("{stock_id}/associated-stores)"), "{pages:?}");
}

#[tokio::test]
async fn a_repeated_token_ends_the_list() {
    let platform = FakePlatform::new();
    let answers = || {
        let wire = MockTransport::new(&platform).reply(page("A", Some("t1")));
        wire.reply(page("B", Some("t2"))).reply(page("C", Some("t1")))
    };
    let wire = answers();
    assert_eq!(blocking(&platform, &wire).pages().map(Result::unwrap).count(), 3);
    wire.verify_all();
    let wire = answers();
    let mut pages = asynchronous(&platform, &wire);
    for name in ["A", "B", "C"] {
        assert_eq!(store(&pages.next().await.unwrap().unwrap()), name);
    }
    assert!(pages.next().await.is_none());
    wire.verify_all();
    // The token that the caller began with counts.
    let wire = MockTransport::new(&platform).reply(page("D", Some("t/9")));
    assert_eq!(blocking(&platform, &wire).query("page_token", "t/9").pages().count(), 1);
    wire.verify_all();
}

#[tokio::test]
async fn an_error_is_the_last_item() {
    let platform = FakePlatform::new();
    let answers = || {
        let wire = MockTransport::new(&platform).reply(page("A", Some("t1")));
        wire.refuse(400, "PARAM_ERROR", "分页凭证无效")
    };
    let wire = answers();
    let mut pages = blocking(&platform, &wire).pages();
    assert!(pages.next().unwrap().is_ok());
    assert!(pages.next().unwrap().unwrap_err().is_definite_refusal());
    assert!(pages.next().is_none());
    wire.verify_all();
    let wire = answers();
    let mut pages = asynchronous(&platform, &wire);
    assert!(pages.next().await.unwrap().is_ok());
    assert!(pages.next().await.unwrap().unwrap_err().is_definite_refusal());
    assert!(pages.next().await.is_none());
    wire.verify_all();
}

#[test]
fn each_page_is_verified_and_repeated_as_any_call() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .then_fail(connection_refused())
        .reply(page("A", Some("t1")))
        .then_fail(closed_after_request())
        .reply(page("B", Some("t2")))
        .reply(page("C", None).bad_signature());
    let pages: Vec<_> = blocking(&platform, &wire).pages().collect();
    let [Ok(first), Ok(second), Err(Error::Verification(_))] = &pages[..] else { panic!("{pages:?}") };
    assert_eq!((first.meta().attempts, second.meta().attempts), (2, 2));
    wire.verify_all();
    // Options of the call are those of every page.
    let wire = MockTransport::new(&platform).reply(page("A", Some("t1"))).then_fail(closed_after_request());
    let pages: Vec<_> = blocking(&platform, &wire).retry(Retry::none()).pages().collect();
    let [Ok(_), Err(Error::Transport { reason: TransportError::Read(_), .. })] = &pages[..] else {
        panic!("{pages:?}")
    };
    wire.verify_all();
}

#[test]
fn a_mistake_of_the_call_is_the_only_item() {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform);
    let mut pages = blocking(&platform, &wire).header("Host", "x").pages();
    assert!(matches!(pages.next(), Some(Err(Error::Request { .. }))));
    assert!(pages.next().is_none() && wire.requests().is_empty());
}

#[test]
fn stocks_and_user_coupons_and_types_of_ones_own_have_pages() {
    #[derive(serde::Deserialize)]
    struct Own {
        next: Option<String>,
    }
    impl Page for Own {
        fn next_page_token(&self) -> Option<&str> {
            self.next.as_deref()
        }
    }
    let platform = FakePlatform::new();
    let last = |list: &str| Answer::json(200, json!({ list: [] }));
    let more = |list: &str| Answer::json(200, json!({ list: [], "next_page_token": "n" }));
    let wire = MockTransport::new(&platform);
    let wire = ["stock_list", "user_coupon_list", "stock_list", "user_coupon_list"]
        .into_iter()
        .fold(wire, |wire, list| wire.reply(more(list)).reply(last(list)))
        .reply_json(200, json!({"next": "n"}))
        .reply_json(200, json!({}));
    let client = platform.blocking_client(&wire);
    let users = ListUserCouponsQuery {
        appid: "wx".into(),
        product_coupon_id: None,
        stock_id: None,
        coupon_state: None,
        user_coupon_bundle_id: None,
        page_size: None,
        page_token: None,
        brand_id: None,
    };
    let stocks = ListStocksQuery::default();
    let partner = client.v3().marketing().partner().product_coupon();
    let brand = client.brand().marketing().product_coupon();
    let coupon = partner.product_coupons().product_coupon_id("P1");
    assert_eq!(coupon.stocks().get(&stocks).pages().map(Result::unwrap).count(), 2);
    assert_eq!(partner.users().openid("o").coupons().get(&users).pages().map(Result::unwrap).count(), 2);
    let coupon = brand.product_coupons().product_coupon_id("P1");
    assert_eq!(coupon.stocks().get(&stocks).pages().map(Result::unwrap).count(), 2);
    assert_eq!(brand.users().openid("o").coupons().get(&users).pages().map(Result::unwrap).count(), 2);
    assert_eq!(client.chain("v3/x").get().decode::<Own>().pages().map(Result::unwrap).count(), 2);
    wire.verify_all();
}
