//! Settings: parties with their keys, certificates, appids, stores and notify URLs; the request log; access tokens.

mod parties;
mod party_actions;
mod platform_keys;
mod request_log;
mod show;
mod tokens;

use axum::Router;
use axum::routing::{get, post};

use crate::state::Console;

pub(crate) fn routes() -> Router<Console> {
    Router::new()
        .route("/settings", get(show::handle))
        .route("/settings/tokens", post(tokens::create))
        .route("/settings/tokens/revoke", post(tokens::revoke))
        .route("/settings/request-log", post(request_log::handle))
        .route("/settings/parties", post(party_actions::name))
        .route("/settings/parties/key", post(party_actions::renew_key))
        .route("/settings/parties/notify-url", post(party_actions::notify_url))
        .route("/settings/parties/appid", post(party_actions::appid))
        .route("/settings/parties/store", post(party_actions::store))
        .route("/settings/parties/certificate", post(party_actions::add_certificate))
        .route("/settings/parties/certificate/revoke", post(party_actions::revoke_certificate))
        .route("/settings/parties/verification-mode", post(party_actions::verification_mode))
        .route("/settings/platform-keys", post(platform_keys::turn))
        .route("/settings/authorisations", post(party_actions::authorise))
        .route("/settings/parties/{principal}", get(parties::handle))
}

/// What is shown once and never again: a token or a key.
pub(super) fn once(
    context: &crate::context::Context,
    title: &'static str,
    secret: &str,
) -> Result<axum::response::Response, crate::failure::Failure> {
    use crate::view::{Block, DetailPage, Section};
    let hint =
        context.t("只显示这一次，请现在保存到安全的地方。", "It is shown only now: keep it in a safe place.");
    let mut page = DetailPage::new(context, "settings", title);
    page.crumb = Some((context.language.t("设置", "Settings"), "/console/settings"));
    let blocks = vec![Block::Note("warn", hint.to_owned()), Block::Pre(secret.to_owned())];
    page.sections = vec![Section::new(title, blocks)];
    page.render()
}
