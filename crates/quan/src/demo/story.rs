//! What the demo prints: steps, exchanges, findings. Colour only on a terminal.

use std::io::IsTerminal;

/// The teller.
pub(super) struct Story {
    is_terminal: bool,
}

impl Default for Story {
    fn default() -> Self {
        Self { is_terminal: std::io::stdout().is_terminal() }
    }
}

impl Story {
    /// A step's title.
    pub(super) fn step(&self, number: u8, title: &str) {
        println!("\n{}", self.paint("1", &format!("{number}. {title}")));
    }

    /// One HTTP exchange: method, path, status, what it meant.
    pub(super) fn exchange(&self, method: &str, path: &str, status: u16, meaning: &str) {
        let colour = if status < 300 { "32" } else { "33" };
        println!("   {method:<4} {path} → {} {meaning}", self.paint(colour, &status.to_string()));
    }

    /// Something that was found to hold.
    pub(super) fn found(&self, finding: &str) {
        println!("   {} {finding}", self.paint("32", "✓"));
    }

    /// Something to know.
    pub(super) fn note(&self, note: &str) {
        println!("   {note}");
    }

    /// The end.
    pub(super) fn end(&self) {
        println!("\n{}", self.paint("1;32", "The story ran to its end: every step did what it should."));
        println!("Next: `cargo run --release -- dev` keeps a platform running for you.");
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.is_terminal { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
