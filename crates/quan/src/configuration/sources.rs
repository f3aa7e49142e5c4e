//! Where values come from: the file, the environment, the flags. Each value keeps its origin, so that an error can
//! name the line, the variable or the flag.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use crate::configuration::setting::Setting;
use crate::configuration::values::Shape;

/// Where a value was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    File { file: PathBuf, line: usize },
    Variable(String),
    Flag(String),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line } => write!(f, "{}:{line}", file.display()),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag --{name}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value as a text, and where it was given.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// The values of one source by key; `<key>_file` is a key of its own.
pub(crate) type Source = BTreeMap<String, Given>;

/// The variable that names the file. It is ours but no setting.
pub(super) const FILE_VARIABLE: &str = "QUAN_CONFIG";

/// Variables that an orchestrator sets for every service named `quan`, and that mean nothing here.
fn is_of_orchestrator(name: &str) -> bool {
    name.starts_with("QUAN_SERVICE_") || name == "QUAN_PORT" || name.starts_with("QUAN_PORT_")
}

/// Reads the environment. `variables` are all of the process.
pub(crate) fn environment(
    settings: &[&'static Setting],
    variables: impl Iterator<Item = (OsString, OsString)>,
    problems: &mut Vec<String>,
) -> Source {
    let mut source = Source::new();
    for (name, value) in variables {
        let Some(name) = name.to_str().filter(|name| name.starts_with("QUAN_")) else { continue };
        if name == FILE_VARIABLE || is_of_orchestrator(name) {
            continue;
        }
        let key = name["QUAN_".len()..].to_ascii_lowercase();
        if !is_known(settings, &key) || name != format!("QUAN_{}", key.to_ascii_uppercase()) {
            let hint = nearest(settings, &key, super::setting::Setting::variable);
            problems.push(format!("environment variable {name} is no setting{hint}"));
            continue;
        }
        let origin = Origin::Variable(name.to_owned());
        match value.into_string() {
            Ok(text) => drop(source.insert(key, Given { text, origin })),
            Err(_) => problems.push(format!("{origin} is not UTF-8")),
        }
    }
    source
}

/// Reads the file.
pub(crate) fn file(settings: &[&'static Setting], file: &Path, problems: &mut Vec<String>) -> Source {
    let mut source = Source::new();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            problems.push(format!("the configuration file {} cannot be read: {error}", file.display()));
            return source;
        }
    };
    let line = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
    let table = match DeTable::parse(&text) {
        Ok(table) => table,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            problems.push(format!("{}:{}: {}", file.display(), line(at), error.message()));
            return source;
        }
    };
    for (key, value) in table.get_ref() {
        let origin = Origin::File { file: file.to_owned(), line: line(key.span().start) };
        let key = key.get_ref().as_ref();
        let Some(shape) = shape_of(settings, key) else {
            let hint = nearest(settings, key, |setting| setting.key.to_owned());
            problems.push(format!("{origin}: {key} is no setting{hint}"));
            continue;
        };
        match written(value.get_ref(), shape) {
            Ok(text) => drop(source.insert(key.to_owned(), Given { text, origin })),
            Err(wanted) => problems.push(format!("{origin}: {key} should be {wanted}")),
        }
    }
    source
}

/// A value of the file as a text, or what it should have been.
fn written(value: &DeValue<'_>, shape: Shape) -> Result<String, &'static str> {
    match (shape, value) {
        (Shape::Text | Shape::Secret, DeValue::String(text)) => Ok(text.as_ref().to_owned()),
        (Shape::Text | Shape::Secret, _) => Err("a text in quotation marks"),
        (Shape::Number | Shape::Fraction, DeValue::Integer(number)) => Ok(number.to_string()),
        (Shape::Fraction, DeValue::Float(number)) => Ok(number.to_string()),
        (Shape::Number, _) => Err("a whole number without quotation marks"),
        (Shape::Fraction, _) => Err("a number without quotation marks"),
        (Shape::Switch, DeValue::Boolean(switch)) => Ok(switch.to_string()),
        (Shape::Switch, _) => Err("true or false without quotation marks"),
        (Shape::List, DeValue::Array(list)) => {
            let texts = list.iter().map(|item| match item.get_ref() {
                DeValue::String(text) if !text.contains(',') => Ok(text.as_ref()),
                _ => Err("a list of texts, as in [\"one\", \"two\"]"),
            });
            Ok(texts.collect::<Result<Vec<_>, _>>()?.join(","))
        }
        (Shape::List, _) => Err("a list of texts, as in [\"one\", \"two\"]"),
    }
}

fn is_known(settings: &[&'static Setting], key: &str) -> bool {
    shape_of(settings, key).is_some()
}

fn shape_of(settings: &[&'static Setting], key: &str) -> Option<Shape> {
    let same = |setting: &&&'static Setting| setting.key == key;
    if let Some(setting) = settings.iter().find(same) {
        return Some(setting.shape);
    }
    let names_file = |setting: &&'static Setting| setting.file_key().as_deref() == Some(key);
    settings.iter().copied().any(|setting| names_file(&setting)).then_some(Shape::Text)
}

/// What was perhaps meant.
fn nearest(settings: &[&'static Setting], key: &str, name: impl Fn(&Setting) -> String) -> String {
    let distance = |setting: &&&'static Setting| edits(setting.key, key);
    match settings
        .iter()
        .min_by_key(distance)
        .filter(|setting| edits(setting.key, key) <= key.len().min(9) / 3)
    {
        Some(setting) => format!("; did you mean {}?", name(setting)),
        None => "; `quan config example` lists them all".to_owned(),
    }
}

/// How many characters must be put in, taken out or changed to make one text of the other.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, char) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in other.iter().enumerate() {
            let changed = diagonal + usize::from(char != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}
