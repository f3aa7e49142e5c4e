//! The settings as flags of a command.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};

use crate::configuration::all;
use crate::configuration::setting::{Presence, Setting};
use crate::configuration::sources::{Given, Origin, Source};
use crate::configuration::values::Shape;

/// The flags that were given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    /// The configuration file.
    pub(crate) config: Option<PathBuf>,
    pub(crate) source: Source,
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.config = matches.get_one::<PathBuf>("config").cloned();
        for (key, flag) in all().flat_map(keys) {
            // Required ones may come from elsewhere, so clap neither demands nor fills them.
            if matches.value_source(&key) != Some(ValueSource::CommandLine) {
                continue;
            }
            if let Some(text) = matches.get_one::<String>(&key) {
                self.source.insert(key, Given { text: text.clone(), origin: Origin::Flag(flag) });
            }
        }
        Ok(())
    }
}

/// The keys of a setting with their flags: its own, and the one that names a file.
fn keys(setting: &'static Setting) -> impl Iterator<Item = (String, String)> {
    let own = (setting.key.to_owned(), setting.flag());
    std::iter::once(own).chain(setting.file_key().map(|key| {
        let flag = key.replace('_', "-");
        (key, flag)
    }))
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help("Configuration file (TOML); also QUAN_CONFIG. `quan config example` prints one with every setting");
        all().fold(command.args_override_self(true).arg(config), |command, setting| {
            let command = command.arg(flag(setting));
            match setting.file_key() {
                None => command,
                Some(key) => {
                    let name = key.replace('_', "-");
                    let help = format!("File that holds the value of --{}", setting.flag());
                    command.arg(Arg::new(key).long(name).value_name("FILE").help(help))
                }
            }
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn flag(setting: &'static Setting) -> Arg {
    let default = match setting.presence {
        Presence::Default("") | Presence::Optional => String::new(),
        Presence::Default(default) => format!(" [default: {default}]"),
        Presence::Required => " [required]".to_owned(),
    };
    let flag = Arg::new(setting.key)
        .long(setting.flag())
        .help(format!("{}{default}", setting.english))
        .hide_default_value(true);
    match setting.shape {
        // `--migrate` alone means on.
        Shape::Switch => flag.value_name("on|off").num_args(0..=1).default_missing_value("on"),
        Shape::Number | Shape::Fraction => flag.value_name("NUMBER"),
        Shape::List => flag.value_name("LIST"),
        Shape::Text | Shape::Secret => flag.value_name("VALUE"),
    }
}
