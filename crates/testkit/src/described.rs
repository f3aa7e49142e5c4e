//! Every exchange of a test against the OpenAPI document: what is answered is described, and what is accepted was
//! allowed.

/// Checks one exchange; `request` is the JSON that was sent, or none for an upload. Calls of URLs that are no
/// operation are none of the document's business.
///
/// # Panics
/// When the answer holds what nobody described, or the description forbids a request that was accepted.
pub(crate) fn check(method: &str, target: &str, request: Option<&[u8]>, status: u16, answer: &[u8]) {
    if quan_openapi::template(method, target).is_err() {
        return;
    }
    if let Err(error) = quan_openapi::validate_response(method, target, status, answer) {
        // Refusals before routing, such as of a body that is too large, have no body of the operation's own.
        assert!(status >= 400 && answer.is_empty(), "the answer is not as described: {error}");
    }
    if status < 300
        && let Some(request) = request
        && let Err(error) = quan_openapi::validate_request(method, target, request)
    {
        panic!("the platform accepted what the description forbids: {error}");
    }
}
