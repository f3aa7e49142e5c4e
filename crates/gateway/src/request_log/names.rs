//! Which ids and numbers a call names, so that it is found by them: from its query, its body and its answer.

use serde_json::Value;

/// Members that are ids or numbers. What only describes, such as a stock's name, is not searched for.
const NAMES: [&str; 17] = [
    "appid",
    "brand_id",
    "bundle_request_no",
    "confirm_request_no",
    "coupon_code",
    "deactivate_request_no",
    "openid",
    "out_request_no",
    "product_coupon_id",
    "return_request_no",
    "send_request_no",
    "stock_bundle_id",
    "stock_id",
    "task_id",
    "transaction_id",
    "use_request_no",
    "user_coupon_bundle_id",
];
/// Names kept of one call: one that lists many coupons is not found by each of them.
const NAMES_MAX: usize = 40;
/// Longer values are no ids.
const VALUE_LEN_MAX: usize = 128;

fn keep(name: &str, value: &str, names: &mut Vec<(String, String)>) {
    if names.len() < NAMES_MAX && NAMES.contains(&name) && !value.is_empty() && value.len() <= VALUE_LEN_MAX {
        names.push((name.to_owned(), value.to_owned()));
    }
}

/// From the query of a request target.
pub(crate) fn of_query(target: &str, names: &mut Vec<(String, String)>) {
    let query = target.split_once('?').map(|(_, query)| query).unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        keep(&name, &value, names);
    }
}

/// From a JSON body, at any depth; what is no JSON names nothing.
pub(crate) fn of_json(body: &[u8], names: &mut Vec<(String, String)>) {
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        walk(&value, names);
    }
}

fn walk(value: &Value, names: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) => keep(name, text, names),
                    None => walk(value, names),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| walk(value, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Each name and value once.
pub(crate) fn tidy(names: &mut Vec<(String, String)>) {
    names.sort();
    names.dedup();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_everywhere_and_once() {
        let mut names = Vec::new();
        of_query("/v3/x?stock_id=S%201&state=USED", &mut names);
        of_json(
            br#"{"stock":{"stock_id":"S 1"},"list":[{"coupon_code":"C"}],"remark":"r","openid":""}"#,
            &mut names,
        );
        of_json(b"no json", &mut names);
        tidy(&mut names);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(names, [pair("coupon_code", "C"), pair("stock_id", "S 1")]);
    }

    #[test]
    fn long_lists_are_bounded() {
        let list: Vec<String> = (0..100).map(|at| format!("{{\"coupon_code\":\"C{at}\"}}")).collect();
        let mut names = Vec::new();
        of_json(format!("[{}]", list.join(",")).as_bytes(), &mut names);
        assert_eq!(names.len(), NAMES_MAX);
    }
}
