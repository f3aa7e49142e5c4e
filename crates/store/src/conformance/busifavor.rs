//! What the busifavor face keeps: callbacks, senders and orders of coupons, look-ups, cards, receipts, and
//! deleted codes.

use std::sync::Arc;

use quan_coupon::benefit::Fen;
use quan_coupon::pool::CodeState;
use quan_model::busifavor::{
    AvailableTime, AvailableWeek, CouponUseRule, CustomEntrance, DiscountCoupon, DisplayPattern,
    EntranceCodeMode, ExchangeCoupon, FinderInfo, FixedNormalCoupon, MerchantCodeMode, MiniProgramsInfo,
    NotifyConfig, StockMembers, StockSendRule, UseMethod,
};
use quan_model::coupon::CouponCodeCountInfo;
use quan_model::enums::{BackgroundColor, ProductCouponType};
use quan_model::ids::{CouponCode, Mchid, Principal, StockId};
use quan_model::period::{DayPeriod, IrregularPeriod};

use super::records::{self, id, now, single_coupon, stock};
use super::{Promise, commit};
use crate::backend::{Backend, Reader};
use crate::busifavor::{CouponFilter, FoundCoupon, GovCardRecord};
use crate::busifavor_receipts::{PayReceiptRecord, ReturnReceiptRecord};
use crate::catalogue::{StockDefinition, StockRecord};
use crate::code_pool::PoolCode;
use crate::error::StoreError;
use crate::parties::NotifyUrl;
use crate::user_coupon::UserCouponRecord;

pub(super) const PROMISES: &[Promise] = &[
    a_definition_is_read_back_equal,
    the_last_callback_wins_and_is_no_notify_url,
    a_coupon_has_one_order_at_most,
    coupons_are_found_by_person,
    stocks_are_found_by_the_code_of_a_coupon,
    a_card_code_is_used_once,
    receipts_are_read_back_and_returns_add_up,
    a_deleted_code_is_gone_until_it_is_uploaded_again,
    a_part_of_a_pool_is_read,
];

fn look<T>(backend: &Arc<dyn Backend>, look: impl FnMut(&dyn Reader) -> Result<T, StoreError>) -> T {
    backend.snapshot(look).expect("a snapshot can be taken").expect("records can be read")
}

fn merchant(mchid: &str) -> Principal {
    Principal::Merchant(id(mchid))
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// What a creator may write, every member of it.
fn merchants_members() -> StockMembers {
    StockMembers {
        stock_name: "商家券".to_owned(),
        comment: some("备注"),
        goods_name: "商品".to_owned(),
        stock_type: ProductCouponType::Discount,
        coupon_use_rule: merchants_use_rule(),
        stock_send_rule: StockSendRule {
            max_coupons: Some(1_000_000_000),
            max_coupons_per_user: Some(100),
            max_coupons_by_day: Some(1),
            natural_person_limit: Some(true),
            prevent_api_abuse: Some(false),
        },
        custom_entrance: Some(CustomEntrance {
            mini_programs_info: Some(MiniProgramsInfo {
                mini_programs_appid: "wx1".to_owned(),
                mini_programs_path: "/".to_owned(),
                entrance_words: "去".to_owned(),
                guiding_words: some("新"),
            }),
            appid: some("wx2"),
            hall_id: some("h"),
            store_id: some("s"),
            code_display_mode: Some(EntranceCodeMode::Qrcode),
        }),
        display_pattern_info: Some(DisplayPattern {
            description: some("说明"),
            merchant_logo_url: some("https://a.example/1"),
            merchant_name: some("商户"),
            background_color: Some(BackgroundColor::Color040),
            coupon_image_url: some("https://a.example/2"),
            finder_info: Some(FinderInfo {
                finder_id: "f".to_owned(),
                finder_video_id: "v".to_owned(),
                finder_video_cover_image_url: "https://a.example/3".to_owned(),
            }),
        }),
        coupon_code_mode: MerchantCodeMode::MerchantUpload,
        notify_config: Some(NotifyConfig { notify_appid: some("wx1") }),
    }
}

fn merchants_use_rule() -> CouponUseRule {
    let week = AvailableWeek {
        week_day: Some(vec![0, 6]),
        available_day_time: Some(vec![DayPeriod { begin_time: 0, end_time: 86_399 }]),
    };
    CouponUseRule {
        coupon_available_time: AvailableTime {
            available_begin_time: now(),
            available_end_time: now().plus_seconds(86_400),
            available_day_after_receive: Some(15),
            available_week: Some(week),
            irregulary_avaliable_time: Some(vec![IrregularPeriod { begin_time: now(), end_time: now() }]),
            wait_days_after_receive: Some(1),
            available_second_after_receive: Some(60),
        },
        fixed_normal_coupon: Some(FixedNormalCoupon { discount_amount: 1, transaction_minimum: 2 }),
        discount_coupon: Some(DiscountCoupon { discount_percent: 88, transaction_minimum: 1 }),
        exchange_coupon: Some(ExchangeCoupon { exchange_price: 0, transaction_minimum: 1 }),
        use_method: Some(UseMethod::MiniPrograms),
        mini_programs_appid: some("wx1"),
        mini_programs_path: some("/pages/1"),
        available_week: None,
        irregulary_avaliable_time: None,
    }
}

/// A stock that one merchant made for another; no call would accept all of its members at once.
fn merchants_stock() -> StockRecord {
    StockRecord {
        stock_id: id("3000000000000009"),
        owner: merchant("1900000002"),
        creator: merchant("1900000001"),
        bundle: None,
        definition: StockDefinition::Busifavor(merchants_members()).into(),
        deactivated: None,
        ..stock()
    }
}

fn a_definition_is_read_back_equal(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| unit.insert_stock(&merchants_stock())).expect("a stock can be written");
    let found = look(backend, |reader| reader.stock(&merchants_stock().stock_id));
    assert_eq!(found, Some(merchants_stock()));
}

