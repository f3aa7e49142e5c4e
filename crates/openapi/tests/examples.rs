//! Every example message of the house fits the document: requests, answers, refusals, and what notifications hold.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops there")]

use std::fs;
use std::path::{Path, PathBuf};

use quan_openapi::{validate_request, validate_response, validate_schema};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/examples")
}

/// Every JSON file below the examples: its path and what it holds.
fn files() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut folders = vec![folder()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                let name = path.strip_prefix(folder()).unwrap().to_string_lossy().into_owned();
                found.push((name, serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap()));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn bytes(body: Option<&Value>) -> Vec<u8> {
    body.map(|body| serde_json::to_vec(body).unwrap()).unwrap_or_default()
}

fn target(request: &Value) -> String {
    let path = request["path"].as_str().unwrap();
    let Some(query) = request["query"].as_object() else { return path.to_owned() };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={}", text(value))).collect();
    format!("{path}?{}", pairs.join("&"))
}

#[test]
fn every_request_fits() {
    let mut checked = 0;
    let mut wrong = Vec::new();
    for (name, file) in files() {
        let outcome = if name.contains("/create-product-coupon/") {
            let prefix =
                if name.starts_with("brand/") { "/brand/marketing" } else { "/v3/marketing/partner" };
            validate_request("POST", &format!("{prefix}/product-coupon/product-coupons"), &bytes(Some(&file)))
        } else if name.ends_with(".request.json") {
            validate_request(file["method"].as_str().unwrap(), &target(&file), &bytes(file.get("body")))
        } else {
            continue;
        };
        checked += 1;
        wrong.extend(outcome.err().map(|error| format!("{name}: {error}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(checked, 134, "every request of the examples");
}

#[test]
fn every_answer_fits() {
    let all = files();
    let find = |name: &str| all.iter().find(|(known, _)| known == name).map(|(_, file)| file);
    let mut checked = 0;
    let mut wrong = Vec::new();
    for (name, file) in all.iter().filter(|(name, _)| name.ends_with(".response.json")) {
        let (method, path) = match find(&name.replace(".response.", ".request.")) {
            Some(request) => (request["method"].as_str().unwrap().to_owned(), target(request)),
            None => {
                let prefix =
                    if name.starts_with("brand/") { "/brand/marketing" } else { "/v3/marketing/partner" };
                assert!(name.contains("create-product-coupon."), "{name} has a request");
                ("POST".to_owned(), format!("{prefix}/product-coupon/product-coupons"))
            }
        };
        let status = u16::try_from(file["status"].as_u64().unwrap()).unwrap();
        let outcome = validate_response(&method, &path, status, &bytes(file.get("body")));
        checked += 1;
        wrong.extend(outcome.err().map(|error| format!("{name}: {error}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(checked, 118, "every answer of the examples");
}

#[test]
fn every_refusal_fits() {
    let path = "/v3/marketing/busifavor/coupons/use";
    let refusals: Vec<_> = files().into_iter().filter(|(name, _)| name.starts_with("errors/")).collect();
    assert_eq!(refusals.len(), 13);
    for (name, file) in refusals {
        let status = u16::try_from(file["status"].as_u64().unwrap()).unwrap();
        let outcome = validate_response("POST", path, status, &bytes(file.get("body")));
        assert_eq!(outcome, Ok(()), "{name}");
    }
}

#[test]
fn every_notification_fits() {
    let mut checked = 0;
    for (name, file) in files().into_iter().filter(|(name, _)| name.starts_with("notifications/")) {
        let schema = if name.ends_with(".envelope.json") {
            "NotificationEnvelope"
        } else if name.contains("/image-generation.") {
            "ImageGenerationTask"
        } else if name.contains("busifavor/") && name.contains(".unverified.") {
            // Built from an assumption: no such event is sent (api-busifavor U16).
            continue;
        } else if name.contains("busifavor/") {
            "BusiSendResource"
        } else if name.contains("/send") {
            "SendResource"
        } else {
            "RedemptionResource"
        };
        assert_eq!(validate_schema(schema, &file), Ok(()), "{name}");
        checked += 1;
    }
    assert_eq!(checked, 26, "every notification but the two that do not exist");
}
