//! What a job will read, said before it runs: a store where statements are dear reads it for all jobs of a batch at once.
//!
//! It is a hint and no promise. A job that reads something else is answered as well, and so is one that said nothing.

use jiff::civil::Date;
use quan_model::ids::{Appid, Openid, Principal, RequestNumber, StockId};

/// A pre-send is going to lock its number and ask for what it rests on
/// ([`PreSendAsked`](crate::pre_send::PreSendAsked); the owner is the stock's).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeseenPreSend {
    /// Who calls.
    pub principal: Principal,
    /// The caller's number.
    pub send_request_no: RequestNumber,
    /// The appid of the openid.
    pub appid: Appid,
    /// The user.
    pub openid: Openid,
    /// The stock of the coupon.
    pub stock_id: StockId,
    /// The day of the call.
    pub day: Date,
}
