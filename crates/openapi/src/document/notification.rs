//! The notifications that the platform sends, as webhooks: the envelope, and what is sealed inside it.

use serde_json::{Map, Value, json};

use crate::document::schema::{Place, Schemas};
use crate::entity::Side;
use crate::face::Face;
use crate::kind::Kind;

/// Event types with the entity that their resource opens to, and the face they belong to.
pub(crate) const EVENTS: &[(&str, &str, Face)] = &[
    ("PRODUCT_COUPON_SP.SEND", "SendResource", Face::Partner),
    ("PRODUCT_COUPON_SP.USE", "RedemptionResource", Face::Partner),
    ("PRODUCT_COUPON_SP.RETURN", "RedemptionResource", Face::Partner),
    ("PRODUCT_COUPON_SP.IMAGE_GENERATION", "ImageGenerationTask", Face::Partner),
    ("PRODUCT_COUPON.SEND", "SendResource", Face::Brand),
    ("PRODUCT_COUPON.USE", "RedemptionResource", Face::Brand),
    ("PRODUCT_COUPON.RETURN", "RedemptionResource", Face::Brand),
    ("COUPON.SEND", "BusiSendResource", Face::Busifavor),
];

/// One webhook for each event type.
pub(super) fn webhooks(schemas: &mut Schemas) -> Value {
    let mut all = Map::new();
    for (event, resource, face) in EVENTS {
        let place = Place { side: Side::Read, face: *face };
        let envelope = schemas.kind(&Kind::Named("NotificationEnvelope".to_owned()), place);
        let opened = schemas.kind(&Kind::Named((*resource).to_owned()), place);
        let item = json!({
            "operationId": format!("notify_{}", event.replace('.', "_").to_lowercase()),
            "tags": [face.word()],
            "summary": format!("Notification {event}"),
            "x-summary-zh": format!("事件通知 {event}"),
            "x-resource": opened,
            "security": [],
            "requestBody": {"required": true, "content": {"application/json": {"schema": envelope}}},
            "responses": {
                "2XX": {"description": "Taken; the body is ignored.", "x-description-zh": "已接收；忽略应答体。"},
                "default": {"description": "Not taken; it comes again.", "x-description-zh": "未接收，将重试。"},
            },
        });
        all.insert((*event).to_owned(), json!({"post": item}));
    }
    Value::Object(all)
}
