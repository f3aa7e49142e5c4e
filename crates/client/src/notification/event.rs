//! The events of product coupons, typed.

use std::fmt;

use quan_model::notification::SendResource;
use serde_json::Value;

use crate::error::DecodeReason;

/// The prefixes of product-coupon events: of the partner and of the brand.
const PREFIXES: [&str; 2] = ["PRODUCT_COUPON_SP", "PRODUCT_COUPON"];

/// What a notification tells.
///
/// Partners and brands get the same events under different prefixes (`PRODUCT_COUPON_SP.SEND`,
/// `PRODUCT_COUPON.SEND`), so the part behind the dot decides.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ProductCouponEvent {
    /// A coupon was issued to a user; confirm it.
    Sent(Box<SendResource>),
    /// Any other event, as it came.
    Other {
        /// The event type on the wire.
        event_type: String,
        /// The opened resource.
        value: Value,
    },
}

impl ProductCouponEvent {
    pub(super) fn read(event_type: &str, resource_json: &str) -> Result<Self, DecodeReason> {
        let suffix = PREFIXES.iter().find_map(|prefix| event_type.strip_prefix(prefix)?.strip_prefix('.'));
        match suffix {
            Some("SEND") => Ok(Self::Sent(Box::new(serde_json::from_str(resource_json)?))),
            Some(_) | None => Ok(Self::Other {
                event_type: event_type.to_owned(),
                value: serde_json::from_str(resource_json)?,
            }),
        }
    }
}

impl fmt::Debug for ProductCouponEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent(resource) => write!(f, "Sent(stock {})", resource.stock_id),
            Self::Other { event_type, .. } => write!(f, "Other({event_type})"),
        }
    }
}
