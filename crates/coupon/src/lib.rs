//! The rules of product coupons: what may be defined, issued, confirmed, used, returned and ended.
//!
//! Everything here is a pure, synchronous function of values: the facts that were kept, the request and
//! the time. This crate knows the words of the wire ([`quan_model`]) and nothing of JSON, storage, HTTP,
//! clocks or randomness. States such as PENDING and EXPIRED are computed from facts and the time; nothing
//! is ever swept.
//!
//! Read it in the order of a coupon's life: [`definition`] turns a request into terms, [`stock`] and
//! [`issue`] say whether a coupon may come into being, [`window`] and [`period`] when it may be used,
//! [`user_coupon`], [`redemption`] and [`sequential`] what may then be done with it, and [`chain`] what that
//! means to the other coupons of a chain; [`budget`] and [`store_list`] what may be changed of a stock
//! meanwhile, and [`counter_shards`] how a hot one is counted. [`refusal`] lists every answer other than yes.

pub mod association;
pub mod benefit;
pub mod budget;
pub mod chain;
pub mod counter_shards;
pub mod definition;
pub mod field;
pub mod image_task;
pub mod issue;
pub mod period;
pub mod pool;
pub mod pre_send;
pub mod product_coupon;
pub mod redemption;
pub mod refusal;
pub mod sequential;
pub mod stock;
pub mod store_list;
pub mod subsidy;
pub mod tags;
pub mod user_coupon;
pub mod window;

#[cfg(test)]
mod example;
