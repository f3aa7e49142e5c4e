//! What the console looks for: activity by time, the catalogue, coupons, deliveries, parties.

use std::sync::Arc;

use quan_coupon::user_coupon::Confirmation;
use quan_model::enums::StockState;
use quan_model::ids::Principal;
use quan_model::time::Time;

use super::records::{
    brand_id, claimed, id, later, notification, now, pre_send, principal, product_coupon, single_coupon,
    stock, write_every_record,
};
use super::{Promise, commit};
use crate::backend::{Backend, Reader};
use crate::catalogue_search::StockSearch;
use crate::error::StoreError;
use crate::outbox::{Attempt, DeliveryState, Next, Notification};
use crate::outbox_list::{DeliveryFilter, TroubledDeliveries};
use crate::overview::{Activity, Spans};
use crate::parties::Grant;
use crate::stock_bundle::StockBundleRecord;
use crate::user_coupon::{UserCouponPlace, UserCouponRecord};

pub(super) const PROMISES: &[Promise] = &[
    activity_is_counted_by_spans,
    unconfirmed_coupons_are_found_oldest_first,
    the_catalogue_is_searched_by_id_name_and_state,
    coupons_are_searched_by_person_code_and_number,
    deliveries_are_listed_by_state_page_and_coupon,
    a_notification_is_sent_again_unless_it_is_leased,
    parties_are_listed_and_taken_back,
];

fn read<T>(backend: &Arc<dyn Backend>, look: impl FnMut(&dyn Reader) -> Result<T, StoreError>) -> T {
    backend.snapshot(look).expect("a snapshot").expect("readable")
}

fn activity_is_counted_by_spans(backend: &Arc<dyn Backend>) {
    write_every_record(backend);
    let activity =
        |begin, seconds, count| read(backend, |reader| reader.activity(Spans { begin, seconds, count }));
    // Received and pre-sent at 0 s, confirmed at 1 s, three uses at 10 s, two of them returned at 20 s.
    let first = Activity { pre_sent: 1, claimed: 2, confirmed: 1, ..Activity::default() };
    let uses = Activity { used: 3, ..Activity::default() };
    let returns = Activity { returned: 2, ..Activity::default() };
    assert_eq!(activity(now(), 10, 3), [first, uses, returns]);
    assert_eq!(activity(later(-10), 10, 1), [Activity::default()]);
    let begun = Activity { confirmed: 0, ..first };
    assert_eq!(activity(later(-1), 2, 1), [begun], "the end of a span is outside");
}

fn coupon(code: &str, seconds: i64) -> UserCouponRecord {
    let mut record = single_coupon();
    record.coupon.coupon_code = id(code);
    record.coupon.receive_time = later(seconds);
    record
}

fn unconfirmed_coupons_are_found_oldest_first(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| {
        for record in [coupon("C-3", 3), coupon("C-1", 1), coupon("C-2", 2), coupon("C-4", 4)] {
            unit.insert_user_coupon(&record)?;
        }
        let mut confirmed = coupon("C-2", 2);
        confirmed.coupon.confirmed = Some(Confirmation { request_no: id("CONF_001"), time: later(5) });
        unit.update_user_coupon(&confirmed)
    })
    .expect("coupons can be written");
    let found = |before, at, limit| {
        let found = read(backend, |reader| reader.unconfirmed_coupons(before, at, limit));
        found.into_iter().map(|(_, code)| code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(later(4), later(5), 10), ["C-1", "C-3"]);
    assert_eq!(found(later(9), later(5), 1), ["C-1"]);
    assert_eq!(found(later(9), later(86_401), 10), Vec::<String>::new(), "they have expired");
    assert_eq!(read(backend, |reader| reader.unconfirmed_count(later(4), later(86_400))), 2);
}

