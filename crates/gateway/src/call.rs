//! One identified call of the API: who made it, through which face, and the gateway behind it.
//!
//! Every operation begins with it: it reads bodies and queries, says for which brand the call is, and runs
//! use cases. It decides no rule.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use quan_coupon::refusal::Refusal;
use quan_model::ids::Principal;
use quan_platform::access::Scope;
use quan_platform::pre_send::{PreSend, Ticket};
use quan_platform::work::{View, Work};
use quan_platform::{Error, LaneKey, Platform};
use serde::de::DeserializeOwned;

use crate::fields::Fields;
use crate::json;
use crate::problem::{Location, Problem};
use crate::query::Query;
use crate::refusal::{self, Face};
use crate::signature::Caller;
use crate::state::Gateway;

/// What an operation has in its hands.
pub(crate) struct Call {
    pub(crate) gateway: Gateway,
    /// Who called, proved by the signature.
    pub(crate) principal: Principal,
    pub(crate) face: Face,
    query: Option<String>,
}

impl FromRequestParts<Gateway> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>();
        // Every route of the API lies behind the signed exchange, which puts the caller there.
        let caller = caller.ok_or_else(|| refusal::system_error("a call without a caller".to_owned()))?;
        let face = parts.extensions.get::<Face>().copied();
        Ok(Self {
            gateway: gateway.clone(),
            principal: caller.principal.clone(),
            face: face.unwrap_or(Face::Partner),
            query: parts.uri.query().map(str::to_owned),
        })
    }
}

impl Call {
    /// The members of the body.
    pub(crate) fn read_body<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, Problem> {
        json::read(body, self.face)
    }

    /// The parameters of the query.
    pub(crate) fn query(&self) -> Query {
        Query::read(self.query.as_deref(), self.face)
    }

    /// Parses texts of the body.
    pub(crate) fn in_body(&self) -> Fields {
        Fields::of_body(self.face)
    }

    /// Parses texts of the path.
    pub(crate) fn in_path(&self) -> Fields {
        Fields::of_path(self.face)
    }

    /// For which brand a call with a body is: the partner face says so in `brand_id`; a brand that calls is
    /// its own, and what it may say in the body is ignored (api-product-coupon 1.1).
    pub(crate) fn scope(&self, brand_id: Option<&str>) -> Result<Scope, Problem> {
        match &self.principal {
            Principal::Merchant(_) => {
                let brand_id = brand_id.ok_or_else(|| self.in_body().missing("brand_id"))?;
                Ok(Scope::of_brand(self.principal.clone(), self.in_body().id("brand_id", brand_id)?))
            }
            Principal::Brand(brand_id) => Ok(Scope::of_brand(self.principal.clone(), brand_id.clone())),
        }
    }

    /// For which brand a call without a body is.
    pub(crate) fn scope_of_query(&self, query: &Query) -> Result<Scope, Problem> {
        match &self.principal {
            Principal::Merchant(_) => Ok(Scope::of_brand(self.principal.clone(), query.id("brand_id")?)),
            Principal::Brand(brand_id) => Ok(Scope::of_brand(self.principal.clone(), brand_id.clone())),
        }
    }

    /// Runs a writing use case; the result is durable.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        use_case: impl Fn(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        self.platform().write(use_case).await.map_err(|error| Problem::failed(&error, self.face))
    }

    /// As [`Call::write`], in the lane of a stock or bundle: for what many callers do with one at once.
    pub(crate) async fn write_for<T: Send + 'static>(
        &self,
        lane: LaneKey,
        use_case: impl Fn(&mut Work<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        self.platform().write_for(lane, use_case).await.map_err(|error| Problem::failed(&error, self.face))
    }

    /// Runs a pre-send, over whichever face it came.
    pub(crate) async fn pre_send(&self, input: PreSend) -> Result<Ticket, Problem> {
        self.platform().pre_send(input).await.map_err(|error| Problem::failed(&error, self.face))
    }

    /// Runs a reading use case. Its calls have no body, so a parameter that it refuses stands in the query.
    pub(crate) async fn view<T: Send + 'static>(
        &self,
        use_case: impl Fn(&View<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Problem> {
        self.platform().read(use_case).await.map_err(|error| match error {
            Error::Refused(Refusal::Invalid(mut violation)) => {
                violation.field = violation.field.trim_start_matches('/').to_owned();
                Problem::parameter(violation, Location::Query, self.face)
            }
            error => Problem::failed(&error, self.face),
        })
    }

    fn platform(&self) -> &Platform {
        &self.gateway.platform
    }
}
