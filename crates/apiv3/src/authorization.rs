//! The `Authorization` header: `scheme SP name="value","…"`.
//!
//! Parameters are an unordered set, because every SDK has its own order. Parsing knows the grammar and
//! nothing of merchants, keys or clocks; whether the identity exists and the signature holds is for
//! the caller.

use std::collections::HashMap;
use std::fmt;

use crate::message::parse_timestamp;

/// The longest nonce accepted, in characters. The SDKs send 32; the platform documents no limit, and
/// 128 leaves room for other clients.
pub const NONCE_CHARS_MAX: usize = 128;

/// Which family of certificates signs, and therefore which paths may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// A merchant or service provider (`mchid`) calls `/v3/…` with its merchant API certificate.
    Merchant,
    /// A brand (`brand_id`) calls `/brand/…` with its brand API certificate.
    Brand,
}

impl Scheme {
    /// The scheme token of the header, also the value of `Wechatpay-Signature-Type`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Merchant => "WECHATPAY2-SHA256-RSA2048",
            Self::Brand => "WECHATPAY-BRAND-SHA256-RSA2048",
        }
    }

    /// The name of the parameter that says who calls.
    #[must_use]
    pub fn identity_name(self) -> &'static str {
        match self {
            Self::Merchant => "mchid",
            Self::Brand => "brand_id",
        }
    }

    /// The scheme for a token, compared exactly; `None` for any other, the SM2 one included.
    #[must_use]
    pub fn from_token(token: &str) -> Option<Self> {
        [Self::Merchant, Self::Brand].into_iter().find(|scheme| scheme.as_str() == token)
    }

    /// The scheme that a path (or request target) must be signed with: `/v3/…` or `/brand/…`.
    ///
    /// `None` for every other path, which includes the overseas prefixes such as `/hk/v3/…`.
    #[must_use]
    pub fn for_path(path: &str) -> Option<Self> {
        if path.starts_with("/v3/") {
            Some(Self::Merchant)
        } else if path.starts_with("/brand/") {
            Some(Self::Brand)
        } else {
            None
        }
    }
}

/// A parsed `Authorization` header. [`fmt::Display`] writes it in the order of the official Go and
/// Java SDKs, without blanks after the commas.
///
/// Parsing guarantees that no field is empty and that nonce and timestamp have their form. A value
/// that is built by hand must hold no `"`: the header has no escapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// The scheme token.
    pub scheme: Scheme,
    /// The `mchid` or `brand_id`, a decimal string. It is never the sub-merchant.
    pub identity: String,
    /// The nonce as signed: 1 to [`NONCE_CHARS_MAX`] printable ASCII characters.
    pub nonce_str: String,
    /// Unix seconds as signed, kept as text because the text is what was signed.
    pub timestamp: String,
    /// The serial of the caller's own API certificate. Some SDKs drop leading zeros: compare with
    /// [`crate::certificate::same_serial`].
    pub serial_no: String,
    /// The Base64 signature.
    pub signature: String,
}

/// Why an `Authorization` header was refused. On the wire all of them are a 401 `SIGN_ERROR`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationError {
    /// The text does not follow `scheme SP name="value","…"` on one line.
    #[error("the Authorization header is not `scheme name=\"value\",…` on one line")]
    Malformed,
    /// The scheme is neither the merchant's nor the brand's.
    #[error("the Authorization scheme {0:?} is not known")]
    UnknownScheme(String),
    /// A parameter is absent or empty.
    #[error("the Authorization parameter {0} is missing")]
    MissingParameter(&'static str),
    /// A parameter stands twice, so that it is unclear which was meant.
    #[error("the Authorization parameter {0} stands twice")]
    DuplicateParameter(String),
    /// `nonce_str` is not 1 to [`NONCE_CHARS_MAX`] printable ASCII characters.
    #[error("nonce_str is not 1 to 128 printable ASCII characters")]
    InvalidNonce,
    /// `timestamp` is not plain decimal Unix seconds.
    #[error("timestamp is not plain decimal Unix seconds")]
    InvalidTimestamp,
}

