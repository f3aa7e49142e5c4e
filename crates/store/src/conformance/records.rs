//! Every kind of record, with every optional member filled, is written and read back equal.

use std::sync::Arc;

use quan_coupon::benefit::Fen;
use quan_coupon::redemption::{OrderReference, Redemption, Return};
use quan_coupon::sequential::{Round, Rounds};
use quan_coupon::stock::StockBundlePlace;
use quan_coupon::user_coupon::{BundlePlace, Confirmation, Deactivation, Usage, UserCoupon};
use quan_coupon::window::Window;
use quan_model::coupon::{
    AssociatedOrderInfo, AssociatedPayScoreOrderInfo, CouponTagInfo, MemberTagInfo, NotifyConfig,
    SingleUsageInfo, StockForCreate, StockSendRule,
};
use quan_model::display::{CouponDisplayInfo, ProductCouponDisplayInfo, UsageRuleDisplayInfo};
use quan_model::enums::{
    CodeDisplayMode, CouponCodeMode, CouponTag, CouponUsageMethod, ProductCouponScope, ProductCouponType,
    SendChannel, StoreScope, UsageMode,
};
use quan_model::ids::{BrandId, IdError, Mchid, Principal};
use quan_model::time::Time;
use quan_model::verification::VerificationMode;

use super::{Promise, commit};
use crate::backend::{Backend, UnitOfWork};
use crate::catalogue::{
    ProductCouponDefinition, ProductCouponRecord, ProductCouponStock, StockDefinition, StockRecord,
};
use crate::error::StoreError;
use crate::idempotency::{Fingerprint, IdempotencyKey, IdempotencyRecord};
use crate::outbox::Notification;
use crate::parties::{Brand, CallerCertificate, Grant, Merchant, NotifyUrl, TokenKey};
use crate::pre_send::{ClaimedCoupon, PreSendId, PreSendRecord};
use crate::user_coupon::{CodeUse, UserCouponRecord};

pub(super) const PROMISES: &[Promise] = &[
    every_record_is_read_back_equal,
    a_put_replaces,
    a_number_is_used_once,
    a_pre_send_is_claimed_once,
    an_update_names_the_revision_it_was_decided_on,
];

pub(super) fn id<T: std::str::FromStr<Err = IdError>>(text: &str) -> T {
    text.parse().expect("a sample id is well formed")
}

/// The time of the samples.
pub(super) fn now() -> Time {
    Time::from_unix_seconds(1_760_000_000)
}

pub(super) fn later(seconds: i64) -> Time {
    now().plus_seconds(seconds)
}

pub(super) fn principal() -> Principal {
    Principal::Merchant(id("1900000001"))
}

pub(super) fn brand_id() -> BrandId {
    id("120344")
}

pub(super) fn merchant() -> Merchant {
    Merchant {
        mchid: id("1900000001"),
        name: "商户".into(),
        apiv3_key: Some("k".repeat(32)),
        verification_mode: VerificationMode::PublicKey,
    }
}

pub(super) fn brand() -> Brand {
    let logo_url = Some("https://example.com/logo.png".into());
    Brand { brand_id: brand_id(), name: "品牌".into(), logo_url, api_key: Some("b".repeat(32)) }
}

fn certificate() -> CallerCertificate {
    CallerCertificate {
        principal: principal(),
        serial_no: "4A6F".into(),
        pem: "PEM".into(),
        not_after: later(1),
        revoked_at: Some(later(1)),
    }
}

pub(super) fn product_coupon() -> ProductCouponRecord {
    ProductCouponRecord {
        product_coupon_id: id("2000000000001"),
        owner: Principal::Brand(brand_id()),
        creator: principal(),
        definition: ProductCouponDefinition {
            scope: ProductCouponScope::All,
            kind: ProductCouponType::Normal,
            usage_mode: UsageMode::Single,
            single_usage_info: Some(SingleUsageInfo { normal_coupon: None, discount_coupon: None }),
            progressive_bundle_usage_info: None,
            sequential_usage_info: None,
            display_info: ProductCouponDisplayInfo {
                name: "样例".into(),
                image_url: "https://example.com/1.png".into(),
                background_url: "https://example.com/2.png".into(),
                detail_image_url_list: Some(vec!["https://example.com/3.png".into()]),
                original_price: None,
                combo_package_list: None,
            },
            out_product_no: Some("SKU-1".into()),
        }
        .into(),
        revision: 1,
        created_at: now(),
        deactivated: Some(deactivation(5)),
    }
}

