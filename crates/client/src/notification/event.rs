//! The events of product coupons and merchant coupons, typed.

use std::fmt;

use quan_model::notification::{BusifavorSendResource, ImageGenerationResource, SendResource, UsageResource};
use serde_json::Value;

use crate::error::DecodeReason;

/// What a notification tells.
///
/// Partners and brands get the same events under different prefixes (`PRODUCT_COUPON_SP.SEND`,
/// `PRODUCT_COUPON.SEND`), so the part behind the last dot decides. Events that are not known come as
/// they are: accept them, because refusing makes the platform repeat them.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ProductCouponEvent {
    /// `….SEND`: a coupon was issued to a user; confirm it.
    Sent(Box<SendResource>),
    /// `….USE`: a coupon, or a round of it, was used.
    Used(Box<UsageResource>),
    /// `….RETURN`: a use was taken back.
    Returned(Box<UsageResource>),
    /// `….IMAGE_GENERATION`: an image task is done.
    ImageGenerated(Box<ImageGenerationResource>),
    /// `COUPON.SEND`: a merchant coupon (商家券) was issued.
    BusifavorSent(Box<BusifavorSendResource>),
    /// Any other event, as it came.
    Other {
        /// The event type on the wire.
        event_type: String,
        /// The opened resource; a string when it is no JSON.
        value: Value,
    },
}

/// The families of events whose resources are known.
#[derive(Clone, Copy)]
enum Family {
    ProductCoupon,
    Busifavor,
    Unknown,
}

impl Family {
    fn of(prefix: &str) -> Self {
        match prefix {
            "PRODUCT_COUPON_SP" | "PRODUCT_COUPON" => Self::ProductCoupon,
            "COUPON" => Self::Busifavor,
            _ => Self::Unknown,
        }
    }
}

impl ProductCouponEvent {
    /// Reads an opened resource as the event that its type names.
    pub(super) fn read(event_type: &str, resource_json: &str) -> Result<Self, DecodeReason> {
        let (prefix, word) = event_type.rsplit_once('.').unwrap_or(("", event_type));
        Ok(match (Family::of(prefix), word) {
            (Family::ProductCoupon, "SEND") => Self::Sent(serde_json::from_str(resource_json)?),
            (Family::ProductCoupon, "USE") => Self::Used(serde_json::from_str(resource_json)?),
            (Family::ProductCoupon, "RETURN") => Self::Returned(serde_json::from_str(resource_json)?),
            (Family::ProductCoupon, "IMAGE_GENERATION") => {
                Self::ImageGenerated(serde_json::from_str(resource_json)?)
            }
            (Family::Busifavor, "SEND") => Self::BusifavorSent(serde_json::from_str(resource_json)?),
            // COUPON.USE belongs to cash coupons (代金券), which are not ours (semantics 9.1).
            (Family::ProductCoupon | Family::Busifavor | Family::Unknown, _) => Self::Other {
                event_type: event_type.to_owned(),
                value: serde_json::from_str(resource_json)
                    .unwrap_or_else(|_| Value::String(resource_json.to_owned())),
            },
        })
    }

    /// What is the same for every delivery of this event, without the event type: the object and what
    /// happened to it. `None` when the resource does not say enough.
    ///
    /// A sequential coupon is used several times, so a use is told apart by its number.
    pub(super) fn subject(&self) -> Option<String> {
        match self {
            Self::Sent(resource) => Some(format!("{}/{}", resource.stock_id, resource.coupon_code)),
            Self::Used(resource) => usage_subject(resource, resource.usage.use_request_no.as_deref()),
            Self::Returned(resource) => usage_subject(resource, resource.usage.return_request_no.as_deref()),
            Self::ImageGenerated(resource) => Some(resource.task_id.clone()),
            Self::BusifavorSent(resource) => Some(format!("{}/{}", resource.stock_id, resource.coupon_code)),
            Self::Other { .. } => None,
        }
    }
}

fn usage_subject(resource: &UsageResource, request_no: Option<&str>) -> Option<String> {
    Some(format!("{}/{}/{}", resource.stock_id.as_deref()?, resource.coupon_code, request_no?))
}

impl fmt::Debug for ProductCouponEvent {
    /// Names the event and its stock or task, and no person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stock = |resource: &UsageResource| resource.stock_id.clone().unwrap_or_default();
        match self {
            Self::Sent(resource) => write!(f, "Sent(stock {})", resource.stock_id),
            Self::Used(resource) => write!(f, "Used(stock {})", stock(resource)),
            Self::Returned(resource) => write!(f, "Returned(stock {})", stock(resource)),
            Self::ImageGenerated(resource) => write!(f, "ImageGenerated(task {})", resource.task_id),
            Self::BusifavorSent(resource) => write!(f, "BusifavorSent(stock {})", resource.stock_id),
            Self::Other { event_type, .. } => write!(f, "Other({event_type})"),
        }
    }
}
