//! Chains of coupons as they are kept: how one begins, what a use issues, what a return withdraws, what waits
//! for codes (semantics 3.6). The decisions are `quan_coupon::chain`'s.

use quan_coupon::chain::Chain;
use quan_coupon::refusal::Refusal;
use quan_coupon::user_coupon::{BundlePlace, UserCoupon};
use quan_coupon::window;
use quan_model::ids::{CouponCode, RequestNumber, StockBundleId, StockId, UserCouponBundleId};
use quan_model::time::Time;
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::lock::Lock;
use quan_store::pre_send::PreSendRecord;
use quan_store::user_coupon::UserCouponRecord;
use quan_store::user_coupon_bundle::{QueuedIssue, UserCouponBundleRecord};

use crate::access::ReachedStock;
use crate::error::Error;
use crate::issuing::{self, Recipient};
use crate::minting;
use crate::stock_bundle_access::{self, member};
use crate::work::Work;

/// A chain with the coupons that were issued.
pub(crate) struct KeptChain {
    pub(crate) record: UserCouponBundleRecord,
    pub(crate) coupons: Vec<UserCouponRecord>,
    facts: Vec<UserCoupon>,
}

impl KeptChain {
    /// The chain that a coupon names.
    pub(crate) fn load(store: &dyn Reader, id: &UserCouponBundleId) -> Result<Self, StoreError> {
        let missing = || StoreError::Inconsistent {
            table: "user_coupon_bundle",
            column: "user_coupon_bundle_id",
            row: id.to_string(),
        };
        Self::of_record(store, store.user_coupon_bundle(id)?.ok_or_else(missing)?)
    }

    /// The chain of a record.
    pub(crate) fn of_record(store: &dyn Reader, record: UserCouponBundleRecord) -> Result<Self, StoreError> {
        let coupons = store.coupons_of_bundle(&record.user_coupon_bundle_id)?;
        let facts = coupons.iter().map(|kept| kept.coupon.clone()).collect();
        Ok(Self { record, coupons, facts })
    }

    /// The chain as the rules see it.
    pub(crate) fn rules(&self) -> Chain<'_> {
        Chain {
            total_count: self.record.total_count,
            is_deactivated: self.record.deactivated.is_some(),
            queued: self.record.queued.as_ref().map(|queued| queued.index),
            coupons: &self.facts,
        }
    }

    /// The coupon to show for the chain.
    pub(crate) fn current(&self, now: Time) -> Option<&UserCouponRecord> {
        let current = self.rules().current(now)?.clone();
        self.coupons.iter().find(|kept| is_same(&kept.coupon, &current))
    }

    /// Writes the coupons of the chain that a command changed.
    pub(crate) fn update(&self, work: &mut Work<'_>, changed: &[UserCoupon]) -> Result<(), StoreError> {
        for coupon in changed {
            if let Some(kept) = self.coupons.iter().find(|kept| is_same(&kept.coupon, coupon)) {
                work.store
                    .update_user_coupon(&UserCouponRecord { coupon: coupon.clone(), ..kept.clone() })?;
            }
        }
        Ok(())
    }

    /// Notes what waits from now on; nothing is written when that does not change.
    fn set_queued(&mut self, work: &mut Work<'_>, queued: Option<QueuedIssue>) -> Result<(), StoreError> {
        if self.record.queued == queued {
            return Ok(());
        }
        self.record.queued = queued;
        work.store.update_user_coupon_bundle(&self.record)
    }
}

fn is_same(one: &UserCoupon, other: &UserCoupon) -> bool {
    one.stock_id == other.stock_id && one.coupon_code == other.coupon_code
}

/// Begins a chain: issues its first coupon, within the limits of the first stock, which count for the whole
/// chain (semantics 5.3). Every stock of the bundle must be SENDING.
pub(crate) fn begin(
    work: &mut Work<'_>,
    members: &[ReachedStock],
    stock_bundle_id: &StockBundleId,
    recipient: &Recipient,
) -> Result<UserCouponRecord, Error> {
    ensure_sending(members, work.now)?;
    let first = member(members, 0)?;
    let id = minting::user_coupon_bundle_id(work.entropy);
    let place = Some(BundlePlace { user_coupon_bundle_id: id.clone(), index: 0 });
    let issued = issuing::issue(work, first, &Recipient { bundle: place, ..recipient.clone() })?;
    work.store.insert_user_coupon_bundle(&UserCouponBundleRecord {
        user_coupon_bundle_id: id,
        stock_bundle_id: stock_bundle_id.clone(),
        product_coupon_id: first.record.product_coupon_id.clone(),
        owner: first.record.owner.clone(),
        person_id: recipient.person_id.clone(),
        total_count: u32::try_from(members.len()).unwrap_or(u32::MAX),
        created_at: work.now,
        queued: None,
        deactivated: None,
        revision: 1,
    })?;
    Ok(issued)
}

/// Whether a chain may be begun: every stock of the bundle is SENDING (api-product-coupon 5.22).
pub(crate) fn ensure_sending(members: &[ReachedStock], now: Time) -> Result<(), Refusal> {
    members.iter().try_for_each(|member| member.stock.ensure_sending(now))
}

