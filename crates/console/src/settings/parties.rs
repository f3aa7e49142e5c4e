//! GET /console/settings/parties/{principal}: one merchant or brand.

use axum::extract::Path;
use axum::response::Response;
use quan_model::ids::Principal;
use quan_model::verification::VerificationMode;
use quan_platform::console::parties::{CallerCertificate, PartySeen, parties};

use crate::context::Context;
use crate::failure::Failure;
use crate::settings::show::with_actions;
use crate::shown::time;
use crate::view::{Action, Block, Cell, DetailPage, Field, FieldKind, Section, Table};
use crate::words;

pub(crate) async fn handle(context: Context, Path(principal): Path<String>) -> Result<Response, Failure> {
    let wanted: Principal = principal.parse().map_err(|_| Failure::NotFound)?;
    let seen = context.read(parties).await?;
    let party = seen.parties.iter().find(|party| party.principal == wanted).ok_or(Failure::NotFound)?;
    let language = context.language;
    let mut page = DetailPage::new(&context, "settings", party.name.as_str());
    page.crumb = Some((language.t("设置", "Settings"), "/console/settings"));
    let (set, unset) = (language.t("已设置", "Set"), language.t("未设置", "Not set"));
    let mut facts = vec![
        (language.t("编号", "Number"), Cell::text(words::party(language, &party.principal))),
        (language.t("APIv3 密钥", "APIv3 key"), Cell::text(if party.has_key { set } else { unset })),
        (
            language.t("通知地址", "Notify URL"),
            Cell::text(party.notify_url.clone().unwrap_or_else(|| unset.to_owned())),
        ),
    ];
    if let Some(mode) = party.verification_mode {
        facts.push((language.t("验签方式", "Verifies by"), Cell::text(mode.as_str())));
    }
    page.sections = vec![
        Section::new(
            language.t("信息", "Facts"),
            with_actions(&context, vec![Block::Facts(facts)], fact_actions(&context, party)),
        ),
        Section::new(language.t("API 证书", "API certificates"), certificate_blocks(&context, party)),
        Section::new(language.t("AppID", "Appids"), appid_blocks(&context, party)),
    ];
    if party.principal.brand_id().is_some() {
        page.sections.push(Section::new(language.t("门店", "Stores"), store_blocks(&context, party)));
    }
    page.render()
}

fn of(party: &PartySeen) -> Field {
    Field::hidden("principal", party.principal.to_string())
}

fn fact_actions(context: &Context, party: &PartySeen) -> Vec<Action> {
    let language = context.language;
    let url = Field::new("notify_url", language.t("通知地址", "Notify URL"), FieldKind::Text)
        .value(party.notify_url.clone().unwrap_or_default())
        .required();
    let renew = language.t(
        "之后的通知都用新密钥加密，旧密钥立即失效。确定吗？",
        "Notifications are sealed with the new key from now on. Renew?",
    );
    let mut actions = vec![Action::new(
        "/console/settings/parties/notify-url",
        language.t("保存", "Save"),
        vec![of(party), url],
    )];
    if let Some(mode) = party.verification_mode {
        let words = |mode: VerificationMode| match mode {
            VerificationMode::PlatformCertificate => language.t("平台证书", "Platform certificate"),
            VerificationMode::Both => language.t("两者（迁移中）", "Both, while it changes over"),
            VerificationMode::PublicKey => language.t("微信支付公钥", "Public key"),
        };
        let modes = VerificationMode::ALL.map(|mode| (mode.to_string(), words(mode).to_owned())).to_vec();
        let field =
            Field::new("verification_mode", language.t("验签方式", "Verifies by"), FieldKind::Choice(modes));
        actions.push(Action::new(
            "/console/settings/parties/verification-mode",
            language.t("修改", "Change"),
            vec![of(party), field.value(mode.as_str())],
        ));
    }
    actions.push(
        Action::new(
            "/console/settings/parties/key",
            language.t("更换 APIv3 密钥", "Renew the APIv3 key"),
            vec![of(party)],
        )
        .asking(renew),
    );
    actions
}

