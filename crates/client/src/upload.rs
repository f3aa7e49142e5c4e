//! Media uploads: a multipart body of two parts, of which only the first is signed.
//!
//! The text of the `meta` part is written once; the same bytes are the last line of the signed message
//! and the part on the wire. The whole body is kept in memory, so repetitions send the same bytes
//! (client.md 13, wire-protocol 9).

use std::fmt;
use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

use crate::digest::{HashType, digest};
use crate::error::RequestError;
use crate::media::{self, MediaError};
use crate::nonce::NonceSource;

/// How many boundaries are drawn before giving up. With 32 random characters one is enough.
const BOUNDARIES_MAX: u32 = 8;

/// A file for `client["…/media/upload-image"].upload(…)`. `Debug` shows its name and size.
#[derive(Clone)]
pub struct Upload {
    file_name: String,
    bytes: Bytes,
    /// `None` for the usual one: file name and SHA-256.
    meta: Option<Bytes>,
}

/// The usual meta; the order is that of the documentation.
#[derive(Serialize)]
struct Meta<'a> {
    filename: &'a str,
    sha256: String,
}

impl Upload {
    /// The largest file that is read from a path or a reader, in bytes. No endpoint of the API takes more.
    pub const BYTES_MAX: usize = 64 * 1024 * 1024;

    /// A file that is in memory. The name is reduced to ASCII letters, digits, `.`, `-` and `_`; its end
    /// must fit the bytes (`.png`, `.jpg`, `.bmp`).
    pub fn from_bytes(file_name: impl AsRef<str>, bytes: impl Into<Bytes>) -> Self {
        Self { file_name: reduced(file_name.as_ref()), bytes: bytes.into(), meta: None }
    }

    /// Reads a file, at most [`BYTES_MAX`](Self::BYTES_MAX).
    ///
    /// # Errors
    /// [`MediaError::Read`], [`MediaError::TooLarge`].
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self, MediaError> {
        let path = path.as_ref();
        let file = std::fs::File::open(path).map_err(MediaError::Read)?;
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        Self::from_reader(name, file)
    }

    /// Reads to the end, at most [`BYTES_MAX`](Self::BYTES_MAX).
    ///
    /// # Errors
    /// [`MediaError::Read`], [`MediaError::TooLarge`].
    pub fn from_reader(file_name: impl AsRef<str>, reader: impl Read) -> Result<Self, MediaError> {
        let mut bytes = Vec::new();
        let limit = u64::try_from(Self::BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        reader.take(limit).read_to_end(&mut bytes).map_err(MediaError::Read)?;
        if bytes.len() > Self::BYTES_MAX {
            return Err(MediaError::TooLarge { bytes: bytes.len(), bytes_max: Self::BYTES_MAX });
        }
        Ok(Self::from_bytes(file_name, bytes))
    }

    /// Another meta than `{"filename":…,"sha256":…}`, for endpoints that want more members. It is written
    /// here, once.
    ///
    /// # Errors
    /// [`RequestError::Body`] when it cannot be written as JSON.
    pub fn meta(mut self, meta: &impl Serialize) -> Result<Self, RequestError> {
        self.meta = Some(serde_json::to_vec(meta).map_err(RequestError::Body)?.into());
        Ok(self)
    }

    /// The SHA-256 of the file in lower-case hex, for a meta of your own.
    #[must_use]
    pub fn sha256(&self) -> String {
        digest(HashType::Sha256, &self.bytes)
    }

    /// The body and what of it is signed.
    pub(crate) fn write(
        &self,
        nonces: &dyn NonceSource,
        picture_bytes_max: Option<usize>,
    ) -> Result<Multipart, RequestError> {
        let kind =
            media::check(&self.file_name, &self.bytes, picture_bytes_max).map_err(RequestError::Media)?;
        let meta = match &self.meta {
            Some(meta) => meta.clone(),
            None => {
                let meta = Meta { filename: &self.file_name, sha256: self.sha256() };
                serde_json::to_vec(&meta).map_err(RequestError::Body)?.into()
            }
        };
        let boundary = self.boundary(nonces, &meta)?;
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let content_type = HeaderValue::try_from(content_type)
            .map_err(|_| RequestError::InvalidHeader("content-type".to_owned()))?;
        // The semicolon behind the name is what the official Go SDK sends.
        let before_meta = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"meta\";\r\n\
             Content-Type: application/json\r\n\r\n"
        );
        let before_file = format!(
            "\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
             Content-Type: {}\r\n\r\n",
            self.file_name,
            kind.content_type()
        );
        let end = format!("\r\n--{boundary}--\r\n");
        let parts = [before_meta.as_bytes(), &meta, before_file.as_bytes(), &self.bytes, end.as_bytes()];
        Ok(Multipart { bytes: parts.concat().into(), signed: meta, content_type })
    }