/// Keeps the chain of a coupon for this unit of work, and first the stocks of its bundle as they are: from one of
/// them the next coupon is issued. A chain is locked before any of its coupons, so that a use of one and a return
/// of another do not wait for each other; of a coupon alone there is nothing to lock.
pub(crate) fn lock_of(
    work: &mut Work<'_>,
    reached: &ReachedStock,
    coupon_code: &CouponCode,
) -> Result<(), StoreError> {
    let Some(place) = &reached.record.bundle else { return Ok(()) };
    work.store.bundled_stocks(&place.stock_bundle_id)?;
    work.store.lock(Lock::ChainOf { stock_id: &reached.record.stock_id, coupon_code })
}

/// Keeps the chain that a pre-send or send began, if it did.
pub(crate) fn lock_claimed(work: &mut Work<'_>, record: &PreSendRecord) -> Result<(), StoreError> {
    match (&record.stock_bundle_id, &record.claimed) {
        (Some(_), Some(claimed)) => {
            work.store.lock(Lock::ChainOf { stock_id: &record.stock_id, coupon_code: &claimed.coupon_code })
        }
        (None, _) | (_, None) => Ok(()),
    }
}

/// A coupon was used, and this is written: the next one of its chain comes into being, if there is one.
pub(crate) fn after_use(work: &mut Work<'_>, used: &UserCoupon, use_time: Time) -> Result<(), Error> {
    let Some(place) = &used.bundle else { return Ok(()) };
    let mut chain = KeptChain::load(work.store, &place.user_coupon_bundle_id)?;
    match chain.rules().next_after_use(place.index) {
        Some(next) => issue_next(work, &mut chain, next, use_time),
        None => Ok(()),
    }
}

/// Codes came into the pool of a stock: the chains that wait for them are served, the longest wait first.
pub(crate) fn serve_queue(work: &mut Work<'_>, stock_id: &StockId) -> Result<(), Error> {
    while work.store.has_free_code(stock_id)? {
        let Some(record) = work.store.first_queued(stock_id)? else { break };
        let mut chain = KeptChain::of_record(work.store, record)?;
        let Some(queued) = chain.record.queued.clone() else { break };
        issue_next(work, &mut chain, queued.index, queued.use_time)?;
        if chain.record.queued.is_some() {
            break;
        }
    }
    Ok(())
}

/// Issues a further coupon of a chain. No limit and no state of stock or product coupon stands in its way: the
/// user was granted the whole chain. Without a code it waits; when no validity is left, the chain ends.
fn issue_next(work: &mut Work<'_>, chain: &mut KeptChain, index: u32, use_time: Time) -> Result<(), Error> {
    let members = stock_bundle_access::members_of_record(work.store, &chain.record.stock_bundle_id)?;
    let reached = member(&members, index)?;
    let interval_days = reached.stock.product.progressive.map_or(0, |terms| terms.interval_days);
    let window = window::after_use(&reached.stock.terms.period, use_time, interval_days);
    // A use that is reported late, or a code that comes late, may find the validity over already.
    let (Some(window), Some(first)) = (window.filter(|window| work.now <= window.end), chain.coupons.first())
    else {
        return Ok(chain.set_queued(work, None)?);
    };
    let recipient = recipient_of_next(reached, &first.coupon, index);
    let counts = !chain.rules().was_issued(index);
    let issued = issuing::issue_granted(work, reached, &recipient, window, counts)?;
    let queued = match issued {
        Some(_) => None,
        None => Some(QueuedIssue {
            stock_id: reached.record.stock_id.clone(),
            index,
            use_time,
            queued_at: work.now,
        }),
    };
    Ok(chain.set_queued(work, queued)?)
}

/// What a chain carries over from its first coupon (semantics 3.6).
fn recipient_of_next(reached: &ReachedStock, first: &UserCoupon, index: u32) -> Recipient {
    Recipient {
        appid: first.appid.clone(),
        openid: first.openid.clone(),
        person_id: first.person_id.clone(),
        send_request_no: first.send_request_no.clone(),
        send_channel: first.send_channel,
        coupon_code: None,
        attach: first.attach.clone(),
        sender: reached.record.creator.clone(),
        tags: first.tags.clone(),
        bundle: first.bundle.as_ref().map(|place| BundlePlace { index, ..place.clone() }),
    }
}

/// For a return, before the coupon's own rules are asked: only the use of the chain that came last.
pub(crate) fn ensure_latest_use(store: &dyn Reader, coupon: &UserCoupon) -> Result<(), Error> {
    match &coupon.bundle {
        Some(place) => {
            let chain = KeptChain::load(store, &place.user_coupon_bundle_id)?;
            Ok(chain.rules().ensure_latest_use(coupon)?)
        }
        None => Ok(()),
    }
}

/// A coupon was returned, and this is written: what its use had brought is withdrawn.
pub(crate) fn after_return(
    work: &mut Work<'_>,
    returned: &UserCoupon,
    request_no: &RequestNumber,
) -> Result<(), Error> {
    let Some(place) = &returned.bundle else { return Ok(()) };
    let mut chain = KeptChain::load(work.store, &place.user_coupon_bundle_id)?;
    let withdrawn = chain.rules().withdrawn_by_return(place.index, request_no, work.now);
    chain.update(work, &withdrawn)?;
    Ok(chain.set_queued(work, None)?)
}