fn the_last_callback_wins_and_is_no_notify_url(backend: &Arc<dyn Backend>) {
    let mchid: Mchid = id("1900000001");
    let url = |url: &str| NotifyUrl { url: url.to_owned(), updated_at: now() };
    let (first, second) = (url("https://a.example/1"), url("https://a.example/2"));
    let written = commit(backend, move |unit| {
        unit.put_callback(&id("1900000001"), &first)?;
        unit.put_callback(&id("1900000001"), &second)
    });
    written.expect("callbacks can be written");
    let found = look(backend, |reader| {
        let other = reader.callback(&id("1900000002"))?;
        let notify_url = reader.notify_url(&Principal::Merchant(mchid.clone()))?;
        Ok((reader.callback(&mchid)?, other, notify_url))
    });
    assert_eq!(found, (Some(url("https://a.example/2")), None, None));
}

fn a_coupon_has_one_order_at_most(backend: &Arc<dyn Backend>) {
    let (stock, code): (StockId, CouponCode) = (id("3"), id("CODE-1"));
    for order in [Some("A"), Some("B"), None, Some("C")] {
        commit(backend, move |unit| unit.put_coupon_order(&id("3"), &id("CODE-1"), order))
            .expect("an order can be written");
        let found = look(backend, |reader| reader.coupon_order(&stock, &code));
        assert_eq!(found.as_deref(), order);
    }
    assert_eq!(look(backend, |reader| reader.coupon_order(&id("4"), &code)), None);
}

fn coupon(stock: &StockRecord, code: &str, person: &str, seconds: i64) -> UserCouponRecord {
    let mut record = single_coupon();
    record.coupon.stock_id = stock.stock_id.clone();
    record.coupon.owner = stock.owner.clone();
    record.coupon.coupon_code = id(code);
    record.coupon.person_id = person.to_owned();
    record.coupon.receive_time = now().plus_seconds(seconds);
    record
}

fn write_coupons(backend: &Arc<dyn Backend>) {
    let written = commit(backend, |unit| {
        let (brands, merchants) = (stock(), merchants_stock());
        unit.insert_stock(&brands)?;
        unit.insert_stock(&merchants)?;
        unit.insert_user_coupon(&coupon(&brands, "A", "person", 1))?;
        unit.insert_user_coupon(&coupon(&merchants, "A", "person", 2))?;
        unit.insert_user_coupon(&coupon(&merchants, "B", "person", 2))?;
        unit.insert_user_coupon(&coupon(&merchants, "C", "somebody", 3))?;
        unit.insert_coupon_sender(&merchants.stock_id, &id("B"), &merchants.owner)
    });
    written.expect("coupons can be written");
    let twice = commit(backend, |unit| {
        unit.insert_coupon_sender(&merchants_stock().stock_id, &id("B"), &merchant("1900000001"))
    });
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "a coupon has one sender");
}