fn certificate_blocks(context: &Context, party: &PartySeen) -> Vec<Block> {
    let language = context.language;
    let now = context.console.wire_clock.now();
    let row = |certificate: &CallerCertificate| {
        let state = match certificate.revoked_at {
            Some(at) => Cell::tag(format!("{} {}", language.t("已吊销", "Revoked"), time(at)), "bad"),
            None if certificate.is_active_at(now) => Cell::tag(language.t("有效", "Active"), "good"),
            None => Cell::tag(language.t("已过期", "Expired"), "warn"),
        };
        vec![Cell::text(certificate.serial_no.as_str()), Cell::whole(time(certificate.not_after)), state]
    };
    let table = Table {
        names: vec![
            language.t("序列号", "Serial number"),
            language.t("有效期至", "Valid until"),
            language.t("状态", "State"),
        ],
        rows: party.certificates.iter().map(row).collect(),
        empty: language.t("还没有证书。", "There is no certificate yet."),
    };
    let pem = Field::new("pem", language.t("证书（PEM）", "Certificate (PEM)"), FieldKind::Long).required();
    let add = Action::new(
        "/console/settings/parties/certificate",
        language.t("添加证书", "Add"),
        vec![of(party), pem],
    );
    let active: Vec<(String, String)> = party
        .certificates
        .iter()
        .filter(|certificate| certificate.is_active_at(now))
        .map(|certificate| (certificate.serial_no.clone(), certificate.serial_no.clone()))
        .collect();
    let mut actions = vec![add];
    if !active.is_empty() {
        let serial =
            Field::new("serial_no", language.t("序列号", "Serial number"), FieldKind::Choice(active));
        let question = language.t(
            "吊销后不能恢复，用它签名的请求会立即失败。确定吗？",
            "It cannot sign any more, for good. Revoke?",
        );
        actions.push(
            Action::new(
                "/console/settings/parties/certificate/revoke",
                language.t("吊销", "Revoke"),
                vec![of(party), serial],
            )
            .asking(question),
        );
    }
    with_actions(context, vec![Block::Table(table)], actions)
}

/// Two buttons' worth of choice: add it or take it away.
fn turn(
    language: crate::language::Language,
    add: (&'static str, &'static str),
    take: (&'static str, &'static str),
) -> Field {
    let choices = vec![
        ("add".to_owned(), language.t(add.0, add.1).to_owned()),
        ("take".to_owned(), language.t(take.0, take.1).to_owned()),
    ];
    Field::new("turn", language.t("动作", "What"), FieldKind::Choice(choices))
}

fn appid_blocks(context: &Context, party: &PartySeen) -> Vec<Block> {
    let language = context.language;
    let rows = party.appids.iter().map(|appid| vec![Cell::text(appid.to_string())]).collect();
    let table =
        Table {
            names: vec!["appid"], rows, empty: language.t("没有绑定 AppID。", "No appid is bound.")
        };
    let appid = Field::new("appid", "appid", FieldKind::Text).required();
    let fields = vec![of(party), appid, turn(language, ("绑定", "Bind"), ("解绑", "Unbind"))];
    let action = Action::new("/console/settings/parties/appid", language.t("保存", "Save"), fields);
    with_actions(context, vec![Block::Table(table)], vec![action])
}

fn store_blocks(context: &Context, party: &PartySeen) -> Vec<Block> {
    let language = context.language;
    let rows = party.stores.iter().map(|store| vec![Cell::text(store.to_string())]).collect();
    let table =
        Table {
            names: vec!["store_id"], rows, empty: language.t("没有营业中的门店。", "No store is open.")
        };
    let store = Field::new("store_id", "store_id", FieldKind::Text).required();
    let fields = vec![of(party), store, turn(language, ("开店", "Open"), ("关店", "Close"))];
    let action = Action::new("/console/settings/parties/store", language.t("保存", "Save"), fields);
    with_actions(context, vec![Block::Table(table)], vec![action])
}
