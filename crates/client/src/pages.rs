//! Lists in pages: `page_token` followed until the list ends, as a stream or as an iterator.
//!
//! Each page is a call like any other. This module knows the one query parameter that changes from page to page,
//! and neither what the pages hold nor how a call is made (client.md 21).

use std::collections::HashSet;
use std::fmt;
use std::future::{Future, poll_fn};
use std::iter::FusedIterator;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use quan_model::product_coupon::{ListAssociatedStoresResponse, ListStocksResponse, ListUserCouponsResponse};

use crate::driver;
use crate::error::Error;
use crate::mode::{Async, Blocking, Mode};
use crate::protocol::Core;
use crate::reply::{FromReply, Reply};
use crate::request::Draft;

/// The query parameter that leads to a page.
const PAGE_TOKEN: &str = "page_token";

/// One page of a list. Implement it for answers of your own, to walk them with
/// [`Call::pages`](crate::Call::pages).
pub trait Page: FromReply {
    /// What leads to the next page, from `next_page_token`; empty or absent on the last page.
    fn next_page_token(&self) -> Option<&str>;
}

impl Page for ListStocksResponse {
    fn next_page_token(&self) -> Option<&str> {
        self.next_page_token.as_deref()
    }
}

impl Page for ListAssociatedStoresResponse {
    fn next_page_token(&self) -> Option<&str> {
        self.next_page_token.as_deref()
    }
}

impl Page for ListUserCouponsResponse {
    fn next_page_token(&self) -> Option<&str> {
        self.next_page_token.as_deref()
    }
}

/// The call for one page, while it is under way.
type PageFuture<T> = Pin<Box<dyn Future<Output = Result<Reply<T>, Error>> + Send>>;

/// The pages of a list, from [`Call::pages`](crate::Call::pages): a [`Stream`] in the async mode, an [`Iterator`]
/// in the blocking mode.
///
/// Each page is a call with the options of the first: verified, and repeated by the usual rules. It is made when
/// the page is asked for and not before. The list ends on a page whose token is absent, empty, or one that led to
/// a page before, and after the first error. To go on after an error, begin with the `page_token` of the last
/// page that came.
#[must_use = "no page is fetched until it is asked for"]
pub struct Pages<M: Mode, T> {
    core: Arc<Core<M>>,
    draft: Draft,
    /// Every `page_token=…` that was asked for.
    asked_for: HashSet<String>,
    is_over: bool,
    /// In the async mode only.
    under_way: Option<PageFuture<T>>,
}

impl<M: Mode, T: Page> Pages<M, T> {
    pub(crate) fn new(core: Arc<Core<M>>, draft: Draft) -> Self {
        let asked_for = draft.query.pair(PAGE_TOKEN).map(str::to_owned).into_iter().collect();
        Self { core, draft, asked_for, is_over: false, under_way: None }
    }

    /// Notes where the next page is, if there is one.
    fn follow(&mut self, outcome: &Result<Reply<T>, Error>) {
        let token = outcome.as_ref().ok().and_then(|page| page.next_page_token());
        let Some(token) = token.filter(|token| !token.is_empty()) else {
            self.is_over = true;
            return;
        };
        self.draft.query.set(PAGE_TOKEN, token);
        let pair = self.draft.query.pair(PAGE_TOKEN).map(str::to_owned);
        self.is_over = !pair.is_some_and(|pair| self.asked_for.insert(pair));
    }
}

impl<T: Page> Pages<Async, T> {
    /// The next page, for those who need no stream; `None` after the last. Dropping the future loses nothing:
    /// the call goes on when the next page is asked for again.
    ///
    /// # Errors
    /// The [`Error`] of the call for the page, which ends the list.
    pub async fn next(&mut self) -> Option<Result<Reply<T>, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T: Page> Stream for Pages<Async, T> {
    type Item = Result<Reply<T>, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let pages = self.get_mut();
        if pages.is_over {
            return Poll::Ready(None);
        }
        let (core, draft) = (&pages.core, &mut pages.draft);
        let call = pages.under_way.get_or_insert_with(|| -> PageFuture<T> {
            Box::pin(driver::send(Arc::clone(core), draft.take_copy()))
        });
        let outcome = ready!(call.as_mut().poll(context));
        pages.under_way = None;
        pages.follow(&outcome);
        Poll::Ready(Some(outcome))
    }
}

impl<T: Page> Iterator for Pages<Blocking, T> {
    type Item = Result<Reply<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let outcome = driver::send_blocking(&self.core, self.draft.take_copy());
        self.follow(&outcome);
        Some(outcome)
    }
}

impl<T: Page> FusedIterator for Pages<Blocking, T> {}

impl<M: Mode, T> fmt::Debug for Pages<M, T> {
    /// Shows the template; tokens are the platform's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pages({} {})", self.draft.method, self.draft.path.text)
    }
}
