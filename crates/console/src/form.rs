//! Forms: read within a bound, and only when a page of the same session sent them.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http_body_util::{BodyExt, Limited};
use quan_platform::console::access::is_same;

use crate::context::Context;
use crate::failure::Failure;

/// The field that proves the form to be ours.
pub(crate) const CSRF_FIELD: &str = "csrf";
/// The largest form: a product coupon with all its texts stays far below.
const FORM_BYTES_MAX: usize = 256 * 1024;
/// How long a form may take to arrive.
const RECEIVED_WITHIN: Duration = Duration::from_secs(30);

/// The fields of a form, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let context = request.extensions().get::<Context>().cloned().ok_or(Failure::Internal)?;
        let form = Self::read(request.into_body()).await?;
        form.ensure_ours(&context)?;
        Ok(form)
    }
}

impl Form {
    async fn read(body: Body) -> Result<Self, Failure> {
        let body = Limited::new(body, FORM_BYTES_MAX).collect();
        let body = tokio::time::timeout(RECEIVED_WITHIN, body).await;
        let body = body.map_err(|_| Failure::Malformed("the form took too long".to_owned()))?;
        let body = body.map_err(|error| Failure::Malformed(error.to_string()))?.to_bytes();
        Ok(Self::parse(&body))
    }

    /// Reads `name=value&…`.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self { fields: form_urlencoded::parse(text).into_owned().collect() }
    }

    /// Whether a page of this session sent it.
    pub(crate) fn ensure_ours(&self, context: &Context) -> Result<(), Failure> {
        let given = self.text(CSRF_FIELD);
        if is_same(given.as_bytes(), context.csrf.as_bytes()) { Ok(()) } else { Err(Failure::Forged) }
    }

    /// A field without blanks around it; empty when it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.trim())
    }

    /// A field, if it is there and not empty.
    pub(crate) fn filled(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body that never comes.
    struct Silent;

    impl http_body::Body for Silent {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
            std::task::Poll::Pending
        }
    }

    #[tokio::test(start_paused = true)]
    async fn forms_are_bounded_in_size_and_time() {
        let silent = Form::read(Body::new(Silent)).await;
        assert!(matches!(silent, Err(Failure::Malformed(told)) if told.contains("too long")));
        let large = Form::read(Body::from(vec![b'a'; FORM_BYTES_MAX + 1])).await;
        assert!(matches!(large, Err(Failure::Malformed(_))));
        let right = Form::read(Body::from("name=%E5%88%B8+1&x=")).await.ok();
        assert_eq!(right.as_ref().map(|form| form.text("name")), Some("券 1"));
        assert_eq!(right.and_then(|form| form.filled("x")), None);
    }
}
