//! Definitions with every optional member, and with none, come back as they were written.

use std::sync::Arc;

use quan_coupon::stock::StockBundlePlace;
use quan_model::coupon::{
    DiscountCouponRule, ExchangeCouponRule, NormalCouponRule, ProgressiveBundleRoundRule,
    ProgressiveBundleUsageInfo, SequentialUsageInfo, SequentialUsageRule, SingleUsageInfo, SingleUsageRule,
    StockForCreate,
};
use quan_model::display::{
    ComboPackage, ComboPackageChoice, CouponAvailableStoreInfo, CouponDisplayInfo, EntranceFinder,
    EntranceMiniProgram, EntranceOfficialAccount, ProductCouponDisplayInfo, UsageRuleDisplayInfo,
};
use quan_model::enums::{
    AppJumpType, BackgroundColor, CodeDisplayMode, CouponUsageMethod, SequentialUsageType, Weekday,
};
use quan_model::period::{CouponAvailablePeriod, DayPeriod, IrregularPeriod, WeeklyPeriod};

use super::records::{self, deactivation, id, now, product_coupon, stock, stock_members};
use super::{Promise, commit};
use crate::backend::{Backend, UnitOfWork};
use crate::catalogue::{
    ProductCouponDefinition, ProductCouponRecord, ProductCouponStock, StockDefinition, StockRecord,
};
use crate::error::StoreError;

pub(super) const PROMISES: &[Promise] = &[
    a_definition_with_every_member_is_read_back_equal,
    a_definition_without_optional_members_is_read_back_equal,
    a_revision_is_added_to_the_one_it_was_made_from,
    a_deactivation_happens_once,
    stocks_that_are_not_deactivated_are_counted,
    a_pause_is_of_the_stock_and_of_its_whole_bundle,
];

const URL: &str = "https://example.com/图?a=1&b=\"2\"";

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn period() -> CouponAvailablePeriod {
    let day_period = DayPeriod { begin_time: 0, end_time: 86_399 };
    let weekly = WeeklyPeriod {
        day_list: Some(Weekday::ALL.to_vec()),
        day_period_list: Some(vec![day_period, day_period]),
    };
    CouponAvailablePeriod {
        available_begin_time: now(),
        available_end_time: now().plus_seconds(1),
        available_days: Some(365),
        wait_days_after_receive: Some(0),
        weekly_available_period: Some(weekly),
        irregular_available_period_list: Some(vec![IrregularPeriod { begin_time: now(), end_time: now() }]),
        available_seconds: Some(1),
    }
}

fn full_display_info() -> ProductCouponDisplayInfo {
    let choice = ComboPackageChoice {
        name: "拿铁\n\"大杯\"".to_owned(),
        price: i64::MAX,
        count: 1,
        image_url: some(URL),
        mini_program_appid: some("wx1"),
        mini_program_path: some("/pages/1"),
    };
    let bare = ComboPackageChoice {
        image_url: None,
        mini_program_appid: None,
        mini_program_path: None,
        ..choice.clone()
    };
    ProductCouponDisplayInfo {
        name: "样例".to_owned(),
        image_url: URL.to_owned(),
        background_url: URL.to_owned(),
        detail_image_url_list: Some(vec![URL.to_owned(), URL.to_owned()]),
        original_price: Some(1),
        combo_package_list: Some(vec![ComboPackage {
            name: "套餐".to_owned(),
            pick_count: 2,
            choice_list: vec![choice, bare],
        }]),
    }
}

/// What no call would accept at once; a store keeps it all the same.
fn full_product_coupon() -> ProductCouponRecord {
    let record = product_coupon();
    let definition = ProductCouponDefinition {
        single_usage_info: Some(SingleUsageInfo {
            normal_coupon: Some(NormalCouponRule { threshold: 0, discount_amount: 1 }),
            discount_coupon: Some(DiscountCouponRule { threshold: 0, percent_off: 99 }),
        }),
        sequential_usage_info: Some(SequentialUsageInfo {
            kind: SequentialUsageType::Equal,
            count: 15,
            available_days: 365,
            interval_days: Some(0),
        }),
        progressive_bundle_usage_info: Some(ProgressiveBundleUsageInfo { count: 3, interval_days: Some(7) }),
        display_info: full_display_info(),
        out_product_no: some("SKU-1"),
        ..ProductCouponDefinition::clone(&record.definition)
    };
    ProductCouponRecord { definition: definition.into(), ..record }
}

