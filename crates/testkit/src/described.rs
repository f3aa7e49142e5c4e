//! Every exchange of a test against the OpenAPI document: what is answered is described, and what is accepted was
//! allowed.

use bytes::Bytes;

use crate::answer::Answer;

/// Checks one exchange. Calls of URLs that are no operation are none of the document's business.
///
/// # Panics
/// When the answer holds what nobody described, or the description forbids a request that was accepted.
pub(crate) fn check(method: &str, target: &str, request: &Bytes, answer: &Answer) {
    if quan_openapi::template(method, target).is_err() {
        return;
    }
    if let Err(error) = quan_openapi::validate_response(method, target, answer.status, &answer.body) {
        // Refusals before routing, such as of a body that is too large, have no body of the operation's own.
        assert!(answer.status >= 400 && answer.body.is_empty(), "the answer is not as described: {error}");
    }
    if answer.status < 300
        && let Err(error) = quan_openapi::validate_request(method, target, request)
    {
        panic!("the platform accepted what the description forbids: {error}");
    }
}
