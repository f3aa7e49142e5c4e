//! One operation as an item of a path.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::document::schema::{Place, Schemas, describe};
use crate::entity::{Member, Presence, Side};
use crate::example;
use crate::face::Face;
use crate::operation::{Idempotency, Operation};
use crate::ordered::Ordered;
use crate::refusal::Refusal;
use crate::spec::spec;

/// The item of an operation.
pub(super) fn item(operation: Operation, schemas: &mut Schemas) -> Value {
    let description = operation.description;
    let mut item = json!({
        "operationId": operation.document_id(),
        "tags": [operation.face.word()],
        "summary": description.title.en,
        "x-summary-zh": description.title.zh,
        "x-operation": operation.id(),
        "x-idempotency": idempotency(&description.idempotency),
        "x-official-pages": description.pages,
        "security": security(operation),
        "parameters": parameters(operation, schemas),
        "responses": responses(operation, schemas),
    });
    describe(&mut item, &description.about);
    if let Some(rate) = description.rate {
        item["x-rate"] = json!({"calls": rate.calls, "seconds": rate.seconds});
    }
    if operation.has_body() {
        item["requestBody"] = request_body(operation, schemas);
    }
    item
}

fn idempotency(idempotency: &Idempotency) -> Value {
    match idempotency {
        Idempotency::Safe => json!("safe"),
        Idempotency::Keyed(key) => json!({"key": key}),
        Idempotency::Natural => json!("natural"),
        Idempotency::None => json!("none"),
    }
}

fn security(operation: Operation) -> Value {
    match (operation.face, operation.description.multipart) {
        (Face::Claim, _) => json!([]),
        (Face::Brand, false) => json!([{"brand_signature": []}]),
        (Face::Brand, true) => json!([{"brand_signature": [], "upload_signature": []}]),
        (Face::Partner | Face::Busifavor | Face::Platform, false) => json!([{"merchant_signature": []}]),
        (Face::Partner | Face::Busifavor | Face::Platform, true) => {
            json!([{"merchant_signature": [], "upload_signature": []}])
        }
    }
}

/// The members of a request's body, the brand of a partner included.
pub(crate) fn body_members(operation: Operation) -> Ordered<Member> {
    let mut members = operation.description.body.clone();
    if operation.names_brand() && operation.has_body() {
        members.0.insert(0, ("brand_id".to_owned(), brand_member()));
    }
    members
}

/// The members of a request's query, the brand of a partner included.
pub(crate) fn query_members(operation: Operation) -> Ordered<Member> {
    let mut members = operation.description.query.clone();
    if operation.names_brand() && !operation.has_body() {
        members.0.insert(0, ("brand_id".to_owned(), brand_member()));
    }
    members
}

fn brand_member() -> Member {
    spec().variables.get("brand_id").expect("invariant: brand_id is described with the variables").clone()
}

/// The members of an answer: those of the entity it is like, and its own.
pub(crate) fn response_members(operation: Operation) -> Ordered<Member> {
    let response = &operation.description.response;
    let entity = response.like.as_deref().and_then(|name| spec().entity(name));
    let mut members = entity.map(|entity| entity.fields.clone()).unwrap_or_default();
    members.0.extend(response.fields.0.iter().cloned());
    members
}

fn parameters(operation: Operation, schemas: &mut Schemas) -> Value {
    let place = Place { side: Side::Write, face: operation.face };
    let mut all = Vec::new();
    for name in operation.variables() {
        let member = spec().variables.get(name);
        let member = member.unwrap_or_else(|| panic!("invariant: {name} is described in variables.yaml"));
        all.push(parameter(name, "path", member, schemas, place));
    }
    for (name, member) in query_members(operation).iter() {
        all.push(parameter(name, "query", member, schemas, place));
    }
    if operation.face == Face::Brand {
        all.push(json!({"$ref": "#/components/parameters/BrandWechatpaySerial"}));
    } else if operation.face != Face::Claim {
        all.push(json!({"$ref": "#/components/parameters/WechatpaySerial"}));
    }
    json!(all)
}

fn parameter(name: &str, place_of: &str, member: &Member, schemas: &mut Schemas, place: Place) -> Value {
    let mut parameter = json!({
        "name": name,
        "in": place_of,
        "required": member.write == Presence::Required,
        "schema": schemas.kind(&member.kind, place),
    });
    if place_of == "query" && member.write != Presence::Required {
        // Without a value it counts as absent.
        parameter["allowEmptyValue"] = json!(true);
    }
    describe(&mut parameter, &member.text);
    parameter
}

