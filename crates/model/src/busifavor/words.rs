//! The closed sets of words of merchant coupons (api-busifavor 4.1). 批次类型 has the words of
//! [`ProductCouponType`](crate::enums::ProductCouponType).

use serde::{Deserialize, Serialize};

use crate::enums::{CouponCodeMode, UnknownWord, words};

words! {
    /// 券code模式.
    MerchantCodeMode {
        /// The platform makes the codes, of 22 digits.
        WechatpayMode = "WECHATPAY_MODE",
        /// The merchant gives the code with each call.
        MerchantApi = "MERCHANT_API",
        /// Codes are drawn from a pool that the merchant uploaded.
        MerchantUpload = "MERCHANT_UPLOAD",
    }
}
words! {
    /// 核销方式.
    UseMethod {
        /// 线下核销.
        OffLine = "OFF_LINE",
        /// 小程序核销.
        MiniPrograms = "MINI_PROGRAMS",
        /// 用户自助核销.
        SelfConsume = "SELF_CONSUME",
        /// 付款码核销.
        PaymentCode = "PAYMENT_CODE",
    }
}
words! {
    /// code展示模式.
    EntranceCodeMode {
        /// Not shown.
        NotShow = "NOT_SHOW",
        /// As a barcode.
        Barcode = "BARCODE",
        /// As a QR code.
        Qrcode = "QRCODE",
    }
}
words! {
    /// 批次状态.
    RunningState {
        /// 审核中.
        Unaudit = "UNAUDIT",
        /// 运行中: the only state that issues coupons.
        Running = "RUNNING",
        /// 已停止; spelled so.
        Stoped = "STOPED",
        /// 暂停发放.
        Paused = "PAUSED",
    }
}
words! {
    /// 券状态. The last four belong to the single query and are not produced.
    CouponState {
        /// 可用: issued and not used.
        Sended = "SENDED",
        /// 已核销.
        Used = "USED",
        /// 已过期.
        Expired = "EXPIRED",
        /// 已删除 by the user.
        Deleted = "DELETED",
        /// 已失效 by the merchant.
        Deactivated = "DEACTIVATED",
        /// 待兑换.
        PendingRedeem = "PENDING_REDEEM",
        /// 兑换确认中.
        RedeemConfirming = "REDEEM_CONFIRMING",
        /// 兑换失败.
        RedeemFailed = "REDEEM_FAILED",
        /// 兑换过期.
        RedeemExpired = "REDEEM_EXPIRED",
    }
}
words! {
    /// 预存code状态.
    CodeStatus {
        /// 可用: uploaded and free.
        Available = "AVAILABLE",
        /// 已派发.
        Dispatched = "DISPATCHED",
    }
}
words! {
    /// What kind of coupon a product send makes.
    CouponType {
        /// 普通券.
        Normal = "NORMAL",
        /// 会员券; it names a member card.
        Member = "MEMBER",
    }
}
words! {
    /// 补差付款单状态.
    PayReceiptStatus {
        /// 已受理.
        Accepted = "PAY_RECEIPT_ACCEPTED",
        /// 成功.
        Success = "PAY_RECEIPT_SUCCESS",
        /// 失败.
        Fail = "PAY_RECEIPT_FAIL",
        /// 回退中.
        Returning = "PAY_RECEIPT_RETURNING",
        /// 部分回退.
        PartialReturn = "PAY_RECEIPT_PARTIAL_RETURN",
        /// 全额回退.
        FullReturn = "PAY_RECEIPT_FULL_RETURN",
        /// 未知.
        Unknown = "PAY_RECEIPT_UNKNOWN",
    }
}
words! {
    /// 补差回退单状态.
    ReturnReceiptStatus {
        /// 未知.
        Unknown = "RETURN_RECEIPT_UNKNOWN",
        /// 已受理.
        Accepted = "RETURN_RECEIPT_ACCEPTED",
        /// 成功.
        Success = "RETURN_RECEIPT_SUCCESS",
        /// 失败.
        Fail = "RETURN_RECEIPT_FAIL",
    }
}

/// The same modes have other words on the product-coupon faces (api-busifavor 3.4, B14).
impl From<MerchantCodeMode> for CouponCodeMode {
    fn from(mode: MerchantCodeMode) -> Self {
        match mode {
            MerchantCodeMode::WechatpayMode => Self::Wechatpay,
            MerchantCodeMode::MerchantApi => Self::ApiAssign,
            MerchantCodeMode::MerchantUpload => Self::Upload,
        }
    }
}

impl From<CouponCodeMode> for MerchantCodeMode {
    fn from(mode: CouponCodeMode) -> Self {
        match mode {
            CouponCodeMode::Wechatpay => Self::WechatpayMode,
            CouponCodeMode::ApiAssign => Self::MerchantApi,
            CouponCodeMode::Upload => Self::MerchantUpload,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modes_of_codes_map_both_ways() {
        for mode in MerchantCodeMode::ALL {
            assert_eq!(MerchantCodeMode::from(CouponCodeMode::from(*mode)), *mode);
        }
    }
}