fn full_stock() -> StockRecord {
    let record = stock();
    let normal = NormalCouponRule { threshold: 1, discount_amount: 1 };
    let discount = DiscountCouponRule { threshold: 1, percent_off: 1 };
    let exchange = ExchangeCouponRule { threshold: 1, exchange_price: 0 };
    let members = StockForCreate {
        single_usage_rule: Some(SingleUsageRule {
            coupon_available_period: period(),
            normal_coupon: Some(normal),
            discount_coupon: Some(discount),
            exchange_coupon: Some(exchange),
        }),
        sequential_usage_rule: Some(SequentialUsageRule {
            coupon_available_period: period(),
            normal_coupon_list: Some(vec![normal; 3]),
            discount_coupon_list: Some(vec![discount; 3]),
            exchange_coupon_list: Some(vec![exchange; 3]),
            special_first: Some(false),
        }),
        usage_rule_display_info: UsageRuleDisplayInfo {
            coupon_usage_method_list: CouponUsageMethod::ALL.to_vec(),
            mini_program_appid: some("wx1"),
            mini_program_path: some("/pages/1"),
            app_path: some(URL),
            app_jump_type: Some(AppJumpType::UsageGuide),
            passcode_link: some(""),
            usage_description: "说明".to_owned(),
            coupon_available_store_info: Some(CouponAvailableStoreInfo {
                description: "全部门店".to_owned(),
                mini_program_appid: some("wx1"),
                mini_program_path: some("/pages/2"),
            }),
        },
        coupon_display_info: CouponDisplayInfo {
            code_display_mode: CodeDisplayMode::Invisible,
            background_color: Some(BackgroundColor::Color100),
            entrance_mini_program: Some(EntranceMiniProgram {
                appid: "wx1".to_owned(),
                path: "/pages/3".to_owned(),
                entrance_wording: "去看看".to_owned(),
                guidance_wording: some("新品"),
            }),
            entrance_official_account: Some(EntranceOfficialAccount { appid: "wx2".to_owned() }),
            entrance_finder: Some(EntranceFinder {
                finder_id: "f".to_owned(),
                finder_video_id: "v".to_owned(),
                finder_video_cover_image_url: URL.to_owned(),
            }),
        },
        ..stock_members()
    };
    let rule = ProgressiveBundleRoundRule {
        coupon_available_period: period(),
        normal_coupon: Some(normal),
        discount_coupon: Some(discount),
        exchange_coupon: Some(exchange),
    };
    let definition = StockDefinition::ProductCoupon(ProductCouponStock {
        members,
        progressive_bundle_usage_rule: Some(rule),
    });
    let definition = definition.into();
    StockRecord { definition, paused: false, deactivated: None, bundle: None, ..record }
}

fn is_kept(backend: &Arc<dyn Backend>, product_coupon: &ProductCouponRecord, stock: &StockRecord) {
    let (kept_product_coupon, kept_stock) = (product_coupon.clone(), stock.clone());
    commit(backend, move |unit| {
        unit.insert_product_coupon(&kept_product_coupon)?;
        unit.insert_stock(&kept_stock)
    })
    .expect("definitions can be written");
    let (id, stock_id) = (product_coupon.product_coupon_id.clone(), stock.stock_id.clone());
    let read = |reader: &dyn crate::backend::Reader| {
        let definition = reader.product_coupon_definition(&id, 1)?;
        assert_eq!(definition.as_ref(), Some(&*product_coupon.definition));
        assert_eq!(reader.product_coupon_definition(&id, 2)?, None);
        assert_eq!(reader.product_coupon(&id)?, Some(product_coupon.clone()));
        assert_eq!(reader.stock(&stock_id)?, Some(stock.clone()));
        Ok::<(), crate::error::StoreError>(())
    };
    backend.snapshot(read).expect("a snapshot can be taken").expect("definitions can be read");
}

fn a_definition_with_every_member_is_read_back_equal(backend: &Arc<dyn Backend>) {
    is_kept(backend, &full_product_coupon(), &full_stock());
}

fn a_definition_without_optional_members_is_read_back_equal(backend: &Arc<dyn Backend>) {
    let (mut product_coupon, mut stock) = (product_coupon(), stock());
    product_coupon.definition.single_usage_info = None;
    product_coupon.definition.display_info.detail_image_url_list = None;
    product_coupon.definition.out_product_no = None;
    product_coupon.deactivated = None;
    let mut members = stock_members();
    members.remark = None;
    members.stock_send_rule.max_count_per_day = None;
    *stock.definition =
        StockDefinition::ProductCoupon(ProductCouponStock { members, progressive_bundle_usage_rule: None });
    stock.deactivated = None;
    is_kept(backend, &product_coupon, &stock);
}

