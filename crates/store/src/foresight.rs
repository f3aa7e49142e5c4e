//! What a job will read, said before it runs: a store where statements are dear reads it for all jobs of a batch at once.
//!
//! It is a hint and no promise. A job that reads something else is answered as well, and so is one that said nothing.

use jiff::civil::Date;
use quan_model::ids::{Appid, Openid, Principal, RequestNumber, StockId};

use crate::pre_send::PreSendId;

/// What is going to be done, as far as it tells what is read for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Foreseen {
    /// A pre-send.
    PreSend(ForeseenPreSend),
    /// The claim of one.
    Claim(ForeseenClaim),
}

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

/// A claim is going to read this pre-send to decide on it, and what was issued of its stock, in all, on the day and to its
/// person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForeseenClaim {
    /// The pre-send.
    pub id: PreSendId,
    /// The day of the call.
    pub day: Date,
}
