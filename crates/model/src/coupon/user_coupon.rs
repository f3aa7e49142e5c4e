//! The coupon that a user holds, its uses and its orders (api-product-coupon 3.16 to 3.18).

use serde::{Deserialize, Serialize};

use super::{ProductCoupon, Stock};
use crate::enums::{CouponTag, Open, RoundState, UserCouponState};
use crate::time::Time;

/// A user coupon as it stands in answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCoupon {
    /// 券Code.
    pub coupon_code: String,
    /// 用户商品券状态.
    pub coupon_state: Open<UserCouponState>,
    /// First instant of validity.
    pub valid_begin_time: Time,
    /// Last instant of validity, inclusive.
    pub valid_end_time: Time,
    /// When it was issued.
    pub receive_time: Time,
    /// The number of the send or pre-send.
    pub send_request_no: String,
    /// 发券渠道; an open set of words.
    pub send_channel: String,
    /// Once confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_request_no: Option<String>,
    /// Once confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_time: Option<Time>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_request_no: Option<String>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_time: Option<Time>,
    /// Once deactivated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deactivate_reason: Option<String>,
    /// Usage mode SINGLE, once used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub single_usage_detail: Option<CouponUsageDetail>,
    /// Usage mode SEQUENTIAL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequential_usage_detail: Option<SequentialUsageDetail>,
    /// Of a coupon in a chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_product_coupon_bundle_info: Option<UserProductCouponBundleInfo>,
    /// The product coupon as it was when this coupon was issued.
    pub product_coupon: ProductCoupon,
    /// The stock as it was when this coupon was issued, with today's counts and state.
    pub stock: Stock,
    /// What the send or pre-send attached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attach: Option<String>,
    /// With foreign channels only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_custom_info: Option<String>,
    /// Only on the partner face.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<String>,
    /// Usage mode PROGRESSIVE_BUNDLE, once used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progressive_bundle_usage_detail: Option<CouponUsageDetail>,
    /// What the send tagged it with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_tag_info: Option<CouponTagInfo>,
}

/// Where a coupon stands in the chain that its user holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserProductCouponBundleInfo {
    /// The chain.
    pub user_coupon_bundle_id: String,
    /// From 0.
    pub user_coupon_bundle_index: i64,
    /// Coupons of the chain in all.
    pub total_count: i64,
    /// Coupons of the chain that are USED now.
    pub used_count: i64,
}

/// CouponTagInfo: what kind of coupon a send makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponTagInfo {
    /// The tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coupon_tag_list: Option<Vec<CouponTag>>,
    /// Required with tag MEMBER.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_tag_info: Option<MemberTagInfo>,
}

/// The card of a member coupon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberTagInfo {
    /// The member card.
    pub member_card_id: String,
}

/// The coupons of a chain that were issued so far: the answer of send and deactivate for bundles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCouponBundle {
    /// The chain.
    pub user_coupon_bundle_id: String,
    /// By index; right after the send the first one only.
    pub user_product_coupon_list: Vec<UserCoupon>,
}

/// One use and its return.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CouponUsageDetail {
    /// Number of the use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_request_no: Option<String>,
    /// When the coupon was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_time: Option<Time>,
    /// The paid order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_order_info: Option<AssociatedOrderInfo>,
    /// The pay-score order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub associated_pay_score_order_info: Option<AssociatedPayScoreOrderInfo>,
    /// Fen actually saved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_amount: Option<i64>,
    /// Once returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_request_no: Option<String>,
    /// Once returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub return_time: Option<Time>,
}

/// The rounds of a sequential coupon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequentialUsageDetail {
    /// Rounds in all.
    pub total_count: i64,
    /// Rounds used.
    pub used_count: i64,
    /// The rounds issued so far; position is the round's index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub detail_item_list: Vec<SequentialUsageDetailItem>,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequentialUsageDetailItem {
    /// State of the round.
    pub detail_state: Open<RoundState>,
    /// First instant it may be used.
    pub valid_begin_time: Time,
    /// Last instant it may be used, inclusive.
    pub valid_end_time: Time,
    /// Its use and return.
    #[serde(flatten)]
    pub usage: CouponUsageDetail,
    /// When the user deleted the coupon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_time: Option<Time>,
}

/// AssociatedOrderInfo: `transaction_id`, or `out_trade_no` with `mchid`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociatedOrderInfo {
    /// WeChat Pay's order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// The merchant's order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub out_trade_no: Option<String>,
    /// The merchant of `out_trade_no`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mchid: Option<String>,
    /// The sub-merchant of an order placed by a provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_mchid: Option<String>,
}

/// AssociatedPayScoreOrderInfo: `order_id`, or `out_order_no` with `mchid`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociatedPayScoreOrderInfo {
    /// WeChat Pay's number of the pay-score order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// The merchant's number.
    #[serde(alias = "out_trade_no", skip_serializing_if = "Option::is_none")]
    pub out_order_no: Option<String>,
    /// The merchant of `out_order_no`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mchid: Option<String>,
    /// The sub-merchant of an order placed by a provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_mchid: Option<String>,
}