fn the_catalogue_is_searched_by_id_name_and_state(backend: &Arc<dyn Backend>) {
    let mut second = product_coupon();
    second.product_coupon_id = id("2000000000002");
    second.created_at = later(1);
    second.deactivated = None;
    second.definition.display_info.name = "Latte 拿铁".into();
    let mut second_stock = stock();
    second_stock.stock_id = id("3000000000000002");
    second_stock.product_coupon_id = second.product_coupon_id.clone();
    (second_stock.deactivated, second_stock.paused) = (None, false);
    second_stock.created_at = later(1);
    let bundle = StockBundleRecord {
        stock_bundle_id: id("4000000000000001"),
        product_coupon_id: second.product_coupon_id.clone(),
        owner: second.owner.clone(),
        creator: principal(),
        created_at: now(),
    };
    let written = (second.clone(), second_stock.clone(), bundle.clone());
    commit(backend, move |unit| {
        unit.insert_product_coupon(&product_coupon())?;
        unit.insert_product_coupon(&written.0)?;
        unit.insert_stock(&stock())?;
        unit.insert_stock(&written.1)?;
        unit.insert_stock_bundle(&written.2)
    })
    .expect("the catalogue can be written");
    let coupons = |text: Option<&str>, after: Option<&str>| {
        let after = after.map(id);
        read(backend, |reader| reader.search_product_coupons(text, after.as_ref(), 10))
    };
    assert_eq!(coupons(None, None), [second.clone(), product_coupon()]);
    assert_eq!(coupons(Some("lAT"), None), [second.clone()]);
    assert_eq!(coupons(Some("SKU-1"), Some("2000000000002")), [product_coupon()]);
    assert_eq!(coupons(Some("'%_"), None), []);
    let stocks = |text: Option<&str>, state: Option<StockState>, after: Option<&str>| {
        let after = after.map(id);
        let search =
            StockSearch { text: text.map(str::to_owned), state, product_coupon_id: None, now: later(2) };
        let found = read(backend, |reader| reader.search_stocks(&search, after.as_ref(), 10));
        found.into_iter().map(|found| found.stock_id.to_string()).collect::<Vec<_>>()
    };
    let (one, two) = ("3000000000000001", "3000000000000002");
    assert_eq!(stocks(None, None, None), [two, one]);
    assert_eq!(stocks(None, None, Some(two)), [one]);
    assert_eq!(stocks(None, Some(StockState::Deactivated), None), [one]);
    assert_eq!(stocks(None, Some(StockState::Sending), None), [two]);
    assert_eq!(stocks(Some("拿铁"), None, None), [two]);
    assert_eq!(stocks(Some("备注"), None, None), [two, one]);
    assert_eq!(stocks(Some(one), None, None), [one]);
    let of =
        StockSearch { text: None, state: None, product_coupon_id: Some(id("2000000000002")), now: later(2) };
    assert_eq!(read(backend, |reader| reader.search_stocks(&of, None, 10)), [second_stock]);
    let bundles = |text: Option<&str>| read(backend, |reader| reader.search_stock_bundles(text, None, 10));
    assert_eq!((bundles(Some("latte")), bundles(Some("样例"))), (vec![bundle], Vec::new()));
}

