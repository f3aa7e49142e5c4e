//! The commands of an operator: migrations, keys, what a configuration looks like, who takes part.

pub(crate) mod client;
pub(crate) mod doctor;
pub(crate) mod parties;

use std::num::NonZeroUsize;

use anyhow::Context;
use quan_store_sqlite::Migrations;

use crate::cli;
use crate::configuration;
use crate::database::{self, DatabaseUrl};
use crate::platform_keys::PlatformKeyFiles;

/// `quan migrate`: brings the schema up to date, and says so.
pub(crate) fn migrate(options: &cli::Migrate) -> anyhow::Result<()> {
    let url = configuration::load_one::<DatabaseUrl>(&options.settings, "database")?;
    drop(database::open(&url, Migrations::Apply, NonZeroUsize::MIN)?);
    println!("the schema of {url} is up to date");
    Ok(())
}

/// `quan keys make`: the platform's own keys, made once.
pub(crate) fn keys(options: &cli::Keys) -> anyhow::Result<()> {
    let cli::KeysCommand::Make { directory } = &options.command;
    let directory =
        crate::dev::directory(directory).context("the keys need a directory that can be written")?;
    let was_there = PlatformKeyFiles::open_made(&directory).is_ok();
    let keys = PlatformKeyFiles::open(&directory, None)?.described();
    let what = if was_there { "were there already; nothing was changed" } else { "were made" };
    println!(
        "The platform's keys in {} {what}.\n\n\
         public key   {}  {}\n\
         certificate  {}  {}\n\n\
         Give merchants and brands the public key with its id, or the certificate. Keep the *_key.pem files secret,\n\
         back them up, and let all nodes use the same directory.",
        directory.display(),
        keys.public_key_id,
        keys.public_key_file.display(),
        keys.certificate_serial_no,
        keys.certificate_file.display(),
    );
    Ok(())
}

/// `quan config`: the example file, or the reference page.
pub(crate) fn config(options: &cli::Config) {
    match &options.command {
        cli::ConfigCommand::Example => print!("{}", configuration::example()),
        cli::ConfigCommand::Reference { language } => print!("{}", configuration::reference(*language)),
    }
}
