//! Pages of a list: how many items a page has, and the token that leads to the next (semantics 5.5).
//!
//! A token is a sealed cursor: the place of the last item shown, in the order of the list. It is sealed
//! together with the list it belongs to, who asked and the filters, so that a token that was altered, made up
//! or used with other filters does not open. Nothing is stored per token, and it does not expire.
//! Which items a page has and in which order is the use case's; this file knows no list.

use quan_coupon::refusal::ViolationKind;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::problem::Problem;
use crate::query::Query;
use crate::refusal;

const KIND: &[u8] = b"quan page token 1\n";
/// Items of a page when the caller does not say.
const SIZE_DEFAULT: u32 = 20;

/// Which page of a list is asked for.
pub(crate) struct Page<C> {
    /// Items of the page, from 1.
    pub(crate) size: u32,
    /// The item after which the page begins; none for the first page.
    pub(crate) after: Option<C>,
    /// What a token of this list is bound to.
    binding: Vec<u8>,
}

impl<C: Serialize + DeserializeOwned> Page<C> {
    /// Reads `page_size` (1 to `size_max`, [`SIZE_DEFAULT`] when absent) and `page_token`.
    ///
    /// `list` is everything that must be the same for all pages: the name of the operation, who asks, and the
    /// filters. `page_size` may change from page to page.
    pub(crate) fn read(
        call: &Call,
        query: &Query,
        size_max: u32,
        list: &impl Serialize,
    ) -> Result<Self, Problem> {
        let size = size(query, size_max)?;
        let list = serde_json::to_vec(list).map_err(|error| refusal::system_error(error.to_string()))?;
        let binding = [KIND, &list].concat();
        let opened = query.text("page_token").map(|token| {
            let plain = call.gateway.token_sealer.open_bytes(&binding, token).ok();
            plain.and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or_else(|| {
                let issue =
                    "翻页标识无效，请使用上一页返回的next_page_token，且保持其他查询参数不变".to_owned();
                query.fields().wrong("page_token", ViolationKind::Format, issue, None)
            })
        });
        Ok(Self { size, after: opened.transpose()?, binding })
    }

    /// Whether it is the first page: only that one tells how many items there are.
    pub(crate) fn is_first(&self) -> bool {
        self.after.is_none()
    }

    /// How many items the whole list has, as only the first page tells it.
    pub(crate) fn total_count(&self, count: u64) -> Option<i64> {
        self.after.is_none().then(|| i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// The token of the page after the one that ends with `last`; none when there is no such page.
    pub(crate) fn next_token(&self, call: &Call, last: Option<&C>) -> Result<Option<String>, Problem> {
        let seal = |last: &C| {
            let plain = serde_json::to_vec(last).map_err(|error| refusal::system_error(error.to_string()))?;
            call.gateway.token_sealer.seal_bytes(&self.binding, &plain, &*call.gateway.entropy)
        };
        last.map(seal).transpose()
    }
}

fn size(query: &Query, max: u32) -> Result<u32, Problem> {
    let Some(size) = query.number("page_size")? else { return Ok(SIZE_DEFAULT) };
    u32::try_from(size).ok().filter(|size| (1..=max).contains(size)).ok_or_else(|| {
        let (issue, given) = (format!("应为1到{max}"), size.to_string());
        query.fields().wrong("page_size", ViolationKind::OutOfRange, issue, Some(&given))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Face;

    #[test]
    fn both_sides_of_a_page_s_size() {
        let size_of = |text: &str| {
            let query = Query::read(Some(&format!("page_size={text}")), Face::Partner);
            size(&query, 50).map_err(|problem| (problem.code, problem.number))
        };
        let range = Err(("PARAM_ERROR", 268_435_464));
        for (text, expected) in [
            ("", Err(("PARAM_ERROR", 268_435_461))),
            ("0", range),
            ("1", Ok(1)),
            ("50", Ok(50)),
            ("51", range),
            ("-1", range),
            ("4294967297", range),
            ("ten", Err(("PARAM_ERROR", 268_435_461))),
            ("1.0", Err(("PARAM_ERROR", 268_435_461))),
        ] {
            assert_eq!(size_of(text), expected, "{text:?}");
        }
        assert_eq!(size(&Query::read(None, Face::Partner), 50).ok(), Some(SIZE_DEFAULT));
    }
}