/// A stock for the samples of this suite.
pub(super) fn stock() -> StockRecord {
    StockRecord {
        stock_id: id("3000000000000001"),
        product_coupon_id: product_coupon().product_coupon_id,
        owner: Principal::Brand(brand_id()),
        creator: Principal::Brand(brand_id()),
        bundle: Some(StockBundlePlace { stock_bundle_id: id("4000000000000001"), index: 2 }),
        definition: StockDefinition::ProductCoupon(ProductCouponStock {
            members: stock_members(),
            progressive_bundle_usage_rule: None,
        })
        .into(),
        revision: 1,
        created_at: now(),
        paused: true,
        deactivated: Some(deactivation(6)),
    }
}

/// What a stock's creator wrote, for the samples of this suite.
pub(super) fn stock_members() -> StockForCreate {
    StockForCreate {
        remark: Some("备注".into()),
        coupon_code_mode: CouponCodeMode::Upload,
        stock_send_rule: StockSendRule { max_count: 2, max_count_per_day: Some(1), max_count_per_user: 1 },
        single_usage_rule: None,
        sequential_usage_rule: None,
        usage_rule_display_info: UsageRuleDisplayInfo {
            coupon_usage_method_list: vec![CouponUsageMethod::Offline],
            mini_program_appid: None,
            mini_program_path: None,
            app_path: None,
            app_jump_type: None,
            passcode_link: None,
            usage_description: "说明".into(),
            coupon_available_store_info: None,
        },
        coupon_display_info: CouponDisplayInfo {
            code_display_mode: CodeDisplayMode::Qrcode,
            background_color: None,
            entrance_mini_program: None,
            entrance_official_account: None,
            entrance_finder: None,
        },
        notify_config: NotifyConfig { notify_appid: "wx1".into() },
        store_scope: StoreScope::None,
    }
}

pub(super) fn deactivation(seconds: i64) -> Deactivation {
    Deactivation { request_no: id("DEACT_00"), time: later(seconds), reason: "活动结束".to_owned() }
}

pub(super) fn single_coupon() -> UserCouponRecord {
    let window = Window { begin: now(), end: later(86_400) };
    let coupon = UserCoupon {
        stock_id: stock().stock_id,
        product_coupon_id: product_coupon().product_coupon_id,
        owner: Principal::Brand(brand_id()),
        coupon_code: id("CODE-1"),
        appid: id("wx1"),
        openid: id("o1"),
        person_id: "person".into(),
        send_request_no: id("SEND_0001"),
        send_channel: SendChannel::ReceiveComponent,
        attach: Some("附加".into()),
        receive_time: now(),
        window,
        confirm_required: true,
        confirmed: None,
        usage: Usage::Single(None),
        deactivated: None,
        deleted_at: None,
        bundle: Some(BundlePlace { user_coupon_bundle_id: id("5000000000001"), index: 1 }),
        tags: Some(tags()),
    };
    UserCouponRecord { coupon, product_coupon_revision: 1, stock_revision: 1, revision: 1 }
}

fn tags() -> CouponTagInfo {
    let member_tag_info = Some(MemberTagInfo { member_card_id: "card".into() });
    CouponTagInfo { coupon_tag_list: Some(vec![CouponTag::Member]), member_tag_info }
}

fn sequential_coupon() -> UserCouponRecord {
    let mut record = single_coupon();
    record.coupon.coupon_code = id("CODE-2");
    let round = Round { window: record.coupon.window, redemption: None };
    record.coupon.usage = Usage::Sequential(Rounds { total_count: 3, rounds: vec![round] });
    record
}

fn redemption(number: &str, returned: bool) -> Redemption {
    Redemption {
        request_no: id(number),
        use_time: later(10),
        order: Some(OrderReference::Order(AssociatedOrderInfo {
            transaction_id: Some("4200".into()),
            ..AssociatedOrderInfo::default()
        })),
        store_id: Some(id("100064")),
        saved_amount: Fen::new(800),
        returned: returned.then(|| Return { request_no: id("RETURN_1"), time: later(20) }),
    }
}

/// The same coupons after every command left its mark.
fn used() -> [UserCouponRecord; 2] {
    let (mut single, mut sequential) = (single_coupon(), sequential_coupon());
    single.coupon.confirmed = Some(Confirmation { request_no: id("CONF_001"), time: later(1) });
    single.coupon.usage = Usage::Single(Some(redemption("USE_0001", true)));
    let reason = "活动结束".to_owned();
    single.coupon.deactivated = Some(Deactivation { request_no: id("DEACT_01"), time: later(30), reason });
    let mut second = redemption("USE_0002", true);
    let order_id = Some("15646546545165651651".into());
    second.order =
        Some(OrderReference::PayScore(AssociatedPayScoreOrderInfo { order_id, ..Default::default() }));
    let window = sequential.coupon.window;
    let rounds = vec![
        Round { window, redemption: Some(redemption("USE_0001", false)) },
        Round { window: Window { begin: later(100), end: window.end }, redemption: Some(second) },
    ];
    sequential.coupon.usage = Usage::Sequential(Rounds { total_count: 3, rounds });
    sequential.coupon.deleted_at = Some(later(40));
    [single, sequential]
}

