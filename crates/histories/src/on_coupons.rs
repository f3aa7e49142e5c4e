//! The commands on coupons as use cases of the platform.

use quan_model::coupon::{AssociatedOrderInfo, UserCoupon};
use quan_model::time::Time;
use quan_platform::Error;
use quan_platform::confirm_user_coupon::confirm_user_coupon;
use quan_platform::deactivate_user_coupon::{DeactivateUserCoupon, deactivate_user_coupon};
use quan_platform::deactivate_user_coupon_bundle::{
    DeactivateUserCouponBundle, deactivate_user_coupon_bundle,
};
use quan_platform::delete_user_coupon::delete_user_coupon;
use quan_platform::return_user_coupon::{ReturnUserCoupon, return_user_coupon};
use quan_platform::use_user_coupon::{UseUserCoupon, use_user_coupon};
use quan_platform::user_coupon_access::{UserCouponAddress, UserCouponCommand};
use quan_platform::work::Work;
use quan_reference_model::Answer;
use quan_reference_model::command::{Command, CouponKey, OnCoupon};

use crate::parties;
use crate::performing::{Performed, bundle_address, number};
use crate::subject::{Names, Subject, unnamed};
use crate::views::Broken;

fn address(names: &Names, on: &OnCoupon) -> Option<UserCouponAddress> {
    let (lot, stock_id, coupon_code) = names.coupons.get(&on.coupon)?.clone();
    let product = names.lots.get(&lot)?.product;
    Some(UserCouponAddress {
        scope: parties::scope(on.caller),
        product_coupon_id: names.products.get(&product)?.0.clone(),
        stock_id,
        appid: parties::appid(),
        openid: parties::openid(on.user),
        coupon_code,
    })
}

fn answered(answer: Result<UserCoupon, Error>) -> Result<Performed, Broken> {
    match answer {
        Ok(coupon) => Performed::of_coupons(vec![coupon]),
        Err(error) => Performed::refused(error),
    }
}

pub(crate) async fn perform(subject: &Subject, command: &Command) -> Result<Performed, Broken> {
    let platform = &subject.platform;
    let on = match command {
        Command::Confirm(on)
        | Command::Use { on, .. }
        | Command::Return { on, .. }
        | Command::Deactivate { on, .. } => on,
        Command::DeactivateChain { on, reason } => return deactivate_chain(subject, on, *reason).await,
        Command::Delete(key) => return delete(subject, key).await,
        _ => return Ok(unnamed()),
    };
    let Some(address) = address(&subject.names(), on) else { return Ok(unnamed()) };
    let out_request_no = number(&on.number)?;
    match command {
        Command::Use { use_time, round, with_order, place, .. } => {
            let order = AssociatedOrderInfo {
                transaction_id: Some("4200000000202603021234567890".to_owned()),
                ..AssociatedOrderInfo::default()
            };
            let input = UseUserCoupon {
                address,
                out_request_no,
                use_time: Time::from_unix_seconds(*use_time),
                sequential_coupon_index: *round,
                store_id: parties::store(*place),
                associated_order_info: with_order.then_some(order),
                associated_pay_score_order_info: None,
                saved_amount: None,
            };
            answered(platform.write(move |work: &mut Work<'_>| use_user_coupon(work, &input)).await)
        }
        Command::Return { round, .. } => {
            let input = ReturnUserCoupon { address, out_request_no, sequential_coupon_index: *round };
            answered(platform.write(move |work: &mut Work<'_>| return_user_coupon(work, &input)).await)
        }
        Command::Deactivate { reason, .. } => {
            let deactivate_reason = format!("reason {reason}");
            let input = DeactivateUserCoupon { address, out_request_no, deactivate_reason };
            answered(platform.write(move |work: &mut Work<'_>| deactivate_user_coupon(work, &input)).await)
        }
        _ => {
            let input = UserCouponCommand { address, out_request_no };
            answered(platform.write(move |work: &mut Work<'_>| confirm_user_coupon(work, &input)).await)
        }
    }
}

async fn deactivate_chain(subject: &Subject, on: &OnCoupon, reason: u8) -> Result<Performed, Broken> {
    let named = {
        let names = subject.names();
        let chain = names.chains.get(&(on.coupon.sender, on.coupon.number.clone())).cloned();
        chain.and_then(|(lot, id)| Some((bundle_address(&names, on.caller, lot)?, id)))
    };
    let Some((bundle, user_coupon_bundle_id)) = named else { return Ok(unnamed()) };
    let input = DeactivateUserCouponBundle {
        bundle,
        appid: parties::appid(),
        openid: parties::openid(on.user),
        user_coupon_bundle_id,
        out_request_no: number(&on.number)?,
        deactivate_reason: format!("reason {reason}"),
    };
    let run = move |work: &mut Work<'_>| deactivate_user_coupon_bundle(work, &input);
    match subject.platform.write::<_, Error>(run).await {
        Ok(chain) => Performed::of_coupons(chain.user_product_coupon_list),
        Err(error) => Performed::refused(error),
    }
}

async fn delete(subject: &Subject, key: &CouponKey) -> Result<Performed, Broken> {
    let Some((_, stock_id, code)) = subject.names().coupons.get(key).cloned() else { return Ok(unnamed()) };
    let run = move |work: &mut Work<'_>| delete_user_coupon(work, &stock_id, &code);
    match subject.platform.write::<_, Error>(run).await {
        Ok(state) => Ok(Performed::of(Answer::CouponState(state))),
        Err(error) => Performed::refused(error),
    }
}
