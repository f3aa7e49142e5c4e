//! `quan`: the product-coupon platform on one machine.
//!
//! This is the only crate that reads the wall clock, the environment and the operating system's randomness,
//! and the only one that knows files. It wires the others together and gives them what they ask for.

mod backup;
mod bench;
mod call;
mod claim_origin;
mod cli;
mod clock;
mod configuration;
mod console;
mod database;
mod demo;
mod dev;
mod entropy;
mod exposure;
mod identity;
mod logs;
mod node;
mod operator;
mod platform_keys;
mod sample;
mod sandbox;
mod seed;
mod serve;
mod store_file;
mod verify;

use std::process::ExitCode;

use clap::Parser;

/// Requests are allocated on one thread and freed on another, some hundred pieces each.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match &cli.command {
        // It logs as its configuration says.
        cli::Command::Serve(_) => {}
        cli::Command::Dev(_) => logs::begin_for_people("info"),
        cli::Command::Demo(_)
        | cli::Command::Call(_)
        | cli::Command::ConsoleToken(_)
        | cli::Command::Bench(_)
        | cli::Command::Verify(_)
        | cli::Command::Backup(_)
        | cli::Command::Restore(_)
        | cli::Command::Migrate(_)
        | cli::Command::Doctor(_)
        | cli::Command::Keys(_)
        | cli::Command::Parties(_)
        | cli::Command::Config(_) => logs::begin_for_people("warn"),
    }
    let ended = match cli.command {
        cli::Command::Dev(options) => dev::run(&options),
        cli::Command::Serve(options) => serve::run(&options),
        cli::Command::Migrate(options) => operator::migrate(&options),
        cli::Command::Doctor(options) => operator::doctor::run(&options),
        cli::Command::Keys(options) => operator::keys(&options),
        cli::Command::Parties(options) => operator::parties::run(&options),
        cli::Command::Config(options) => {
            operator::config(&options);
            Ok(())
        }
        cli::Command::Demo(options) => demo::run(&options),
        cli::Command::Call(options) => call::run(&options),
        cli::Command::ConsoleToken(options) => console::make_token(&options),
        cli::Command::Bench(options) => bench::run(&options),
        cli::Command::Verify(options) => return verify::run(&options),
        cli::Command::Backup(options) => backup::run(&options),
        cli::Command::Restore(options) => backup::restore(&options),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quan: {error:#}");
            ExitCode::FAILURE
        }
    }
}
