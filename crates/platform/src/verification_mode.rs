//! With which of the platform's keys a merchant verifies: set when it begins or ends a migration.

use quan_coupon::refusal::Refusal;
use quan_model::ids::{Mchid, Principal};
use quan_model::verification::VerificationMode;
use quan_store::lock::Lock;

use crate::error::Error;
use crate::work::Work;

/// Sets the mode of a merchant, from its next answer on.
///
/// # Errors
/// [`Refusal::NotFound`] when nobody has this mchid.
pub fn set(work: &mut Work<'_>, mchid: &Mchid, mode: VerificationMode) -> Result<(), Error> {
    // The whole row is written back.
    work.store.lock(Lock::Principal(&Principal::Merchant(mchid.clone())))?;
    let mut merchant = work.store.merchant(mchid)?.ok_or(Refusal::NotFound)?;
    merchant.verification_mode = mode;
    Ok(work.store.put_merchant(&merchant)?)
}
