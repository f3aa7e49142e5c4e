//! The configuration of a production node: one list of settings, read from a file, the environment and flags.
//!
//! Flags win over the environment, the environment over the file, the file over defaults. Everything that is wrong is
//! said at once, each with where it was given and what is allowed. Knows texts and kinds of values; opens nothing but
//! the configuration file and the files that hold secrets.

mod flags;
mod pages;
mod setting;
mod settings;
mod sources;
mod values;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::configuration::setting::{Presence, Setting};
use crate::configuration::settings::GROUPS;
use crate::configuration::sources::{Given, Origin, Source};
use crate::exposure::warn_if_exposed;

pub(crate) use flags::Flags;
pub(crate) use pages::{Language, effective, example, reference};
pub(crate) use settings::Configuration;
pub(crate) use values::{FromText, LogFormat, Secret, Shape};

/// Every setting in the order of the list.
fn all() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|group| group.settings)
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n  {}", .0.join("\n  "))]
pub(crate) struct Problems(pub(crate) Vec<String>);

/// The values of all sources, the strongest source first.
pub(crate) struct Values {
    sources: Vec<Source>,
    problems: Vec<String>,
    /// Files with secrets that were read.
    secret_files: BTreeSet<PathBuf>,
}

/// Reads and checks everything.
pub(crate) fn load(flags: &Flags) -> Result<(Configuration, Values), Problems> {
    let variables = std::env::vars_os();
    load_from(flags, variables)
}

/// Reads and checks one setting that must be given, for commands that need no other.
pub(crate) fn load_one<T: FromText>(flags: &Flags, key: &str) -> Result<T, Problems> {
    let variables = std::env::vars_os();
    let mut values = gather(flags, variables);
    match values.required::<T>(key) {
        Some(value) if values.problems.is_empty() => {
            values.secret_files().for_each(warn_if_exposed);
            Ok(value)
        }
        _ => Err(Problems(values.problems)),
    }
}

fn load_from(
    flags: &Flags,
    variables: impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)>,
) -> Result<(Configuration, Values), Problems> {
    let mut values = gather(flags, variables);
    let read = Configuration::read(&mut values);
    match read {
        Some(configuration) => {
            values.problems.extend(together(&configuration));
            if values.problems.is_empty() {
                Ok((configuration, values))
            } else {
                Err(Problems(values.problems))
            }
        }
        None => Err(Problems(values.problems)),
    }
}

/// Reads the sources, without looking at what the values say.
fn gather(
    flags: &Flags,
    variables: impl Iterator<Item = (std::ffi::OsString, std::ffi::OsString)>,
) -> Values {
    let settings: Vec<&'static Setting> = all().collect();
    let mut problems = Vec::new();
    let variables: Vec<_> = variables.collect();
    let named = variables
        .iter()
        .find(|(name, _)| name == sources::FILE_VARIABLE)
        .map(|(_, file)| PathBuf::from(file));
    let environment = sources::environment(&settings, variables.into_iter(), &mut problems);
    let file = match flags.config.clone().or(named) {
        None => Source::new(),
        Some(file) => sources::file(&settings, &file, &mut problems),
    };
    Values { sources: vec![flags.source.clone(), environment, file], problems, secret_files: BTreeSet::new() }
}

/// What is wrong between settings.
fn together(configuration: &Configuration) -> Vec<String> {
    let mut problems = Vec::new();
    match (&configuration.tls_certificate_file, &configuration.tls_key_file) {
        (Some(_), None) => {
            problems.push("tls_certificate_file is set without tls_key_file: set both".to_owned());
        }
        (None, Some(_)) => {
            problems.push("tls_key_file is set without tls_certificate_file: set both".to_owned());
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    let (listen, admin) = (configuration.listen, configuration.admin_listen);
    if listen == admin && listen.port() != 0 {
        problems.push(format!("listen and admin_listen are both {listen}: choose two addresses"));
    }
    problems
}

impl Values {
    /// The value of a setting with its origin: of the strongest source that has it, a default included.
    fn given(&mut self, setting: &'static Setting) -> Result<Option<Given>, ()> {
        let file_key = setting.file_key();
        for source in &self.sources {
            let named = file_key.as_ref().and_then(|key| source.get(key).map(|given| (key, given)));
            match (source.get(setting.key), named) {
                (Some(own), Some((key, file))) => {
                    self.problems.push(format!(
                        "{}: {} and {key} are both set ({}): set one",
                        own.origin, setting.key, file.origin
                    ));
                    return Err(());
                }
                (Some(own), None) => return Ok(Some(own.clone())),
                (None, Some((_, given))) => return self.of_file(&given.clone()).map(Some),
                (None, None) => {}
            }
        }
        Ok(match setting.presence {
            Presence::Default(text) => Some(Given { text: text.to_owned(), origin: Origin::Default }),
            Presence::Required | Presence::Optional => None,
        })
    }

    /// The value that stands in a named file, without the line's end.
    fn of_file(&mut self, named: &Given) -> Result<Given, ()> {
        match std::fs::read_to_string(&named.text) {
            Ok(text) => {
                self.secret_files.insert(PathBuf::from(&named.text));
                Ok(Given {
                    text: text.trim_end_matches(['\r', '\n']).to_owned(),
                    origin: named.origin.clone(),
                })
            }
            Err(error) => {
                self.problems
                    .push(format!("{}: the file {} cannot be read: {error}", named.origin, named.text));
                Err(())
            }
        }
    }

    /// Files with secrets that were read, for who looks whether others can read them: logs may not have begun yet.
    pub(crate) fn secret_files(&self) -> impl Iterator<Item = &Path> {
        self.secret_files.iter().map(PathBuf::as_path)
    }

    fn read<T: FromText>(&mut self, key: &str) -> Result<Option<T>, ()> {
        let setting =
            all().find(|setting| setting.key == key).expect("invariant: the list makes its own reader");
        let Some(given) = self.given(setting)? else { return Ok(None) };
        match T::from_text(&given.text) {
            Some(value) => Ok(Some(value)),
            None => {
                let shown = if setting.is_secret() { String::new() } else { format!(" {:?}", given.text) };
                self.problems.push(format!(
                    "{}: {key}{shown} is not allowed; give {}",
                    given.origin,
                    T::allowed(Language::En)
                ));
                Err(())
            }
        }
    }

    fn optional<T: FromText>(&mut self, key: &str) -> Option<Option<T>> {
        self.read(key).ok()
    }

    fn preset<T: FromText>(&mut self, key: &str) -> Option<T> {
        self.read(key).ok().flatten()
    }

    fn required<T: FromText>(&mut self, key: &str) -> Option<T> {
        let value = self.read(key).ok()?;
        if value.is_none() {
            let setting = all().find(|setting| setting.key == key)?;
            self.problems.push(format!(
                "{key} is not set: give --{}, {} or {key} in the file; {}",
                setting.flag(),
                setting.variable(),
                setting.english
            ));
        }
        value
    }
}

#[cfg(test)]
mod tests;
