//! An endpoint: a path that can be called, from `chain`, from `[]` or behind a typed node.

use std::fmt;
use std::ops::Index;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use crate::call::Call;
use crate::interner::Table;
use crate::mode::{Async, Mode};
use crate::operations;
use crate::path::ApiPath;
use crate::protocol::Core;
use crate::reply::Raw;
use crate::request::{Body, Draft, DraftPath};
use crate::upload::Upload;

/// How long one attempt of an upload may take (client.md C-67).
const UPLOAD_TIME_MAX: std::time::Duration = std::time::Duration::from_secs(60);

/// A path template and the client to call it with. What is written is what is signed and sent, after
/// the variables have been put in: no case is converted, no underscore has a meaning.
///
/// Making one never fails. A malformed path gives an endpoint whose calls fail with
/// [`RequestError::InvalidPath`](crate::RequestError::InvalidPath) before anything is signed.
pub struct Endpoint<M: Mode = Async> {
    core: Arc<Core<M>>,
    path: DraftPath,
    children: OnceLock<Box<Table<M>>>,
}

impl<M: Mode> Endpoint<M> {
    pub(crate) fn new(core: &Arc<Core<M>>, path: &str) -> Self {
        // One leading slash is tolerated and does not count.
        let path = DraftPath::new(path.strip_prefix('/').unwrap_or(path));
        Self { core: Arc::clone(core), path, children: OnceLock::new() }
    }

    /// The template as it was written, without a leading slash.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path.text
    }

    /// This path with more behind it. One slash is trimmed on each side of the joint; a trailing slash
    /// of `rest` stays.
    #[must_use]
    pub fn chain(&self, rest: impl AsRef<str>) -> Self {
        let left = self.path.text.strip_suffix('/').unwrap_or(&self.path.text);
        let right = rest.as_ref();
        let right = right.strip_prefix('/').unwrap_or(right);
        Self::new(&self.core, &format!("{left}/{right}"))
    }

    /// GET. It has no body.
    pub fn get(&self) -> Call<M, Raw> {
        self.request(Method::GET).empty()
    }

    /// POST with a JSON body, which is written once, here.
    pub fn post(&self, body: &(impl Serialize + ?Sized)) -> Call<M, Raw> {
        self.request(Method::POST).json(body)
    }

    /// POST with a body of no bytes. This is another request than a POST of `{}`.
    pub fn post_empty(&self) -> Call<M, Raw> {
        self.request(Method::POST).empty()
    }

    /// PUT with a JSON body.
    pub fn put(&self, body: &(impl Serialize + ?Sized)) -> Call<M, Raw> {
        self.request(Method::PUT).json(body)
    }

    /// PATCH with a JSON body.
    pub fn patch(&self, body: &(impl Serialize + ?Sized)) -> Call<M, Raw> {
        self.request(Method::PATCH).json(body)
    }

    /// DELETE. It has no body; `request(Method::DELETE).json(…)` is the way for the rare one that has.
    pub fn delete(&self) -> Call<M, Raw> {
        self.request(Method::DELETE).empty()
    }

    /// POST of a file as `multipart/form-data`. Only the meta of the file is signed. One attempt may take
    /// 60 s, and so may the call.
    pub fn upload(&self, upload: &Upload) -> Call<M, Raw> {
        let protocol = &self.core.protocol;
        let picture_bytes_max = operations::picture_bytes_max(&self.path.text);
        let body = upload.write(&*protocol.nonces, picture_bytes_max).map(Body::multipart);
        let mut draft = Draft::new(protocol, Method::POST, self.path.clone(), body);
        draft.limits.attempt = UPLOAD_TIME_MAX;
        draft.call_time_max = draft.call_time_max.max(UPLOAD_TIME_MAX);
        Call::new(Arc::clone(&self.core), draft)
    }

    /// Any method, with any body.
    pub fn request(&self, method: Method) -> BodyChoice<M> {
        BodyChoice { core: Arc::clone(&self.core), path: self.path.clone(), method }
    }
}

impl<M: Mode> Clone for Endpoint<M> {
    fn clone(&self) -> Self {
        Self { core: Arc::clone(&self.core), path: self.path.clone(), children: OnceLock::new() }
    }
}

impl<M: Mode> fmt::Debug for Endpoint<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({})", self.path.text)
    }
}

/// `client["v3/marketing"]["busifavor/product-coupons/pre-send"]`, as in PHP. It never panics.
impl<M: Mode> Index<&'static str> for Endpoint<M> {
    type Output = Self;
    fn index(&self, rest: &'static str) -> &Self {
        self.children.get_or_init(|| Box::new(Table::new())).lookup(rest, || self.chain(rest))
    }
}

impl<M: Mode> Index<ApiPath> for Endpoint<M> {
    type Output = Self;
    fn index(&self, rest: ApiPath) -> &Self {
        &self[rest.as_str()]
    }
}

/// A request that still needs to be told its body; from [`Endpoint::request`].
#[must_use = "choose a body"]
pub struct BodyChoice<M: Mode> {
    core: Arc<Core<M>>,
    path: DraftPath,
    method: Method,
}

impl<M: Mode> BodyChoice<M> {
    /// A JSON body, written once: compact UTF-8.
    pub fn json(self, body: &(impl Serialize + ?Sized)) -> Call<M, Raw> {
        let body = Body::json(&body);
        self.call(body)
    }

    /// Bytes as they are, with their content type.
    pub fn raw(self, bytes: impl Into<Bytes>, content_type: impl AsRef<str>) -> Call<M, Raw> {
        let body = Body::raw(bytes.into(), content_type.as_ref());
        self.call(body)
    }

    /// No body and no content type.
    pub fn empty(self) -> Call<M, Raw> {
        self.call(Ok(Body::none()))
    }

    fn call(self, body: Result<Body, crate::RequestError>) -> Call<M, Raw> {
        let draft = Draft::new(&self.core.protocol, self.method, self.path, body);
        Call::new(self.core, draft)
    }
}

impl<M: Mode> fmt::Debug for BodyChoice<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyChoice({} {})", self.method, self.path.text)
    }
}
