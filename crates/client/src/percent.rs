//! Percent-encoding of path variables and query parts, the only two places that encode anything.
//!
//! The result is what is signed and what is sent. Nothing here decodes.

/// Appends `value` with every byte outside `A–Z a–z 0–9 - . _ ~` as `%XX`, in upper-case hex. A blank
/// becomes `%20`, never `+`.
pub(crate) fn encode(out: &mut String, value: &str) {
    for byte in value.bytes() {
        push(out, byte, is_unreserved(byte));
    }
}

/// Like [`encode`], but reserved characters and existing `%XX` triplets pass; a lone `%` becomes `%25`.
pub(crate) fn encode_reserved(out: &mut String, value: &str) {
    let bytes = value.as_bytes();
    for (at, byte) in value.bytes().enumerate() {
        let is_escape = byte == b'%'
            && bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        push(out, byte, is_unreserved(byte) || is_reserved(byte) || is_escape);
    }
}

fn push(out: &mut String, byte: u8, as_it_is: bool) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if as_it_is {
        out.push(char::from(byte));
    } else {
        out.push('%');
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

fn is_reserved(byte: u8) -> bool {
    matches!(
        byte,
        b':' | b'/'
            | b'?'
            | b'#'
            | b'['
            | b']'
            | b'@'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'='
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_the_unreserved_bytes_is_encoded() {
        let mut out = String::new();
        encode(&mut out, "aZ09-._~ +/%?&=:'()*,券");
        assert_eq!(out, "aZ09-._~%20%2B%2F%25%3F%26%3D%3A%27%28%29%2A%2C%E5%88%B8");
    }

    #[test]
    fn reserved_bytes_and_escapes_pass_when_asked() {
        let mut out = String::new();
        encode_reserved(&mut out, "https://a/b?c=%7E&d=%&e=%4 %zz券");
        assert_eq!(out, "https://a/b?c=%7E&d=%25&e=%254%20%25zz%E5%88%B8");
    }
}
