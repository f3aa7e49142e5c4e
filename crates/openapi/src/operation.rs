//! Operations, as they are described and as others ask about them.

use serde::Deserialize;

use crate::entity::{Member, Rule};
use crate::face::Face;
use crate::ordered::Ordered;
use crate::text::Text;

/// One file of `spec/operations`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Description {
    /// Place in the official list.
    pub(crate) number: u32,
    /// Official operation id, in snake_case.
    pub(crate) id: String,
    pub(crate) method: String,
    /// Path below the prefix of the face.
    pub(crate) tail: String,
    pub(crate) title: Text,
    /// What it does.
    pub(crate) about: Text,
    /// Calls and seconds.
    pub(crate) rate: Option<Rate>,
    pub(crate) idempotency: Idempotency,
    /// Ids of the official pages that describe it, such as `partner/4015781605`; none when none is known.
    pub(crate) pages: Vec<String>,
    /// Only for the partner face.
    #[serde(default)]
    pub(crate) partner_only: bool,
    /// Whether a partner names the brand in body or query.
    #[serde(default = "yes")]
    pub(crate) brand_id: bool,
    #[serde(default)]
    pub(crate) query: Ordered<Member>,
    #[serde(default)]
    pub(crate) body: Ordered<Member>,
    /// Whether the body is multipart/form-data.
    #[serde(default)]
    pub(crate) multipart: bool,
    /// How members of the body depend on each other.
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
    pub(crate) response: Response,
    /// What is worth knowing besides the tables.
    #[serde(default)]
    pub(crate) notes: Vec<Text>,
    /// Names of refusals and groups of them, in the order in which they are checked.
    pub(crate) errors: Vec<String>,
    /// Stems of example files, without the folder of the face.
    pub(crate) examples: Examples,
}

fn yes() -> bool {
    true
}

/// What a successful call answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    /// HTTP status.
    #[serde(default = "ok")]
    pub(crate) status: u16,
    /// An entity whose members stand at top level.
    pub(crate) like: Option<String>,
    /// Members besides those.
    #[serde(default)]
    pub(crate) fields: Ordered<Member>,
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
}

fn ok() -> u16 {
    200
}

/// Names of example files.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Examples {
    /// Of requests.
    pub(crate) request: Vec<String>,
    /// Of answers.
    pub(crate) response: Vec<String>,
}

/// How often an operation may be called by one principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Rate {
    /// Calls.
    pub calls: u32,
    /// In this many seconds.
    pub seconds: u32,
}

/// What a repetition of a call does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Idempotency {
    /// It reads.
    Safe,
    /// A repetition is recognised by this member of the body or the query.
    Keyed(String),
    /// Doing it twice is doing it once.
    Natural,
    /// It is done again.
    None,
}

/// One operation of one face.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    pub(crate) face: Face,
    pub(crate) description: &'static Description,
}

impl Operation {
    /// Its family.
    #[must_use]
    pub fn face(self) -> Face {
        self.face
    }

    /// Its official id, in snake_case; unique within a face.
    #[must_use]
    pub fn id(self) -> &'static str {
        &self.description.id
    }

    /// Its HTTP method, in capitals.
    #[must_use]
    pub fn method(self) -> &'static str {
        &self.description.method
    }

    /// Its whole path, with `{variables}`.
    #[must_use]
    pub fn path(self) -> String {
        format!("{}{}", self.face.prefix(), self.description.tail)
    }

    /// Its documented rate for one principal; `None` where no limit is documented.
    #[must_use]
    pub fn rate(self) -> Option<Rate> {
        self.description.rate
    }

    /// What a repetition does.
    #[must_use]
    pub fn idempotency(self) -> &'static Idempotency {
        &self.description.idempotency
    }

    /// HTTP status of success.
    #[must_use]
    pub fn success_status(self) -> u16 {
        self.description.response.status
    }

    /// Names of the refusals that it documents, those of every call included.
    #[must_use]
    pub fn refusals(self) -> Vec<&'static str> {
        let spec = crate::spec::spec();
        spec.refusals_of(self).into_iter().map(|(name, _)| name).collect()
    }

    /// Its id in the OpenAPI document.
    pub(crate) fn document_id(self) -> String {
        format!("{}_{}", self.face.word(), self.id())
    }

    /// Whether the partner names the brand in this call.
    pub(crate) fn names_brand(self) -> bool {
        self.face == Face::Partner && self.description.brand_id
    }

    /// Whether it has a body.
    pub(crate) fn has_body(self) -> bool {
        !self.description.body.0.is_empty()
    }

    /// Variables of the path, in order.
    pub(crate) fn variables(self) -> impl Iterator<Item = &'static str> {
        self.description.tail.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}
