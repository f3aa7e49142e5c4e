//! `quan`: the product-coupon platform on one machine.
//!
//! This is the only crate that reads the wall clock, the environment and the operating system's randomness,
//! and the only one that knows files. It wires the others together and gives them what they ask for.

mod bench;
mod call;
mod cli;
mod clock;
mod demo;
mod dev;
mod entropy;
mod exposure;
mod identity;
mod node;
mod platform_keys;
mod sample;
mod sandbox;
mod seed;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let default_log = match &cli.command {
        cli::Command::Dev(_) => "info",
        cli::Command::Demo(_) | cli::Command::Call(_) | cli::Command::Bench(_) => "warn",
    };
    log_to_stderr(default_log);
    let ended = match cli.command {
        cli::Command::Dev(options) => dev::run(&options),
        cli::Command::Demo(options) => demo::run(&options),
        cli::Command::Call(options) => call::run(&options),
        cli::Command::Bench(options) => bench::run(&options),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quan: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Logs go to stderr; `QUAN_LOG` chooses what, as in `QUAN_LOG=debug` or `QUAN_LOG=quan_notify=debug,info`.
fn log_to_stderr(default: &str) {
    use std::io::IsTerminal;
    let filter = tracing_subscriber::EnvFilter::try_from_env("QUAN_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(default));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    logs.with_ansi(std::io::stderr().is_terminal()).init();
}
