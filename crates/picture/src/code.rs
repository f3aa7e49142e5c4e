//! Coupon codes for a counter: a QR code or a Code 128 barcode as SVG path data over a field of modules, quiet zone
//! included. The symbols are made by libraries; here they only become a path. Each carrier of the claim component
//! paints the path in its own way.

use barcoders::sym::code128::Code128;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// A field of modules and the dark ones in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeDrawing {
    /// In modules.
    pub width: usize,
    /// In modules.
    pub height: usize,
    /// SVG path data; filled, it is the symbol.
    pub path: String,
}

/// The quiet zone of ISO/IEC 18004, in modules.
const QR_QUIET: usize = 4;
/// The quiet zone of ISO/IEC 15417, in modules.
const BARCODE_QUIET: usize = 10;
/// A barcode has no height of its own; this fits a card.
const BARCODE_HEIGHT: usize = 40;
/// What tells `barcoders` the character set that follows.
const SET_B: char = '\u{0181}';
const SET_C: char = '\u{0106}';

/// The QR code of a text, error correction level M. None when the text is too long for any QR code.
#[must_use]
pub fn draw_qr_code(text: &str) -> Option<CodeDrawing> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (size, colors) = (code.width(), code.to_colors());
    let rows =
        colors.chunks(size).map(|row| row.iter().map(|color| *color == Color::Dark).collect::<Vec<_>>());
    let mut path = String::new();
    for (y, row) in rows.enumerate() {
        bars(&mut path, &row, QR_QUIET, y + QR_QUIET, 1);
    }
    let side = size + 2 * QR_QUIET;
    Some(CodeDrawing { width: side, height: side, path })
}

/// The barcode of a text of printable ASCII characters. None for any other text.
#[must_use]
pub fn draw_barcode(text: &str) -> Option<CodeDrawing> {
    if text.is_empty() || !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return None;
    }
    let modules: Vec<bool> =
        Code128::new(with_sets(text)).ok()?.encode().iter().map(|bit| *bit == 1).collect();
    let mut path = String::new();
    bars(&mut path, &modules, BARCODE_QUIET, 0, BARCODE_HEIGHT);
    Some(CodeDrawing { width: modules.len() + 2 * BARCODE_QUIET, height: BARCODE_HEIGHT, path })
}

/// The text with the marks of the character sets: digits go two to a symbol (set C) when there are only digits,
/// everything else one to a symbol (set B).
fn with_sets(text: &str) -> String {
    let in_pairs = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_digit());
    let set = if in_pairs { SET_C } else { SET_B };
    format!("{set}{text}")
}

/// Adds the dark runs of one row to a path.
fn bars(path: &mut String, row: &[bool], left: usize, top: usize, height: usize) {
    let mut x = 0;
    for run in row.chunk_by(|a, b| a == b) {
        if run.first() == Some(&true) {
            let (from, width) = (x + left, run.len());
            // Writing to a String cannot fail.
            let _ = write!(path, "M{from} {top}h{width}v{height}h-{width}z");
        }
        x += run.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_qr_code_has_its_quiet_zone_and_its_corner() {
        let drawing = draw_qr_code("AbC12345678901").unwrap();
        // Version 1 holds 14 bytes at level M: 21 modules and four on each side.
        assert_eq!((drawing.width, drawing.height), (29, 29));
        assert!(drawing.path.starts_with("M4 4h7v1h-7z"), "{}", drawing.path);
        assert_eq!(draw_qr_code(&"9".repeat(34)).unwrap().width, 29);
        assert_eq!(draw_qr_code(&"a".repeat(40)).unwrap().width, 37);
        assert_eq!(draw_qr_code(&"a".repeat(4000)), None);
    }

    #[test]
    fn a_barcode_is_as_wide_as_the_standard_says() {
        // Start, check and stop symbol take 35 modules, each symbol of data 11; ten on each side stay empty.
        for (text, symbols) in [("AB", 2), ("123456", 3), ("12345", 5), ("A1_-b", 5)] {
            let drawing = draw_barcode(text).unwrap();
            assert_eq!(drawing.width, 35 + 11 * symbols + 20, "{text}");
            assert!(drawing.path.starts_with("M10 0h2v40h-2z"), "{text}");
        }
        for text in ["", "券", "a\n"] {
            assert_eq!(draw_barcode(text), None, "{text:?}");
        }
    }
}
