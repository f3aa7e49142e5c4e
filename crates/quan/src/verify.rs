//! `quan verify`: every invariant of a store, checked while nobody uses it.
//!
//! Ends with 0 when the store is sound, with 1 when something is wrong with it, and with 2 when it could not be
//! checked: in use, not a database of ours, of another version, not readable.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use quan_store::audit::{Audit, Finding, Invariant};
use quan_store::error::StoreError;
use quan_store_postgres::{Options, PostgresStore};
use quan_store_sqlite::SqliteStore;
use serde_json::json;

use crate::cli;
use crate::store_file::store_file;

/// What the check found.
struct Report {
    database: String,
    damaged_pages: Vec<String>,
    findings: Vec<Finding>,
}

/// Checks, and says what is wrong on standard output.
pub(crate) fn run(options: &cli::Verify) -> ExitCode {
    match check(options) {
        Ok(report) => {
            let is_sound = report.damaged_pages.is_empty() && report.findings.is_empty();
            if options.json {
                say(&report.json(is_sound).to_string());
            } else {
                report.print(is_sound);
            }
            if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            if options.json {
                say(&json!({ "database": options.database, "error": format!("{error:#}") }).to_string());
            }
            progress(&format!("quan: {error:#}"));
            ExitCode::from(2)
        }
    }
}

/// How long one question about a large database may take.
const QUESTION_MAX: Duration = Duration::from_secs(60 * 60);

fn check(options: &cli::Verify) -> anyhow::Result<Report> {
    if PostgresStore::is_url(&options.database) {
        return check_postgres(&options.database);
    }
    let file = store_file(&options.database)?;
    let store = SqliteStore::open_existing(&file)?;
    let mut report =
        Report { database: file.display().to_string(), damaged_pages: Vec::new(), findings: Vec::new() };
    progress("pages: SQLite looks whether the file is sound in itself");
    // A file that cannot be read to its end is damaged, whatever the error is called.
    report.damaged_pages = store.damaged_pages().unwrap_or_else(|error| vec![causes(&error)]);
    if report.damaged_pages.is_empty() {
        report.findings = audit(&store)?;
    }
    Ok(report)
}

/// The invariants of a database on PostgreSQL, in one snapshot, also while nodes work on it. Its pages are its own.
fn check_postgres(url: &str) -> anyhow::Result<Report> {
    let options = Options { statement_timeout: QUESTION_MAX, ..Options::default() };
    let store = PostgresStore::open(url, options).context("cannot open the database")?;
    Ok(Report { database: store.place(), damaged_pages: Vec::new(), findings: audit(&store)? })
}

fn audit(store: &dyn Audit) -> Result<Vec<Finding>, StoreError> {
    let steps = Invariant::ALL.len();
    let mut done = 0;
    store.audit(Invariant::ALL, &mut |invariant| {
        done += 1;
        progress(&format!("{done}/{steps} {}: {}", invariant.name(), invariant.sentence()));
    })
}

/// What cannot be shown, as when nobody reads it any more, is no reason to stop: the exit code says it too.
fn say(line: &str) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

fn progress(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

fn causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        None => error.to_string(),
        Some(cause) => format!("{error}: {}", causes(cause)),
    }
}

impl Report {
    fn print(&self, is_sound: bool) {
        for page in &self.damaged_pages {
            say(&format!("pages: {page}"));
        }
        for finding in &self.findings {
            say(&finding.to_string());
        }
        if is_sound {
            say(&format!("{} is sound: {} invariants hold", self.database, Invariant::ALL.len()));
        } else if self.damaged_pages.is_empty() {
            say(&format!("{} is not sound: {} findings", self.database, self.findings.len()));
        } else {
            say(&format!(
                "{} is damaged: restore it from a backup; its rows were not looked at",
                self.database
            ));
        }
    }

    fn json(&self, is_sound: bool) -> serde_json::Value {
        let finding = |found: &Finding| {
            json!({
                "invariant": found.invariant.name(), "promise": found.invariant.sentence(),
                "table": found.table, "row": found.row, "what": found.what,
            })
        };
        json!({
            "database": self.database,
            "sound": is_sound,
            "damaged_pages": self.damaged_pages,
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
        })
    }
}
