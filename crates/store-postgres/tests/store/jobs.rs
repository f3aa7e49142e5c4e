//! Jobs that count how often they run, and what is left of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use quan_coupon::definition::Limits;
use quan_model::coupon::{NotifyConfig, StockForCreate, StockSendRule};
use quan_model::display::{CouponDisplayInfo, UsageRuleDisplayInfo};
use quan_model::enums::{CodeDisplayMode, CouponCodeMode, CouponUsageMethod, StoreScope};
use quan_model::ids::{Principal, StockId};
use quan_model::time::Time;
use quan_store::backend::{Backend, Ended, Job, UnitOfWork, Verdict};
use quan_store::catalogue::{Counted, ProductCouponStock, StockDefinition, StockRecord};
use quan_store::outbox::Notification;

/// No limit that a test reaches.
const LIMITS: Limits =
    Limits { max_count: 1_000_000, max_count_per_day: None, max_count_per_user: 1_000_000 };

/// A job that runs a closure each time.
struct Repeatable<F>(F);

impl<F: FnMut(&mut dyn UnitOfWork) -> Verdict + Send + 'static> Job for Repeatable<F> {
    fn run(&mut self, unit: &mut dyn UnitOfWork) -> Verdict {
        (self.0)(unit)
    }

    fn finish(self: Box<Self>, _: Ended) -> Option<Box<dyn Job>> {
        None
    }
}

/// A job of a closure.
pub(crate) fn job(work: impl FnMut(&mut dyn UnitOfWork) -> Verdict + Send + 'static) -> Box<dyn Job> {
    Box::new(Repeatable(work))
}

/// The stock that jobs issue from.
pub(crate) fn stock_id() -> StockId {
    "3000000000000001".parse().unwrap()
}

fn now() -> Time {
    Time::from_unix_seconds(1_760_000_000)
}

/// Writes the stock that jobs issue from.
pub(crate) fn put_stock(store: &dyn Backend) {
    let owner: Principal = "brand:120344".parse().unwrap();
    let members = StockForCreate {
        remark: None,
        coupon_code_mode: CouponCodeMode::Wechatpay,
        stock_send_rule: StockSendRule { max_count: 1, max_count_per_day: None, max_count_per_user: 1 },
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
    };
    let definition =
        StockDefinition::ProductCoupon(ProductCouponStock { members, progressive_bundle_usage_rule: None });
    let stock = StockRecord {
        stock_id: stock_id(),
        product_coupon_id: "2000000000001".parse().unwrap(),
        owner: owner.clone(),
        creator: owner,
        bundle: None,
        definition: definition.into(),
        revision: 1,
        created_at: now(),
        paused: false,
        deactivated: None,
    };
    let mut batch = [job(move |unit| {
        unit.insert_stock(&stock).unwrap();
        Verdict::Keep
    })];
    store.commit(&mut batch).unwrap();
}

/// Issues once and writes a notification with this id. Says whether the store did both.
pub(crate) fn issue(unit: &mut dyn UnitOfWork, id: &str) -> Verdict {
    let notification = Notification {
        id: id.to_owned(),
        receiver: "mchid:1900000001".parse().unwrap(),
        brand_id: None,
        event_type: "E".into(),
        create_time: now(),
        summary: "s".into(),
        associated_data: "a".into(),
        original_type: "o".into(),
        resource: "{}".into(),
    };
    let counted = unit.count_issue(&stock_id(), now().date(), &"person".to_owned(), &LIMITS);
    let is_counted = counted.is_ok_and(|counted| counted == Counted::Yes);
    if is_counted && unit.insert_notification(&notification).is_ok() {
        Verdict::Keep
    } else {
        Verdict::Discard
    }
}

/// A job that issues, and the number of its runs.
pub(crate) fn issuing(id: &str) -> (Box<dyn Job>, Arc<AtomicU32>) {
    let (id, runs) = (id.to_owned(), Arc::new(AtomicU32::new(0)));
    let counter = Arc::clone(&runs);
    let job = job(move |unit| {
        counter.fetch_add(1, Ordering::SeqCst);
        issue(unit, &id)
    });
    (job, runs)
}

/// What was issued, and how many notifications there are: the same number, if nothing was lost or doubled.
pub(crate) fn issued(store: &dyn Backend) -> (u64, u64) {
    store
        .snapshot(|reader| {
            let counts = reader.counts(&stock_id(), now().date(), None).unwrap();
            assert_eq!(counts.total, counts.today, "total and day go together");
            (counts.total, reader.outbox_counts().unwrap().waiting)
        })
        .unwrap()
}

/// Whether the notification of a job is there.
pub(crate) fn exists(store: &dyn Backend, id: &str) -> bool {
    store.snapshot(|reader| reader.delivery(id).unwrap().is_some()).unwrap()
}
