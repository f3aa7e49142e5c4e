//! The OpenAPI 3.1 document of all faces, assembled from the descriptions.
//!
//! Shared objects become schemas under `components`, one for each way and face they differ by: `Stock` is what the
//! partner face answers, `BrandStock` what the brand face answers, `StockForCreate` what both accept.

mod notification;
mod operation;
mod schema;
mod shared;

#[cfg(test)]
pub(crate) use crate::document::notification::EVENTS;
pub(crate) use crate::document::operation::{body_members, query_members, response_members};
pub(crate) use crate::document::shared::about;

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use crate::document::schema::Schemas;
use crate::face::Face;
use crate::spec::spec;

/// The OpenAPI 3.1 document. It is assembled at the first call.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(assemble)
}

fn assemble() -> Value {
    let spec = spec();
    let mut schemas = Schemas::new(spec);
    let mut paths = Map::new();
    for operation in spec.operations() {
        let item = operation::item(operation, &mut schemas);
        let path = paths.entry(operation.path()).or_insert_with(|| json!({}));
        path[operation.method().to_lowercase()] = item;
    }
    let webhooks = notification::webhooks(&mut schemas);
    let mut components = shared::components();
    components["schemas"] = schemas.finish(shared::schemas());
    json!({
        "openapi": "3.1.0",
        "info": shared::info(),
        "servers": [{
            "url": "http://127.0.0.1:8686",
            "description": "A local `quan dev`",
            "x-description-zh": "本机的 quan dev",
        }],
        "tags": Face::ALL.map(shared::tag),
        "paths": paths,
        "webhooks": webhooks,
        "components": components,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every reference in a value.
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let mut found = Vec::new();
        references(document(), &mut found);
        assert!(found.len() > 100);
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document().pointer(pointer).is_some_and(|target| !target.is_null()), "{reference}");
        }
    }

    #[test]
    fn answers_are_closed_and_requests_are_open() {
        let schemas = document()["components"]["schemas"].as_object().unwrap();
        assert_eq!(schemas["Stock"]["additionalProperties"], false);
        assert_eq!(schemas["BrandStock"]["additionalProperties"], false);
        assert!(schemas["StockForCreate"].get("additionalProperties").is_none());
        assert!(schemas["Stock"]["properties"].get("brand_id").is_some());
        assert!(schemas["BrandStock"]["properties"].get("brand_id").is_none());
        assert!(schemas["StockForCreate"]["properties"].get("stock_id").is_none());
    }

    #[test]
    fn a_brand_names_no_brand() {
        let paths = document()["paths"].as_object().unwrap();
        for (path, item) in paths {
            let text = item.to_string();
            if path.starts_with("/brand/") {
                assert!(!text.contains("\"brand_id\""), "{path}");
            }
        }
        let create = "/v3/marketing/partner/product-coupon/product-coupons";
        let required =
            &paths[create]["post"]["requestBody"]["content"]["application/json"]["schema"]["required"];
        assert_eq!(required[0], "brand_id");
    }
}
