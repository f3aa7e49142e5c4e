//! The query string: pairs, decoded once; `+` and `%20` are both a space (wire-protocol 1.2).

use std::collections::HashMap;
use std::str::FromStr;

use quan_coupon::refusal::ViolationKind;
use quan_model::enums::UnknownWord;
use quan_model::ids::IdError;

use crate::fields::Fields;
use crate::problem::Problem;
use crate::refusal::Face;

/// The parameters of a query; of a repeated name the first counts.
pub(crate) struct Query {
    pairs: HashMap<String, String>,
    fields: Fields,
}

impl Query {
    pub(crate) fn read(query: Option<&str>, face: Face) -> Self {
        let mut pairs = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            pairs.entry(name.into_owned()).or_insert_with(|| value.into_owned());
        }
        Self { pairs, fields: Fields::of_query(face) }
    }

    /// A parameter as it was given.
    pub(crate) fn raw(&self, name: &str) -> Option<&str> {
        self.pairs.get(name).map(String::as_str)
    }

    /// Parses texts of this query.
    pub(crate) fn fields(&self) -> Fields {
        self.fields
    }

    /// An id that must be given.
    pub(crate) fn id<T: FromStr<Err = IdError>>(&self, name: &str) -> Result<T, Problem> {
        let text = self.pairs.get(name).ok_or_else(|| self.fields.missing(name))?;
        self.fields.id(name, text)
    }

    /// One of the documented words, which must be given.
    pub(crate) fn word<T: FromStr<Err = UnknownWord>>(&self, name: &str) -> Result<T, Problem> {
        self.optional_word(name)?.ok_or_else(|| self.fields.missing(name))
    }

    /// An id that may be absent.
    pub(crate) fn optional<T: FromStr<Err = IdError>>(&self, name: &str) -> Result<Option<T>, Problem> {
        self.text(name).map(|text| self.fields.id(name, text)).transpose()
    }

    /// One of the documented words, which may be absent; an empty text is none of them.
    pub(crate) fn optional_word<T: FromStr<Err = UnknownWord>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Problem> {
        let unknown = |text: &str| {
            let issue = "不是文档列出的取值".to_owned();
            self.fields.wrong(name, ViolationKind::Format, issue, Some(text))
        };
        self.pairs.get(name).map(|text| text.parse().map_err(|_| unknown(text))).transpose()
    }

    /// A parameter as it was given; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.pairs.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A whole number, which may be absent; an empty text is none.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, Problem> {
        let wrong =
            |text: &str| self.fields.wrong(name, ViolationKind::Format, "应为整数".to_owned(), Some(text));
        self.pairs.get(name).map(|text| text.parse().map_err(|_| wrong(text))).transpose()
    }
}
