//! The example messages of the house, as they stand in their files.

use std::sync::OnceLock;

use serde_json::value::RawValue;

use crate::face::Face;
use crate::ordered::Ordered;

const EXAMPLES: &str = include_str!(concat!(env!("OUT_DIR"), "/examples.json"));

/// Every example file by its path below `fixtures/examples`, without `.json`.
pub(crate) fn all() -> &'static Ordered<String> {
    static ALL: OnceLock<Ordered<String>> = OnceLock::new();
    ALL.get_or_init(|| serde_json::from_str(EXAMPLES).expect("invariant: the build wrote JSON"))
}

/// The text of an example file: `<stem>.request` or `<stem>.response`, or the stem itself for files that are bodies.
fn text(face: Face, stem: &str, kind: &str) -> Option<&'static str> {
    let named = format!("{}/{stem}.{kind}", face.examples());
    let bare = format!("{}/{stem}", face.examples());
    all().get(&named).or_else(|| all().get(&bare)).map(String::as_str)
}

/// The JSON text of a message's body, with the layout of its file.
pub(crate) fn body(face: Face, stem: &str, kind: &str) -> Option<String> {
    let text = text(face, stem, kind)?;
    let members: Ordered<Box<RawValue>> = serde_json::from_str(text).ok()?;
    let is_wrapper = members.get("method").is_some() || members.get("status").is_some();
    if !is_wrapper {
        return Some(text.trim_end().to_owned());
    }
    members.get("body").map(|body| body.get().replace("\n  ", "\n"))
}

/// One member of an example file that is not a body, such as its query.
pub(crate) fn member(face: Face, stem: &str, kind: &str, name: &str) -> Option<String> {
    let members: Ordered<Box<RawValue>> = serde_json::from_str(text(face, stem, kind)?).ok()?;
    members.get(name).map(|value| value.get().replace("\n  ", "\n"))
}
