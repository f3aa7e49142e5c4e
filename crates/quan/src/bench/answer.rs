//! One answer as it came over the wire, and where it ends.

use std::io;

/// An answer with everything that it said.
pub(crate) struct Answer(Vec<u8>);

/// What ends the head of a message.
const HEAD_END: &[u8] = b"\r\n\r\n";

/// How long the message at the beginning of `buffer` is, once it is there to its end: a request or an answer whose
/// length is given, as everything here has it.
///
/// # Errors
/// When the head has no readable length.
pub(crate) fn whole(buffer: &[u8]) -> io::Result<Option<usize>> {
    let Some(head) = buffer.windows(HEAD_END.len()).position(|window| window == HEAD_END) else {
        return Ok(None);
    };
    let unreadable = || io::Error::new(io::ErrorKind::InvalidData, "a message without Content-Length");
    let head_text = std::str::from_utf8(&buffer[..head]).map_err(|_| unreadable())?;
    let length = header(head_text, "content-length").ok_or_else(unreadable)?;
    let length: usize = length.parse().map_err(|_| unreadable())?;
    let end = (head + HEAD_END.len()).checked_add(length).ok_or_else(unreadable)?;
    Ok((buffer.len() >= end).then_some(end))
}

/// A header of a head.
fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    lines.filter(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}

impl Answer {
    /// Keeps a message that [`whole`] has measured.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    fn split(&self) -> (&str, &[u8]) {
        let end = self.0.windows(HEAD_END.len()).position(|window| window == HEAD_END);
        let (head, body) = self.0.split_at(end.unwrap_or(self.0.len()));
        (std::str::from_utf8(head).unwrap_or_default(), body.get(HEAD_END.len()..).unwrap_or_default())
    }

    /// The status of the first line; 0 when there is none.
    pub(crate) fn status(&self) -> u16 {
        self.split().0.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.split().0, name)
    }

    pub(crate) fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.split().0.split("\r\n").skip(1).filter_map(|line| line.split_once(": "))
    }

    pub(crate) fn body(&self) -> &[u8] {
        self.split().1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nRequest-ID: 08A\r\n\r\nabcHTTP";

    #[test]
    fn an_answer_ends_where_its_length_says() {
        let length = ANSWER.len() - "HTTP".len();
        for cut in 0..length {
            assert_eq!(whole(&ANSWER[..cut]).unwrap(), None, "cut at {cut}");
        }
        assert_eq!(whole(ANSWER).unwrap(), Some(length));
        let answer = Answer::new(&ANSWER[..length]);
        assert_eq!((answer.status(), answer.body()), (200, &b"abc"[..]));
        assert_eq!(answer.header("request-id"), Some("08A"));
        assert_eq!(answer.headers().count(), 2);
    }

    #[test]
    fn an_answer_without_a_length_is_refused() {
        assert!(whole(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(whole(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n").is_err());
        assert!(whole(b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n").is_err());
    }
}
