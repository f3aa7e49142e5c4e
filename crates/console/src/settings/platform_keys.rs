//! The platform's own keys in the settings, and POST /console/settings/platform-keys: a step of their rotation.

use std::sync::Arc;

use axum::response::Response;
use quan_platform::console::{Role, platform_keys};

use crate::context::Context;
use crate::failure::Failure;
use crate::form::Form;
use crate::page::see_other;
use crate::state::{KeyStep, PlatformKeyKind};
use crate::view::{Action, Block, Cell, Field, Table};

const KINDS: [(PlatformKeyKind, &str); 2] =
    [(PlatformKeyKind::Certificate, "certificate"), (PlatformKeyKind::PublicKey, "public_key")];
const STEPS: [(KeyStep, &str); 3] =
    [(KeyStep::Rotate, "rotate"), (KeyStep::Switch, "switch"), (KeyStep::Retire, "retire")];

/// Names of both kinds, and the steps that come next.
pub(super) fn blocks(context: &Context) -> Vec<Block> {
    let language = context.language;
    let mut rows = Vec::new();
    let mut actions = Vec::new();
    for (kind, word) in KINDS {
        let kind_words = match kind {
            PlatformKeyKind::Certificate => language.t("平台证书", "Platform certificate"),
            PlatformKeyKind::PublicKey => language.t("微信支付公钥", "Public key"),
        };
        let names = context.console.host.platform_keys(kind);
        let steps: &[KeyStep] =
            if names.other.is_some() { &[KeyStep::Switch, KeyStep::Retire] } else { &[KeyStep::Rotate] };
        rows.push(vec![
            Cell::text(kind_words),
            Cell::text(names.signing),
            Cell::text(names.other.unwrap_or_else(|| "—".to_owned())),
        ]);
        actions.extend(steps.iter().map(|step| action(context, kind, word, *step)));
    }
    let table = Table {
        names: vec![
            language.t("类型", "Kind"),
            language.t("当前签名", "Signs now"),
            language.t("轮换中的另一个", "The other one, while it is rotated"),
        ],
        rows,
        empty: "",
    };
    super::show::with_actions(context, vec![Block::Table(table)], actions)
}

fn action(context: &Context, kind: PlatformKeyKind, kind_word: &'static str, step: KeyStep) -> Action {
    let language = context.language;
    let (label, question) = match (kind, step) {
        (PlatformKeyKind::Certificate, KeyStep::Rotate) => (
            language.t("新建平台证书", "Make a new certificate"),
            language.t(
                "会生成新证书并对外提供，旧证书继续签名。确定吗？",
                "A new one is made and handed out; the old one still signs. Make it?",
            ),
        ),
        (PlatformKeyKind::PublicKey, KeyStep::Rotate) => (
            language.t("新建微信支付公钥", "Make a new public key"),
            language.t(
                "会生成新公钥，旧公钥继续使用。请把新公钥交给商户。确定吗？",
                "A new one is made; the old one still signs. Give merchants the new one. Make it?",
            ),
        ),
        (PlatformKeyKind::Certificate, KeyStep::Switch) => (
            language.t("改用另一个平台证书签名", "Sign with the other certificate"),
            language.t(
                "之后的应答和通知都用另一个证书签名。确定吗？",
                "Answers and notifications are signed with the other one from now on. Switch?",
            ),
        ),
        (PlatformKeyKind::PublicKey, KeyStep::Switch) => (
            language.t("改用另一个公钥签名", "Sign with the other public key"),
            language.t(
                "没有拿到新公钥的商户会验签失败。确定吗？",
                "Merchants that do not have it cannot verify. Switch?",
            ),
        ),
        (PlatformKeyKind::Certificate, KeyStep::Retire) => (
            language.t("移除不再签名的平台证书", "Retire the certificate that does not sign"),
            language.t("移除后不能恢复。确定吗？", "It is gone for good. Retire it?"),
        ),
        (PlatformKeyKind::PublicKey, KeyStep::Retire) => (
            language.t("移除不再签名的公钥", "Retire the public key that does not sign"),
            language.t("移除后不能恢复。确定吗？", "It is gone for good. Retire it?"),
        ),
    };
    let step_word = STEPS.iter().find(|(known, _)| *known == step).map_or("", |(_, word)| word);
    let fields = vec![Field::hidden("kind", kind_word), Field::hidden("step", step_word)];
    let action = Action::new("/console/settings/platform-keys", label, fields);
    match step {
        KeyStep::Rotate | KeyStep::Switch => action.asking_mildly(question),
        KeyStep::Retire => action.asking(question),
    }
}

pub(crate) async fn turn(context: Context, form: Form) -> Result<Response, Failure> {
    let by = context.operator(Role::Admin)?;
    let known = |field: &'static str| Failure::Malformed(field.to_owned());
    let (kind, kind_word) =
        KINDS.into_iter().find(|(_, word)| *word == form.text("kind")).ok_or_else(|| known("kind"))?;
    let (step, step_word) =
        STEPS.into_iter().find(|(_, word)| *word == form.text("step")).ok_or_else(|| known("step"))?;
    let signing = context.console.host.platform_keys(kind).signing;
    let action = format!("{step_word}_platform_{kind_word}");
    context.write(move |work| platform_keys::note_step(work, &by, &action, &signing)).await?;
    let host = Arc::clone(&context.console.host);
    let turned = tokio::task::spawn_blocking(move || host.turn_platform_keys(kind, step)).await;
    match turned {
        Ok(Ok(())) => Ok(see_other("/console/settings")),
        Ok(Err(issue)) => Err(Failure::Form { field: "step", issue }),
        Err(_) => Err(Failure::Internal),
    }
}