fn coupons_are_searched_by_person_code_and_number(backend: &Arc<dyn Backend>) {
    let mut of_other = coupon("C-2", 2);
    of_other.coupon.person_id = "other".into();
    commit(backend, move |unit| {
        for record in [coupon("C-1", 1), of_other, coupon("C-3", 3)] {
            unit.insert_user_coupon(&record)?;
        }
        unit.insert_pre_send(&pre_send())?;
        unit.claim_pre_send(pre_send().id, &claimed())
    })
    .expect("coupons can be written");
    let newest = |person: Option<&str>, after: Option<&UserCouponPlace>, limit| {
        let person = person.map(str::to_owned);
        let found = read(backend, |reader| reader.newest_user_coupons(person.as_ref(), after, limit));
        found.into_iter().map(|found| found.coupon.coupon_code.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(newest(None, None, 10), ["C-3", "C-2", "C-1"]);
    assert_eq!(newest(None, Some(&UserCouponPlace::of(&coupon("C-3", 3).coupon)), 1), ["C-2"]);
    assert_eq!(newest(Some("person"), None, 10), ["C-3", "C-1"]);
    assert_eq!(newest(Some("person"), Some(&UserCouponPlace::of(&coupon("C-3", 3).coupon)), 10), ["C-1"]);
    let with_code = |code| read(backend, |reader| reader.user_coupons_with_code(&id(code), 10));
    assert_eq!((with_code("C-1"), with_code("C-9")), (vec![coupon("C-1", 1)], Vec::new()));
    let numbered = |number| read(backend, |reader| reader.pre_sends_with_number(&id(number), 10)).len();
    assert_eq!(numbered("SEND_0001"), 0, "nobody is known who could have sent it");
    write_parties(backend);
    assert_eq!((numbered("SEND_0001"), numbered("SEND_0002")), (1, 0));
}

fn write_parties(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| {
        unit.put_merchant(&super::records::merchant())?;
        unit.put_brand(&super::records::brand())
    })
    .expect("parties can be written");
}

fn notified(number: u32, seconds: i64, code: &str) -> Notification {
    Notification {
        id: format!("7d1c40a2-5be3-4f0e-9c11-{number:012}"),
        create_time: later(seconds),
        resource: format!("{{\"stock_id\":\"S\",\"coupon_code\":\"{code}\"}}"),
        ..notification()
    }
}

fn deliveries_are_listed_by_state_page_and_coupon(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| {
        for notification in [notified(1, 1, "A"), notified(2, 2, "B"), notified(3, 3, "A")] {
            unit.insert_notification(&notification)?;
        }
        unit.insert_notification(&Notification { resource: "no JSON".into(), ..notified(4, 4, "A") })?;
        unit.lease_notifications("one", later(1), later(30), 1)?;
        let attempt =
            Attempt { started_at: later(1), status: Some(500), outcome: "the receiver answered 500".into() };
        unit.record_attempt("one", &notified(1, 1, "A").id, &attempt, Next::RetryAt(later(60)))
    })
    .expect("notifications can be written");
    let list = |filter: &DeliveryFilter, after: Option<&str>, limit| {
        let found = read(backend, |reader| reader.deliveries(filter, after, limit));
        found.into_iter().map(|found| found.notification.id[35..].to_owned()).collect::<Vec<_>>()
    };
    let all = DeliveryFilter::default();
    assert_eq!(list(&all, None, 10), ["4", "3", "2", "1"]);
    assert_eq!(list(&all, Some(&notified(3, 3, "A").id), 1), ["2"]);
    assert_eq!(list(&DeliveryFilter { has_failed: true, ..all.clone() }, None, 10), ["1"]);
    let delivered = DeliveryFilter { state: Some(DeliveryState::Delivered), ..all.clone() };
    assert_eq!(list(&delivered, None, 10), Vec::<String>::new());
    let of_brand = DeliveryFilter { receiver: Some(Principal::Brand(brand_id())), ..all };
    assert_eq!(list(&of_brand, None, 10), Vec::<String>::new());
    let troubled = || read(backend, |reader| reader.troubled_deliveries());
    assert_eq!(troubled(), TroubledDeliveries { failing: 1, given_up: 0 });
    let of = |stock, seconds: &[Time]| {
        read(backend, |reader| reader.deliveries_of_coupon(&id(stock), &id("A"), seconds, 10))
    };
    let of_coupon = of("S", &[later(1), later(2), later(3), later(4)]);
    assert_eq!(of_coupon.len(), 2);
    assert_eq!((of("S", &[later(3)]).len(), of("S", &[]).len()), (1, 0));
    assert_eq!((of_coupon[0].attempts, of_coupon[0].due_at), (1, Some(later(60))));
    assert_eq!(of_coupon[0].last_outcome.as_deref(), Some("the receiver answered 500"));
    assert!(of("T", &[later(1)]).is_empty());
    let dead = DeliveryFilter { state: Some(DeliveryState::DeadLetter), ..DeliveryFilter::default() };
    assert_eq!(list(&dead, None, 10), Vec::<String>::new());
    commit(backend, |unit| {
        unit.lease_notifications("one", later(2), later(30), 1)?;
        let attempt = Attempt { started_at: later(2), status: None, outcome: "nobody answered".into() };
        unit.record_attempt("one", &notified(2, 2, "B").id, &attempt, Next::DeadLetter)
    })
    .expect("it is given up");
    assert_eq!(list(&dead, None, 10), ["2"]);
    assert_eq!(list(&DeliveryFilter { has_failed: true, ..DeliveryFilter::default() }, None, 10), ["2", "1"]);
    assert_eq!(troubled(), TroubledDeliveries { failing: 1, given_up: 1 });
    let waiting = DeliveryFilter { state: Some(DeliveryState::Waiting), ..DeliveryFilter::default() };
    assert_eq!(list(&waiting, None, 2), ["4", "3"]);
    assert_eq!(list(&waiting, Some(&notified(3, 3, "A").id), 9), ["1"]);
}

