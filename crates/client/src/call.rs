//! One call: variables, query, headers and limits, then `send`. The same builder for all six styles.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::credential::Credential;
use crate::driver;
use crate::error::{Error, RequestError};
use crate::mode::{Async, Blocking, Mode};
use crate::pages::{Page, Pages};
use crate::plan::{Action, Event, Plan};
use crate::protocol::Core;
use crate::reply::{FromReply, Raw, Reply};
use crate::request::{Draft, Prepared, PreparedCall, SignedRequest};
use crate::retry::{Repeatable, Retry};
use crate::sealer::{self, Sealer};
use crate::template::Emptiness;

/// A call that was described and not yet made. `T` is what the answer is decoded into.
///
/// Nothing happens until it is awaited (async) or sent (blocking).
#[must_use = "a call does nothing until it is awaited or sent"]
pub struct Call<M: Mode, T = Raw> {
    core: Arc<Core<M>>,
    draft: Draft,
    decoded: PhantomData<fn() -> T>,
}

impl<M: Mode, T> Call<M, T> {
    pub(crate) fn new(core: Arc<Core<M>>, draft: Draft) -> Self {
        Self { core, draft, decoded: PhantomData }
    }

    /// The value of a path variable. `{name}` takes it percent-encoded, as one segment's worth.
    /// Variables have a namespace of their own and collide with nothing.
    pub fn var(mut self, name: impl AsRef<str>, value: impl fmt::Display) -> Self {
        self.draft.variable(name.as_ref(), value.to_string(), Emptiness::Refused);
        self
    }

    /// A path variable that is empty on purpose. Without this word an empty value is refused.
    pub fn var_empty(mut self, name: impl AsRef<str>) -> Self {
        self.draft.variable(name.as_ref(), String::new(), Emptiness::Meant);
        self
    }

    /// Adds a query pair. Pairs keep their order, and names may repeat.
    pub fn query(mut self, name: impl AsRef<str>, value: impl fmt::Display) -> Self {
        let (value, sealed_to) = sealer::watch(|| value.to_string());
        self.draft.query.push(name.as_ref(), &value);
        self.draft.sealed_to.extend(sealed_to);
        self
    }

    /// Adds a query pair if there is a value.
    pub fn query_opt(self, name: impl AsRef<str>, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds the members of a flat value, in its own order; absent ones are left out.
    pub fn query_from(mut self, value: &impl Serialize) -> Self {
        let (outcome, sealed_to) = sealer::watch(|| self.draft.query.push_members(value));
        self.draft.note(outcome);
        self.draft.sealed_to.extend(sealed_to);
        self
    }

    /// Sets a header. `Authorization`, `Host`, `Content-Length` and the headers of the connection are
    /// reserved; setting one makes the call fail before anything is signed.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.draft.header(name.as_ref(), value.as_ref());
        self
    }

    /// Signs with another credential than the client's. It must be of the kind the path needs; for
    /// paths outside `/v3/` and `/brand/` this is the only way.
    pub fn credential(mut self, credential: impl Into<Credential>) -> Self {
        self.draft.credential = Some(credential.into());
        self
    }

    /// Says which sealer has sealed the fields of this request: `Wechatpay-Serial` then names its key.
    /// Values of type [`Sealed`](crate::Sealed) say so by themselves; this is for ciphertexts that are
    /// given as plain text.
    pub fn sealed_by(mut self, sealer: &Sealer) -> Self {
        self.draft.sealed_to.push(sealer.key_id().clone());
        self
    }

    /// The longest time of one attempt.
    pub fn timeout(mut self, attempt: Duration) -> Self {
        self.draft.limits.attempt = attempt;
        self
    }

    /// The longest time of the whole call, waits and repetitions included.
    pub fn deadline(mut self, call: Duration) -> Self {
        self.draft.call_time_max = call;
        self
    }

