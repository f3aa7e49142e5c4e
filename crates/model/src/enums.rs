//! The closed sets of words of the API, and [`Open`] for reading sets that may grow.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A word read from an answer: one we know, or one that was added after this was written.
///
/// Answers grow without notice (api-product-coupon 0), so a client must not fail on a new word.
/// Requests use the closed enums themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open<E> {
    /// A documented value.
    Known(E),
    /// A value this version does not know, as it stood on the wire.
    Unknown(String),
}

impl<E> Open<E> {
    /// The documented value, if it is one.
    pub fn known(self) -> Option<E> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }
}

impl<E> From<E> for Open<E> {
    fn from(value: E) -> Self {
        Self::Known(value)
    }
}

impl<E: PartialEq> PartialEq<E> for Open<E> {
    fn eq(&self, other: &E) -> bool {
        match self {
            Self::Known(value) => value == other,
            Self::Unknown(_) => false,
        }
    }
}

impl<E: Serialize> Serialize for Open<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(value) => value.serialize(serializer),
            Self::Unknown(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de, E: std::str::FromStr> Deserialize<'de> for Open<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().map_or_else(|_| Self::Unknown(text), Self::Known))
    }
}

/// The text is none of the documented words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("none of the documented words")]
pub struct UnknownWord;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$value_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;
            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord),
                }
            }
        }
    };
}

pub(crate) use words;

words! {
    /// 优惠范围.
    ProductCouponScope {
        /// 全场: everything in the shop.
        All = "ALL",
        /// 单品: one product.
        Single = "SINGLE",
        /// 品类: in newer enums only; never offered for writing (api-product-coupon C24).
        Category = "CATEGORY",
    }
}
words! {
    /// 商品券类型.
    ProductCouponType {
        /// 满减: an amount off.
        Normal = "NORMAL",
        /// 折扣: a percentage off.
        Discount = "DISCOUNT",
        /// 兑换: the product for a fixed price.
        Exchange = "EXCHANGE",
    }
}
words! {
    /// 使用模式.
    UsageMode {
        /// 单券: used once, then spent.
        Single = "SINGLE",
        /// 多次优惠 inside one coupon: rounds used in order.
        Sequential = "SEQUENTIAL",
        /// 多次优惠 as a chain of coupons, one per stock of a bundle.
        ProgressiveBundle = "PROGRESSIVE_BUNDLE",
    }
}
words! {
    /// How the benefits of the rounds relate.
    SequentialUsageType {
        /// Each round has its own benefit.
        Incremental = "INCREMENTAL",
        /// Every round has the same benefit, apart from a special first one.
        Equal = "EQUAL",
    }
}
words! {
    /// 商品券状态.
    ProductCouponState {
        /// 审批中.
        Auditing = "AUDITING",
        /// 已生效.
        Effective = "EFFECTIVE",
        /// 已失效, for good.
        Deactivated = "DEACTIVATED",
    }
}
words! {
    /// 批次状态.
    StockState {
        /// 审批中.
        Auditing = "AUDITING",
        /// 发放中: the only state that issues coupons.
        Sending = "SENDING",
        /// 已暂停.
        Paused = "PAUSED",
        /// 已停止: its end time was reached.
        Stopped = "STOPPED",
        /// 已失效, by its owner.
        Deactivated = "DEACTIVATED",
    }
}
words! {
    /// 券Code分配模式.
    CouponCodeMode {
        /// The platform makes the codes.
        Wechatpay = "WECHATPAY",
        /// Codes are drawn from a pool that the merchant uploaded.
        Upload = "UPLOAD",
        /// The merchant gives the code with each call.
        ApiAssign = "API_ASSIGN",
    }
}
words! {
    /// 可用门店范围.
    StoreScope {
        /// No store restriction.
        None = "NONE",
        /// Every store of the brand.
        All = "ALL",
        /// The associated stores only.
        Specific = "SPECIFIC",
    }
}
words! {
    /// 券使用方式.
    CouponUsageMethod {
        /// 线下核销.
        Offline = "OFFLINE",
        /// 小程序核销.
        MiniProgram = "MINI_PROGRAM",
        /// APP核销.
        App = "APP",
        /// 付款码核销.
        PaymentCode = "PAYMENT_CODE",
    }
}
words! {
    /// APP跳转类型.
    AppJumpType {
        /// A web page.
        H5 = "H5",
        /// 口令.
        PasscodeLink = "PASSCODE_LINK",
        /// 使用引导.
        UsageGuide = "USAGE_GUIDE",
    }
}
words! {
    /// Code展示模式.
    CodeDisplayMode {
        /// Not shown.
        Invisible = "INVISIBLE",
        /// As a barcode.
        Barcode = "BARCODE",
        /// As a QR code.
        Qrcode = "QRCODE",
    }
}
words! {
    /// The ten background colours.
    BackgroundColor {
        /// Color010.
        Color010 = "Color010",
        /// Color020, the default.
        Color020 = "Color020",
        /// Color030.
        Color030 = "Color030",
        /// Color040.
        Color040 = "Color040",
        /// Color050.
        Color050 = "Color050",
        /// Color060.
        Color060 = "Color060",
        /// Color070.
        Color070 = "Color070",
        /// Color080.
        Color080 = "Color080",
        /// Color090.
        Color090 = "Color090",
        /// Color100.
        Color100 = "Color100",
    }
}
words! {
    /// A day of the week.
    Weekday {
        /// 周一.
        Monday = "MONDAY",
        /// 周二.
        Tuesday = "TUESDAY",
        /// 周三.
        Wednesday = "WEDNESDAY",
        /// 周四.
        Thursday = "THURSDAY",
        /// 周五.
        Friday = "FRIDAY",
        /// 周六.
        Saturday = "SATURDAY",
        /// 周日.
        Sunday = "SUNDAY",
    }
}
words! {
    /// 用户商品券状态.
    UserCouponState {
        /// 待确认: issued, waiting for the merchant's confirm.
        Confirming = "CONFIRMING",
        /// 待生效: confirmed, not yet begun.
        Pending = "PENDING",
        /// 已生效: may be used.
        Effective = "EFFECTIVE",
        /// 已核销.
        Used = "USED",
        /// 已过期, for good.
        Expired = "EXPIRED",
        /// 已删除 by the user, for good.
        Deleted = "DELETED",
        /// 已失效 by the merchant, for good.
        Deactivated = "DEACTIVATED",
    }
}
words! {
    /// The state of one round of a sequential coupon; there is no CONFIRMING round.
    RoundState {
        /// Its interval or the coupon's begin is not reached.
        Pending = "PENDING",
        /// May be used.
        Effective = "EFFECTIVE",
        /// 已核销.
        Used = "USED",
        /// 已过期.
        Expired = "EXPIRED",
        /// 已删除 with the coupon.
        Deleted = "DELETED",
        /// 已失效 with the coupon.
        Deactivated = "DEACTIVATED",
    }
}
words! {
    /// 发券渠道. The official list is open; these two are the ones this platform issues through.
    SendChannel {
        /// A direct send by the merchant.
        Api = "API",
        /// A claim in the claim component.
        ReceiveComponent = "RECEIVE_COMPONENT",
    }
}

