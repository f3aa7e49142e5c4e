//! The whole state of the platform held against the model's.

use quan_model::time::Time;
use quan_reference_model::World;
use quan_reference_model::chain::Chain;
use quan_reference_model::command::StockKey;
use quan_reference_model::coupon::Coupon;
use quan_reference_model::time::Seconds;
use quan_store::backend::Reader;
use quan_store::error::StoreError;

use crate::naming;
use crate::parties;
use crate::subject::{Names, Subject};
use crate::views::{Broken, broken};

/// Users of histories; the persons behind them are what counts are kept of.
pub(crate) const USERS: u8 = 5;

/// Says what differs, if anything does.
pub(crate) fn compare(subject: &Subject, world: &World) -> Result<(), Broken> {
    if subject.now().unix_seconds() != world.now {
        return Err("the clocks differ".to_owned());
    }
    let names = subject.names().clone();
    let seen = subject.backend.snapshot(|store| {
        for key in world.lots.keys() {
            lot(store, &names, world, *key)?;
        }
        for coupon in &world.coupons {
            same_coupon(store, &names, coupon)?;
        }
        for chain in &world.chains {
            same_chain(store, &names, chain)?;
        }
        intents(store, world)?;
        outbox(store, world)
    });
    seen.map_err(|error| broken(&error))?
}

fn store_failed(error: StoreError) -> Broken {
    broken(&error)
}

/// Fails with both values when they differ.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, platform: &T, model: &T) -> Result<(), Broken> {
    if platform == model {
        return Ok(());
    }
    Err(format!("{what}: the platform has {platform:?}, the model {model:?}"))
}

fn lot(store: &dyn Reader, names: &Names, world: &World, key: u32) -> Result<(), Broken> {
    let lot = &world.lots[&key];
    let ids = names.lots.get(&key).ok_or(format!("lot {key} has no ids"))?;
    same("stocks of a lot", &ids.stocks.len(), &lot.stocks.len())?;
    let product = &names.products.get(&lot.product).ok_or("a product coupon has no id")?.0;
    let product = store.product_coupon(product).map_err(store_failed)?.ok_or("no product coupon")?;
    let is_ended = world.products[&lot.product].is_deactivated;
    same("product coupon is deactivated", &product.deactivated.is_some(), &is_ended)?;
    for (member, id) in ids.stocks.iter().enumerate() {
        let what = |field: &str| format!("lot {key}, member {member}, {field}");
        let stock = &lot.stocks[member];
        let record = store.stock(id).map_err(store_failed)?.ok_or(what("record"))?;
        same(&what("paused"), &record.paused, &lot.is_paused)?;
        same(&what("deactivated"), &record.deactivated.is_some(), &lot.is_deactivated)?;
        let rule = record.definition.product_coupon().ok_or(what("definition"))?.members.stock_send_rule;
        same(&what("max_count"), &u64::try_from(rule.max_count).ok(), &Some(stock.max_count))?;
        let cap = rule.max_count_per_day.and_then(|cap| u64::try_from(cap).ok());
        same(&what("max_count_per_day"), &cap, &stock.max_per_day)?;
        let key = StockKey { lot: key, member: u32::try_from(member).unwrap_or(u32::MAX) };
        counts(store, world, key, id)?;
    }
    Ok(())
}

fn counts(
    store: &dyn Reader,
    world: &World,
    key: StockKey,
    id: &quan_model::ids::StockId,
) -> Result<(), Broken> {
    let what = |field: &str| format!("{key:?}, {field}");
    let stock = &world.lots[&key.lot].stocks[key.member as usize];
    let day = Time::from_unix_seconds(world.now).date();
    let today = quan_reference_model::time::day(world.now);
    for user in (0..USERS).filter(|user| quan_reference_model::command::person(*user) == *user) {
        let counts = store.counts(id, day, Some(&parties::person(user))).map_err(store_failed)?;
        same(&what("issued"), &counts.total, &(stock.issues.len() as u64))?;
        let of_day = stock.issues.iter().filter(|issue| issue.0 == today).count() as u64;
        same(&what("issued today"), &counts.today, &of_day)?;
        let of_person = stock.issues.iter().filter(|issue| issue.1 == user).count() as u64;
        same(&what(&format!("issued to user {user}")), &counts.person, &of_person)?;
    }
    let coupons = store.user_coupon_count(id).map_err(store_failed)?;
    same(&what("coupons"), &coupons, &(world.coupons_of_stock(key).count() as u64))?;
    let pool = store.code_counts(id).map_err(store_failed)?;
    let (uploaded, free) = (stock.pool.len(), if stock.pool.is_empty() { 0 } else { world.free_codes(key) });
    let seen = (usize::try_from(pool.total_count).ok(), usize::try_from(pool.available_count).ok());
    same(&what("codes uploaded and free"), &seen, &(Some(uploaded), Some(free)))
}