    /// How often this call may be repeated.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.draft.retry = retry;
        self
    }

    /// Says that carrying out this request twice is the same as once, so that it may be repeated when
    /// its effect is unknown. Product-coupon operations need no such word: they are recognised by
    /// their path and their request number.
    pub fn idempotent(mut self) -> Self {
        self.draft.claimed = Repeatable::Yes;
        self
    }

    /// Decodes the answer into `U`.
    pub fn decode<U: FromReply>(self) -> Call<M, U> {
        Call::new(self.core, self.draft)
    }

    /// The pages of a list, this call being the first: a [`Stream`](futures_core::Stream) in the async mode, an
    /// [`Iterator`] in the blocking mode. Every page is called with the options given so far; only `page_token`
    /// changes.
    pub fn pages(self) -> Pages<M, T>
    where
        T: Page,
    {
        Pages::new(self.core, self.draft)
    }

    /// Checks and fixes the request without signing or sending it.
    ///
    /// # Errors
    /// [`Error::Request`] says what is wrong with the call.
    pub fn prepare(self) -> Result<Prepared, Error> {
        Ok(shown(&self.draft.prepare(&self.core.protocol)?))
    }

    /// Signs the request without sending it, with the time and a nonce of the client's sources.
    ///
    /// # Errors
    /// [`Error::Request`] says what is wrong with the call.
    pub fn sign_only(self) -> Result<SignedRequest, Error> {
        let protocol = &self.core.protocol;
        let mut plan = Plan::new(protocol, self.draft.prepare(protocol)?);
        let mut message = Bytes::new();
        let mut action = plan.sign_at_once(protocol.moment());
        loop {
            action = match action {
                Action::Sign(bytes) => {
                    message = bytes;
                    plan.next(Event::Signed(plan.call().credential.sign(&message)))
                }
                Action::Send(request, _) => {
                    let value = request.headers.get(http::header::AUTHORIZATION);
                    let authorization = value.and_then(|value| value.to_str().ok()).unwrap_or_default();
                    let prepared = Prepared { request_target: request.target.clone(), ..shown(plan.call()) };
                    return Ok(SignedRequest { prepared, authorization: authorization.to_owned(), message });
                }
                Action::Done(Err(error)) => return Err(error),
                // A plan that signs at once neither waits nor succeeds before its first request is sent.
                Action::Sleep(_) | Action::RefreshKeys(..) | Action::Done(Ok(_)) => {
                    let context = Box::new(plan.call().context.clone());
                    return Err(Error::Request {
                        context,
                        reason: RequestError::Signing("nothing was signed".into()),
                    });
                }
            };
        }
    }
}

fn shown(call: &PreparedCall) -> Prepared {
    Prepared {
        method: call.context.method.clone(),
        request_target: call.target.clone(),
        headers: call.headers.clone(),
        body: call.body.clone(),
    }
}

impl<T: FromReply> Call<Async, T> {
    /// Makes the call. `.await` on the call itself is the same.
    ///
    /// Dropping the future midway cancels the call with an unknown effect: the platform may have
    /// carried it out. Store the request number (`out_request_no`, `send_request_no`) before sending,
    /// and repeat with the same number when in doubt.
    ///
    /// # Errors
    /// [`Error`]; its [`may_have_taken_effect`](Error::may_have_taken_effect) says whether the call may
    /// have been carried out all the same.
    pub async fn send(self) -> Result<Reply<T>, Error> {
        driver::send(self.core, self.draft).await
    }
}

impl<T: FromReply> IntoFuture for Call<Async, T> {
    type Output = Result<Reply<T>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'static>>;
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<T: FromReply> Call<Blocking, T> {
    /// Makes the call and blocks this thread until it is done. It needs no runtime.
    ///
    /// # Errors
    /// [`Error`]; its [`may_have_taken_effect`](Error::may_have_taken_effect) says whether the call may
    /// have been carried out all the same.
    pub fn send(self) -> Result<Reply<T>, Error> {
        driver::send_blocking(&self.core, self.draft)
    }
}

impl<M: Mode, T> fmt::Debug for Call<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Call({} {})", self.draft.method, self.draft.path.text)
    }
}
