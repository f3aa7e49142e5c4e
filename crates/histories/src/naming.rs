//! Which codes and ids the platform gave to what the model says exists.

use quan_model::ids::{CouponCode, RequestNumber, UserCouponBundleId};
use quan_reference_model::World;
use quan_reference_model::command::{Caller, CouponKey};
use quan_store::backend::Reader;
use quan_store::pre_send::PreSendRecord;
use quan_store::user_coupon::UserCouponRecord;

use crate::parties;
use crate::subject::Names;
use crate::views::{Broken, broken};

/// The record of a number of the send space.
pub(crate) fn intent(
    store: &dyn Reader,
    caller: Caller,
    number: &str,
) -> Result<Option<PreSendRecord>, Broken> {
    let scope = parties::scope(caller);
    let number = RequestNumber::parse(number).map_err(|error| broken(&error))?;
    store.pre_send_by_number(&scope.principal, &scope.owner, &number).map_err(|error| broken(&error))
}

/// Finds the coupons that have no name yet.
pub(crate) fn tell(store: &dyn Reader, names: &mut Names, world: &mut World) -> Result<(), Broken> {
    let unnamed: Vec<CouponKey> = world
        .coupons
        .iter()
        .map(|coupon| coupon.key.clone())
        .filter(|key| !names.coupons.contains_key(key))
        .collect();
    for key in unnamed {
        let found = match key.index {
            0 => first(store, names, world, &key)?,
            _ => later(store, names, &key)?,
        };
        let (lot, record) = found;
        let code = record.coupon.coupon_code.clone();
        names.coupons.insert(key, (lot, record.coupon.stock_id, code));
    }
    // A name may be known from an order that was tried before, and the model not have been told.
    let told: Vec<(CouponKey, CouponCode)> =
        names.coupons.iter().map(|(key, (_, _, code))| (key.clone(), code.clone())).collect();
    for (key, code) in told {
        if world.coupon(&key).is_some() {
            world.tell_code(&key, code.as_str())?;
        }
    }
    for ((sender, number), (_, id)) in &names.chains {
        world.tell_chain(*sender, number, id.as_str());
    }
    Ok(())
}

/// The coupon that a number was claimed for.
fn first(
    store: &dyn Reader,
    names: &mut Names,
    world: &World,
    key: &CouponKey,
) -> Result<(u32, UserCouponRecord), Broken> {
    let lot = world.coupon(key).ok_or("the model forgot a coupon")?.stock.lot;
    let record = intent(store, key.sender, &key.number)?.ok_or(format!("no record of {key:?}"))?;
    let claimed = record.claimed.ok_or(format!("{key:?} was not claimed"))?;
    let coupon = store.user_coupon(&record.stock_id, &claimed.coupon_code).map_err(|error| broken(&error))?;
    let coupon = coupon.ok_or(format!("the coupon of {key:?} does not exist"))?;
    if let Some(place) = &coupon.coupon.bundle {
        let chain = (key.sender, key.number.clone());
        names.chains.insert(chain, (lot, place.user_coupon_bundle_id.clone()));
    }
    Ok((lot, coupon))
}

/// The coupon of a chain that nothing is known of yet.
fn later(store: &dyn Reader, names: &Names, key: &CouponKey) -> Result<(u32, UserCouponRecord), Broken> {
    let chain: Option<&(u32, UserCouponBundleId)> = names.chains.get(&(key.sender, key.number.clone()));
    let (lot, id) = chain.ok_or(format!("no chain of {key:?}"))?;
    let coupons = store.coupons_of_bundle(id).map_err(|error| broken(&error))?;
    let is_new = |record: &UserCouponRecord| {
        let coupon = &record.coupon;
        let at_index = coupon.bundle.as_ref().is_some_and(|place| place.index == key.index);
        at_index
            && !names
                .coupons
                .values()
                .any(|(_, stock, code)| *stock == coupon.stock_id && *code == coupon.coupon_code)
    };
    let found = coupons.into_iter().find(is_new);
    Ok((*lot, found.ok_or(format!("the coupon of {key:?} does not exist"))?))
}
