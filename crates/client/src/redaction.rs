//! Masking by name what names a person or opens a door, in logged bodies, in recordings and in `Debug`.
//!
//! Keys, tokens, signatures, ciphertexts and phone numbers go as a whole; openids and coupon codes keep four
//! characters at the front and two at the end, merchant numbers the last four (client.md C-99, C-100). This
//! file knows names and JSON; it may not know clients, transports or the log.

use serde_json::{Map, Value};

use crate::digest::{HashType, digest};

/// Names that are hidden as a whole, in lower case and without `_` and `-`.
const HIDDEN: [&str; 40] = [
    "accesstoken",
    "apikey",
    "apiv2key",
    "apiv3key",
    "appsecret",
    "authorization",
    "bankaccount",
    "ciphertext",
    "cookie",
    "email",
    "idcard",
    "idcardno",
    "idcardnumber",
    "idnumber",
    "key",
    "mobile",
    "mobileno",
    "mobilenumber",
    "mobilephone",
    "nonce",
    "noncestr",
    "password",
    "paysign",
    "phone",
    "phoneno",
    "phonenumber",
    "plaintext",
    "privatekey",
    "realname",
    "refreshtoken",
    "secret",
    "sessionkey",
    "sign",
    "signature",
    "signmessage",
    "telephone",
    "token",
    "truncatedsignmessage",
    "username",
    "userphone",
];
/// Ends of names that are hidden as a whole, whatever stands before them: `contact_phone`, `client_secret`.
const HIDDEN_ENDS: [&str; 12] = [
    "accountnumber",
    "authcode",
    "email",
    "idcardname",
    "idcardnumber",
    "idnumber",
    "mobile",
    "password",
    "phone",
    "phonenumber",
    "privatekey",
    "secret",
];
/// Ends of names that are shown in part: persons and coupons.
const PERSONAL: [&str; 5] = ["openid", "unionid", "couponcode", "couponcodes", "couponcodelist"];
/// Ends of names whose last four characters are shown: merchant numbers.
const MERCHANTS: [&str; 3] = ["mchid", "merchant", "merchantid"];
/// Path segments behind which a person or a coupon is named.
const BEHIND: [&str; 2] = ["users", "coupons"];
/// The longest body that is parsed and shown, in bytes, unless another bound is set.
const BODY_BYTES_MAX: usize = 16 * 1024;
const GONE: &str = "***";

/// How bodies are masked before they are logged; for [`Builder::log_bodies`](crate::Builder::log_bodies).
///
/// A body is parsed as JSON and masked by the names of its members, at any depth and in lists too. Upper and
/// lower case, `_` and `-` make no difference: `openId` is `openid`.
///
/// - Hidden as a whole, `***`: `token` (also access and refresh tokens), `sign`, `paySign`, `signature` and
///   the signed message, `ciphertext`, `plaintext`, `nonce` and `nonce_str`, `key`, `api_key`, `apiv3_key`,
///   `apiv2_key`, `private_key`, `session_key`, `secret`, `password`, `authorization`, `cookie`, phone numbers
///   (`phone`, `phone_number`, `mobile`, `telephone` …), `user_name`, `real_name`, `email`, `bank_account` and
///   the numbers of identity cards. Names that end in a word for one of these are hidden too: `contact_phone`,
///   `account_number`, `client_secret`, `auth_code`.
/// - Four characters at the front and two at the end: names that end in `openid`, `unionid` or `coupon_code`,
///   and lists of coupon codes. Values of at most six characters are hidden as a whole.
/// - The last four characters: merchant numbers (`mchid`, `sub_mchid`, `creator_merchant` …).
/// - The `value` that an error echoes is masked as the `field` beside it says; URLs lose the same parameters,
///   and what follows `users/` and `coupons/`.
///
/// Everything else is shown, free text too: name whatever else your bodies hold with [`hide`](Self::hide).
/// What is not JSON is shown as its length and SHA-256 only, as is a body longer than the
/// [bound](Self::body_bytes_max), 16 KiB by default.
///
/// ```
/// use quan_client::Redaction;
///
/// let redaction = Redaction::default().hide(["attach", "memberNo"]);
/// let shown = redaction.shown(br#"{"openid":"oh-394z-6CGkNo","member_no":"77","stock_id":"9"}"#);
/// assert_eq!(shown, r#"{"member_no":"***","openid":"oh-3***No","stock_id":"9"}"#);
/// ```
#[derive(Clone, Debug)]
pub struct Redaction {
    /// Names that were added, folded.
    added: Vec<String>,
    body_bytes_max: usize,
}

impl Default for Redaction {
    fn default() -> Self {
        Self { added: Vec::new(), body_bytes_max: BODY_BYTES_MAX }
    }
}

