//! Parameters of the queries of this face: words, and numbers within bounds.

use std::str::FromStr;

use quan_coupon::refusal::ViolationKind;
use quan_model::enums::UnknownWord;
use quan_model::ids::IdError;

use crate::problem::Problem;
use crate::query::Query;

/// An id that may be absent.
pub(super) fn id<T: FromStr<Err = IdError>>(query: &Query, name: &str) -> Result<Option<T>, Problem> {
    query.fields().optional(name, query.raw(name))
}

/// A documented word that may be absent.
pub(super) fn word<T: FromStr<Err = UnknownWord>>(query: &Query, name: &str) -> Result<Option<T>, Problem> {
    let parse = |text: &str| {
        text.parse().map_err(|UnknownWord| {
            let issue = "不是文档列出的取值".to_owned();
            query.fields().wrong(name, ViolationKind::Format, issue, Some(text))
        })
    };
    query.raw(name).map(parse).transpose()
}

/// A number from `min` to `max`, or `default` when absent.
pub(super) fn number(query: &Query, name: &str, default: u64, min: u64, max: u64) -> Result<u64, Problem> {
    let Some(text) = query.raw(name) else { return Ok(default) };
    let wrong = |kind, issue| query.fields().wrong(name, kind, issue, Some(text));
    let is_integer = text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u64>() {
        Ok(number) if min <= number && number <= max => Ok(number),
        Err(_) if !is_integer || text.is_empty() => Err(wrong(ViolationKind::Format, "应为整数".to_owned())),
        Ok(_) | Err(_) => Err(wrong(ViolationKind::OutOfRange, format!("应为{min}到{max}"))),
    }
}
