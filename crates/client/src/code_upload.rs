//! Any number of coupon codes into the pool of a stock: `upload_coupon_codes` in requests of the size that one
//! may have, and their answers as one.
//!
//! Request numbers are derived, so a run that broke off is resumed by running it again (client.md 21). How a
//! call is made is not known here.

use std::collections::HashSet;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;

use http::Method;
use quan_model::ids::RequestNo;
use quan_model::product_coupon::{UploadCouponCodesRequest, UploadCouponCodesResponse};

use crate::call::Call;
use crate::error::{CallContext, Error, RequestError};
use crate::mode::{Async, Blocking, Mode};
use crate::path::ApiPath;
use crate::reply::Reply;

/// How many codes one request may have (semantics 4, upload).
const CODES_PER_REQUEST_MAX: usize = 200;

/// The call for one of the requests.
type PartCall<M> = Call<M, UploadCouponCodesResponse>;

/// An upload of any number of codes that was described and not yet made; from `post_in_chunks` of the node
/// `upload_coupon_codes` of both product-coupon faces.
///
/// - Requests have at most 200 codes, in the order of the list, and are made one after the other.
/// - The number of a request is the base number, `-`, and its index from 0. All of them are checked before
///   anything is sent, so a base number has room for that: 6 to 40 characters in all.
/// - A code that the list has more than once is sent once. If it goes into the pool, it is in
///   `duplicate_code_list`, as in the answer to a single request.
/// - After a crash or an error, make the same upload again, **with the same base number and the same list**, and
///   say [`resuming`](Self::resuming). Requests that were carried out are answered as they were.
/// - An empty list sends nothing.
#[must_use = "an upload does nothing until it is awaited or sent"]
pub struct CodeUpload<M: Mode> {
    calls: Vec<PartCall<M>>,
    repeated: HashSet<String>,
    mistake: Option<CodeUploadError>,
    is_resumed: bool,
}

impl<M: Mode> CodeUpload<M> {
    pub(crate) fn new(
        path: ApiPath,
        request: &UploadCouponCodesRequest,
        call: impl Fn(&UploadCouponCodesRequest) -> PartCall<M>,
    ) -> Self {
        let (codes, repeated) = each_once(&request.code_list);
        let parts = codes.chunks(CODES_PER_REQUEST_MAX);
        let mut upload =
            Self { calls: Vec::with_capacity(parts.len()), repeated, mistake: None, is_resumed: false };
        let requests = parts.len();
        for (index, part) in parts.enumerate() {
            match RequestNo::parse(format!("{}-{index}", request.out_request_no)) {
                Ok(number) => upload.calls.push(call(&UploadCouponCodesRequest {
                    out_request_no: number.as_str().to_owned(),
                    code_list: part.to_vec(),
                    brand_id: request.brand_id.clone(),
                })),
                Err(reason) => {
                    let context = Box::new(CallContext::new(Method::POST, path.as_str()));
                    let error = Error::Request { context, reason: RequestError::RequestNumber(reason) };
                    let lists = Box::new(nothing_yet());
                    upload.mistake = Some(CodeUploadError { index, requests, lists, error });
                    break;
                }
            }
        }
        upload
    }

    /// Says that this upload was begun before, with the same base number and the same list. Codes that the
    /// platform calls known (`already_exist_code_list`) are then taken as uploaded by the run before, and listed as
    /// successes. Without this word they stay apart, because another upload may have brought them.
    pub fn resuming(mut self) -> Self {
        self.is_resumed = true;
        self
    }

    /// The calls to make, and what is to become of their answers.
    fn begin(self) -> Result<(Vec<PartCall<M>>, Merge), CodeUploadError> {
        let Self { calls, repeated, mistake, is_resumed } = self;
        match mistake {
            Some(mistake) => Err(mistake),
            None => {
                let merge = Merge { requests: calls.len(), lists: nothing_yet(), repeated, is_resumed };
                Ok((calls, merge))
            }
        }
    }
}

