//! Masking what opens a door before it reaches the request log: tokens, keys, signatures.
//!
//! It works on text and not on parsed JSON, so that every other byte stays as it was and a body that was cut can be
//! masked too. Openids and coupon codes stay: they are what people search for, and the log is behind the console's door.

/// Members whose value is hidden, compared without case, `_` and `-`.
const HIDDEN: [&str; 12] = [
    "token",
    "accesstoken",
    "admintoken",
    "refreshtoken",
    "apikey",
    "apiv3key",
    "apiv2key",
    "privatekey",
    "password",
    "secret",
    "appsecret",
    "ciphertext",
];
/// What stands in the place of a hidden value.
pub(crate) const MASK: &str = "***";
/// Characters of a signature that stay, to tell two apart.
const SIGNATURE_CHARS: usize = 8;

fn is_hidden(name: &str) -> bool {
    let plain: String =
        name.chars().filter(|c| *c != '_' && *c != '-').map(|c| c.to_ascii_lowercase()).collect();
    HIDDEN.contains(&plain.as_str())
}

/// A text in which the values of hidden members are masked; the text need not be whole.
pub(crate) fn mask_json(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let (before, string) = rest.split_at(start);
        masked.push_str(before);
        let end = string_end(string);
        let (name, after) = string.split_at(end);
        masked.push_str(name);
        rest = after;
        if !is_hidden(name.trim_matches('"')) {
            continue;
        }
        let gap = after.len() - after.trim_start().len();
        let Some(value) = after[gap..].strip_prefix(':') else { continue };
        let value_gap = value.len() - value.trim_start().len();
        let value = &value[value_gap..];
        if value.starts_with('"') {
            masked.push_str(&after[..=gap + value_gap]);
            masked.push('"');
            masked.push_str(MASK);
            masked.push('"');
            rest = &value[string_end(value)..];
        }
    }
    masked.push_str(rest);
    masked
}

/// Where a JSON string that begins with `"` ends, behind its closing quote; the end of the text when there is none.
fn string_end(string: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in string.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    string.len()
}

/// A header's value, with what opens a door masked.
pub(crate) fn mask_header(name: &str, value: &str) -> String {
    match name {
        "authorization" => mask_authorization(value),
        "cookie" | "set-cookie" | "proxy-authorization" | "x-api-key" => MASK.to_owned(),
        "wechatpay-signature" => shortened(value),
        _ => value.to_owned(),
    }
}

/// The header with its signature cut short. What is no signature header is masked as a whole.
fn mask_authorization(value: &str) -> String {
    let Some(start) = value.find("signature=\"") else {
        let scheme = value.split(' ').next().unwrap_or_default();
        return if scheme.len() < value.len() { format!("{scheme} {MASK}") } else { MASK.to_owned() };
    };
    let (before, rest) = value.split_at(start + "signature=\"".len());
    let end = rest.find('"').unwrap_or(rest.len());
    format!("{before}{}{}", shortened(&rest[..end]), &rest[end..])
}

/// The first characters of a signature: within five minutes a whole one could be sent again.
pub(crate) fn shortened(signature: &str) -> String {
    let kept: String = signature.chars().take(SIGNATURE_CHARS).collect();
    if kept.len() < signature.len() { format!("{kept}…") } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_members_are_masked_at_any_depth_and_nothing_else_changes() {
        let text =
            "{ \"token\" : \"abc\\\"d\", \"list\":[{\"API_V3-Key\":\"k\"}], \"note\":\"token\",\"n\":1 }";
        let masked =
            "{ \"token\" : \"***\", \"list\":[{\"API_V3-Key\":\"***\"}], \"note\":\"token\",\"n\":1 }";
        assert_eq!(mask_json(text), masked);
        for untouched in ["", "{}", "no json", "{\"openid\":\"o1\"}", "{\"token\":null}", "\"", "{\"token\""]
        {
            assert_eq!(mask_json(untouched), untouched);
        }
    }

    #[test]
    fn a_value_that_was_cut_is_masked_too() {
        assert_eq!(mask_json("{\"token\":\"abcdef"), "{\"token\":\"***\"");
        assert_eq!(mask_json("{\"token\":\"abc\\"), "{\"token\":\"***\"");
    }

    #[test]
    fn headers_keep_what_helps() {
        let signed = "WECHATPAY2-SHA256-RSA2048 mchid=\"1\",signature=\"ABCDEFGHIJKL\",nonce_str=\"n\"";
        let masked = "WECHATPAY2-SHA256-RSA2048 mchid=\"1\",signature=\"ABCDEFGH…\",nonce_str=\"n\"";
        assert_eq!(mask_header("authorization", signed), masked);
        assert_eq!(mask_header("authorization", "Bearer abc"), "Bearer ***");
        assert_eq!(mask_header("authorization", "abc"), "***");
        assert_eq!(mask_header("cookie", "a=b"), "***");
        assert_eq!(mask_header("accept", "*/*"), "*/*");
    }
}
