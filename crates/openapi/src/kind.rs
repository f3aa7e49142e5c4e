//! The kinds of values, in the short form of the descriptions: `string(3..15)`, `fen(1..)`, `list of Stock (0..50)`.
//!
//! A name with a capital is a scalar, an enum or an entity described elsewhere.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// Bounds of a length, a number or a list; both inclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

/// What a member holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, with its length in characters.
    String(Bounds),
    /// A whole number.
    Integer(Bounds),
    /// Money in whole fen (分).
    Fen(Bounds),
    /// True or false.
    Boolean,
    /// RFC 3339 with an offset.
    Time,
    /// An absolute URL, with its length in characters.
    Url(Bounds),
    /// Any JSON value.
    Any,
    /// The bytes of a file in a multipart body.
    File,
    /// Described under this name.
    Named(String),
    /// Several of one kind.
    List(Box<Kind>, Bounds),
}

impl Kind {
    /// The name that this kind, or the kind of its items, refers to.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            Self::List(item, _) => item.name(),
            Self::String(_)
            | Self::Integer(_)
            | Self::Fen(_)
            | Self::Boolean
            | Self::Time
            | Self::Url(_)
            | Self::Any
            | Self::File => None,
        }
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix("list of ") {
            let (item, bounds) = match rest.rsplit_once(" (") {
                Some((item, bounds)) => (item, bounds_of(bounds.trim_end_matches(')'))?),
                None => (rest, Bounds::default()),
            };
            return Ok(Self::List(Box::new(item.parse()?), bounds));
        }
        let (word, bounds) = match text.split_once('(') {
            Some((word, bounds)) => (word, bounds_of(bounds.trim_end_matches(')'))?),
            None => (text, Bounds::default()),
        };
        match word {
            "string" => Ok(Self::String(bounds)),
            "integer" => Ok(Self::Integer(bounds)),
            "fen" => Ok(Self::Fen(Bounds { min: bounds.min.or(Some(0)), ..bounds })),
            "boolean" => Ok(Self::Boolean),
            "time" => Ok(Self::Time),
            "url" => Ok(Self::Url(bounds)),
            "any" => Ok(Self::Any),
            "file" => Ok(Self::File),
            name if name.starts_with(|first: char| first.is_ascii_uppercase()) => {
                Ok(Self::Named(name.to_owned()))
            }
            other => Err(format!("no kind is called {other}")),
        }
    }
}

/// `3..15`, `1..`, or `40` for a length of at most 40.
fn bounds_of(text: &str) -> Result<Bounds, String> {
    let number = |text: &str| match text {
        "" => Ok(None),
        digits => digits.replace('_', "").parse().map(Some).map_err(|_| format!("{digits} is no number")),
    };
    match text.split_once("..") {
        Some((min, max)) => Ok(Bounds { min: number(min)?, max: number(max)? }),
        None => Ok(Bounds { min: None, max: number(text)? }),
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => write!(f, "{min}"),
            (Some(min), Some(max)) => write!(f, "{min}–{max}"),
            (Some(min), None) => write!(f, "≥ {min}"),
            (None, Some(max)) => write!(f, "≤ {max}"),
            (None, None) => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(min: Option<i64>, max: Option<i64>) -> Bounds {
        Bounds { min, max }
    }

    #[test]
    fn kinds_are_read() {
        for (text, kind) in [
            ("string(3..15)", Kind::String(bounds(Some(3), Some(15)))),
            ("string(40)", Kind::String(bounds(None, Some(40)))),
            ("fen", Kind::Fen(bounds(Some(0), None))),
            ("integer(1..100_000_000)", Kind::Integer(bounds(Some(1), Some(100_000_000)))),
            ("Stock", Kind::Named("Stock".into())),
            (
                "list of Stock (0..50)",
                Kind::List(Box::new(Kind::Named("Stock".into())), bounds(Some(0), Some(50))),
            ),
            (
                "list of string(1..40) (1..200)",
                Kind::List(Box::new(Kind::String(bounds(Some(1), Some(40)))), bounds(Some(1), Some(200))),
            ),
        ] {
            assert_eq!(text.parse::<Kind>().unwrap(), kind, "{text}");
        }
        assert!("strung".parse::<Kind>().is_err());
        assert!("string(x)".parse::<Kind>().is_err());
    }
}
