//! The request log: calls as they come, each with what was sent, decided and answered, and why a signature failed.

mod bytes;
mod causes;
mod curl;
mod export;
mod list;
mod one;
mod rows;

use axum::Router;
use axum::routing::get;
use quan_platform::console::request_log::{Outcome, RequestFilter};

use crate::form::Form;
use crate::language::Language;
use crate::shown::encoded;
use crate::state::Console;

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/", get(list::handle))
        .route("/rows", get(rows::handle))
        .route("/export.csv", get(export::handle))
        .route("/{seq}", get(one::handle))
}

/// What the filters of the page ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) caller: String,
    pub(crate) operation: String,
    pub(crate) outcome: String,
    pub(crate) named: String,
}

impl Asked {
    pub(crate) fn of(query: &Form) -> Self {
        let text = |name: &str| query.text(name).to_owned();
        Self {
            caller: text("caller"),
            operation: text("operation"),
            outcome: text("outcome"),
            named: text("q"),
        }
    }

    pub(crate) fn filter(&self) -> RequestFilter {
        let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let caller = filled(&self.caller).map(|caller| match caller.as_str() {
            // A bare number is a merchant's, as people type it.
            bare if bare.bytes().all(|byte| byte.is_ascii_digit()) => format!("mchid:{bare}"),
            _ => caller,
        });
        RequestFilter {
            caller,
            operation: filled(&self.operation),
            outcome: self.outcome.parse().ok(),
            named: filled(&self.named),
        }
    }

    /// The same question as a query string, without `?`.
    pub(crate) fn query(&self) -> String {
        let pairs = [
            ("caller", &self.caller),
            ("operation", &self.operation),
            ("outcome", &self.outcome),
            ("q", &self.named),
        ];
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        pairs.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
    }
}

/// An outcome in words.
pub(crate) fn outcome_words(language: Language, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => language.t("成功", "Done"),
        Outcome::Refused => language.t("拒绝", "Refused"),
        Outcome::Unproved => language.t("验签失败", "Signature"),
        Outcome::Failed => language.t("系统错误", "Failed"),
    }
}