impl CodeUpload<Async> {
    /// Makes the requests and merges their answers. `.await` on the upload itself is the same. Dropping the future
    /// midway leaves an upload that can be resumed.
    ///
    /// # Errors
    /// [`CodeUploadError`] at the first request that fails; later ones are not sent.
    pub async fn send(self) -> Result<UploadCouponCodesResponse, CodeUploadError> {
        let (calls, mut merge) = self.begin()?;
        for (index, call) in calls.into_iter().enumerate() {
            let outcome = call.send().await;
            merge = merge.with(index, outcome)?;
        }
        Ok(merge.lists)
    }
}

impl IntoFuture for CodeUpload<Async> {
    type Output = Result<UploadCouponCodesResponse, CodeUploadError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'static>>;
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl CodeUpload<Blocking> {
    /// Makes the requests and merges their answers.
    ///
    /// # Errors
    /// [`CodeUploadError`] at the first request that fails; later ones are not sent.
    pub fn send(self) -> Result<UploadCouponCodesResponse, CodeUploadError> {
        let (calls, mut merge) = self.begin()?;
        for (index, call) in calls.into_iter().enumerate() {
            merge = merge.with(index, call.send())?;
        }
        Ok(merge.lists)
    }
}

impl<M: Mode> fmt::Debug for CodeUpload<M> {
    /// Shows how much there is to send; codes are worth money.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeUpload({} requests)", self.calls.len())
    }
}

/// An upload of codes that ended early. Resume it with [`CodeUpload::resuming`].
#[derive(thiserror::Error)]
#[error("request {} of {requests} of the upload of codes has failed", .index + 1)]
#[non_exhaustive]
pub struct CodeUploadError {
    /// Which request failed, from 0; this is the end of its number.
    pub index: usize,
    /// How many requests the upload has.
    pub requests: usize,
    /// What came of the requests before it, merged.
    pub lists: Box<UploadCouponCodesResponse>,
    /// Why.
    #[source]
    pub error: Error,
}

impl fmt::Debug for CodeUploadError {
    /// Shows everything but the codes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeUploadError")
            .field("index", &self.index)
            .field("requests", &self.requests)
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl From<CodeUploadError> for Error {
    /// The error of the request that failed.
    fn from(error: CodeUploadError) -> Self {
        error.error
    }
}

/// The answers so far as one.
struct Merge {
    requests: usize,
    lists: UploadCouponCodesResponse,
    repeated: HashSet<String>,
    is_resumed: bool,
}

impl Merge {
    /// With the answer to one more request.
    fn with(
        mut self,
        index: usize,
        outcome: Result<Reply<UploadCouponCodesResponse>, Error>,
    ) -> Result<Self, CodeUploadError> {
        let answer = match outcome {
            Ok(reply) => reply.into_inner(),
            Err(error) => {
                let Self { requests, lists, .. } = self;
                return Err(CodeUploadError { index, requests, lists: Box::new(lists), error });
            }
        };
        self.lists.total_count = self.lists.total_count.saturating_add(answer.total_count);
        self.lists.failed_code_list.extend(answer.failed_code_list);
        self.lists.duplicate_code_list.extend(answer.duplicate_code_list);
        self.add(answer.success_code_list);
        if self.is_resumed {
            self.add(answer.already_exist_code_list);
        } else {
            self.lists.already_exist_code_list.extend(answer.already_exist_code_list);
        }
        Ok(self)
    }

    /// Codes that this upload has put into the pool.
    fn add(&mut self, codes: Vec<String>) {
        for code in codes {
            if self.repeated.contains(&code) {
                self.lists.duplicate_code_list.push(code);
            } else {
                self.lists.success_code_list.push(code);
            }
        }
    }
}

fn nothing_yet() -> UploadCouponCodesResponse {
    UploadCouponCodesResponse {
        total_count: 0,
        success_code_list: Vec::new(),
        failed_code_list: Vec::new(),
        already_exist_code_list: Vec::new(),
        duplicate_code_list: Vec::new(),
    }
}

/// The codes in their order, each once, and those that came more than once.
fn each_once(codes: &[String]) -> (Vec<String>, HashSet<String>) {
    let (mut seen, mut repeated) = (HashSet::new(), HashSet::new());
    let mut once = Vec::with_capacity(codes.len());
    for code in codes {
        if seen.insert(code) {
            once.push(code.clone());
        } else {
            repeated.insert(code.clone());
        }
    }
    (once, repeated)
}
