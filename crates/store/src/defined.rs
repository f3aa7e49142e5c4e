//! A definition as a record carries it: one value for all copies of the record, with the terms that it was read into.
//!
//! A revision of a definition never changes, so copies may share it, and what it says need be read only once. Whoever changes
//! a definition gets a value of its own, without terms. Knows neither what a definition is nor how it is read.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer};

/// A definition `D`, and the terms `T` once somebody has asked for them. Cheap to clone; equal when the definitions are.
pub struct Defined<D, T>(Arc<Shared<D, T>>);

#[derive(Clone)]
struct Shared<D, T> {
    written: D,
    terms: OnceLock<T>,
}

impl<D, T> Defined<D, T> {
    /// The terms, read if no copy of the record was asked for them before.
    ///
    /// # Errors
    /// Those of reading; then nothing is kept, and the next one reads again.
    pub fn terms<E>(&self, read: impl FnOnce(&D) -> Result<T, E>) -> Result<&T, E> {
        if let Some(terms) = self.0.terms.get() {
            return Ok(terms);
        }
        let terms = read(&self.0.written)?;
        Ok(self.0.terms.get_or_init(|| terms))
    }
}

impl<D, T> From<D> for Defined<D, T> {
    fn from(written: D) -> Self {
        Self(Arc::new(Shared { written, terms: OnceLock::new() }))
    }
}

impl<D, T> Clone for Defined<D, T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D, T> Deref for Defined<D, T> {
    type Target = D;
    fn deref(&self) -> &D {
        &self.0.written
    }
}

impl<D: Clone, T: Clone> DerefMut for Defined<D, T> {
    fn deref_mut(&mut self) -> &mut D {
        let own = Arc::make_mut(&mut self.0);
        own.terms = OnceLock::new();
        &mut own.written
    }
}

impl<D: PartialEq, T> PartialEq for Defined<D, T> {
    fn eq(&self, other: &Self) -> bool {
        self.0.written == other.0.written
    }
}

impl<D: Eq, T> Eq for Defined<D, T> {}

impl<D: fmt::Debug, T> fmt::Debug for Defined<D, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.written.fmt(f)
    }
}

impl<'de, D: Deserialize<'de>, T> Deserialize<'de> for Defined<D, T> {
    fn deserialize<S: Deserializer<'de>>(deserializer: S) -> Result<Self, S::Error> {
        D::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The length of the definition, and whether it had to be read.
    fn read(defined: &Defined<String, usize>) -> (usize, bool) {
        let mut is_read = false;
        let terms = defined.terms(|written| {
            is_read = true;
            Ok::<_, ()>(written.len())
        });
        (*terms.unwrap(), is_read)
    }

    #[test]
    fn copies_share_what_one_of_them_has_read() {
        let defined: Defined<String, usize> = "coffee".to_owned().into();
        let copy = defined.clone();
        assert_eq!(read(&copy), (6, true));
        assert_eq!(read(&defined), (6, false));
    }

    #[test]
    fn who_changes_a_definition_changes_and_reads_its_own() {
        let defined: Defined<String, usize> = "coffee".to_owned().into();
        assert_eq!(read(&defined), (6, true));
        let mut changed = defined.clone();
        changed.push('s');
        assert_eq!((changed.as_str(), defined.as_str()), ("coffees", "coffee"));
        assert_eq!((read(&changed), read(&defined)), ((7, true), (6, false)));
        changed.pop();
        assert_eq!(read(&changed), (6, true), "also when nobody shares it");
    }

    #[test]
    fn what_cannot_be_read_is_an_error_each_time() {
        let defined: Defined<String, usize> = "coffee".to_owned().into();
        for _ in 0..2 {
            assert_eq!(defined.terms(|_| Err("no terms")), Err("no terms"));
        }
        assert_eq!(read(&defined), (6, true));
    }

    #[test]
    fn only_the_definition_is_compared_shown_and_parsed() {
        let parsed: Defined<String, usize> = serde_json::from_str("\"coffee\"").unwrap();
        assert_eq!(read(&parsed), (6, true));
        assert_eq!(parsed, Defined::from("coffee".to_owned()));
        assert_ne!(parsed, Defined::from("tea".to_owned()));
        assert_eq!(format!("{parsed:?}"), "\"coffee\"");
    }
}
