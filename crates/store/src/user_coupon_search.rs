//! Looking for user coupons by what people have in their hands: an openid, a code, a number.

use quan_model::ids::{CouponCode, RequestNumber};

use crate::error::StoreError;
use crate::parties::PersonId;
use crate::pre_send::PreSendRecord;
use crate::user_coupon::{UserCouponPlace, UserCouponRecord};

/// Searching user coupons. Lists are in the order of [`UserCouponPlace`] and begin behind `after`.
pub trait UserCouponSearchReader {
    /// At most `limit` coupons, the newest of all, or of one person.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn newest_user_coupons(
        &self,
        person: Option<&PersonId>,
        after: Option<&UserCouponPlace>,
        limit: usize,
    ) -> Result<Vec<UserCouponRecord>, StoreError>;
    /// At most `limit` coupons with this code, of whatever stock.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn user_coupons_with_code(
        &self,
        code: &CouponCode,
        limit: usize,
    ) -> Result<Vec<UserCouponRecord>, StoreError>;
    /// At most `limit` pre-sends and sends with this number, of whatever known caller and owner.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn pre_sends_with_number(
        &self,
        number: &RequestNumber,
        limit: usize,
    ) -> Result<Vec<PreSendRecord>, StoreError>;
}
