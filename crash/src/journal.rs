//! What was said and what came back: every answer of a run, counted and written to a file, and everything that is
//! wrong.
//!
//! Knows outcomes; judges nothing by itself.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::json;

use crate::outcome::Outcome;

/// Findings beyond this are counted but not kept: a thousand of the same say no more.
const FINDINGS_MAX: usize = 50;

/// What a run did, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Processes that were killed.
    pub kills: u64,
    /// Writes that were acknowledged.
    pub acknowledged: u64,
    /// Writes that were refused, as the rules want it.
    pub refused: u64,
    /// Attempts without an answer that tells.
    pub unknown: u64,
    /// Attempts that repeated such a one, with the same number.
    pub retried: u64,
    /// Objects that were compared with what was acknowledged.
    pub audited: u64,
    /// Coupons whose notification has come.
    pub notified: u64,
    /// What was wrong.
    pub findings: u64,
}

/// The journal of one run.
#[derive(Debug)]
pub(crate) struct Journal {
    file: Mutex<BufWriter<File>>,
    counts: Mutex<Counts>,
    findings: Mutex<Vec<String>>,
}

impl Journal {
    /// An empty journal in a file.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub(crate) fn create(file: &Path) -> Result<Self> {
        let made = File::create(file).with_context(|| format!("cannot write {}", file.display()))?;
        Ok(Self {
            file: Mutex::new(BufWriter::new(made)),
            counts: Mutex::default(),
            findings: Mutex::default(),
        })
    }

    /// Notes the end of an attempt. `tries` counts the attempts before it that stayed without an answer.
    pub(crate) fn note(&self, number: &str, step: &str, tries: u32, outcome: &Outcome) {
        let (word, said) = match outcome {
            Outcome::Done(_) => ("acknowledged", String::new()),
            Outcome::Refused(refusal) => ("refused", refusal.to_string()),
            Outcome::Unknown(lost) => ("unknown", lost.text.clone()),
            Outcome::Broken(text) => ("broken", text.clone()),
        };
        {
            let mut counts = lock(&self.counts);
            match outcome {
                Outcome::Done(_) => counts.acknowledged += 1,
                Outcome::Refused(_) => counts.refused += 1,
                Outcome::Unknown(_) => counts.unknown += 1,
                Outcome::Broken(_) => {}
            }
            counts.retried += u64::from(tries > 0);
        }
        let line = json!({ "number": number, "step": step, "tries": tries, "end": word, "said": said });
        // The journal is for people who look for a cause; a full disk must not end the run that tests one.
        drop(writeln!(lock(&self.file), "{line}"));
    }

    /// Counts something.
    pub(crate) fn count(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut lock(&self.counts));
    }

    /// Something is wrong.
    pub(crate) fn find(&self, finding: impl Into<String>) {
        let finding = finding.into();
        drop(writeln!(lock(&self.file), "{}", json!({ "finding": finding })));
        lock(&self.counts).findings += 1;
        let mut findings = lock(&self.findings);
        if findings.len() < FINDINGS_MAX {
            findings.push(finding);
        }
    }

    /// The numbers so far.
    #[must_use]
    pub(crate) fn counts(&self) -> Counts {
        lock(&self.counts).clone()
    }

    /// What was wrong so far, in words; at most the first fifty.
    #[must_use]
    pub(crate) fn findings(&self) -> Vec<String> {
        drop(lock(&self.file).flush());
        lock(&self.findings).clone()
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Lost;

    #[test]
    fn a_journal_counts_and_keeps_what_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::create(&folder.path().join("journal")).unwrap();
        let lost = Lost { status: None, code: String::new(), has_request_id: false, text: "cut".into() };
        journal.note("N", "send", 0, &Outcome::Unknown(lost));
        journal.note("N", "send", 1, &Outcome::Done(json!({})));
        for _ in 0..60 {
            journal.find("lost");
        }
        let counts = journal.counts();
        assert_eq!((counts.unknown, counts.acknowledged, counts.retried, counts.findings), (1, 1, 1, 60));
        assert_eq!(journal.findings().len(), FINDINGS_MAX);
        let text = std::fs::read_to_string(folder.path().join("journal")).unwrap();
        assert!(text.lines().next().unwrap().contains("\"end\":\"unknown\""), "{text}");
    }
}
