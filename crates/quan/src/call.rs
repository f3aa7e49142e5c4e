//! `quan call`: one signed call with the keys of a connection file; prints the verified answer.

use std::borrow::Cow;
use std::io::Read;

use anyhow::Context;
use quan_client::{Brand, Certificate, Client, Error, Merchant, PublicKey, blocking, naming};
use serde_json::{Map, Value};

use crate::cli;
use crate::exposure::warn_if_exposed;
use crate::sandbox::Sandbox;

/// Makes the call. The answer's body goes to stdout; a refusal is printed too, and ends in failure.
pub(crate) fn run(options: &cli::Call) -> anyhow::Result<()> {
    let sandbox = Sandbox::read(&options.connection)?;
    let client = client(&sandbox)?;
    let (path, query) = options.path.split_once('?').unwrap_or((&options.path, ""));
    let members = members(&options.members)?;
    let method: http::Method = options
        .method
        .to_uppercase()
        .parse()
        .with_context(|| format!("{} is no HTTP method", options.method))?;
    let endpoint = client.chain(verbatim(path)?);
    let has_body = method != http::Method::GET && method != http::Method::DELETE;
    let mut call = match (&options.json, has_body) {
        (Some(json), true) => endpoint.request(method).json(&body(json)?),
        (Some(_), false) => anyhow::bail!("--json is for methods with a body: use name=text for the query"),
        (None, true) if members.is_empty() => endpoint.request(method).empty(),
        (None, true) => endpoint.request(method).json(&Value::Object(members.clone())),
        (None, false) => endpoint.request(method).empty(),
    };
    for (name, value) in variables(&options.variables)? {
        call = call.var(name, value);
    }
    for (name, value) in form_pairs(query) {
        call = call.query(name, value);
    }
    if !has_body {
        for (name, value) in &members {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            call = call.query(name, text);
        }
    }
    match call.send() {
        Ok(reply) => print(&String::from_utf8_lossy(reply.bytes())),
        Err(Error::Api(refusal)) => {
            print(&String::from_utf8_lossy(&refusal.raw))?;
            Err(Error::Api(refusal).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// A blocking client for everyone in the connection file.
pub(crate) fn client(sandbox: &Sandbox) -> anyhow::Result<blocking::Client> {
    builder(sandbox)?.build_blocking().context("the connection file does not make a client")
}

/// The credentials and keys of a connection file.
pub(crate) fn builder(sandbox: &Sandbox) -> anyhow::Result<quan_client::Builder> {
    let read = |file: &std::path::Path| {
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
    };
    let read_secret = |file: &std::path::Path| {
        warn_if_exposed(file);
        read(file)
    };
    let (merchant, brand, platform) = (&sandbox.merchant, &sandbox.brand, &sandbox.platform);
    let mut builder = Client::builder()
        .merchant(Merchant::new(
            &merchant.mchid,
            &merchant.serial_no,
            &read_secret(&merchant.private_key_file)?,
        )?)
        .brand(Brand::new(&brand.brand_id, &brand.serial_no, &read_secret(&brand.private_key_file)?)?)
        .api_v3_key(&merchant.apiv3_key)?
        .trust(PublicKey::new(&platform.public_key_id, read(&platform.public_key_file)?)?)
        .trust(Certificate::from_pem(read(&platform.certificate_file)?)?)
        .base_urls([sandbox.base_url.as_str()]);
    if let Some(other) = &platform.other_public_key {
        builder = builder.trust(PublicKey::new(&other.public_key_id, read(&other.public_key_file)?)?);
    }
    if let Some(other) = &platform.other_certificate {
        builder = builder.trust(Certificate::from_pem(read(&other.certificate_file)?)?);
    }
    Ok(builder)
}

/// A path as it is signed. One without a slash may be written as in the PHP and Node libraries, with dots or
/// arrows; a path with slashes is never folded, since ids in it have upper-case letters.
fn verbatim(path: &str) -> anyhow::Result<Cow<'_, str>> {
    if path.contains('/') || !(path.contains('.') || path.contains("->")) {
        return Ok(Cow::Borrowed(path));
    }
    let template =
        naming::path(path).with_context(|| format!("{path} is neither a path nor a dotted name"))?;
    Ok(Cow::Owned(template.as_str().to_owned()))
}

/// `name=value`, for `{name}` in the path.
fn variables<'a>(given: &'a [String]) -> anyhow::Result<Vec<(&'a str, &'a str)>> {
    let variable = |text: &'a String| {
        let pair = text.split_once('=').filter(|(name, _)| !name.is_empty());
        pair.with_context(|| format!("{text} should be name=value"))
    };
    given.iter().map(variable).collect()
}

/// `name=text` and `name:=JSON`.
fn members(given: &[String]) -> anyhow::Result<Map<String, Value>> {
    let member = |text: &String| -> anyhow::Result<(String, Value)> {
        let (name, value) = text
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .with_context(|| format!("{text} should be name=text or name:=JSON"))?;
        match name.strip_suffix(':') {
            None => Ok((name.to_owned(), Value::String(value.to_owned()))),
            Some(name) => {
                let json = serde_json::from_str(value).with_context(|| format!("{value} is not JSON"))?;
                Ok((name.to_owned(), json))
            }
        }
    };
    given.iter().map(member).collect()
}

fn body(json: &str) -> anyhow::Result<Value> {
    let text = match json.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file).with_context(|| format!("cannot read {file}"))?,
        None if json == "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
            text
        }
        None => json.to_owned(),
    };
    serde_json::from_str(&text).context("the body given with --json is not JSON")
}

