//! A brand gives a provider its authorisation for product coupons, or takes it back (semantics 2.2).

use quan_model::ids::{BrandId, Mchid, Principal};
use quan_store::outbox::Attempt;
use quan_store::parties::Grant;

use crate::error::Error;
use crate::work::Work;

/// Sets the authorisation. Taken back, what waits to be told to this provider about this brand is given up in the
/// same transaction; coupons stay as they are.
///
/// # Errors
/// Only when the store fails.
pub fn set(work: &mut Work<'_>, brand_id: &BrandId, mchid: &Mchid, grant: Grant) -> Result<(), Error> {
    work.store.put_authorisation(brand_id, mchid, grant)?;
    match grant {
        Grant::Given => Ok(()),
        Grant::Withdrawn => {
            let receiver = Principal::Merchant(mchid.clone());
            let reason = "not sent: the brand has withdrawn its authorisation".to_owned();
            let reason = Attempt { started_at: work.now, status: None, outcome: reason };
            work.store.give_up_notifications(&receiver, brand_id, &reason)?;
            Ok(())
        }
    }
}