words! {
    /// 门店状态.
    StoreState {
        /// 营业中.
        Open = "OPEN",
        /// 创建中: not open yet.
        Creating = "CREATING",
        /// 已关闭.
        Closed = "CLOSED",
    }
}
words! {
    /// Which of the two budgets a change is about (api-product-coupon 3.2).
    UpdateBudgetMode {
        /// The total.
        MaxCount = "MAX_COUNT",
        /// The daily cap.
        MaxCountPerDay = "MAX_COUNT_PER_DAY",
    }
}
words! {
    /// 券标签.
    CouponTag {
        /// 会员券.
        Member = "MEMBER",
    }
}
words! {
    /// 图片生成类型.
    ImageGenerationType {
        /// 合成图: a picture made of the coupon's benefit.
        CombineImage = "COMBINE_IMAGE",
        /// 抠图: a picture without its background.
        CutOut = "CUT_OUT",
    }
}
words! {
    /// 图片生成任务状态.
    ImageTaskState {
        /// 处理中.
        Processing = "PROCESSING",
        /// 失败.
        Fail = "FAIL",
        /// 成功.
        Success = "SUCCESS",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip_and_open_keeps_what_it_does_not_know() {
        for state in UserCouponState::ALL {
            assert_eq!(state.as_str().parse(), Ok(*state));
            let json = serde_json::to_string(state).unwrap();
            assert_eq!(serde_json::from_str::<Open<UserCouponState>>(&json).unwrap(), *state);
        }
        let newer: Open<UserCouponState> = serde_json::from_str("\"FROZEN\"").unwrap();
        assert_eq!(newer, Open::Unknown("FROZEN".into()));
        assert_eq!(serde_json::to_string(&newer).unwrap(), "\"FROZEN\"");
        assert_eq!(newer.known(), None);
    }
}