    fn boundary(&self, nonces: &dyn NonceSource, meta: &[u8]) -> Result<String, RequestError> {
        let occurs = |boundary: &str, bytes: &[u8]| {
            bytes.windows(boundary.len()).any(|window| window == boundary.as_bytes())
        };
        for _ in 0..BOUNDARIES_MAX {
            let boundary = nonces.next_nonce();
            let is_fit = !boundary.is_empty() && boundary.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if is_fit && !occurs(&boundary, &self.bytes) && !occurs(&boundary, meta) {
                return Ok(boundary);
            }
        }
        Err(RequestError::InvalidHeader("content-type".to_owned()))
    }
}

/// A written body.
pub(crate) struct Multipart {
    pub(crate) bytes: Bytes,
    pub(crate) signed: Bytes,
    pub(crate) content_type: HeaderValue,
}

fn reduced(name: &str) -> String {
    let is_kept = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().map(|c| if is_kept(c) { c } else { '_' }).collect()
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Upload({}, {} bytes)", self.file_name, self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Given(Mutex<Vec<&'static str>>);

    impl NonceSource for Given {
        fn next_nonce(&self) -> String {
            self.0.lock().unwrap().pop().unwrap_or_default().to_owned()
        }
    }

    fn nonces(last_first: &[&'static str]) -> Given {
        Given(Mutex::new(last_first.to_vec()))
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        let upload = Upload::from_bytes("券\"\r\n; a b.png", b"\x89PNG\r\n\x1a\n".as_slice());
        let written = upload.write(&nonces(&["BOUNDARY0"]), None).unwrap();
        let text = String::from_utf8_lossy(&written.bytes).into_owned();
        assert!(text.contains("filename=\"______a_b.png\"\r\n"), "{text}");
        assert!(String::from_utf8_lossy(&written.signed).starts_with(r#"{"filename":"______a_b.png","#));
        assert_eq!(format!("{upload:?}"), "Upload(______a_b.png, 8 bytes)");
    }

    #[test]
    fn a_boundary_that_occurs_in_the_file_is_not_taken() {
        let upload = Upload::from_bytes("a.csv", b"x-taken-y".as_slice());
        let written = upload.write(&nonces(&["free", "taken"]), None).unwrap();
        assert_eq!(written.content_type, "multipart/form-data; boundary=free");
        let stuck = upload.write(&nonces(&[]), None);
        assert!(matches!(stuck, Err(RequestError::InvalidHeader(_))));
    }

    #[test]
    fn another_meta_is_signed_as_it_is_written() {
        let upload = Upload::from_bytes("a.csv", b"1,2".as_slice());
        let meta = serde_json::json!({"bank_type": "CFT", "sha256": upload.sha256()});
        let written = upload.meta(&meta).unwrap().write(&nonces(&["BOUNDARY0"]), None).unwrap();
        assert_eq!(written.signed, serde_json::to_vec(&meta).unwrap());
    }

    #[test]
    fn files_are_read_up_to_a_limit() {
        let endless = std::io::repeat(7);
        assert!(matches!(Upload::from_reader("a", endless), Err(MediaError::TooLarge { .. })));
        assert!(matches!(Upload::from_path("/no/such/file"), Err(MediaError::Read(_))));
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../apiv3/tests/vectors/bodies/pixel.png");
        let upload = Upload::from_path(path).unwrap();
        assert_eq!(upload.sha256(), "c414cd0e204de974f73753c7e28d7638e7b3691bb8b1a2bab6b25bb7fed7ce77");
    }
}