pub(super) fn pre_send() -> PreSendRecord {
    PreSendRecord {
        id: PreSendId([7; 16]),
        principal: principal(),
        owner: Principal::Brand(brand_id()),
        send_request_no: id("SEND_0001"),
        fingerprint: Fingerprint([9; 32]),
        product_coupon_id: product_coupon().product_coupon_id,
        stock_id: stock().stock_id,
        stock_bundle_id: Some(id("4000000000000001")),
        appid: id("wx1"),
        openid: id("o1"),
        person_id: "person".into(),
        coupon_code: Some(id("CODE-9")),
        attach: Some("附加".into()),
        tags: Some(tags()),
        created_at: now(),
        token_expires_at: later(300),
        claimed: None,
    }
}

pub(super) fn claimed() -> ClaimedCoupon {
    ClaimedCoupon { coupon_code: id("CODE-9"), claimed_at: later(3) }
}

fn number() -> (IdempotencyKey, IdempotencyRecord) {
    let key = IdempotencyKey {
        principal: principal(),
        owner: Principal::Brand(brand_id()),
        operation: "confirm_user_coupon",
        target: "stock/code".into(),
        request_no: "CONF_001".into(),
    };
    (key, IdempotencyRecord { fingerprint: Fingerprint([3; 32]), answer: "{}".into(), created_at: now() })
}

/// A notification for the samples of this suite.
pub(super) fn notification() -> Notification {
    Notification {
        id: "7d1c40a2-5be3-4f0e-9c11-000000000001".into(),
        receiver: principal(),
        brand_id: Some(brand_id()),
        event_type: "PRODUCT_COUPON_SP.SEND".into(),
        create_time: now(),
        summary: "商品券领券通知".into(),
        associated_data: "product_coupon_sp".into(),
        original_type: "coupon".into(),
        resource: "{}".into(),
    }
}

pub(super) fn token_key() -> TokenKey {
    TokenKey { key_id: 1, key: [5; 32], created_at: now() }
}

/// Writes one of everything.
pub(super) fn write_every_record(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| {
        write_parties(unit)?;
        unit.insert_product_coupon(&product_coupon())?;
        unit.insert_stock(&stock())?;
        assert_eq!(unit.insert_user_coupon(&single_coupon())?, CodeUse::Free);
        assert_eq!(unit.insert_user_coupon(&single_coupon())?, CodeUse::Taken);
        assert_eq!(unit.insert_user_coupon(&sequential_coupon())?, CodeUse::Free);
        for record in used() {
            unit.update_user_coupon(&record)?;
        }
        unit.insert_pre_send(&pre_send())?;
        let (key, record) = number();
        unit.insert_idempotency_record(&key, &record)?;
        unit.insert_notification(&notification())
    })
    .expect("every record can be written");
}

fn write_parties(unit: &mut dyn UnitOfWork) -> Result<(), StoreError> {
    unit.put_merchant(&merchant())?;
    unit.put_brand(&brand())?;
    unit.put_certificate(&certificate())?;
    unit.put_authorisation(&brand_id(), &id::<Mchid>("1900000001"), Grant::Given)?;
    unit.bind_appid(&id("wx1"), &principal())?;
    unit.put_person(&id("wx1"), &id("o1"), &"person".to_owned())?;
    unit.put_notify_url(&principal(), &NotifyUrl { url: "https://example.com/n".into(), updated_at: now() })?;
    unit.put_open_store(&brand_id(), &id("100064"))?;
    unit.put_token_key(&token_key())
}

