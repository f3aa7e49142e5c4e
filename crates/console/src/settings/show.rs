//! GET /console/settings.

use axum::response::Response;
use quan_platform::console::access::{ConsoleToken, Role, tokens};
use quan_platform::console::parties::{Grant, PartySeen, parties};
use quan_platform::console::request_log::{RequestLogSettings, settings};

use crate::context::Context;
use crate::failure::Failure;
use crate::settings::platform_keys;
use crate::shown::{encoded, time};
use crate::view::{Action, Block, Cell, DetailPage, Field, FieldKind, Section, Table};
use crate::words;

pub(crate) async fn handle(context: Context) -> Result<Response, Failure> {
    let (seen, tokens, log) =
        context.read(|view| Ok((parties(view)?, tokens(view)?, settings(view)?))).await?;
    let language = context.language;
    let mut page = DetailPage::new(&context, "settings", language.t("设置", "Settings"));
    let authorisations = Table {
        names: vec![
            language.t("品牌", "Brand"),
            language.t("服务商", "Merchant"),
            language.t("授权", "Authorisation"),
        ],
        rows: seen
            .authorisations
            .iter()
            .map(|(brand, mchid, grant)| {
                let state = match grant {
                    Grant::Given => Cell::tag(language.t("有效", "Given"), "good"),
                    Grant::Withdrawn => Cell::tag(language.t("已收回", "Withdrawn"), "bad"),
                };
                vec![Cell::text(brand.to_string()), Cell::text(mchid.to_string()), state]
            })
            .collect(),
        empty: language.t("还没有授权。", "No authorisation was given yet."),
    };
    page.sections = vec![
        Section::new(language.t("商户与品牌", "Merchants and brands"), party_blocks(&context, &seen.parties)),
        Section::new(
            language.t("商品券授权", "Authorisations"),
            with_actions(&context, vec![Block::Table(authorisations)], authorise_actions(&context)),
        ),
        Section::new(language.t("平台自己的密钥", "Keys of the platform"), platform_keys::blocks(&context)),
        Section::new(language.t("访问令牌", "Access tokens"), token_blocks(&context, &tokens)),
        Section::new(language.t("请求日志", "Request log"), log_blocks(&context, log)),
    ];
    page.render()
}

/// Blocks with what an administrator may do.
pub(super) fn with_actions(context: &Context, mut blocks: Vec<Block>, actions: Vec<Action>) -> Vec<Block> {
    if context.may_administer() && !actions.is_empty() {
        blocks.push(Block::Actions(actions));
    }
    blocks
}

fn party_blocks(context: &Context, parties: &[PartySeen]) -> Vec<Block> {
    let language = context.language;
    let row = |party: &PartySeen| {
        let id = party.principal.to_string();
        let has_key = if party.has_key {
            Cell::tag(language.t("已设置", "Set"), "good")
        } else {
            Cell::tag(language.t("未设置", "Not set"), "warn")
        };
        vec![
            Cell::link(
                words::party(language, &party.principal),
                format!("/console/settings/parties/{}", encoded(&id)),
            ),
            Cell::text(party.name.as_str()),
            has_key,
            Cell::text(party.notify_url.clone().unwrap_or_else(|| "—".to_owned())),
            Cell::number(party.certificates.len()),
        ]
    };
    let table = Table {
        names: vec![
            language.t("编号", "Number"),
            language.t("名称", "Name"),
            language.t("APIv3 密钥", "APIv3 key"),
            language.t("通知地址", "Notify URL"),
            language.t("证书", "Certificates"),
        ],
        rows: parties.iter().map(row).collect(),
        empty: language.t("还没有商户。", "There is no merchant yet."),
    };
    let kinds = vec![
        ("mchid".to_owned(), language.t("商户", "Merchant").to_owned()),
        ("brand".to_owned(), language.t("品牌", "Brand").to_owned()),
    ];
    let add = Action::new(
        "/console/settings/parties",
        language.t("添加或改名", "Add or rename"),
        vec![
            Field::new("kind", language.t("类别", "Kind"), FieldKind::Choice(kinds)),
            Field::new("number", language.t("编号", "Number"), FieldKind::Text).required(),
            Field::new("name", language.t("名称", "Name"), FieldKind::Text).required(),
        ],
    );
    with_actions(context, vec![Block::Table(table)], vec![add])
}

