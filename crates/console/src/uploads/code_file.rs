//! Reading a file of codes: one each line, in the first column, with or without a line of names.

use std::collections::HashSet;

/// Codes of one file.
pub(super) const CODES_MAX: usize = 1_000_000;

/// The codes of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CodeFile {
    /// Each once, in the order of the file.
    pub(super) codes: Vec<String>,
    /// Those that came again, once for each time.
    pub(super) duplicates: Vec<String>,
}

/// Why a file cannot be taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FileProblem {
    NoText,
    NoCodes,
    TooMany,
}

impl CodeFile {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, FileProblem> {
        let text = std::str::from_utf8(bytes).map_err(|_| FileProblem::NoText)?;
        let mut file = Self::default();
        let mut known = HashSet::new();
        let lines =
            text.trim_start_matches('\u{feff}').lines().map(first_cell).filter(|cell| !cell.is_empty());
        for (at, cell) in lines.enumerate() {
            if at == 0 && is_name(cell) {
                continue;
            }
            if file.codes.len() + file.duplicates.len() == CODES_MAX {
                return Err(FileProblem::TooMany);
            }
            if known.insert(cell) {
                file.codes.push(cell.to_owned());
            } else {
                file.duplicates.push(cell.to_owned());
            }
        }
        if file.codes.is_empty() { Err(FileProblem::NoCodes) } else { Ok(file) }
    }
}

/// The first cell of a line; codes hold no comma and no quote.
fn first_cell(line: &str) -> &str {
    line.split(',').next().unwrap_or_default().trim().trim_matches('"').trim()
}

/// Whether a first cell names its column.
fn is_name(cell: &str) -> bool {
    matches!(cell.to_ascii_lowercase().as_str(), "coupon_code" | "code" | "券code" | "券码")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<CodeFile, FileProblem> {
        CodeFile::read(text.as_bytes())
    }

    #[test]
    fn codes_are_the_first_column_each_once() {
        let file = read("\u{feff}coupon_code,remark\r\nA1,x\r\n\r\n\"B2\"\nA1\nA1,y\n C3 \n").unwrap();
        assert_eq!(
            (file.codes.join(" ").as_str(), file.duplicates.join(" ").as_str()),
            ("A1 B2 C3", "A1 A1")
        );
    }

    #[test]
    fn what_is_no_file_of_codes_is_told() {
        assert_eq!(CodeFile::read(&[0xff, 0xfe]), Err(FileProblem::NoText));
        for text in ["", "\n\n", "code\n", ",,\n"] {
            assert_eq!(read(text), Err(FileProblem::NoCodes), "{text:?}");
        }
        let most = "A\n".repeat(CODES_MAX);
        assert_eq!(read(&most).unwrap().duplicates.len(), CODES_MAX - 1);
        assert_eq!(read(&format!("{most}A\n")), Err(FileProblem::TooMany));
    }
}
