//! The naming rule of the PHP and Node libraries, for people who come from them and for the CLI.
//!
//! Those libraries turn property names into URI segments. The rest of this crate never does: a path is
//! signed and sent as it is written. Here the rule is a function, applied only on request, and with
//! one repair: variables are recognised before letters are folded, so their names stay as they are.

use std::borrow::Cow;

use crate::path::PathError;
use crate::template::PathTemplate;

/// A dotted name is not a path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NamingError {
    /// Braces do not pair up, so it is unclear where the name splits.
    #[error("a brace has no partner")]
    UnbalancedBrace,
    /// The path that came out is not one.
    #[error("the name gives no valid path")]
    Path(#[source] PathError),
}

/// One segment: `productCoupons` gives `product-coupons`, `_stock_id_` gives `{stock_id}`.
///
/// An upper-case letter at the start becomes lower-case, every other one becomes `-` and its
/// lower-case form. `_name_` and `{name}` are variables, and their names are left alone.
///
/// ```
/// use quan_client::naming;
/// assert_eq!(naming::segment("preSend"), "pre-send");
/// assert_eq!(naming::segment("_openId_"), "{openId}");
/// ```
#[must_use]
pub fn segment(name: &str) -> Cow<'_, str> {
    if name.starts_with('{') && name.ends_with('}') {
        return Cow::Borrowed(name);
    }
    let inner = name.strip_prefix('_').and_then(|rest| rest.strip_suffix('_'));
    if let Some(inner) = inner.filter(|inner| !inner.is_empty()) {
        return Cow::Owned(format!("{{{inner}}}"));
    }
    if !name.contains(|character: char| character.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    let mut folded = String::with_capacity(name.len() + 4);
    for (at, character) in name.char_indices() {
        if at > 0 && character.is_ascii_uppercase() {
            folded.push('-');
        }
        folded.push(character.to_ascii_lowercase());
    }
    Cow::Owned(folded)
}

/// A whole name, split at `.`, `->` or `/`: `v3.marketing.busifavor.productCoupons.preSend` and
/// `v3->marketing->busifavor->productCoupons->preSend` are the same path. Dots inside braces do not
/// split, and a trailing slash is kept.
///
/// # Errors
/// [`NamingError`] when a brace has no partner or the outcome is not a path template.
pub fn path(name: &str) -> Result<PathTemplate, NamingError> {
    let mut segments = Vec::new();
    let mut current = String::new();
    let mut rest = name;
    while let Some(character) = rest.chars().next() {
        if character == '{' {
            let end = rest.find('}').ok_or(NamingError::UnbalancedBrace)?;
            current.push_str(&rest[..=end]);
            rest = &rest[end + 1..];
            continue;
        }
        let separator = if rest.starts_with("->") { 2 } else { usize::from(matches!(character, '.' | '/')) };
        if separator > 0 {
            segments.push(std::mem::take(&mut current));
            rest = &rest[separator..];
        } else {
            current.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    segments.push(current);
    let path = segments.iter().map(|text| segment(text)).collect::<Vec<_>>().join("/");
    PathTemplate::parse(&path).map_err(NamingError::Path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Result<String, NamingError> {
        path(name).map(|template| template.as_str().to_owned())
    }

    /// The table of client.md 4.1 with the outcome of this crate for each row.
    #[test]
    fn the_table_of_names() {
        for (name, outcome) in [
            ("productCoupons", "product-coupons"),
            ("ProductCoupons", "product-coupons"),
            ("preSend", "pre-send"),
            ("complaintsV2", "complaints-v2"),
            ("product-coupons", "product-coupons"),
            ("mch_operate", "mch_operate"),
            ("video_upload", "video_upload"),
            ("_product_coupon_id_", "{product_coupon_id}"),
            ("_openId_", "{openId}"),
            ("{OpenId}", "{OpenId}"),
            ("{+myUrl}", "{+myUrl}"),
            ("_a_/b/_c_", "{a}/b/{c}"),
            ("v3/users/oABC", "v3/users/o-a-b-c"),
            ("v3/applyment4sub/applyment/", "v3/applyment4sub/applyment/"),
        ] {
            assert_eq!(named(name).as_deref(), Ok(outcome), "{name}");
        }
    }

    /// The same rows through `chain` and `[]`, which take the path verbatim.
    #[test]
    fn the_table_of_names_taken_verbatim() {
        for same in [
            "productCoupons",
            "ProductCoupons",
            "preSend",
            "complaintsV2",
            "product-coupons",
            "mch_operate",
            "_product_coupon_id_",
            "_openId_",
            "{OpenId}",
            "{+myUrl}",
            "_a_/b/_c_",
            "v3/users/oABC",
            "v3/applyment4sub/applyment/",
        ] {
            assert_eq!(PathTemplate::parse(same).unwrap().as_str(), same);
        }
    }

    #[test]
    fn dotted_and_arrowed_names_are_paths() {
        let pre_send = "v3/marketing/busifavor/product-coupons/pre-send";
        assert_eq!(named("v3.marketing.busifavor.productCoupons.preSend").unwrap(), pre_send);
        assert_eq!(named("v3->marketing->busifavor->ProductCoupons->preSend").unwrap(), pre_send);
        assert_eq!(named("v3.users._openId_").unwrap(), "v3/users/{openId}");
        assert_eq!(named("v3.users.{openid}").unwrap(), "v3/users/{openid}");
        assert_eq!(named("v3.{a"), Err(NamingError::UnbalancedBrace));
        assert!(matches!(named("v3..x"), Err(NamingError::Path(_))));
    }
}
