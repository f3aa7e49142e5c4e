//! Messages checked against the document, for tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::document::document;
use crate::spec::spec;

/// Checks the body of an answer. `path` is the target of the request, with or without its query; an empty `body`
/// stands for none.
///
/// # Errors
/// Says what does not fit: no such operation, a status that it does not document, or each place in the body.
pub fn validate_response(method: &str, path: &str, status: u16, body: &[u8]) -> Result<(), String> {
    let (template, _) = template(method, path)?;
    let pointer = pointer(&template, method);
    let responses = document().pointer(&format!("{pointer}/responses"));
    let status_text = status.to_string();
    let known = if responses.and_then(|all| all.get(&status_text)).is_some() {
        status_text
    } else if status >= 400 {
        "default".to_owned()
    } else {
        return Err(format!("{method} {template} does not answer {status}"));
    };
    let schema = format!("{pointer}/responses/{known}/content/application~1json/schema");
    if document().pointer(&schema).is_none() {
        return if body.is_empty() {
            Ok(())
        } else {
            Err(format!("{method} {template}: {status} has no body"))
        };
    }
    let body = json_of(body)?;
    check(&schema, &body).map_err(|error| format!("{method} {template} answers {status}: {error}"))
}

/// Checks the query and the JSON body of a request.
///
/// # Errors
/// Says what does not fit: no such operation, a query parameter, or each place in the body.
pub fn validate_request(method: &str, target: &str, body: &[u8]) -> Result<(), String> {
    let (template, _) = template(method, target)?;
    let pointer = pointer(&template, method);
    let query = target.split_once('?').map_or("", |(_, query)| query);
    check_query(&pointer, query).map_err(|error| format!("{method} {template}: {error}"))?;
    let schema = format!("{pointer}/requestBody/content/application~1json/schema");
    if document().pointer(&schema).is_none() {
        return Ok(());
    }
    let body = json_of(body)?;
    check(&schema, &body).map_err(|error| format!("a request {method} {template}: {error}"))
}

/// Checks a value against a named schema of the document.
///
/// # Errors
/// Says what does not fit.
pub fn validate_schema(name: &str, value: &Value) -> Result<(), String> {
    check(&format!("/components/schemas/{name}"), value)
}

/// The path of the operation that a target belongs to, and its id in the document; literal segments win over
/// variables.
///
/// # Errors
/// When no operation has this method and path.
pub fn template(method: &str, target: &str) -> Result<(String, String), String> {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    let fitting = spec().operations().filter(|operation| {
        let template = operation.path();
        operation.method() == method && fits(&template, path)
    });
    let best = fitting.min_by_key(|operation| operation.path().matches('{').count());
    best.map(|operation| (operation.path(), operation.document_id()))
        .ok_or_else(|| format!("no operation is {method} {path}"))
}

fn fits(template: &str, path: &str) -> bool {
    let mut given = path.split('/');
    let all_fit = template.split('/').all(|part| {
        given.next().is_some_and(|text| part == text || part.starts_with('{') && !text.is_empty())
    });
    all_fit && given.next().is_none()
}

fn pointer(template: &str, method: &str) -> String {
    format!("/paths/{}/{}", template.replace('~', "~0").replace('/', "~1"), method.to_lowercase())
}

fn json_of(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|error| format!("the body is not JSON: {error}"))
}

fn check_query(pointer: &str, query: &str) -> Result<(), String> {
    let parameters = document().pointer(&format!("{pointer}/parameters")).and_then(Value::as_array);
    let mut given = BTreeMap::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()).into_owned() {
        given.entry(name).or_insert(text);
    }
    for (at, parameter) in parameters.into_iter().flatten().enumerate() {
        if parameter["in"] != "query" {
            continue;
        }
        let name = parameter["name"].as_str().unwrap_or_default();
        // An optional parameter without a value counts as absent.
        let is_said = |text: &&String| !text.is_empty() || parameter["required"] == true;
        let Some(text) = given.get(name).filter(is_said) else {
            if parameter["required"] == true {
                return Err(format!("the query lacks {name}"));
            }
            continue;
        };
        let value = match parameter["schema"]["type"].as_str() {
            Some("integer") => text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
            Some(_) | None => json!(text),
        };
        check(&format!("{pointer}/parameters/{at}/schema"), &value)
            .map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

/// Checks a value against the schema at a place of the document.
fn check(pointer: &str, value: &Value) -> Result<(), String> {
    let validator = validator(pointer)?;
    let errors: Vec<String> = validator
        .iter_errors(value)
        .map(|error| {
            let place = error.instance_path().to_string();
            format!("{}: {error}", if place.is_empty() { "/" } else { &place })
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
}

/// The validator of a place, built once.
fn validator(pointer: &str) -> Result<Arc<Validator>, String> {
    static BUILT: OnceLock<Mutex<BTreeMap<String, Arc<Validator>>>> = OnceLock::new();
    let built = BUILT.get_or_init(Mutex::default);
    let mut built = built.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(validator) = built.get(pointer) {
        return Ok(Arc::clone(validator));
    }
    let place =
        document().pointer(pointer).ok_or_else(|| format!("the document has nothing at {pointer}"))?;
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [place],
        "components": {"schemas": document()["components"]["schemas"]},
    });
    let validator =
        jsonschema::validator_for(&root).map_err(|error| format!("{pointer} is no schema: {error}"))?;
    let validator = Arc::new(validator);
    built.insert(pointer.to_owned(), Arc::clone(&validator));
    Ok(validator)
}
