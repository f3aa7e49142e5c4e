//! Pages that say why there is no other page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use quan_platform::console::{ConsoleError, Role};

use crate::context::Context;

/// Why a request is not answered with its page. The session middleware renders it.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// Nobody is signed in; where to go afterwards.
    NotSignedIn(String),
    /// The role is not enough.
    NotAllowed(Role),
    /// There is no such page or thing.
    NotFound,
    /// The form was not sent by a page of this session.
    Forged,
    /// The form cannot be read.
    Malformed(String),
    /// A field of the form cannot be used.
    Form { field: &'static str, issue: String },
    /// The rules said no; an explained error.
    Refused(std::sync::Arc<quan_platform::Error>),
    /// Something broke; the log says what.
    Internal,
}

impl From<ConsoleError> for Failure {
    fn from(error: ConsoleError) -> Self {
        match error {
            ConsoleError::NotAllowed(role) => Self::NotAllowed(role),
            ConsoleError::Unknown(_) => Self::NotFound,
            ConsoleError::Form { field, issue } => Self::Form { field, issue },
            ConsoleError::UseCase(error) => Self::Refused(std::sync::Arc::new(error)),
        }
    }
}

impl From<quan_platform::Error> for Failure {
    fn from(error: quan_platform::Error) -> Self {
        Self::Refused(std::sync::Arc::new(error))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Failure {
    /// Status, headline and sentence.
    pub(crate) fn told(&self, context: &Context) -> (StatusCode, String, String) {
        let tell = |status, headline: (&str, &str), sentence: (&str, &str)| {
            let (headline, sentence) = (context.t(headline.0, headline.1), context.t(sentence.0, sentence.1));
            (status, headline.to_owned(), sentence.to_owned())
        };
        match self {
            Self::NotSignedIn(_) => tell(
                StatusCode::UNAUTHORIZED,
                ("请先登录", "Please sign in"),
                ("会话不存在或已过期。", "There is no session, or it is over."),
            ),
            Self::NotAllowed(role) => {
                let (status, headline, sentence) = tell(
                    StatusCode::FORBIDDEN,
                    ("权限不足", "Not allowed"),
                    ("此操作需要的角色：", "This needs the role "),
                );
                (status, headline, format!("{sentence}{}", role.as_str()))
            }
            Self::NotFound => tell(
                StatusCode::NOT_FOUND,
                ("没有找到", "Not found"),
                (
                    "没有这个页面或对象，也可能已被清理。",
                    "There is no such page or object, or it is gone by now.",
                ),
            ),
            Self::Forged => tell(
                StatusCode::FORBIDDEN,
                ("表单已失效", "The form is out of date"),
                (
                    "它不是由本次会话的页面提交的。请返回、刷新页面后再试。",
                    "It was not sent by a page of this session. Go back, reload the page and try again.",
                ),
            ),
            Self::Malformed(reason) => (
                StatusCode::BAD_REQUEST,
                context.t("无法读取表单", "The form cannot be read").to_owned(),
                reason.clone(),
            ),
            Self::Form { field, issue } => {
                let headline = context.t("请检查填写内容", "Please check the form").to_owned();
                (StatusCode::UNPROCESSABLE_ENTITY, headline, format!("{field}: {issue}"))
            }
            Self::Refused(error) => {
                let explained = context.console.host.explain(error);
                let status =
                    StatusCode::from_u16(explained.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let headline = context.t("未执行", "Not done").to_owned();
                (status, headline, context.explained(error))
            }
            Self::Internal => tell(
                StatusCode::INTERNAL_SERVER_ERROR,
                ("系统错误", "Something broke"),
                ("请查看服务日志。", "The log of the service says what."),
            ),
        }
    }
}
