//! Path templates and their variables: `{name}` and `{+name}` of RFC 6570, and nothing else of it.
//!
//! Expanding is where identifiers enter the path, so it is where they are encoded, exactly once. The
//! result is checked again as a whole, because a value may form a dot segment with what stands around
//! it. This module knows no endpoint and no credential.

use std::fmt;

use crate::error::RequestError;
use crate::path::{self, PathError};
use crate::percent;

/// A parsed path template. It is written without the leading slash.
#[derive(Clone, PartialEq, Eq)]
pub struct PathTemplate {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable { name: String, expansion: Expansion },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expansion {
    /// `{name}`: one segment's worth; every reserved byte is encoded.
    Simple,
    /// `{+name}`: reserved bytes and escapes pass through.
    Reserved,
}

/// The value of a path variable, as the caller gave it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
    /// An empty value is taken for a mistake unless the caller says that it is meant.
    pub(crate) emptiness: Emptiness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emptiness {
    Refused,
    Meant,
}

impl PathTemplate {
    /// Reads a template; one leading slash is tolerated and dropped, a trailing one is kept.
    ///
    /// # Errors
    /// [`PathError`] says what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if let Some(error) = path::fault(text.as_bytes()) {
            return Err(error);
        }
        let text = text.strip_prefix('/').unwrap_or(text);
        let mut parts = Vec::new();
        let mut rest = text;
        // The check above has made sure that every brace has its partner.
        while let Some((literal, after)) = rest.split_once('{') {
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            let (inner, after) = after.split_once('}').unwrap_or((after, ""));
            let (name, expansion) = match inner.strip_prefix('+') {
                Some(name) => (name, Expansion::Reserved),
                None => (inner, Expansion::Simple),
            };
            parts.push(Part::Variable { name: name.to_owned(), expansion });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The template as it was written, without a leading slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of its variables, in the order in which they stand.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Variable { name, .. } => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// The path with every variable in its place, beginning with `/`.
    pub(crate) fn expand(&self, variables: &[Variable]) -> Result<String, RequestError> {
        for (position, given) in variables.iter().enumerate() {
            if !self.variables().any(|name| name == given.name) {
                return Err(RequestError::UnknownVariable(given.name.clone()));
            }
            if variables[..position].iter().any(|earlier| earlier.name == given.name) {
                return Err(RequestError::DuplicateVariable(given.name.clone()));
            }
        }
        let mut path = String::with_capacity(self.text.len() + 64);
        path.push('/');
        for part in &self.parts {
            match part {
                Part::Literal(literal) => path.push_str(literal),
                Part::Variable { name, expansion } => {
                    let given = variables
                        .iter()
                        .find(|variable| variable.name == *name)
                        .ok_or_else(|| RequestError::MissingVariable(name.clone()))?;
                    push_value(&mut path, given, *expansion)?;
                }
            }
        }
        match path::fault(path.as_bytes()) {
            None => Ok(path),
            Some(error) => Err(RequestError::InvalidPath(error)),
        }
    }
}

fn push_value(path: &mut String, given: &Variable, expansion: Expansion) -> Result<(), RequestError> {
    if given.value.is_empty() && given.emptiness == Emptiness::Refused {
        return Err(RequestError::EmptyVariable(given.name.clone()));
    }
    match expansion {
        Expansion::Simple => percent::encode(path, &given.value),
        Expansion::Reserved => {
            // They would move the end of the path after the caller has looked at it.
            if given.value.contains(['?', '#']) {
                return Err(RequestError::VariableMovesPath(given.name.clone()));
            }
            percent::encode_reserved(path, &given.value);
        }
    }
    Ok(())
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PathTemplate({})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str, value: &str) -> Variable {
        Variable { name: name.into(), value: value.into(), emptiness: Emptiness::Refused }
    }

    fn expand(template: &str, variables: &[Variable]) -> Result<String, RequestError> {
        PathTemplate::parse(template).unwrap().expand(variables)
    }

    #[test]
    fn values_are_encoded_once_and_names_are_free() {
        // A variable may have the name of an option; the two never meet.
        let path = expand("v3/{query}/{+b}/", &[variable("query", "a/b%券 +~"), variable("b", "x/y%2Fz%:")]);
        assert_eq!(path.unwrap(), "/v3/a%2Fb%25%E5%88%B8%20%2B~/x/y%2Fz%25:/");
    }

    #[test]
    fn missing_extra_double_and_empty_variables_are_refused() {
        use RequestError as E;
        let a = || "a".to_owned();
        assert!(matches!(expand("v3/{a}", &[]), Err(E::MissingVariable(name)) if name == a()));
        assert!(
            matches!(expand("v3/x", &[variable("a", "1")]), Err(E::UnknownVariable(name)) if name == a())
        );
        assert!(matches!(expand("v3/{a}", &[variable("a", "")]), Err(E::EmptyVariable(name)) if name == a()));
        let twice = [variable("a", "1"), variable("a", "2")];
        assert!(matches!(expand("v3/{a}", &twice), Err(E::DuplicateVariable(name)) if name == a()));
        let meant = Variable { emptiness: Emptiness::Meant, ..variable("a", "") };
        assert_eq!(expand("v3/x/{a}", &[meant]).unwrap(), "/v3/x/");
    }

    #[test]
    fn values_that_would_move_the_path_are_refused() {
        use RequestError as E;
        for dots in [".", "..", "%2e%2E", ".%2e"] {
            let path = expand("v3/{+a}/x", &[variable("a", dots)]);
            assert!(matches!(path, Err(E::InvalidPath(PathError::DotSegment { .. }))), "{dots}");
        }
        // Encoding `%` again makes the escape harmless, so only the plain dots form a dot segment.
        assert!(expand("v3/{a}/x", &[variable("a", "..")]).is_err());
        assert_eq!(expand("v3/{a}/x", &[variable("a", "%2e")]).unwrap(), "/v3/%252e/x");
        assert!(matches!(expand("v3/{+a}", &[variable("a", "x?y")]), Err(E::VariableMovesPath(_))));
        assert!(matches!(expand("v3/{+a}", &[variable("a", "x//y")]), Err(E::InvalidPath(_))));
    }

    proptest::proptest! {
        #[test]
        fn parsing_and_expanding_never_panic(template in ".{0,40}", value in ".{0,20}") {
            if let Ok(template) = PathTemplate::parse(&template) {
                let variables: Vec<_> =
                    template.variables().map(|name| variable(name, &value)).collect();
                if let Ok(path) = template.expand(&variables) {
                    proptest::prop_assert!(path.starts_with('/'));
                    proptest::prop_assert!(path.parse::<http::Uri>().is_ok_and(|uri| uri.path() == path));
                }
            }
        }
    }
}