fn request_body(operation: Operation, schemas: &mut Schemas) -> Value {
    let place = Place { side: Side::Write, face: operation.face };
    let schema = schemas.object(&body_members(operation), &operation.description.rules, place);
    let names = &operation.description.examples.request;
    if operation.description.multipart {
        let encoding = json!({"meta": {"contentType": "application/json"}});
        return json!({
            "required": true,
            "content": {"multipart/form-data": {"schema": schema, "encoding": encoding}},
        });
    }
    json!({
        "required": true,
        "content": {"application/json": {"schema": schema, "examples": examples(operation, names, "request")}},
    })
}

/// The bodies of example files by their names.
fn examples(operation: Operation, names: &[String], kind: &str) -> Value {
    let mut found = Map::new();
    for name in names {
        if let Some(body) = example::body(operation.face, name, kind) {
            let value: Value = serde_json::from_str(&body).expect("invariant: an example is JSON");
            found.insert(name.replace('/', "."), json!({"value": value}));
        }
    }
    Value::Object(found)
}

fn responses(operation: Operation, schemas: &mut Schemas) -> Value {
    let mut responses = Map::new();
    let success = &operation.description.response;
    let headers = if operation.face == Face::Claim { json!({}) } else { headers() };
    let members = response_members(operation);
    let mut answer = json!({"description": "Done.", "x-description-zh": "成功。", "headers": headers});
    if success.status != 204 {
        let place = Place { side: Side::Read, face: operation.face };
        let entity = success.like.as_deref().and_then(|name| spec().entity(name));
        let rules: Vec<_> =
            entity.into_iter().flat_map(|entity| &entity.rules).chain(&success.rules).cloned().collect();
        let is_entity = success.fields.0.is_empty() && success.rules.is_empty();
        let schema = match &success.like {
            Some(name) if is_entity => schemas.kind(&crate::kind::Kind::Named(name.clone()), place),
            Some(_) | None => schemas.object(&members, &rules, place),
        };
        let examples = examples(operation, &operation.description.examples.response, "response");
        answer["content"] = json!({"application/json": {"schema": schema, "examples": examples}});
    }
    responses.insert(success.status.to_string(), answer);
    let mut by_status: BTreeMap<u16, Vec<(&str, &Refusal)>> = BTreeMap::new();
    for (name, refusal) in spec().refusals_of(operation) {
        by_status.entry(refusal.status).or_default().push((name, refusal));
    }
    for (status, refusals) in by_status {
        responses.insert(status.to_string(), refused(operation.face, &refusals));
    }
    responses.insert("default".to_owned(), refused(operation.face, &[]));
    Value::Object(responses)
}

/// The answer of one status of refusal.
fn refused(face: Face, refusals: &[(&str, &Refusal)]) -> Value {
    let (schema, headers) = match face {
        Face::Claim => ("ClaimError", json!({})),
        Face::Partner | Face::Brand | Face::Busifavor | Face::Platform => ("Error", headers()),
    };
    let rows: Vec<Value> = refusals
        .iter()
        .map(|(name, refusal)| {
            json!({
                "name": name,
                "code": refusal.code.on(face),
                "number": refusal.number.on(face),
                "when": refusal.when.en,
                "x-when-zh": refusal.when.zh,
                "remedy": refusal.remedy.en,
                "x-remedy-zh": refusal.remedy.zh,
            })
        })
        .collect();
    let list = |chinese: bool| {
        let lines: Vec<String> = refusals
            .iter()
            .map(|(_, refusal)| {
                let when = if chinese { &refusal.when.zh } else { &refusal.when.en };
                format!("{} {}: {when}", refusal.code.on(face), refusal.number.on(face))
            })
            .collect();
        lines.join("; ")
    };
    let (en, zh) = if refusals.is_empty() {
        ("Any other refusal.".to_owned(), "其他错误。".to_owned())
    } else {
        (list(false), list(true))
    };
    json!({
        "description": en,
        "x-description-zh": zh,
        "x-refusals": rows,
        "headers": headers,
        "content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{schema}")}}},
    })
}

/// References to the headers of every signed answer.
fn headers() -> Value {
    let names =
        ["Request-ID", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature"];
    let all: Map<String, Value> = names
        .iter()
        .chain(&["Wechatpay-Signature-Type"])
        .map(|name| ((*name).to_owned(), json!({"$ref": format!("#/components/headers/{name}")})))
        .collect();
    Value::Object(all)
}
