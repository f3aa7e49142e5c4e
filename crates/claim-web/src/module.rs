//! A module of the web, taken apart: its imports, its exports and the rest.
//!
//! Our own sources keep to a few forms, each on one line: `import { a, b } from "./x.js";` and `export` before a
//! `function`, `async function`, `const` or `class`. Anything else stops the tests, so that a file that was not
//! understood is never served.

/// One module.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// Below `web/claim`.
    pub(crate) path: &'static str,
    pub(crate) imports: Vec<Import>,
    pub(crate) exports: Vec<String>,
    /// The text without the words `import` and `export`.
    pub(crate) body: String,
}

/// Names taken from another module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// As written, such as `a, b`.
    pub(crate) names: String,
    /// As written, such as `./x.js`.
    pub(crate) from: String,
    /// Below `web/claim`.
    pub(crate) path: String,
}

impl Module {
    /// Takes a source apart.
    pub(crate) fn read(path: &'static str, text: &str) -> Self {
        let mut module = Self { path, imports: Vec::new(), exports: Vec::new(), body: String::new() };
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("import ") {
                module.imports.push(import(path, rest));
                continue;
            }
            let line = match line.strip_prefix("export ") {
                Some(rest) => {
                    module.exports.push(exported(path, rest));
                    rest
                }
                None => line,
            };
            module.body.push_str(line);
            module.body.push('\n');
        }
        module
    }

    /// Puts a text where the source has an empty one: `const NAME = "";`.
    pub(crate) fn set_text_constant(&mut self, name: &str, value: &str) {
        let empty = format!("const {name} = \"\";");
        assert!(self.body.contains(&empty), "invariant: {} has {empty}", self.path);
        self.body = self.body.replace(&empty, &format!("const {name} = {};", quoted(value)));
    }
}

fn import(path: &str, rest: &str) -> Import {
    let parsed = || {
        let (names, rest) = rest.strip_prefix("{ ")?.split_once(" } from \"")?;
        Some((names, rest.strip_suffix("\";")?))
    };
    let (names, from) =
        parsed().unwrap_or_else(|| panic!("invariant: {path} imports on one line: import {rest}"));
    let folder = path.split_once('/').map_or("", |(folder, _)| folder);
    let target = match (from.strip_prefix("./"), from.strip_prefix("../")) {
        (Some(beside), None) => format!("{folder}/{beside}"),
        (None, Some(elsewhere)) => elsewhere.to_owned(),
        (_, _) => panic!("invariant: {path} imports by a relative path: {from}"),
    };
    Import { names: names.to_owned(), from: from.to_owned(), path: target }
}

fn exported(path: &str, rest: &str) -> String {
    let kinds = ["function ", "async function ", "const ", "class "];
    let name = kinds.iter().find_map(|kind| rest.strip_prefix(kind)).unwrap_or_default();
    let name: String = name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    assert!(!name.is_empty(), "invariant: {path} exports in a known form: export {rest}");
    name
}

/// A string literal of JavaScript.
fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => literal.extend(['\\', c]),
            '\n' => literal.push_str("\\n"),
            // Would end the script in a page that embeds it.
            '<' => literal.push_str("\\u003c"),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}