/// Reads one of everything and compares.
pub(super) fn read_every_record(backend: &Arc<dyn Backend>) {
    let read = backend.snapshot(|reader| -> Result<(), StoreError> {
        assert_eq!(reader.merchant(&id("1900000001"))?, Some(merchant()));
        assert_eq!(reader.brand(&brand_id())?, Some(brand()));
        assert_eq!(reader.certificate(&principal(), "4A6F")?, Some(certificate()));
        assert_eq!(reader.certificate(&principal(), "4A70")?, None);
        assert_eq!(reader.certificates(&principal())?, [certificate()]);
        assert_eq!(reader.certificates(&Principal::Brand(brand_id()))?, []);
        assert!(reader.is_authorised(&brand_id(), &id("1900000001"))?);
        assert!(!reader.is_authorised(&brand_id(), &id("1900000002"))?);
        assert!(reader.is_appid_bound(&id("wx1"), &principal())?);
        assert!(!reader.is_appid_bound(&id("wx1"), &Principal::Brand(brand_id()))?);
        assert_eq!(reader.person(&id("wx1"), &id("o1"))?.as_deref(), Some("person"));
        assert_eq!(reader.openid_of(&"person".to_owned(), &id("wx1"))?, Some(id("o1")));
        assert_eq!(reader.notify_url(&principal())?.map(|found| found.updated_at), Some(now()));
        assert!(reader.is_open_store(&brand_id(), &id("100064"))?);
        assert!(!reader.is_open_store(&brand_id(), &id("100065"))?);
        assert_eq!(reader.token_keys()?, [token_key()]);
        assert_eq!(reader.product_coupon(&product_coupon().product_coupon_id)?, Some(product_coupon()));
        assert_eq!(reader.stock(&stock().stock_id)?, Some(stock()));
        let definition = reader.stock_definition(&stock().stock_id, 1)?;
        assert_eq!(
            (definition.as_ref(), reader.stock_definition(&stock().stock_id, 2)?),
            (Some(&*stock().definition), None)
        );
        for mut expected in used() {
            expected.revision += 1;
            let code = expected.coupon.coupon_code.clone();
            assert_eq!(reader.user_coupon(&stock().stock_id, &code)?, Some(expected));
        }
        assert_eq!(reader.user_coupon_count(&stock().stock_id)?, 2);
        assert_eq!(reader.pre_send(pre_send().id)?, Some(pre_send()));
        let (key, record) = number();
        assert_eq!(reader.idempotency_record(&key)?, Some(record));
        assert_eq!(reader.delivery(&notification().id)?.map(|found| found.0), Some(notification()));
        Ok(())
    });
    read.expect("a snapshot can be taken").expect("every record can be read");
}

fn every_record_is_read_back_equal(backend: &Arc<dyn Backend>) {
    write_every_record(backend);
    read_every_record(backend);
}

fn a_put_replaces(backend: &Arc<dyn Backend>) {
    let withdrawn = commit(backend, |unit| {
        write_parties(unit)?;
        unit.put_merchant(&Merchant { apiv3_key: None, ..merchant() })?;
        unit.put_authorisation(&brand_id(), &id::<Mchid>("1900000001"), Grant::Withdrawn)?;
        Ok((unit.merchant(&id("1900000001"))?, unit.is_authorised(&brand_id(), &id("1900000001"))?))
    });
    let (found, authorised) = withdrawn.expect("parties can be written");
    assert_eq!((found.and_then(|found| found.apiv3_key), authorised), (None, false));
}

fn a_number_is_used_once(backend: &Arc<dyn Backend>) {
    let (key, record) = number();
    let write = |key: IdempotencyKey, record: IdempotencyRecord| {
        commit(backend, move |unit| unit.insert_idempotency_record(&key, &record))
    };
    write(key.clone(), record.clone()).expect("a fresh number");
    let again = write(key.clone(), record.clone());
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "a number was used twice");
    write(IdempotencyKey { operation: "use_user_coupon", ..key.clone() }, record.clone())
        .expect("another operation");
    write(IdempotencyKey { target: "stock/other".into(), ..key }, record).expect("another target");
}

fn a_pre_send_is_claimed_once(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| unit.insert_pre_send(&pre_send())).expect("a fresh number");
    let same_number = PreSendRecord { id: PreSendId([8; 16]), ..pre_send() };
    let again = commit(backend, move |unit| unit.insert_pre_send(&same_number));
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "two records for one number");
    let held = |at: Time| {
        backend
            .snapshot(|reader| reader.code_holder(&stock().stock_id, &id("CODE-9"), at))
            .expect("a snapshot")
    };
    assert_eq!(held(later(299)).expect("readable"), Some(pre_send().id));
    assert_eq!(held(later(300)).expect("readable"), None, "a dead token holds no code");
    commit(backend, |unit| unit.extend_pre_send(pre_send().id, later(600))).expect("the record exists");
    assert_eq!(held(later(599)).expect("readable"), Some(pre_send().id));
    commit(backend, |unit| unit.claim_pre_send(pre_send().id, &claimed())).expect("it is open");
    let twice = commit(backend, |unit| unit.claim_pre_send(pre_send().id, &claimed()));
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "claimed twice");
    assert_eq!(held(now()).expect("readable"), None, "the coupon itself has the code now");
    let by_number = backend.snapshot(|reader| {
        reader.pre_send_by_number(&principal(), &Principal::Brand(brand_id()), &pre_send().send_request_no)
    });
    let found = by_number.expect("a snapshot").expect("readable").expect("the record is kept");
    assert_eq!((found.claimed, found.token_expires_at), (Some(claimed()), later(600)));
}

fn an_update_names_the_revision_it_was_decided_on(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| unit.insert_user_coupon(&single_coupon()).map(drop)).expect("a free code");
    let update = || commit(backend, |unit| unit.update_user_coupon(&single_coupon()));
    update().expect("revision 1 is in force");
    assert!(matches!(update(), Err(StoreError::Conflict { .. })), "revision 1 was replaced by 2");
}