fn form_pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

fn print(body: &str) -> anyhow::Result<()> {
    match serde_json::from_str::<Value>(body) {
        Ok(value) => println!("{}", serde_json::to_string_pretty(&value)?),
        Err(_) => println!("{body}"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_texts_or_json() {
        let given = ["openid=o=1".to_owned(), "sequential_coupon_index:=0".to_owned()];
        let members = members(&given).unwrap();
        assert_eq!(
            Value::Object(members),
            serde_json::json!({"openid": "o=1", "sequential_coupon_index": 0})
        );
    }

    #[test]
    fn paths_are_plain_dotted_or_arrowed() {
        let named = |path: &str| verbatim(path).map(Cow::into_owned).map_err(|error| error.to_string());
        let pre_send = "v3/marketing/busifavor/product-coupons/pre-send";
        for (path, outcome) in [
            (pre_send, pre_send),
            ("/v3/users/oABC.x/coupons", "/v3/users/oABC.x/coupons"),
            ("v3.marketing.busifavor.productCoupons.preSend", pre_send),
            ("v3->marketing->busifavor->productCoupons->preSend", pre_send),
            ("v3.users._openid_.coupons", "v3/users/{openid}/coupons"),
            ("v3.users.{openid}", "v3/users/{openid}"),
            ("v3", "v3"),
        ] {
            assert_eq!(named(path).as_deref(), Ok(outcome), "{path}");
        }
        assert_eq!(named("v3..x").unwrap_err(), "v3..x is neither a path nor a dotted name");
    }

    #[test]
    fn variables_have_a_name_and_may_hold_equals_signs() {
        let given = ["openid=o=1".to_owned()];
        assert_eq!(variables(&given).unwrap(), [("openid", "o=1")]);
        for wrong in ["openid", "=1"] {
            let error = variables(&[wrong.to_owned()]).unwrap_err().to_string();
            assert!(error.contains("should be name=value"), "{error}");
        }
    }

    #[test]
    fn a_member_without_a_name_or_with_bad_json_is_refused() {
        assert!(members(&["openid".to_owned()]).is_err());
        assert!(members(&["=1".to_owned()]).is_err());
        assert!(members(&["index:=zero".to_owned()]).unwrap_err().to_string().contains("not JSON"));
    }
}