fn seconds(of: Option<(String, Time)>) -> Option<(String, Seconds)> {
    of.map(|(number, time)| (number, time.unix_seconds()))
}

fn same_coupon(store: &dyn Reader, names: &Names, model: &Coupon) -> Result<(), Broken> {
    use quan_coupon::user_coupon::Usage;
    let what = |field: &str| format!("{:?}, {field}", model.key);
    let (_, stock, code) = names.coupons.get(&model.key).ok_or(what("name"))?;
    let record = store.user_coupon(stock, code).map_err(store_failed)?.ok_or(what("record"))?;
    let coupon = record.coupon;
    same(&what("person"), &coupon.person_id, &parties::person(model.user))?;
    same(&what("number"), &coupon.send_request_no.to_string(), &model.key.number)?;
    same(&what("receive_time"), &coupon.receive_time.unix_seconds(), &model.receive_time)?;
    let window = (coupon.window.begin.unix_seconds(), coupon.window.end.unix_seconds());
    same(&what("window"), &window, &model.window)?;
    let confirmed = coupon.confirmed.map(|confirmed| (confirmed.request_no.to_string(), confirmed.time));
    same(&what("confirmed"), &seconds(confirmed), &model.confirmed)?;
    let ended = coupon.deactivated.map(|ended| (ended.request_no.to_string(), ended.time));
    same(&what("deactivated"), &seconds(ended), &model.deactivated)?;
    let deleted_at = coupon.deleted_at.map(Time::unix_seconds);
    same(&what("deleted_at"), &deleted_at, &model.deleted.or(model.hidden))?;
    let attach = model.attach.map(|attach| format!("attach-{attach}"));
    same(&what("attach"), &coupon.attach, &attach)?;
    let index = coupon.bundle.map(|place| place.index);
    same(&what("index"), &index, &model.is_chained.then_some(model.key.index))?;
    let used = |redemption: &quan_coupon::redemption::Redemption| {
        let returned = redemption.returned.clone().map(|back| (back.request_no.to_string(), back.time));
        (redemption.request_no.to_string(), redemption.use_time.unix_seconds(), seconds(returned))
    };
    let (total, rounds) = match &coupon.usage {
        Usage::Single(redemption) => (None, vec![(window, redemption.as_ref().map(used))]),
        Usage::Sequential(rounds) => {
            let all = rounds.rounds.iter().map(|round| {
                let window = (round.window.begin.unix_seconds(), round.window.end.unix_seconds());
                (window, round.redemption.as_ref().map(used))
            });
            (Some(rounds.total_count), all.collect())
        }
    };
    same(&what("rounds in all"), &total, &model.total_rounds)?;
    let of_model: Vec<_> = model
        .rounds
        .iter()
        .map(|round| {
            let usage = round.usage.clone();
            (round.window, usage.map(|usage| (usage.number, usage.time, usage.returned)))
        })
        .collect();
    same(&what("rounds"), &rounds, &of_model)
}

fn same_chain(store: &dyn Reader, names: &Names, model: &Chain) -> Result<(), Broken> {
    let (caller, number) = (model.order.caller, model.order.number.clone());
    let what = |field: &str| format!("chain of {caller:?} {number}, {field}");
    let (_, id) = names.chains.get(&(caller, number.clone())).ok_or(what("name"))?;
    let record = store.user_coupon_bundle(id).map_err(store_failed)?.ok_or(what("record"))?;
    same(&what("coupons in all"), &record.total_count, &model.total)?;
    let queued = record
        .queued
        .map(|queued| (queued.index, queued.use_time.unix_seconds(), queued.queued_at.unix_seconds()));
    let of_model = model.queued.as_ref().map(|queued| (queued.index, queued.use_time, queued.since));
    same(&what("queued"), &queued, &of_model)?;
    let ended = record.deactivated.map(|ended| (ended.request_no.to_string(), ended.time));
    same(&what("deactivated"), &seconds(ended), &model.deactivated)
}

fn intents(store: &dyn Reader, world: &World) -> Result<(), Broken> {
    for ((caller, number), intent) in &world.intents {
        let what = |field: &str| format!("intent {caller:?} {number}, {field}");
        let record = naming::intent(store, *caller, number)?.ok_or(what("record"))?;
        same(&what("created_at"), &record.created_at.unix_seconds(), &intent.created_at)?;
        let expires_at = record.token_expires_at.unix_seconds();
        same(&what("token_expires_at"), &expires_at, &intent.token_expires_at)?;
        same(&what("claimed"), &record.claimed.is_some(), &intent.is_claimed)?;
    }
    Ok(())
}

/// One notification for each coupon, delivered or not.
fn outbox(store: &dyn Reader, world: &World) -> Result<(), Broken> {
    let counts = store.outbox_counts().map_err(store_failed)?;
    let all = counts.waiting + counts.delivered + counts.dead;
    same("notifications", &all, &(world.coupons.len() as u64))
}
