//! Printing the story: headings, one line for each exchange, what was proved, and the summary.
//!
//! A reader who closes the pipe early does not break the story, so failures to print are ignored.

use std::io::{IsTerminal, Write};

use http::StatusCode;

const BOLD: &str = "1";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const DIM: &str = "2";

/// Prints to stdout, with colour only on a terminal.
pub(crate) struct Story {
    has_colour: bool,
    step: u32,
    proved: Vec<(u32, String)>,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self { has_colour: std::io::stdout().is_terminal(), step: 0, proved: Vec::new() }
    }

    /// Begins the next step.
    pub(crate) fn step(&mut self, title: &str) {
        self.step += 1;
        let heading = self.painted(BOLD, &format!("{} {title}", self.step));
        print(&format!("\n{heading}"));
    }

    /// A sentence between exchanges.
    pub(crate) fn say(&self, sentence: &str) {
        print(&format!("  {}", self.painted(DIM, sentence)));
    }

    /// One exchange and what it meant.
    pub(crate) fn exchange(&self, method: &str, path: &str, status: StatusCode, meaning: &str) {
        self.exchanges("", method, path, status, meaning);
    }

    /// Many exchanges of one kind in one line.
    pub(crate) fn burst(&self, count: usize, method: &str, path: &str, status: StatusCode, meaning: &str) {
        self.exchanges(&format!("{count} × "), method, path, status, meaning);
    }

    fn exchanges(&self, times: &str, method: &str, path: &str, status: StatusCode, meaning: &str) {
        let colour = if status.is_success() { GREEN } else { YELLOW };
        let status = self.painted(colour, status.as_str());
        print(&format!("  {times}{method} {path} → {status} {meaning}"));
    }

    /// What this step has proved; it comes again in the summary.
    pub(crate) fn proved(&mut self, what: impl Into<String>) {
        let what = what.into();
        print(&format!("  {} {what}", self.painted(GREEN, "✔")));
        self.proved.push((self.step, what));
    }

    /// Everything that was proved.
    pub(crate) fn summary(&self) {
        print(&format!("\n{}", self.painted(BOLD, "What was proved")));
        for (step, what) in &self.proved {
            print(&format!("  {step}  {what}"));
        }
    }

    fn painted(&self, colour: &str, text: &str) -> String {
        if self.has_colour { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn print(line: &str) {
    drop(writeln!(std::io::stdout(), "{line}"));
}

/// The beginning of a token: tokens are bearer secrets, and six characters tell them apart.
pub(crate) fn beginning(token: &str) -> String {
    token.chars().take(6).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shows_six_characters() {
        assert_eq!(beginning("Aa35IOxyz"), "Aa35IO…");
        assert_eq!(beginning(""), "…");
    }

    #[test]
    fn colour_is_for_terminals() {
        let mut story = Story { has_colour: false, step: 0, proved: Vec::new() };
        assert_eq!(story.painted(GREEN, "200"), "200");
        story.has_colour = true;
        assert_eq!(story.painted(GREEN, "200"), "\u{1b}[32m200\u{1b}[0m");
    }
}