impl Authorization {
    /// Parses the header's value as an unordered set of parameters; unknown names are ignored.
    ///
    /// # Errors
    /// One [`AuthorizationError`], checked in this order: the scheme, the grammar and duplicates from
    /// left to right, missing parameters, the nonce, the timestamp.
    pub fn parse(header: &str) -> Result<Self, AuthorizationError> {
        let (token, parameters) = header.split_once(' ').ok_or(AuthorizationError::Malformed)?;
        if header.chars().any(|character| character.is_control() && character != '\t') {
            return Err(AuthorizationError::Malformed);
        }
        let scheme =
            Scheme::from_token(token).ok_or_else(|| AuthorizationError::UnknownScheme(token.to_owned()))?;
        let found = parse_parameters(parameters)?;
        let take = |name: &'static str| {
            found.get(name).copied().ok_or(AuthorizationError::MissingParameter(name)).map(str::to_owned)
        };
        let take_filled = |name: &'static str| match take(name) {
            Ok(value) if value.is_empty() => Err(AuthorizationError::MissingParameter(name)),
            other => other,
        };
        let authorization = Self {
            scheme,
            identity: take_filled(scheme.identity_name())?,
            nonce_str: take("nonce_str")?,
            timestamp: take("timestamp")?,
            serial_no: take_filled("serial_no")?,
            signature: take_filled("signature")?,
        };
        if !is_nonce(&authorization.nonce_str) {
            return Err(AuthorizationError::InvalidNonce);
        }
        authorization.unix_seconds()?;
        Ok(authorization)
    }

    /// The signed timestamp in Unix seconds.
    ///
    /// # Errors
    /// [`AuthorizationError::InvalidTimestamp`], which a parsed header no longer has.
    pub fn unix_seconds(&self) -> Result<i64, AuthorizationError> {
        parse_timestamp(&self.timestamp).ok_or(AuthorizationError::InvalidTimestamp)
    }
}

impl fmt::Display for Authorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            r#"{} {}="{}",nonce_str="{}",timestamp="{}",serial_no="{}",signature="{}""#,
            self.scheme.as_str(),
            self.scheme.identity_name(),
            self.identity,
            self.nonce_str,
            self.timestamp,
            self.serial_no,
            self.signature,
        )
    }
}

