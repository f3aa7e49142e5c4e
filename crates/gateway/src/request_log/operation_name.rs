//! Which operation a request target leads to, by the description of the API, and what its path names.

use std::sync::OnceLock;

use axum::http::Method;

/// An operation found by its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its official id, in snake_case.
    pub(crate) name: String,
    /// The variables of its path with their values.
    pub(crate) variables: Vec<(String, String)>,
}

struct Template {
    method: &'static str,
    segments: Vec<String>,
    name: &'static str,
}

fn templates() -> &'static [Template] {
    static TEMPLATES: OnceLock<Vec<Template>> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let template = |operation: quan_openapi::Operation| Template {
            method: operation.method(),
            segments: operation.path().split('/').map(str::to_owned).collect(),
            name: operation.id(),
        };
        quan_openapi::operations().map(template).collect()
    })
}

/// The operation of a method and path; nothing when there is none.
pub(crate) fn find(method: &Method, path: &str) -> Option<Found> {
    let segments: Vec<&str> = path.split('/').collect();
    let fits = |template: &&Template| {
        template.method == method.as_str()
            && template.segments.len() == segments.len()
            && template
                .segments
                .iter()
                .zip(&segments)
                .all(|(wanted, given)| variable(wanted).is_some() || wanted == given)
    };
    // A fixed segment is nearer than a variable, as in routing.
    let template = templates().iter().filter(fits).min_by_key(|template| {
        template.segments.iter().filter(|segment| variable(segment).is_some()).count()
    })?;
    let variables = template
        .segments
        .iter()
        .zip(&segments)
        .filter_map(|(wanted, given)| Some((variable(wanted)?.to_owned(), percent_decoded(given))));
    Some(Found { name: template.name.to_owned(), variables: variables.collect() })
}

fn variable(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// A path segment read; `+` stands for itself in a path.
fn percent_decoded(segment: &str) -> String {
    let as_query = format!("v={}", segment.replace('+', "%2B"));
    form_urlencoded::parse(as_query.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_found_with_their_variables() {
        let found = find(&Method::POST, "/v3/marketing/busifavor/product-coupons/pre-send").unwrap();
        assert_eq!((found.name.as_str(), found.variables.len()), ("pre_send_product_coupon", 0));
        let path = "/brand/marketing/product-coupon/users/o1/coupons/C%2F1+/use";
        let found = find(&Method::POST, path).unwrap();
        assert_eq!(found.name, "use_user_coupon");
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(found.variables, [pair("openid", "o1"), pair("coupon_code", "C/1+")]);
        assert_eq!(find(&Method::DELETE, path), None);
        assert_eq!(find(&Method::GET, "/v3/pay/transactions"), None);
    }
}
