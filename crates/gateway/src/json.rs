//! Reading a request body: UTF-8, JSON, an object, and then its members, with the place of the first
//! fault as a JSON pointer.
//!
//! serde_json's own errors are texts; here a missing member, a wrong type and an unknown word stay three
//! things, because they have different numbers on the wire. Unknown members are ignored, a member that
//! is `null` counts as absent.

use std::fmt;

use quan_coupon::refusal::{Violation, ViolationKind};
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde_json::Value;
use serde_path_to_error::Segment;

use crate::problem::{Location, Problem};
use crate::refusal::{self, Face};

/// Reads the body of a call.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8], face: Face) -> Result<T, Problem> {
    let text = std::str::from_utf8(body).map_err(|error| {
        refusal::malformed_body(face, "请求体不是合法的UTF-8编码", format!("the body is not UTF-8: {error}"))
    })?;
    let value: Value = serde_json::from_str(text).map_err(|error| {
        refusal::malformed_body(face, "请求体不是合法的JSON", format!("the body is not JSON: {error}"))
    })?;
    if !value.is_object() {
        let reason = "the body is JSON but no object".to_owned();
        return Err(refusal::malformed_body(face, "请求体应为JSON对象", reason));
    }
    serde_path_to_error::deserialize(Reading(&value))
        .map_err(|error| Problem::parameter(violation(&error), Location::Body, face))
}

fn violation(error: &serde_path_to_error::Error<Fault>) -> Violation {
    let mut field: String = error.path().iter().map(pointer_part).collect();
    match error.inner() {
        Fault::Missing(name) => {
            field = format!("{field}/{name}");
            Violation::new(field, ViolationKind::Missing, "缺少必填字段")
        }
        Fault::WrongType => Violation::new(field, ViolationKind::Format, "字段类型错误"),
        Fault::UnknownWord(word) => {
            Violation::new(field, ViolationKind::Format, "不是文档列出的取值").with_value(word)
        }
        Fault::Nul => Violation::new(field, ViolationKind::Format, "不能包含不可见字符"),
        Fault::Form => Violation::new(field, ViolationKind::Format, "格式错误，时间应为RFC 3339格式"),
    }
}

fn pointer_part(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    }
}

/// What is wrong with a member.
#[derive(Debug)]
enum Fault {
    Missing(&'static str),
    WrongType,
    UnknownWord(String),
    /// A text with the character U+0000, which nobody can mean and not every store can keep.
    Nul,
    /// A text that its type does not accept; among the wire bodies only times are such types.
    Form,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Form
    }
    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }
    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::WrongType
    }
    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::WrongType
    }
    fn unknown_variant(variant: &str, _: &'static [&'static str]) -> Self {
        Self::UnknownWord(variant.to_owned())
    }
}

/// A JSON value being read.
#[derive(Clone, Copy)]
struct Reading<'de>(&'de Value);

impl<'de> IntoDeserializer<'de, Fault> for Reading<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Reading<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (None, Some(number), _) => visitor.visit_i64(number),
                (None, None, Some(number)) => visitor.visit_f64(number),
                (None, None, None) => Err(Fault::WrongType),
            },
            Value::String(text) if text.contains('\0') => Err(Fault::Nul),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.iter().map(Reading))),
            Value::Object(members) => {
                // A member that is null is absent, whether it may be or not.
                let members = members
                    .iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(name, value)| (name.as_str(), Reading(value)));
                visitor.visit_map(MapDeserializer::new(members))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.0 {
            Value::String(word) => visitor.visit_enum(word.as_str().into_deserializer()),
            _ => Err(Fault::WrongType),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier
    }
}

#[cfg(test)]
mod tests {
    use quan_model::product_coupon::{CreateProductCouponRequest, UseUserCouponRequest};

    use super::*;

    const USE: &str = r#"{"product_coupon_id":"1","stock_id":"2","appid":"wx","brand_id":"3",
        "use_time":"2026-09-20T18:20:00+08:00","out_request_no":"USE_001"}"#;

    fn field_and_number(body: &str) -> (String, u64) {
        let problem = read::<UseUserCouponRequest>(body.as_bytes(), Face::Partner).unwrap_err();
        let field = problem.detail.as_ref().and_then(|detail| detail["field"].as_str()).unwrap_or("");
        (field.to_owned(), problem.number)
    }

    #[test]
    fn a_good_body_is_read_and_unknown_members_are_ignored() {
        let with_more = USE.replace("{\"product", "{\"unknown\":[1,{}],\"store_id\":null,\"product");
        assert_eq!(
            read::<UseUserCouponRequest>(USE.as_bytes(), Face::Partner).unwrap(),
            read::<UseUserCouponRequest>(with_more.as_bytes(), Face::Partner).unwrap()
        );
    }

    #[test]
    fn faults_name_their_member() {
        let change = |from: &str, to: &str| field_and_number(&USE.replace(from, to));
        assert_eq!(change("\"stock_id\":\"2\",", ""), ("/stock_id".into(), 268_578_101));
        assert_eq!(change("\"stock_id\":\"2\"", "\"stock_id\":2"), ("/stock_id".into(), 268_435_461));
        assert_eq!(change("2026-09-20T18", "2026-09-20 18"), ("/use_time".into(), 268_435_461));
        assert_eq!(change("\"appid\":\"wx\"", "\"appid\":null"), ("/appid".into(), 268_578_101));
        assert_eq!(
            change("\"stock_id\":\"2\"", "\"stock_id\":\"2\\u0000\""),
            ("/stock_id".into(), 268_435_461)
        );
        let unknown = USE.replace("{\"product", "{\"unknown\":\"\\u0000\",\"product");
        assert!(read::<UseUserCouponRequest>(unknown.as_bytes(), Face::Partner).is_ok());
        let nested = USE.replace("{\"product", "{\"associated_order_info\":{\"transaction_id\":7},\"product");
        assert_eq!(field_and_number(&nested), ("/associated_order_info/transaction_id".into(), 268_435_461));
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        let too_deep = "[".repeat(100_000);
        for body in [
            "",
            "{",
            "{\"stock_id\":\"1\"",
            "[]",
            "\"text\"",
            "1",
            "{'a':1}",
            "{\"a\":1}x",
            too_deep.as_str(),
        ] {
            let problem = read::<UseUserCouponRequest>(body.as_bytes(), Face::Partner).unwrap_err();
            assert_eq!(
                (problem.status.as_u16(), problem.code, problem.number),
                (400, "PARAM_ERROR", 268_578_101)
            );
        }
        let problem = read::<UseUserCouponRequest>(&[b'{', 0xff, b'}'], Face::Partner).unwrap_err();
        assert!(problem.message.contains("UTF-8"));
    }

    #[test]
    fn an_unknown_word_deep_inside_is_named() {
        let examples =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/examples/partner/create-product-coupon/");
        let body = std::fs::read_to_string(format!("{examples}02-all-discount-single.json")).unwrap();
        read::<CreateProductCouponRequest>(body.as_bytes(), Face::Partner).unwrap();
        let wrong = body.replace("\"TUESDAY\"", "\"TUESDAYS\"");
        let problem = read::<CreateProductCouponRequest>(wrong.as_bytes(), Face::Partner).unwrap_err();
        let detail = problem.detail.unwrap();
        let pointer = "/stock/single_usage_rule/coupon_available_period/weekly_available_period/day_list/1";
        assert_eq!(detail["field"], pointer);
        assert_eq!(detail["value"], "TUESDAYS");
    }
}