fn a_revision_is_added_to_the_one_it_was_made_from(backend: &Arc<dyn Backend>) {
    let (product_coupon, stock) = (full_product_coupon(), full_stock());
    let (id, stock_id) = (product_coupon.product_coupon_id.clone(), stock.stock_id.clone());
    let changed = records::product_coupon().definition;
    let changed_stock = records::stock().definition;
    let (new, new_stock) = (changed.clone(), changed_stock.clone());
    commit(backend, move |unit| {
        unit.insert_product_coupon(&product_coupon)?;
        unit.insert_stock(&stock)?;
        unit.revise_product_coupon(&product_coupon.product_coupon_id, 1, &new)?;
        unit.revise_stock(&stock.stock_id, 1, &new_stock)
    })
    .expect("definitions can be revised");
    let (again, stock_again) = (changed.clone(), changed_stock.clone());
    let (of, of_stock) = (id.clone(), stock_id.clone());
    let stale = commit(backend, move |unit| unit.revise_product_coupon(&of, 1, &again));
    assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
    let stale = commit(backend, move |unit| unit.revise_stock(&of_stock, 1, &stock_again));
    assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
    let read = |reader: &dyn crate::backend::Reader| {
        let record = reader.product_coupon(&id)?.expect("it was written");
        assert_eq!((record.revision, &record.definition), (2, &changed));
        assert_eq!(
            reader.product_coupon_definition(&id, 1)?.as_ref(),
            Some(&*full_product_coupon().definition)
        );
        let record = reader.stock(&stock_id)?.expect("it was written");
        assert_eq!((record.revision, &record.definition), (2, &changed_stock));
        assert_eq!(reader.stock_definition(&stock_id, 1)?.as_ref(), Some(&*full_stock().definition));
        Ok::<(), StoreError>(())
    };
    backend.snapshot(read).expect("a snapshot can be taken").expect("definitions can be read");
}

fn a_deactivation_happens_once(backend: &Arc<dyn Backend>) {
    let product_coupon = ProductCouponRecord { deactivated: None, ..records::product_coupon() };
    let stock = full_stock();
    let (id, stock_id) = (product_coupon.product_coupon_id.clone(), stock.stock_id.clone());
    commit(backend, move |unit| {
        unit.insert_product_coupon(&product_coupon)?;
        unit.insert_stock(&stock)?;
        unit.deactivate_product_coupon(&product_coupon.product_coupon_id, &deactivation(7))?;
        unit.deactivate_stock(&stock.stock_id, &deactivation(8))
    })
    .expect("both can be deactivated");
    let (of, of_stock) = (id.clone(), stock_id.clone());
    let twice = commit(backend, move |unit| unit.deactivate_product_coupon(&of, &deactivation(9)));
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "{twice:?}");
    let twice = commit(backend, move |unit| unit.deactivate_stock(&of_stock, &deactivation(9)));
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "{twice:?}");
    let read = |reader: &dyn crate::backend::Reader| {
        let kept = reader.product_coupon(&id)?.expect("it was written").deactivated;
        assert_eq!(kept, Some(deactivation(7)));
        let kept = reader.stock(&stock_id)?.expect("it was written").deactivated;
        assert_eq!(kept, Some(deactivation(8)));
        Ok::<(), StoreError>(())
    };
    backend.snapshot(read).expect("a snapshot can be taken").expect("they can be read");
}

fn stocks_that_are_not_deactivated_are_counted(backend: &Arc<dyn Backend>) {
    let live = |number: u32| {
        let stock_id = format!("300000000000000{number}").parse().expect("digits");
        StockRecord { stock_id, ..full_stock() }
    };
    commit(backend, move |unit| {
        unit.insert_stock(&live(1))?;
        unit.insert_stock(&live(2))?;
        unit.insert_stock(&StockRecord { deactivated: Some(deactivation(1)), ..live(3) })
    })
    .expect("stocks can be written");
    let count = backend.snapshot(|reader| reader.live_stock_count(&full_stock().product_coupon_id));
    assert_eq!(count.expect("a snapshot can be taken").expect("stocks can be counted"), 2);
}

fn a_pause_is_of_the_stock_and_of_its_whole_bundle(backend: &Arc<dyn Backend>) {
    let bundle = stock().bundle;
    let of = |stock_id: &str, bundle: Option<StockBundlePlace>| StockRecord {
        stock_id: id(stock_id),
        bundle,
        paused: false,
        ..stock()
    };
    let stocks = [of("31", bundle.clone()), of("32", bundle), of("33", None), of("34", None)];
    let write = move |unit: &mut dyn UnitOfWork| {
        for stock in &stocks {
            unit.insert_stock(stock)?;
        }
        unit.set_stock_paused(&id("31"), true)?;
        unit.set_stock_paused(&id("33"), true)?;
        let mut paused = Vec::new();
        for stock in &stocks {
            paused.push(unit.stock(&stock.stock_id)?.map(|found| found.paused));
        }
        unit.set_stock_paused(&id("32"), false)?;
        Ok((paused, unit.stock(&id("31"))?.map(|found| found.paused)))
    };
    let (paused, after) = commit(backend, write).expect("stocks can be paused");
    assert_eq!(paused, [Some(true), Some(true), Some(true), Some(false)]);
    assert_eq!(after, Some(false), "the bundle moves together");
    let unknown = commit(backend, |unit| unit.set_stock_paused(&id("39"), true));
    assert!(matches!(unknown, Err(StoreError::Conflict { .. })), "no such stock");
}
