//! Logs of the process: to stderr, as lines for people or as one JSON object per line.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::configuration::LogFormat;

/// A log that cannot be written is lost, and nothing else is: told about it on stderr, which is where the log goes, a
/// full disk would end the thread that has something to say.
const TELL_OF_LOST_LOGS: bool = false;

/// Logs of the commands for people; `QUAN_LOG` chooses what, as in `QUAN_LOG=debug` or `QUAN_LOG=quan_notify=debug,info`.
pub(crate) fn begin_for_people(default: &str) {
    let filter = EnvFilter::try_from_env("QUAN_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let logs = tracing_subscriber::fmt().with_env_filter(discreet(filter)).with_writer(std::io::stderr);
    let logs = logs.log_internal_errors(TELL_OF_LOST_LOGS);
    logs.with_ansi(std::io::stderr().is_terminal()).init();
}

/// Logs of a node as its configuration says.
pub(crate) fn begin(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)
        .with_context(|| format!("log {filter:?} cannot be read: give a level such as info, or modules as in quan_notify=debug,info"))?;
    let logs = tracing_subscriber::fmt().with_env_filter(discreet(filter)).with_writer(std::io::stderr);
    let logs = logs.log_internal_errors(TELL_OF_LOST_LOGS);
    match format {
        LogFormat::Text => logs.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => logs.json().flatten_event(true).init(),
    }
    Ok(())
}

/// The driver of PostgreSQL logs the values of each statement at `debug`, users and keys among them: no filter lets that out.
fn discreet(filter: EnvFilter) -> EnvFilter {
    filter.add_directive("tokio_postgres=info".parse().expect("a module and a level"))
}