fn coupons_are_found_by_person(backend: &Arc<dyn Backend>) {
    write_coupons(backend);
    let (brands, merchants) = (stock(), merchants_stock());
    let found = |filter: CouponFilter| -> Vec<String> {
        let found = look(backend, |reader| reader.coupons_of_person(&"person".to_owned(), &filter));
        found.iter().map(|found| format!("{}/{}", found.stock_id, found.coupon_code)).collect()
    };
    let name = |stock: &StockRecord, code: &str| format!("{}/{code}", stock.stock_id);
    let (first, second, third) = (name(&merchants, "A"), name(&merchants, "B"), name(&brands, "A"));
    let none = CouponFilter::default;
    assert_eq!(found(none()), [first.clone(), second.clone(), third.clone()]);
    let stock_id = Some(brands.stock_id.clone());
    assert_eq!(found(CouponFilter { stock_id, ..none() }), std::slice::from_ref(&third));
    assert_eq!(found(CouponFilter { coupon_code: Some(id("A")), ..none() }), [first.clone(), third.clone()]);
    let creator = Some(merchants.creator.clone());
    assert_eq!(found(CouponFilter { creator, ..none() }), [first.clone(), second.clone()]);
    let owner = Some(brands.owner.clone());
    assert_eq!(found(CouponFilter { owner, ..none() }), [third]);
    let sender = Some(merchants.owner.clone());
    assert_eq!(found(CouponFilter { sender, ..none() }), [second]);
    let sender = Some(merchants.creator.clone());
    assert_eq!(found(CouponFilter { sender, ..none() }), [first]);
    let whole = look(backend, |reader| {
        let filter = CouponFilter { coupon_code: Some(id("B")), ..CouponFilter::default() };
        reader.coupons_of_person(&"person".to_owned(), &filter)
    });
    let expected = FoundCoupon {
        stock_id: merchants.stock_id,
        coupon_code: id("B"),
        owner: merchants.owner.clone(),
        creator: merchants.creator,
        sender: merchants.owner,
    };
    assert_eq!(whole, [expected]);
}

fn stocks_are_found_by_the_code_of_a_coupon(backend: &Arc<dyn Backend>) {
    write_coupons(backend);
    let found = |code: &str, principal: &Principal| {
        look(backend, |reader| reader.stocks_of_code(&id(code), principal))
    };
    let merchants = merchants_stock();
    assert_eq!(found("A", &merchants.creator), std::slice::from_ref(&merchants.stock_id));
    assert_eq!(found("A", &merchants.owner), [merchants.stock_id]);
    assert_eq!(found("A", &stock().creator), [stock().stock_id]);
    assert_eq!(found("A", &merchant("1900000003")), []);
    assert_eq!(found("Z", &merchants.creator), []);
}

fn a_card_code_is_used_once(backend: &Arc<dyn Backend>) {
    let card = GovCardRecord {
        card_code: "778208460177".to_owned(),
        card_id: "pIJMr5MMiIkO".to_owned(),
        sender: id("1900000001"),
        appid: id("wx1"),
        openid: id("o1"),
        request_no: id("GOV1"),
        send_time: now(),
        created_at: now().plus_seconds(1),
    };
    let write = || {
        let card = card.clone();
        commit(backend, move |unit| unit.insert_gov_card(&card))
    };
    write().expect("a fresh code");
    assert!(matches!(write(), Err(StoreError::Conflict { .. })), "a code was used twice");
    assert_eq!(look(backend, |reader| reader.gov_card("778208460177")), Some(card));
    assert_eq!(look(backend, |reader| reader.gov_card("778208460178")), None);
}

fn fen(amount: i64) -> Fen {
    Fen::new(amount).expect("a sample amount is not negative")
}

fn payment(receipt_id: &str, seconds: i64) -> PayReceiptRecord {
    PayReceiptRecord {
        receipt_id: receipt_id.to_owned(),
        stock_id: id("3"),
        coupon_code: id("CODE-1"),
        transaction_id: "4200001234202609207788990011".to_owned(),
        payer: id("1900000001"),
        payee: id("1900000002"),
        amount: fen(300),
        description: "补差".to_owned(),
        out_subsidy_no: id("SUBSIDY|1*"),
        created_at: now().plus_seconds(seconds),
    }
}

fn receipts_are_read_back_and_returns_add_up(backend: &Arc<dyn Backend>) {
    let give_back = |return_receipt_id: &str, amount: i64| ReturnReceiptRecord {
        return_receipt_id: return_receipt_id.to_owned(),
        receipt_id: "P1".to_owned(),
        refund_id: "50300207762026092200112233445".to_owned(),
        amount: fen(amount),
        description: "回退".to_owned(),
        out_subsidy_return_no: id("RETURN_1"),
        created_at: now().plus_seconds(9),
    };
    let (one, two) = (give_back("R1", 100), give_back("R2", 50));
    let first = one.clone();
    let written = commit(backend, move |unit| {
        unit.insert_pay_receipt(&payment("P2", 2))?;
        unit.insert_pay_receipt(&payment("P1", 1))?;
        unit.insert_return_receipt(&one)?;
        unit.insert_return_receipt(&two)
    });
    written.expect("receipts can be written");
    let again = commit(backend, |unit| unit.insert_pay_receipt(&payment("P1", 1)));
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "an id was used twice");
    let again = first.clone();
    let again = commit(backend, move |unit| unit.insert_return_receipt(&again));
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "an id was used twice");
    look(backend, |reader| {
        assert_eq!(reader.pay_receipt("P1")?, Some(payment("P1", 1)));
        assert_eq!(reader.pay_receipt("R1")?, None);
        assert_eq!(reader.pay_receipts(&id("3"), &id("CODE-1"))?, [payment("P1", 1), payment("P2", 2)]);
        assert_eq!(reader.pay_receipts(&id("4"), &id("CODE-1"))?, []);
        assert_eq!(reader.return_receipt("R1")?, Some(first.clone()));
        assert_eq!(reader.return_receipt("P1")?, None);
        assert_eq!((reader.returned_amount("P1")?, reader.returned_amount("P2")?), (fen(150), Fen::ZERO));
        Ok(())
    });
}

