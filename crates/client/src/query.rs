//! Query strings: pairs in the order given, encoded once; what is built here is signed and sent.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::error::RequestError;
use crate::percent;

/// An encoded query without its `?`. A blank is `%20`, never `+`; repeated names are allowed.
#[derive(Clone, Default)]
pub(crate) struct Query(String);

impl Query {
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        percent::encode(&mut self.0, name);
        self.0.push('=');
        percent::encode(&mut self.0, value);
    }

    /// The pair of this name in its encoded form; the first, when there are several.
    pub(crate) fn pair(&self, name: &str) -> Option<&str> {
        self.0.split('&').find(|pair| is_of(pair, name))
    }

    /// Puts one pair of this name in the place of those there are.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        let others: Vec<&str> = self.0.split('&').filter(|pair| !is_of(pair, name)).collect();
        self.0 = others.join("&");
        self.push(name, value);
    }

    /// Adds the members of a flat value in its own order: absent ones and nulls are left out, a list
    /// gives one pair per element.
    pub(crate) fn push_members(&mut self, value: &impl Serialize) -> Result<(), RequestError> {
        let json = serde_json::to_string(value).map_err(|_| RequestError::Query)?;
        let Members(members) = serde_json::from_str(&json).map_err(|_| RequestError::Query)?;
        for (name, value) in members {
            match value {
                Value::Array(elements) => {
                    for element in elements {
                        self.push_scalar(&name, &element)?;
                    }
                }
                other => self.push_scalar(&name, &other)?,
            }
        }
        Ok(())
    }

    fn push_scalar(&mut self, name: &str, value: &Value) -> Result<(), RequestError> {
        match value {
            Value::Null => {}
            Value::String(text) => self.push(name, text),
            Value::Bool(_) | Value::Number(_) => self.push(name, &value.to_string()),
            Value::Array(_) | Value::Object(_) => return Err(RequestError::Query),
        }
        Ok(())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a pair has this name, which is one that encoding does not change.
fn is_of(pair: &str, name: &str) -> bool {
    pair.strip_prefix(name).is_some_and(|rest| rest.starts_with('='))
}

/// The members of an object in the order in which they stand; a map would sort them.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Filter<'a> {
        z: &'a str,
        a: i64,
        none: Option<u8>,
        list: [&'a str; 2],
        flag: bool,
    }

    #[test]
    fn order_and_encoding_are_kept() {
        let mut query = Query::default();
        query.push("time", "2025-08-01T00:00:00+08:00");
        query.push("名", "a b~");
        let filter = Filter { z: "券", a: -1, none: None, list: ["x", "y"], flag: true };
        query.push_members(&filter).unwrap();
        assert_eq!(
            query.as_str(),
            "time=2025-08-01T00%3A00%3A00%2B08%3A00&%E5%90%8D=a%20b~&z=%E5%88%B8&a=-1&list=x&list=y&flag=true"
        );
        assert!(query.push_members(&serde_json::json!({"a": {"b": 1}})).is_err());
        assert!(query.push_members(&"text").is_err());
    }
}
