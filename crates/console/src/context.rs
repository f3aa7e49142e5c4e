//! What a page knows of its request: who is signed in, the language, the token against forged forms.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use quan_platform::Error;
use quan_platform::console::access::Visitor;
use quan_platform::console::{ConsoleError, Operator, Role};
use quan_platform::work::{View, Work};
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::language::Language;
use crate::state::Console;

/// The request of a page, made by the session middleware for every route.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) console: Console,
    pub(crate) language: Language,
    /// Who is signed in; only the pages of the sign-in have none.
    pub(crate) visitor: Option<Visitor>,
    /// What forms must send back.
    pub(crate) csrf: String,
    /// Path and query of this page.
    pub(crate) address: String,
}

impl<S: Sync> FromRequestParts<S> for Context {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or(Failure::Internal)
    }
}

impl Context {
    /// One of two texts.
    pub(crate) fn t<'t>(&self, chinese: &'t str, english: &'t str) -> &'t str {
        self.language.t(chinese, english)
    }

    /// Whether the visitor may do what needs this role; for buttons. The use cases ask again.
    pub(crate) fn may(&self, role: Role) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.role >= role)
    }

    /// Whether it may act on coupons and stocks.
    pub(crate) fn may_operate(&self) -> bool {
        self.may(Role::Operator)
    }

    /// Whether it may change settings.
    pub(crate) fn may_administer(&self) -> bool {
        self.may(Role::Admin)
    }

    /// Who acts, with at least this role.
    pub(crate) fn operator(&self, role: Role) -> Result<Operator, Failure> {
        let visitor = self.visitor.as_ref().ok_or(Failure::NotAllowed(role))?;
        let operator = visitor.operator(self.console.wire_clock.now());
        operator.ensure(role).map_err(Failure::from)?;
        Ok(operator)
    }

    /// Reads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        use_case: impl Fn(&View<'_>) -> Result<T, ConsoleError> + Send + 'static,
    ) -> Result<T, Failure> {
        self.console.platform.read(use_case).await.map_err(Failure::from)
    }

    /// Changes something; the result is durable.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        use_case: impl Fn(&mut Work<'_>) -> Result<T, ConsoleError> + Send + 'static,
    ) -> Result<T, Failure> {
        self.console.platform.write(use_case).await.map_err(Failure::from)
    }

    /// An error in the language of the page, with the member that is wrong.
    pub(crate) fn explained(&self, error: &Error) -> String {
        let explained = self.console.host.explain(error);
        let sentence = self.language.t(&explained.chinese, &explained.english);
        format!("{sentence} ({})", explained.code)
    }
}

/// The token of a session's forms: only who can read the cookie can make it, and it tells nothing of the cookie.
pub(crate) fn csrf_of(cookie: &str) -> String {
    let digest = Sha256::new().chain_update("quan console form\n").chain_update(cookie).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