fn pool() -> StockId {
    records::stock().stock_id
}

fn a_deleted_code_is_gone_until_it_is_uploaded_again(backend: &Arc<dyn Backend>) {
    let (first, second): (CouponCode, CouponCode) = (id("A"), id("B"));
    let written = commit(backend, |unit| {
        unit.add_code(&pool(), &id("A"), 1, now())?;
        unit.add_code(&pool(), &id("B"), 2, now())?;
        unit.delete_code(&pool(), &id("A"), now().plus_seconds(5))
    });
    written.expect("codes can be written");
    let counts = |total_count, available_count| CouponCodeCountInfo { total_count, available_count };
    look(backend, |reader| {
        assert!(!reader.has_code(&pool(), &first)? && reader.has_code(&pool(), &second)?);
        assert_eq!(reader.code_counts(&pool())?, counts(1, 1));
        let deleted = reader.pool_code(&pool(), &first)?.expect("a deleted code is kept");
        assert_eq!((deleted.state(), deleted.deleted_at), (CodeState::Deleted, Some(now().plus_seconds(5))));
        assert_eq!(reader.pool_code(&pool(), &id("C"))?, None);
        Ok(())
    });
    let twice = commit(backend, |unit| unit.delete_code(&pool(), &id("A"), now()));
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "deleted twice");
    let taken =
        commit(backend, |unit| Ok((unit.take_code(&pool(), now())?, unit.take_code(&pool(), now())?)));
    assert_eq!(taken.expect("codes can be taken"), (Some(second), None), "a deleted code is not drawn");
    let given_out = commit(backend, |unit| unit.delete_code(&pool(), &id("B"), now()));
    assert!(matches!(given_out, Err(StoreError::Conflict { .. })), "a code that was given out was deleted");
    let again = now().plus_seconds(9);
    commit(backend, move |unit| unit.add_code(&pool(), &id("A"), 3, again)).expect("a deleted code is free");
    look(backend, |reader| {
        assert!(reader.has_free_code(&pool())?);
        assert_eq!(reader.code_counts(&pool())?, counts(2, 1));
        let code = reader.pool_code(&pool(), &first)?.expect("the code is there");
        let expected = PoolCode { code: id("A"), uploaded_at: again, dispatched_at: None, deleted_at: None };
        assert_eq!(code, expected);
        Ok(())
    });
    let known = commit(backend, |unit| unit.add_code(&pool(), &id("B"), 4, now()));
    assert!(matches!(known, Err(StoreError::Conflict { .. })), "a code that was given out was added");
}

fn a_part_of_a_pool_is_read(backend: &Arc<dyn Backend>) {
    let written = commit(backend, |unit| {
        for (number, code) in ["D", "C", "B", "A"].into_iter().enumerate() {
            let number = u32::try_from(number).expect("four is small");
            unit.add_code(&pool(), &id(code), number, now().plus_seconds(i64::from(number)))?;
        }
        unit.delete_code(&pool(), &id("C"), now())?;
        unit.take_code(&pool(), now().plus_seconds(9))
    });
    assert_eq!(written.expect("codes can be written"), Some(id("D")));
    let part = |dispatched, offset, limit| {
        let page = look(backend, |reader| reader.pool_codes(&pool(), dispatched, offset, limit));
        let codes: Vec<String> = page.codes.iter().map(|code| code.code.to_string()).collect();
        (page.total_count, codes.join(" "))
    };
    assert_eq!(part(None, 0, 10), (3, "D B A".to_owned()));
    assert_eq!(part(None, 1, 1), (3, "B".to_owned()));
    assert_eq!(part(None, 9, 10), (3, String::new()));
    assert_eq!(part(Some(true), 0, 10), (1, "D".to_owned()));
    assert_eq!(part(Some(false), 0, 10), (2, "B A".to_owned()));
}
