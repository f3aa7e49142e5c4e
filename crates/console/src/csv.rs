//! CSV files (RFC 4180) that a spreadsheet opens without running anything in them.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::failure::Failure;

/// Rows of one file: what a spreadsheet takes.
pub(crate) const ROWS_MAX: usize = 100_000;

/// A file under construction. It begins with the mark by which spreadsheets know UTF-8.
pub(crate) struct Csv {
    text: String,
}

impl Csv {
    /// A file with a first line of names.
    pub(crate) fn new(names: &[&str]) -> Self {
        let mut file = Self { text: '\u{feff}'.to_string() };
        file.row(names);
        file
    }

    /// Adds a line.
    pub(crate) fn row(&mut self, cells: &[&str]) {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            self.text.push_str(&quoted(cell));
        }
        self.text.push_str("\r\n");
    }

    /// The file as an answer that is saved under this name.
    pub(crate) fn into_download(self, name: &str) -> Result<Response, Failure> {
        let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
            .map_err(|_| Failure::Internal)?;
        let kind = HeaderValue::from_static("text/csv; charset=utf-8");
        Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], self.text)
            .into_response())
    }
}

/// A cell. One that a spreadsheet would take for a formula is marked as text by an apostrophe.
fn quoted(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_disarmed() {
        let table = [
            ("券", "券"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("a\nb", "\"a\nb\""),
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("-1,2", "\"'-1,2\""),
        ];
        for (cell, wanted) in table {
            assert_eq!(quoted(cell), wanted);
        }
    }

    #[test]
    fn a_file_begins_with_its_mark_and_names() {
        let mut file = Csv::new(&["a", "b"]);
        file.row(&["1", "2"]);
        assert_eq!(file.text, "\u{feff}a,b\r\n1,2\r\n");
    }
}
