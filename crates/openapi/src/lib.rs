//! The API described once: the OpenAPI document, the pages of the reference, and a validator for tests.
//!
#![doc = include_str!("../README.md")]

mod document;
mod entity;
mod example;
mod face;
mod kind;
mod operation;
mod ordered;
mod page;
mod reference;
mod refusal;
mod spec;
mod text;
#[cfg(feature = "validate")]
mod validate;

pub use crate::document::document;
pub use crate::face::Face;
pub use crate::operation::{Idempotency, Operation, Rate};
pub use crate::page::{STYLE_DIGEST, page};
pub use crate::reference::reference;
pub use crate::text::Language;
#[cfg(feature = "validate")]
pub use crate::validate::{template, validate_request, validate_response, validate_schema};

/// Every operation of every face: the partner face first, each in the official order.
pub fn operations() -> impl Iterator<Item = Operation> {
    spec::spec().operations()
}

/// A refusal as it is documented for one face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentedRefusal {
    /// Name of its condition, in snake_case.
    pub name: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Word in the body.
    pub code: &'static str,
    /// Number in the Request-ID; 0 for none.
    pub number: u64,
}

/// Every refusal that is documented, with what it is on one face.
pub fn refusals(face: Face) -> impl Iterator<Item = DocumentedRefusal> {
    spec::spec().refusals.refusals.iter().map(move |(name, refusal)| DocumentedRefusal {
        name,
        status: refusal.status,
        code: refusal.code.on(face),
        number: *refusal.number.on(face),
    })
}