fn is_nonce(text: &str) -> bool {
    (1..=NONCE_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"')
}

/// Optional white space around commas, as HTTP lists have it.
fn trim_ows(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Reads `name="value"` pairs that are separated by commas. A comma inside a value belongs to it.
fn parse_parameters(text: &str) -> Result<HashMap<&str, &str>, AuthorizationError> {
    let mut found = HashMap::new();
    let mut rest = trim_ows(text);
    loop {
        let (name, after_name) = rest.split_once("=\"").ok_or(AuthorizationError::Malformed)?;
        let (value, after_value) = after_name.split_once('"').ok_or(AuthorizationError::Malformed)?;
        if name.is_empty() || name.contains([' ', '\t', ',', '=', '"']) {
            return Err(AuthorizationError::Malformed);
        }
        if found.insert(name, value).is_some() {
            return Err(AuthorizationError::DuplicateParameter(name.to_owned()));
        }
        let after_value = trim_ows(after_value);
        if after_value.is_empty() {
            return Ok(found);
        }
        rest = trim_ows(after_value.strip_prefix(',').ok_or(AuthorizationError::Malformed)?);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str = concat!(
        r#"WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="n0",timestamp="1760000000","#,
        r#"serial_no="4A6F",signature="c2ln""#
    );

    fn parsed() -> Authorization {
        Authorization {
            scheme: Scheme::Merchant,
            identity: "1900000001".into(),
            nonce_str: "n0".into(),
            timestamp: "1760000000".into(),
            serial_no: "4A6F".into(),
            signature: "c2ln".into(),
        }
    }

    #[test]
    fn display_writes_what_parse_reads() {
        assert_eq!(parsed().to_string(), HEADER);
        assert_eq!(Authorization::parse(HEADER), Ok(parsed()));
        assert_eq!(parsed().unix_seconds(), Ok(1_760_000_000));
    }

    #[test]
    fn order_blanks_around_commas_and_unknown_names_do_not_matter() {
        for parameters in [
            r#"mchid="1900000001",serial_no="4A6F",timestamp="1760000000",nonce_str="n0",signature="c2ln""#,
            r#"mchid="1900000001",nonce_str="n0",signature="c2ln",timestamp="1760000000",serial_no="4A6F""#,
            "signature=\"c2ln\" ,\tserial_no=\"4A6F\", mchid=\"1900000001\"  ,nonce_str=\"n0\",timestamp=\"1760000000\" ",
            r#"brand_id="120344",x="a,b=c",mchid="1900000001",nonce_str="n0",timestamp="1760000000",serial_no="4A6F",signature="c2ln""#,
        ] {
            let header = format!("WECHATPAY2-SHA256-RSA2048 {parameters}");
            assert_eq!(Authorization::parse(&header), Ok(parsed()), "{header}");
        }
    }

    #[test]
    fn the_scheme_is_compared_exactly_and_names_its_identity() {
        let sm2 = HEADER.replace("SHA256-RSA2048", "SM2-WITH-SM3");
        assert_eq!(
            Authorization::parse(&sm2),
            Err(AuthorizationError::UnknownScheme("WECHATPAY2-SM2-WITH-SM3".into()))
        );
        let lower = HEADER.replace("WECHATPAY2", "wechatpay2");
        assert!(matches!(Authorization::parse(&lower), Err(AuthorizationError::UnknownScheme(_))));
        let brand = HEADER.replace("WECHATPAY2", "WECHATPAY-BRAND");
        assert_eq!(Authorization::parse(&brand), Err(AuthorizationError::MissingParameter("brand_id")));
        let brand = brand.replace("mchid=\"1900000001\"", "brand_id=\"120344\"");
        let brand = Authorization::parse(&brand).unwrap();
        assert_eq!((brand.scheme, brand.identity.as_str()), (Scheme::Brand, "120344"));
    }

    #[test]
    fn every_parameter_must_be_there_once() {
        for name in ["mchid", "nonce_str", "timestamp", "serial_no", "signature"] {
            let missing = HEADER.replace(name, "other");
            assert_eq!(Authorization::parse(&missing), Err(AuthorizationError::MissingParameter(name)));
            let twice = format!("{HEADER},{name}=\"again\"");
            assert_eq!(
                Authorization::parse(&twice),
                Err(AuthorizationError::DuplicateParameter(name.to_owned()))
            );
        }
        let empty = HEADER.replace("4A6F", "");
        assert_eq!(Authorization::parse(&empty), Err(AuthorizationError::MissingParameter("serial_no")));
    }

    #[test]
    fn the_grammar_is_kept() {
        let scheme = "WECHATPAY2-SHA256-RSA2048";
        for header in [
            String::new(),
            scheme.to_owned(),
            format!("{scheme} "),
            format!("{scheme} mchid=1900000001"),
            format!("{scheme} mchid=\"1900000001"),
            format!("{scheme} =\"1900000001\""),
            format!("{scheme} mchid =\"1900000001\""),
            format!("{HEADER},"),
            format!("{HEADER};a=\"b\""),
            format!("{HEADER}\r\n"),
            HEADER.replacen(',', ",\n ", 1),
            HEADER.replace("n0", "n\0"),
        ] {
            assert_eq!(Authorization::parse(&header), Err(AuthorizationError::Malformed), "{header:?}");
        }
    }

    #[test]
    fn nonce_and_timestamp_have_their_form() {
        for nonce in ["", "é", &"x".repeat(NONCE_CHARS_MAX + 1)] {
            let header = HEADER.replace("\"n0\"", &format!("\"{nonce}\""));
            assert_eq!(Authorization::parse(&header), Err(AuthorizationError::InvalidNonce), "{nonce}");
        }
        let longest = HEADER.replace("\"n0\"", &format!("\"{}\"", "x".repeat(NONCE_CHARS_MAX)));
        assert!(Authorization::parse(&longest).is_ok());
        for timestamp in ["", "-1", "017", "now", "99999999999999999999"] {
            let header = HEADER.replace("1760000000", timestamp);
            assert_eq!(Authorization::parse(&header), Err(AuthorizationError::InvalidTimestamp));
        }
    }

    #[test]
    fn paths_choose_the_scheme() {
        for (path, scheme) in [
            ("/v3/certificates", Some(Scheme::Merchant)),
            ("/brand/marketing/product-coupon/notify-configs", Some(Scheme::Brand)),
            ("/hk/v3/statements", None),
            ("/v3", None),
            ("/brands/x", None),
            ("/claim/x", None),
        ] {
            assert_eq!(Scheme::for_path(path), scheme, "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_valid_value_survives_the_round_trip(
            is_brand in any::<bool>(),
            identity in "[0-9]{1,32}",
            nonce_str in "[ !#-~]{1,128}",
            seconds in 0..=i64::MAX,
            serial_no in "[0-9A-Z_]{1,64}",
            signature in "[0-9A-Za-z+/=]{1,344}",
        ) {
            let scheme = if is_brand { Scheme::Brand } else { Scheme::Merchant };
            let timestamp = seconds.to_string();
            let value = Authorization { scheme, identity, nonce_str, timestamp, serial_no, signature };
            prop_assert_eq!(Authorization::parse(&value.to_string()), Ok(value));
        }

        #[test]
        fn no_text_makes_parsing_panic(text in any::<String>(), tail in "[a-z_=\", \t\u{e9}]*") {
            let _ = Authorization::parse(&text);
            let _ = Authorization::parse(&format!("WECHATPAY2-SHA256-RSA2048 {tail}"));
        }
    }
}