fn authorise_actions(context: &Context) -> Vec<Action> {
    let language = context.language;
    let grants = vec![
        ("given".to_owned(), language.t("授权", "Give").to_owned()),
        ("withdrawn".to_owned(), language.t("收回", "Withdraw").to_owned()),
    ];
    let fields = vec![
        Field::new("brand_id", language.t("品牌编号", "Brand"), FieldKind::Text).required(),
        Field::new("mchid", language.t("商户号", "Merchant"), FieldKind::Text).required(),
        Field::new("grant", language.t("动作", "What"), FieldKind::Choice(grants)),
    ];
    vec![Action::new("/console/settings/authorisations", language.t("保存", "Save"), fields)]
}

fn token_blocks(context: &Context, tokens: &[ConsoleToken]) -> Vec<Block> {
    let language = context.language;
    let row = |token: &ConsoleToken| {
        let state = match token.revoked_at {
            None => Cell::tag(language.t("有效", "In force"), "good"),
            Some(at) => Cell::tag(format!("{} {}", language.t("已吊销", "Revoked"), time(at)), "bad"),
        };
        let (id, role) = (Cell::text(token.token_id.as_str()), Cell::text(token.role.as_str()));
        vec![id, Cell::text(token.name.as_str()), role, Cell::whole(time(token.created_at)), state]
    };
    let table = Table {
        names: vec![
            language.t("令牌", "Token"),
            language.t("名称", "Name"),
            language.t("角色", "Role"),
            language.t("创建时间", "Created"),
            language.t("状态", "State"),
        ],
        rows: tokens.iter().map(row).collect(),
        empty: "",
    };
    let role_words = |role: Role| match role {
        Role::Viewer => language.t("viewer：只读", "viewer: reads"),
        Role::Operator => language.t("operator：操作券与批次", "operator: acts on coupons and stocks"),
        Role::Admin => language.t("admin：修改设置", "admin: changes settings"),
    };
    let roles = Role::ALL.map(|role| (role.as_str().to_owned(), role_words(role).to_owned())).to_vec();
    let create = Action::new(
        "/console/settings/tokens",
        language.t("新建令牌", "Make a token"),
        vec![
            Field::new("name", language.t("名称", "Name"), FieldKind::Text).required(),
            Field::new("role", language.t("角色", "Role"), FieldKind::Choice(roles)),
        ],
    );
    let own = context.visitor.as_ref().map(|visitor| visitor.token_id.clone());
    let others: Vec<(String, String)> = tokens
        .iter()
        .filter(|token| token.revoked_at.is_none() && Some(&token.token_id) != own.as_ref())
        .map(|token| (token.token_id.clone(), format!("{} · {}", token.name, token.role.as_str())))
        .collect();
    let mut actions = vec![create];
    if !others.is_empty() {
        let which = Field::new("token_id", language.t("令牌", "Token"), FieldKind::Choice(others));
        actions.push(
            Action::new("/console/settings/tokens/revoke", language.t("吊销", "Revoke"), vec![which])
                .asking(language.t("它的会话会立即结束。确定吗？", "Its sessions end at once. Revoke?")),
        );
    }
    with_actions(context, vec![Block::Table(table)], actions)
}

fn log_blocks(context: &Context, log: RequestLogSettings) -> Vec<Block> {
    let language = context.language;
    let (on, off) = (language.t("打开", "On"), language.t("关闭", "Off"));
    let facts = vec![
        (language.t("状态", "State"), Cell::text(if log.is_on { on } else { off })),
        (language.t("最多保留（条）", "Entries at most"), Cell::text(log.entries_max.to_string())),
        (language.t("最长保留（天）", "Days at most"), Cell::text(log.days_max.to_string())),
    ];
    let states = vec![("on".to_owned(), on.to_owned()), ("off".to_owned(), off.to_owned())];
    let fields = vec![
        Field::new("state", language.t("状态", "State"), FieldKind::Choice(states)).value(if log.is_on {
            "on"
        } else {
            "off"
        }),
        Field::new("entries_max", language.t("最多保留（条）", "Entries at most"), FieldKind::Number)
            .value(log.entries_max.to_string()),
        Field::new("days_max", language.t("最长保留（天）", "Days at most"), FieldKind::Number)
            .value(log.days_max.to_string()),
    ];
    let change = Action::new("/console/settings/request-log", language.t("保存", "Save"), fields);
    with_actions(context, vec![Block::Facts(facts)], vec![change])
}