impl Redaction {
    /// Hides the values of more names as a whole. No name can be taken away.
    #[must_use]
    pub fn hide<T: AsRef<str>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.added.extend(names.into_iter().map(|name| folded(name.as_ref())));
        self
    }

    /// The longest body that is parsed and shown, in bytes; 16 KiB by default. Of a longer one, length and
    /// hash are shown.
    #[must_use]
    pub fn body_bytes_max(mut self, bytes: usize) -> Self {
        self.body_bytes_max = bytes;
        self
    }

    /// What is shown of a body: masked compact JSON, or length and hash.
    #[must_use]
    pub fn shown(&self, body: &[u8]) -> String {
        if body.len() > self.body_bytes_max {
            return opaque(body);
        }
        match self.body(body) {
            // Masked, or length and hash: no text that came with the body.
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// A body of any length: masked JSON, or length and hash; `null` for none.
    pub(crate) fn body(&self, body: &[u8]) -> Value {
        match serde_json::from_slice(body) {
            Ok(mut value) => {
                self.mask(None, &mut value);
                value
            }
            Err(_) if body.is_empty() => Value::Null,
            Err(_) => Value::String(opaque(body)),
        }
    }

    /// A request target, or any URL, with its personal parts masked.
    pub(crate) fn target(&self, target: &str) -> String {
        let path_bytes = target.find(['?', '#']).unwrap_or(target.len());
        let (path, parameters) = target.split_at(path_bytes);
        let mut before = "";
        let mut segments = Vec::new();
        for segment in path.split('/') {
            segments.push(if BEHIND.contains(&before) { partly(segment) } else { segment.to_owned() });
            before = segment;
        }
        let mut shown = segments.join("/");
        for piece in parameters.split_inclusive(['?', '#', '&']) {
            let pair = piece.trim_end_matches(['?', '#', '&']);
            match pair.split_once('=') {
                Some((name, value)) => {
                    let value = self.masked(name, value).unwrap_or_else(|| value.to_owned());
                    shown.extend([name, "=", value.as_str()]);
                }
                None => shown.push_str(pair),
            }
            shown.push_str(&piece[pair.len()..]);
        }
        shown
    }

    /// Masks a value by the name it stands under; the items of a list stand under the name of the list.
    fn mask(&self, name: Option<&str>, value: &mut Value) {
        match value {
            Value::Null => {}
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask(name, item)),
            Value::Object(_) if name.is_some_and(|name| self.is_hidden(&folded(name))) => {
                *value = Value::String(GONE.to_owned());
            }
            Value::Object(members) => self.mask_members(members),
            Value::String(text) => match name {
                Some(name) => *text = self.masked(name, text).unwrap_or_else(|| self.target(text)),
                None => GONE.clone_into(text),
            },
            Value::Bool(_) | Value::Number(_) => {
                if let Some(masked) = name.and_then(|name| self.masked(name, &value.to_string())) {
                    *value = Value::String(masked);
                }
            }
        }
    }

    fn mask_members(&self, members: &mut Map<String, Value>) {
        // An error says which field it means, such as `/openid`, and echoes its value.
        let echoed = members.get("field").and_then(Value::as_str).and_then(field_name).map(str::to_owned);
        for (name, member) in members {
            let name = match &echoed {
                Some(field) if name == "value" => field,
                Some(_) | None => name,
            };
            self.mask(Some(name), member);
        }
    }

    /// What is shown of a value in place of it; `None` when its name hides nothing.
    fn masked(&self, name: &str, value: &str) -> Option<String> {
        let name = folded(name);
        let ends_in = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
        if self.is_hidden(&name) {
            Some(GONE.to_owned())
        } else if ends_in(&PERSONAL) {
            Some(partly(value))
        } else if ends_in(&MERCHANTS) {
            Some(format!("…{}", last(value, 4)))
        } else {
            None
        }
    }

    fn is_hidden(&self, folded: &str) -> bool {
        HIDDEN.contains(&folded)
            || HIDDEN_ENDS.iter().any(|end| folded.ends_with(end))
            || self.added.iter().any(|added| added == folded)
    }
}

/// A name without what the spellings of SDKs and front ends differ in.
fn folded(name: &str) -> String {
    name.chars().filter(|character| !matches!(character, '_' | '-')).collect::<String>().to_ascii_lowercase()
}

/// The last name of a path to a field, such as `/coupons/0/openid`.
fn field_name(field: &str) -> Option<&str> {
    let is_name = |part: &&str| !part.bytes().all(|byte| byte.is_ascii_digit());
    field.rsplit(['/', '.', '[', ']']).find(is_name)
}

/// What is said of bytes that are not shown.
fn opaque(body: &[u8]) -> String {
    format!("<{} bytes, SHA-256 {}>", body.len(), digest(HashType::Sha256, body))
}

fn partly(value: &str) -> String {
    let front: String = value.chars().take(4).collect();
    if value.chars().count() <= 6 { GONE.to_owned() } else { format!("{front}***{}", last(value, 2)) }
}

