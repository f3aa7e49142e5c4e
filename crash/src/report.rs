//! What a run has shown, for people and for machines.

use serde::Serialize;

use crate::journal::Counts;

/// One scenario's result.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Its name on the command line.
    pub scenario: &'static str,
    /// The seed of its choices.
    pub seed: u64,
    /// How long it took, in seconds.
    pub seconds: u64,
    /// Its numbers.
    #[serde(flatten)]
    pub counts: Counts,
    /// What else there is to say, such as what was not possible here.
    pub notes: Vec<String>,
    /// What is wrong, in words; at most fifty.
    pub what: Vec<String>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.counts.findings == 0
    }
}

/// A table of all scenarios, then what there is to say about each.
#[must_use]
pub fn as_text(reports: &[Report]) -> String {
    let mut text = format!(
        "{:<18} {:>7} {:>6} {:>13} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9}\n",
        "scenario",
        "seconds",
        "kills",
        "acknowledged",
        "refused",
        "unknown",
        "retried",
        "audited",
        "notified",
        "findings"
    );
    for report in reports {
        let counts = &report.counts;
        text.push_str(&format!(
            "{:<18} {:>7} {:>6} {:>13} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9}\n",
            report.scenario,
            report.seconds,
            counts.kills,
            counts.acknowledged,
            counts.refused,
            counts.unknown,
            counts.retried,
            counts.audited,
            counts.notified,
            counts.findings
        ));
    }
    for report in reports {
        for note in &report.notes {
            text.push_str(&format!("{}: {note}\n", report.scenario));
        }
        for finding in &report.what {
            text.push_str(&format!("{}: FINDING (seed {}): {finding}\n", report.scenario, report.seed));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(findings: u64) -> Report {
        let what = (0..findings).map(|_| "a coupon is lost".to_owned()).collect();
        let counts = Counts { kills: 3, findings, ..Counts::default() };
        Report { scenario: "node", seed: 42, seconds: 1, counts, notes: vec!["quiet".into()], what }
    }

    #[test]
    fn a_finding_names_its_seed_and_is_not_clean() {
        let (clean, bad) = (report(0), report(1));
        assert!(clean.is_clean() && !bad.is_clean());
        let text = as_text(&[clean, bad]);
        assert!(
            text.contains("FINDING (seed 42): a coupon is lost") && text.contains("node: quiet"),
            "{text}"
        );
    }

    #[test]
    fn machines_read_the_numbers_side_by_side() {
        let json = serde_json::to_value(report(2)).unwrap();
        assert_eq!((&json["kills"], &json["findings"]), (&3.into(), &2.into()));
    }
}
