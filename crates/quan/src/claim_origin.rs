//! The origins of `--claim-origin`: scheme, host and perhaps a port, as browsers write them. They go into content
//! policies and are compared letter by letter, so anything else would allow the wrong page, or none.

/// An origin as a browser would write it.
///
/// # Errors
/// What is wrong with the text and how it should be, for the command line.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let (host, port) = match rest.map(|rest| rest.rsplit_once(':')) {
        Some(Some((host, port))) if !port.contains(']') => (host, Some(port)),
        Some(Some(_) | None) => (rest.unwrap_or_default(), None),
        None => return Err(advice("begins with neither https:// nor http://")),
    };
    let is_default = matches!((text.starts_with("https"), port), (true, Some("443")) | (false, Some("80")));
    let in_host = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-[]:".contains(&byte);
    if host.is_empty() || !host.bytes().all(in_host) {
        return Err(advice("holds more, or other letters, than a lower-case host"));
    }
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(advice("has a port that is no number up to 65535"));
    }
    if is_default {
        return Err(advice("names the default port, which browsers leave out"));
    }
    Ok(text.to_owned())
}

fn advice(problem: &str) -> String {
    format!("it {problem}; give scheme, host and port only, such as https://shop.example")
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn origins_as_browsers_write_them() {
        for origin in [
            "https://shop.example",
            "http://127.0.0.1:3000",
            "https://m.shop-1.example:8443",
            "http://[::1]:80",
        ] {
            let is_default = origin.ends_with(":80");
            assert_eq!(parse(origin).is_ok(), !is_default, "{origin}");
        }
        assert!(parse("http://[::1]").is_ok() && parse("http://[::1]:3000").is_ok());
        for other in [
            "",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://shop.example/path",
            "https://Shop.example",
            "https://a@shop.example",
            "https://shop.example:99999",
            "https://shop.example:443",
            "https://shop.example; script-src *",
            "ftp://shop.example",
            "*",
        ] {
            assert!(parse(other).is_err_and(|why| why.contains("such as https://shop.example")), "{other}");
        }
    }
}