fn last(value: &str, count: usize) -> String {
    let skipped = value.chars().count().saturating_sub(count);
    value.chars().skip(skipped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body_of(value: &Value) -> Value {
        Redaction::default().body(value.to_string().as_bytes())
    }

    #[test]
    fn people_and_secrets_are_masked_wherever_they_stand() {
        let target = |text: &str| Redaction::default().target(text);
        let shown = target("/v3/users/oh-394z-6CG/coupons/Code_123456/use?token=T&brand_id=120344&openid=");
        assert_eq!(shown, "/v3/users/oh-3***CG/coupons/Code***56/use?token=***&brand_id=120344&openid=***");
        assert_eq!(target("https://h/claim?a=1&b#token=T&&"), "https://h/claim?a=1&b#token=***&&");
        let shown = body_of(
            &json!({"token": "T", "mchid": "1900000001", "list": [{"openid": "oh-394z-6CG"}], "n": 1}),
        );
        assert_eq!(
            shown,
            json!({"token": "***", "mchid": "…0001", "list": [{"openid": "oh-3***CG"}], "n": 1})
        );
        assert_eq!(partly("券券券券券券券"), "券券券券***券券");
        assert_eq!(partly("券券券券券券"), "***");
    }

    #[test]
    fn what_stands_before_a_word_does_not_uncover_it() {
        for name in ["contact_phone", "payerEmail", "client_secret", "auth_code", "account-number"] {
            assert_eq!(body_of(&json!({ name: "x" })), json!({ name: "***" }), "{name}");
        }
    }

    #[test]
    fn names_mean_the_same_in_every_spelling_and_lists_stand_under_theirs() {
        let shown = body_of(&json!({
            "OpenId": "oh-394z-6CG", "sub_openid": "oh-394z-6CG", "paySign": "S", "nonceStr": "N",
            "phone_number": 13_800_000_000_u64, "coupon_code_list": ["Code_123456"], "creator_merchant": "1900000001",
            "key": {"inner": "K"}, "token": null, "secret": ["a", {"b": "c"}],
            "coupon_code_mode": "WECHATPAY", "coupon_code_count": 12, "next_page_token": "P",
        }));
        let expected = json!({
            "OpenId": "oh-3***CG", "sub_openid": "oh-3***CG", "paySign": "***", "nonceStr": "***",
            "phone_number": "***", "coupon_code_list": ["Code***56"], "creator_merchant": "…0001",
            "key": "***", "token": null, "secret": ["***", "***"],
            "coupon_code_mode": "WECHATPAY", "coupon_code_count": 12, "next_page_token": "P",
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_an_error_echoes_is_masked_as_its_field() {
        let echo = |field: &str| body_of(&json!({"detail": {"field": field, "value": "oh-394z-6CG"}}));
        assert_eq!(echo("/openid")["detail"]["value"], "oh-3***CG");
        assert_eq!(echo("/coupons/0/openid/0")["detail"]["value"], "oh-3***CG");
        assert_eq!(echo("signature")["detail"]["value"], "***");
        assert_eq!(echo("/stock_id")["detail"]["value"], "oh-394z-6CG");
        let url = "/v3/users/oh-394z-6CG/coupons?token=T";
        let shown = body_of(&json!({"sign_information": {"url": url, "truncated_sign_message": "GET…"}}));
        assert_eq!(shown["sign_information"]["url"], "/v3/users/oh-3***CG/coupons?token=***");
        assert_eq!(shown["sign_information"]["truncated_sign_message"], "***");
    }

    #[test]
    fn what_is_not_json_or_too_long_is_length_and_hash() {
        let redaction = Redaction::default().hide(["attach"]).body_bytes_max(12);
        let html = "<6 bytes, SHA-256 b7d082ee12e91b756ea22e8513b8594eebcf5d39fab813da3cb55794dc888ad7>";
        assert_eq!(redaction.shown(b"<html>"), html);
        assert_eq!(redaction.shown(br#"{"attach":1}"#), r#"{"attach":"***"}"#);
        assert!(redaction.shown(br#"{"attach":12}"#).starts_with("<13 bytes, SHA-256 "));
        assert!(redaction.shown(&b"[".repeat(12)).starts_with("<12 bytes, SHA-256 "));
        assert_eq!(redaction.shown(br#""T""#), "***");
        assert_eq!(redaction.shown(br#"[7,"T"]"#), r#"[7,"***"]"#);
        assert_eq!(redaction.body(b""), Value::Null);
        let whole =
            |bytes: usize| Redaction::default().shown(&[b" ".repeat(bytes - 2), b"{}".to_vec()].concat());
        assert_eq!(whole(16 * 1024), "{}");
        assert!(whole(16 * 1024 + 1).starts_with("<16385 bytes, SHA-256 "));
    }
}
