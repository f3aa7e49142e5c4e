//! The pages of the reference, one for each operation and noun, in both languages.
//!
//! Chinese pages lie beside the English ones and end in `.zh-CN.md`.

mod client;
mod entity_page;
mod errors_page;
mod index_page;
mod operation_page;
mod table;
mod words;

pub(crate) use self::errors_page::number;
pub(crate) use self::table::plain_kind;
pub(crate) use self::words::{presence, words};
use crate::spec::spec;
use crate::text::Language;

/// Every generated page: its path below `docs/reference`, and its text.
pub fn reference() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for language in [Language::English, Language::Chinese] {
        pages.push((format!("README{}", ending(language)), index_page::page(language)));
        pages.push((format!("errors{}", ending(language)), errors_page::page(language)));
        pages.push((format!("entities/words{}", ending(language)), entity_page::words(language)));
        for file in &spec().entities {
            pages.push((
                format!("entities/{}{}", file.stem, ending(language)),
                entity_page::page(file, language),
            ));
        }
        for (folder, description) in &spec().descriptions {
            let path = format!("{folder}/{}{}", file_name(&description.id), ending(language));
            pages.push((path, operation_page::page(folder, description, language)));
        }
    }
    pages
}

/// How the pages of a language end.
pub(crate) fn ending(language: Language) -> &'static str {
    match language {
        Language::English => ".md",
        Language::Chinese => ".zh-CN.md",
    }
}

/// The name of an operation's page, without its ending.
pub(crate) fn file_name(id: &str) -> String {
    id.replace('_', "-")
}

/// What every generated page begins with, so that nobody edits it by hand.
pub(crate) fn head(title: &str, language: Language, other: &str) -> String {
    let (made, link) = match language {
        Language::English => ("made by `cargo xtask reference` from crates/openapi/spec", "中文"),
        Language::Chinese => ("由 cargo xtask reference 根据 crates/openapi/spec 生成", "English"),
    };
    format!("<!-- {made} -->\n# {title}\n\n[{link}]({other})\n\n")
}

/// The name of the same page in the other language.
pub(crate) fn other_page(stem: &str, language: Language) -> String {
    let other = match language {
        Language::English => Language::Chinese,
        Language::Chinese => Language::English,
    };
    format!("{stem}{}", ending(other))
}