fn a_notification_is_sent_again_unless_it_is_leased(backend: &Arc<dyn Backend>) {
    let again = |at| commit(backend, move |unit| unit.send_again(&notification().id, at));
    assert!(matches!(again(now()), Err(StoreError::Conflict { .. })), "there is none");
    commit(backend, |unit| {
        unit.insert_notification(&notification())?;
        unit.lease_notifications("one", now(), later(30), 1)
    })
    .expect("it is leased");
    assert!(matches!(again(later(29)), Err(StoreError::Conflict { .. })), "one works on it");
    commit(backend, |unit| {
        let attempt = Attempt { started_at: now(), status: Some(200), outcome: "taken".into() };
        unit.record_attempt("one", &notification().id, &attempt, Next::Delivered)
    })
    .expect("one holds it");
    again(later(40)).expect("it was delivered");
    let leased =
        commit(backend, |unit| unit.lease_notifications("two", later(40), later(70), 1)).expect("leasable");
    assert_eq!(leased.first().map(|leased| leased.attempts), Some(1));
}

fn parties_are_listed_and_taken_back(backend: &Arc<dyn Backend>) {
    write_every_record(backend);
    let open = |reader: &dyn Reader| reader.open_stores(&brand_id(), 10);
    read(backend, |reader| {
        assert_eq!(reader.merchants()?, [super::records::merchant()]);
        assert_eq!(reader.brands()?, [super::records::brand()]);
        assert_eq!(reader.authorisations()?, [(brand_id(), id("1900000001"), Grant::Given)]);
        assert_eq!(reader.appid_bindings()?, [(id("wx1"), principal())]);
        assert_eq!(open(reader)?, [id("100064")]);
        Ok(())
    });
    commit(backend, |unit| {
        unit.unbind_appid(&id("wx1"), &principal())?;
        unit.unbind_appid(&id("wx2"), &principal())?;
        unit.close_store(&brand_id(), &id("100064"))?;
        unit.put_authorisation(&brand_id(), &id("1900000001"), Grant::Withdrawn)
    })
    .expect("all of it can be taken back");
    read(backend, |reader| {
        assert_eq!(reader.authorisations()?, [(brand_id(), id("1900000001"), Grant::Withdrawn)]);
        assert!(reader.appid_bindings()?.is_empty() && open(reader)?.is_empty());
        Ok(())
    });
    commit(backend, |unit| unit.put_open_store(&brand_id(), &id("100064"))).expect("it opens again");
    assert_eq!(read(backend, open), [id("100064")]);
}
