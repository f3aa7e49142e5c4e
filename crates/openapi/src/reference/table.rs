//! Tables of members.

use crate::entity::{Member, Presence, Side};
use crate::kind::{Bounds, Kind};
use crate::reference::ending;
use crate::reference::words::{presence, words};
use crate::spec::spec;
use crate::text::Language;

/// A row of a table of members.
pub(crate) struct Row<'m> {
    pub(crate) name: &'m str,
    /// Where it stands, if not in the body.
    pub(crate) place: &'static str,
    pub(crate) member: &'m Member,
}

/// A table of one way. `up` leads from the page to `docs/reference`.
pub(crate) fn table(rows: &[Row<'_>], side: Side, language: Language, up: &str) -> String {
    let words = words(language);
    let mut text = format!(
        "| {} | {} | {} | {} |\n|---|---|---|---|\n",
        words.name, words.kind, words.required, words.meaning
    );
    for row in rows.iter().filter(|row| row.member.presence(side) != Presence::Absent) {
        let place = if row.place.is_empty() { String::new() } else { format!(", {}", row.place) };
        text.push_str(&format!(
            "| {} | {}{place} | {} | {} |\n",
            row.name,
            kind(&row.member.kind, language, up),
            presence(row.member.presence(side), language),
            cell(row.member.text.get(language))
        ));
    }
    text
}

/// A kind as tables write it, with links to what is described elsewhere.
pub(crate) fn kind(kind: &Kind, language: Language, up: &str) -> String {
    written(kind, language, &|kind, name| named(kind, name, language, up))
}

/// A kind as tables write it, with bare names.
pub(crate) fn plain_kind(kind: &Kind, language: Language) -> String {
    written(kind, language, &|whole, name| match spec().scalar(whole) {
        Some(scalar) => format!("{}, `{}`", plain_kind(&scalar.kind, language), scalar.form),
        None => name.to_owned(),
    })
}

fn written(kind: &Kind, language: Language, named: &dyn Fn(&Kind, &str) -> String) -> String {
    match kind {
        Kind::String(bounds) => sized("string", *bounds),
        Kind::Integer(bounds) => sized("integer", *bounds),
        Kind::Fen(bounds) => match (language, *bounds) {
            (Language::English, Bounds { min: Some(0), max: None }) => "integer, fen".to_owned(),
            (Language::Chinese, Bounds { min: Some(0), max: None }) => "integer，分".to_owned(),
            (Language::English, bounds) => format!("{}, fen", sized("integer", bounds)),
            (Language::Chinese, bounds) => format!("{}，分", sized("integer", bounds)),
        },
        Kind::Boolean => "boolean".to_owned(),
        Kind::Time => "RFC 3339".to_owned(),
        Kind::Url(bounds) => sized("URL", *bounds),
        Kind::Any => "JSON".to_owned(),
        Kind::File => match language {
            Language::English => "file".to_owned(),
            Language::Chinese => "文件".to_owned(),
        },
        Kind::List(item, bounds) => {
            let size = bounds.to_string();
            let size = if size.is_empty() { size } else { format!("({size})") };
            let item = written(item, language, named);
            match language {
                Language::English => format!("list{size} of {item}"),
                Language::Chinese => format!("{item} 数组{size}"),
            }
        }
        Kind::Named(name) => named(kind, name),
    }
}

fn named(whole: &Kind, name: &str, language: Language, up: &str) -> String {
    if let Some(scalar) = spec().scalar(whole) {
        return format!("{}, `{}`", kind(&scalar.kind, language, up), cell(&scalar.form));
    }
    let anchor = name.to_lowercase();
    let page = if spec().enums.get(name).is_some() {
        "words"
    } else {
        let holds = |file: &&crate::spec::EntityFile| file.entities.get(name).is_some();
        spec().entities.iter().find(holds).map_or("", |file| file.stem.as_str())
    };
    format!("[{name}]({up}entities/{page}{}#{anchor})", ending(language))
}

fn sized(word: &str, bounds: Bounds) -> String {
    let size = bounds.to_string();
    if size.is_empty() { word.to_owned() } else { format!("{word}({size})") }
}

/// A text inside a cell.
pub(crate) fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
