//! The body of an upload (wire-protocol 9): two parts, of which `meta` alone is signed.
//!
//! Takes what real SDKs send: parts in any order, with or without types, lengths and a file name, a trailing
//! semicolon, and a Content-Type without its boundary, which is then the first line of the body.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use futures_util::stream;
use multer::{Constraints, Multipart, SizeLimit};

/// The largest `meta`; the longest legal one stays far below.
const META_BYTES_MAX: u64 = 16 * 1024;
/// The longest boundary (RFC 2046, 5.1.1).
const BOUNDARY_LEN_MAX: usize = 70;

/// An upload, split. What `meta` says is not checked here.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    /// JSON text; these bytes are the body of the signature.
    pub(crate) meta: Bytes,
    /// The file.
    pub(crate) file: Bytes,
}

/// Where pictures are uploaded to, on every face; nowhere else is less than the whole body signed.
const PATH_END: &str = "/media/upload-image";

/// Whether a request uploads and says that its body has parts.
pub(crate) fn is_upload(path: &str, headers: &HeaderMap) -> bool {
    if !path.ends_with(PATH_END) {
        return false;
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.get(..19).is_some_and(|kind| kind.eq_ignore_ascii_case("multipart/form-data"))
}

/// Splits a body.
///
/// # Errors
/// Why it cannot be split, for the log.
pub(crate) async fn split(headers: &HeaderMap, body: Bytes) -> Result<Upload, String> {
    let boundary = boundary(headers, &body).ok_or("there is no boundary")?;
    // The body is there already: a stream of one.
    let whole = stream::once(std::future::ready(Ok::<_, std::convert::Infallible>(body)));
    let limits = SizeLimit::new().for_field("meta", META_BYTES_MAX);
    let mut parts = Multipart::with_constraints(whole, boundary, Constraints::new().size_limit(limits));
    let (mut meta, mut file) = (None, None);
    while let Some(part) = parts.next_field().await.map_err(|error| error.to_string())? {
        let slot = match part.name() {
            Some("meta") => &mut meta,
            Some("file") => &mut file,
            Some(_) | None => continue,
        };
        let bytes = part.bytes().await.map_err(|error| error.to_string())?;
        if slot.replace(bytes).is_some() {
            return Err("a part is there twice".to_owned());
        }
    }
    let meta = meta.ok_or("there is no part `meta`")?;
    let file = file.ok_or("there is no part `file`")?;
    Ok(Upload { meta, file })
}

fn boundary(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if let Ok(boundary) = multer::parse_boundary(kind) {
        return Some(boundary);
    }
    let line = body.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?.trim_end_matches('\r');
    let boundary = line.strip_prefix("--")?;
    (!boundary.is_empty() && boundary.len() <= BOUNDARY_LEN_MAX).then(|| boundary.to_owned())
}
