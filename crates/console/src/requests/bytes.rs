//! The message of a signature, byte by byte: in its lines with the line feeds visible, and in hexadecimal.

/// Bytes of the message that are shown in hexadecimal.
const BYTES_MAX: usize = 4096;
const BYTES_PER_LINE: usize = 16;

/// What a line of the message is.
const PARTS: [&str; 5] = ["HTTP method", "URL", "timestamp", "nonce_str", "body"];

/// A line of the message.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What it is, of the five parts.
    pub(crate) part: &'static str,
    pub(crate) text: String,
    /// Whether a line feed follows, which is signed too.
    pub(crate) has_line_feed: bool,
}

/// Sixteen bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ByteLine {
    pub(crate) offset: String,
    pub(crate) hex: String,
    pub(crate) text: String,
}

/// The message in its lines. A body may have several.
pub(crate) fn lines(message: &str) -> Vec<Line> {
    let line = |(at, line): (usize, &str)| Line {
        part: PARTS[at.min(PARTS.len() - 1)],
        text: visible(line.trim_end_matches('\n')),
        has_line_feed: line.ends_with('\n'),
    };
    message.split_inclusive('\n').enumerate().map(line).collect()
}

/// Carriage returns and tabs as they cannot be overlooked.
fn visible(text: &str) -> String {
    text.replace('\r', "␍").replace('\t', "␉")
}

/// The beginning of the message in hexadecimal.
pub(crate) fn byte_lines(message: &str) -> Vec<ByteLine> {
    let bytes = &message.as_bytes()[..message.len().min(BYTES_MAX)];
    let line = |(at, chunk): (usize, &[u8])| ByteLine {
        offset: format!("{:04x}", at * BYTES_PER_LINE),
        hex: chunk.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
        text: chunk
            .iter()
            .map(|byte| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '·' })
            .collect(),
    };
    bytes.chunks(BYTES_PER_LINE).enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_feeds_and_carriage_returns_are_seen() {
        let lines = lines("POST\n/v3/x\n1\nn\r\n{\n}\n");
        let parts: Vec<_> =
            lines.iter().map(|line| (line.part, line.text.as_str(), line.has_line_feed)).collect();
        assert_eq!(parts[0], ("HTTP method", "POST", true));
        assert_eq!(parts[3], ("nonce_str", "n␍", true));
        assert_eq!(parts[4..], [("body", "{", true), ("body", "}", true)]);
        assert!(!super::lines("GET\n/v3/x").last().unwrap().has_line_feed);
    }

    #[test]
    fn bytes_stand_beside_their_characters() {
        let lines = byte_lines("GET\n券0123456789abc");
        assert_eq!(lines[0].hex, "47 45 54 0a e5 88 b8 30 31 32 33 34 35 36 37 38");
        assert_eq!((lines[0].text.as_str(), lines[1].offset.as_str()), ("GET····012345678", "0010"));
    }
}
