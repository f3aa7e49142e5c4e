//! Masking what names a person or opens a door, in recordings and in `Debug`.
//!
//! Tokens, ciphertexts and phone numbers go as a whole; openids and coupon codes keep four characters
//! at the front and two at the end, merchant numbers the last four (client.md C-99).

use serde_json::Value;

/// Names of members and parameters that are hidden as a whole.
const HIDDEN: [&str; 5] = ["token", "ciphertext", "phone_number", "sign", "paySign"];
/// Names of members and parameters that are shown in part.
const PERSONAL: [&str; 4] = ["openid", "unionid", "coupon_code", "openId"];
/// Path segments behind which a person or a coupon is named.
const BEHIND: [&str; 2] = ["users", "coupons"];

/// A request target with its personal parts masked.
pub(super) fn target(target: &str) -> String {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let mut before = "";
    let mut segments = Vec::new();
    for segment in path.split('/') {
        segments.push(if BEHIND.contains(&before) { partly(segment) } else { segment.to_owned() });
        before = segment;
    }
    let path = segments.join("/");
    let Some(query) = query else { return path };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => format!("{name}={}", value_of(name, value)),
            None => pair.to_owned(),
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

/// A body: masked JSON, or how long it is.
pub(super) fn body(body: &[u8]) -> Value {
    match serde_json::from_slice(body) {
        Ok(mut value) => {
            mask(&mut value);
            value
        }
        Err(_) if body.is_empty() => Value::Null,
        Err(_) => Value::String(format!("<{} bytes>", body.len())),
    }
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) => *text = value_of(name, text),
                    Value::Null | Value::Bool(_) | Value::Number(_) => {}
                    Value::Array(_) | Value::Object(_) => mask(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn value_of(name: &str, value: &str) -> String {
    if HIDDEN.contains(&name) {
        "***".to_owned()
    } else if PERSONAL.contains(&name) {
        partly(value)
    } else if name == "mchid" {
        format!("…{}", last(value, 4))
    } else {
        value.to_owned()
    }
}

fn partly(value: &str) -> String {
    let front: String = value.chars().take(4).collect();
    if value.chars().count() <= 6 { "***".to_owned() } else { format!("{front}***{}", last(value, 2)) }
}

fn last(value: &str, count: usize) -> String {
    let skipped = value.chars().count().saturating_sub(count);
    value.chars().skip(skipped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn people_and_secrets_are_masked_wherever_they_stand() {
        let shown = target("/v3/users/oh-394z-6CG/coupons/Code_123456/use?token=T&brand_id=120344&openid=");
        assert_eq!(shown, "/v3/users/oh-3***CG/coupons/Code***56/use?token=***&brand_id=120344&openid=***");
        let shown = body(
            json!({"token": "T", "mchid": "1900000001", "list": [{"openid": "oh-394z-6CG"}], "n": 1})
                .to_string()
                .as_bytes(),
        );
        assert_eq!(
            shown,
            json!({"token": "***", "mchid": "…0001", "list": [{"openid": "oh-3***CG"}], "n": 1})
        );
        assert_eq!(body(b"<html>"), json!("<6 bytes>"));
        assert_eq!(body(b""), Value::Null);
        assert_eq!(partly("券券券券券券券"), "券券券券***券券");
    }
}
