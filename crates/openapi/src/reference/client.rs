//! A call in the three ways of our client: by segments, by chain and by index.

use crate::document::query_members;
use crate::face::Face;
use crate::operation::Operation;

/// The calls as Rust, ready for a code block.
pub(crate) fn calls(operation: Operation) -> String {
    let path = operation.path();
    let path = path.trim_start_matches('/');
    let typed = segments(operation);
    let query = query_members(operation);
    let only_brand = query.0.len() == 1 && query.get("brand_id").is_some();
    let (node_call, path_call) = match operation.method() {
        "POST" if operation.description.multipart => (".upload(&upload)", ".upload(&upload)"),
        "POST" => (".post(&body)", ".post(&body)"),
        "PATCH" => (".patch(&body)", ".patch(&body)"),
        "DELETE" => (".delete(&query)", ".delete().query_from(&query)"),
        _ if only_brand => (".get().query(\"brand_id\", brand_id)", ".get().query(\"brand_id\", brand_id)"),
        _ if query.0.is_empty() => (".get()", ".get()"),
        _ => (".get(&query)", ".get().query_from(&query)"),
    };
    let variables: String = operation.variables().map(|name| format!(".var(\"{name}\", {name})")).collect();
    let variables = if variables.is_empty() { String::new() } else { format!("\n    {variables}") };
    let before = if operation.description.multipart {
        "let upload = quan_client::Upload::from_bytes(\"icon.png\", picture); // writes `meta` and its digest\n"
    } else {
        ""
    };
    format!(
        "{before}let answer = {typed}\n    {node_call}.await?;\n\
         let answer = client.chain(\"{path}\")\n    {path_call}{variables}.await?;\n\
         let answer = client[\"{path}\"]\n    {path_call}{variables}.await?;\n"
    )
}

/// The walk through the typed tree: `client.v3().marketing()….users().openid(openid).coupons()`.
fn segments(operation: Operation) -> String {
    let mut walk = String::from("client");
    for part in operation.face.prefix().split('/').filter(|part| !part.is_empty()) {
        walk.push_str(&format!(".{}()", method_name(part)));
    }
    walk.push_str("\n    ");
    for part in operation.description.tail.split('/').filter(|part| !part.is_empty()) {
        match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => walk.push_str(&format!(".{name}({name})")),
            None => walk.push_str(&format!(".{}()", method_name(part))),
        }
    }
    walk
}

/// A segment as a method: snake_case, with an underscore behind words that Rust or a call needs.
fn method_name(segment: &str) -> String {
    let name = segment.replace('-', "_");
    match name.as_str() {
        "use" | "return" | "send" => format!("{name}_"),
        _ => name,
    }
}

/// The same call from a shell; for calls that are not signed.
pub(crate) fn shell(operation: Operation) -> String {
    format!("curl -d '{{\"token\":\"…\"}}' http://127.0.0.1:8686{}\n", operation.path())
}

/// Whether the call is one of our client's.
pub(crate) fn is_signed(face: Face) -> bool {
    match face {
        Face::Partner | Face::Brand | Face::Busifavor | Face::Platform => true,
        Face::Claim => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::spec;

    fn of(face: Face, id: &str) -> String {
        calls(
            spec()
                .operations()
                .find(|operation| operation.face == face && operation.id() == id)
                .expect("described"),
        )
    }

    #[test]
    fn a_call_in_three_ways() {
        assert_eq!(
            of(Face::Busifavor, "send_product_coupon"),
            "let answer = client.v3().marketing().busifavor()\n    .product_coupons().send_()\n    .post(&body).await?;\n\
             let answer = client.chain(\"v3/marketing/busifavor/product-coupons/send\")\n    .post(&body).await?;\n\
             let answer = client[\"v3/marketing/busifavor/product-coupons/send\"]\n    .post(&body).await?;\n"
        );
        let used = of(Face::Brand, "use_user_coupon");
        assert!(used.starts_with("let answer = client.brand().marketing().product_coupon()\n"), "{used}");
        assert!(used.contains(".users().openid(openid).coupons().coupon_code(coupon_code).use_()"), "{used}");
        assert!(used.contains(".var(\"openid\", openid).var(\"coupon_code\", coupon_code)"), "{used}");
        let found = of(Face::Partner, "get_product_coupon");
        assert!(found.contains(".get().query(\"brand_id\", brand_id)"), "{found}");
        assert!(of(Face::Partner, "upload_image").contains(
            "client.chain(\"v3/marketing/partner/product-coupon/media/upload-image\")\n    .upload(&upload)"
        ));
    }
}
