//! The page of one operation.

use crate::document::{body_members, query_members, response_members};
use crate::entity::{Member, Side};
use crate::example;
use crate::face::Face;
use crate::operation::{Description, Idempotency, Operation};
use crate::ordered::Ordered;
use crate::reference::table::{Row, kind, table};
use crate::reference::words::words;
use crate::reference::{client, errors_page, file_name, head, other_page};
use crate::spec::spec;
use crate::text::Language;

/// The page; an operation of product coupons has one for both faces.
pub(crate) fn page(folder: &str, description: &'static Description, language: Language) -> String {
    let operations: Vec<Operation> = spec()
        .operations()
        .filter(|operation| {
            operation.face.folder() == folder && std::ptr::eq(operation.description, description)
        })
        .collect();
    let Some(first) = operations.first().copied() else { return String::new() };
    let title = format!("{} · {}", description.id, description.title.get(language));
    let mut text = head(&title, language, &other_page(&file_name(&description.id), language));
    text.push_str(description.about.get(language));
    text.push_str("\n\n");
    text.push_str(&urls(&operations, language));
    text.push_str(&facts(first, language));
    text.push_str(&request(first, language));
    text.push_str(&response(first, language));
    text.push_str(&notes(description, language));
    text.push_str(&errors(&operations, language));
    text.push_str(&examples(first, language));
    text
}

fn urls(operations: &[Operation], language: Language) -> String {
    let words = words(language);
    let mut text = format!("| {} | {} |\n|---|---|\n", words.face, words.url);
    for operation in operations {
        text.push_str(&format!(
            "| {} | {} `{}` |\n",
            operation.face.word(),
            operation.method(),
            operation.path()
        ));
    }
    text.push('\n');
    text
}

/// Rate, repetition and official pages.
fn facts(operation: Operation, language: Language) -> String {
    let mut lines = Vec::new();
    let idempotency = match (operation.idempotency(), language) {
        (Idempotency::Safe, Language::English) => "It reads: repeat as you like.".to_owned(),
        (Idempotency::Safe, Language::Chinese) => "只读操作，可随时重试。".to_owned(),
        (Idempotency::Keyed(key), Language::English) => {
            format!("Repeat with the same `{key}` and the same data: it has one effect.")
        }
        (Idempotency::Keyed(key), Language::Chinese) => {
            format!("重试时 `{key}` 与其他参数须保持不变，只生效一次。")
        }
        (Idempotency::Natural, Language::English) => {
            "No request number: doing it twice is doing it once.".to_owned()
        }
        (Idempotency::Natural, Language::Chinese) => "无请求单号，重复调用效果相同。".to_owned(),
        (Idempotency::None, Language::English) => "No request number: each call is a new one.".to_owned(),
        (Idempotency::None, Language::Chinese) => "无请求单号，每次调用均为新的请求。".to_owned(),
    };
    lines.push(format!("- {idempotency}"));
    if let Some(rate) = operation.rate() {
        let per = |one: &str, many: &str| {
            if rate.seconds == 1 { one.to_owned() } else { format!("{} {many}", rate.seconds) }
        };
        lines.push(match language {
            Language::English => {
                format!("- Rate: {} calls in {}, for each caller.", rate.calls, per("a second", "seconds"))
            }
            Language::Chinese => format!("- 频率限制：每个调用方 {} 次/{}。", rate.calls, per("秒", "秒")),
        });
    }
    let pages = operation.description.pages.join(", ");
    let is_official = operation.face != Face::Claim;
    match (is_official, pages.is_empty(), language) {
        (false, ..) => {}
        (true, false, Language::English) => lines.push(format!("- Official pages: {pages}.")),
        (true, false, Language::Chinese) => lines.push(format!("- 官方文档页：{pages}。")),
        (true, true, Language::English) => lines.push("- Official page: none is known by its id.".to_owned()),
        (true, true, Language::Chinese) => lines.push("- 官方文档页：编号未知。".to_owned()),
    }
    lines.join("\n") + "\n\n"
}

fn rows<'m>(members: &'m Ordered<Member>, place: &'static str) -> impl Iterator<Item = Row<'m>> {
    members.iter().map(move |(name, member)| Row { name, place, member })
}

fn request(operation: Operation, language: Language) -> String {
    let (query, body) = (query_members(operation), body_members(operation));
    let mut all = Vec::new();
    for name in operation.variables() {
        all.extend(spec().variables.get(name).map(|member| Row { name, place: "path", member }));
    }
    all.extend(rows(&query, "query"));
    all.extend(rows(&body, ""));
    let mut text = format!("## {}\n\n", words(language).request);
    if all.is_empty() {
        text.push_str(match language {
            Language::English => "No parameters.\n\n",
            Language::Chinese => "无参数。\n\n",
        });
        return text;
    }
    if operation.names_brand() && !operation.description.partner_only {
        text.push_str(match language {
            Language::English => "`brand_id` is sent on the partner face only.\n\n",
            Language::Chinese => "`brand_id` 仅服务商接口传递，品牌接口不传。\n\n",
        });
    }
    text.push_str(&table(&all, Side::Write, language, "../"));
    text.push('\n');
    text
}

fn response(operation: Operation, language: Language) -> String {
    let description = &operation.description.response;
    let mut text = format!("## {}\n\n", words(language).response);
    if description.status == 204 {
        text.push_str(match language {
            Language::English => "204 without a body.\n\n",
            Language::Chinese => "204，无应答体。\n\n",
        });
        return text;
    }
    if let Some(name) = &description.like {
        let link = kind(&crate::kind::Kind::Named(name.clone()), language, "../");
        text.push_str(&match language {
            Language::English => format!("The members of {link}, at top level.\n\n"),
            Language::Chinese => format!("{link} 的全部字段，平铺返回。\n\n"),
        });
    }
    let members = response_members(operation);
    let all: Vec<Row<'_>> = rows(&members, "").collect();
    text.push_str(&table(&all, Side::Read, language, "../"));
    text.push('\n');
    text
}

fn notes(description: &Description, language: Language) -> String {
    if description.notes.is_empty() {
        return String::new();
    }
    let lines: Vec<String> =
        description.notes.iter().map(|note| format!("- {}", note.get(language))).collect();
    format!("## {}\n\n{}\n\n", words(language).notes, lines.join("\n"))
}

fn errors(operations: &[Operation], language: Language) -> String {
    let words = words(language);
    let mut all = Vec::new();
    for operation in operations {
        for (name, refusal) in spec().refusals_of(*operation) {
            if !all.iter().any(|(known, _)| *known == name) {
                all.push((name, refusal));
            }
        }
    }
    let faces: Vec<Face> = operations.iter().map(|operation| operation.face).collect();
    let end = crate::reference::ending(language);
    let more = match language {
        Language::English => format!("All refusals: [errors](../errors{end})."),
        Language::Chinese => format!("全部错误见[错误码](../errors{end})。"),
    };
    let note = if client::is_signed(operations[0].face) { words.number_note } else { "" };
    format!("## {}\n\n{}\n{note}{more}\n\n", words.errors, errors_page::table(&all, &faces, language))
}

fn examples(operation: Operation, language: Language) -> String {
    let mut text = format!("## {}\n\n", words(language).example);
    let description = operation.description;
    let colon = match language {
        Language::English => ":",
        Language::Chinese => "：",
    };
    let request = description.examples.request.first().map(String::as_str).unwrap_or_default();
    if let Some(body) = example::body(operation.face, request, "request") {
        text.push_str(&format!("`body`{colon}\n\n```json\n{body}\n```\n\n"));
    } else if let Some(parts) = example::member(operation.face, request, "request", "parts") {
        text.push_str(&format!("```json\n{parts}\n```\n\n"));
    }
    if let Some(query) = example::member(operation.face, request, "request", "query") {
        text.push_str(&format!("`query`{colon}\n\n```json\n{query}\n```\n\n"));
    }
    if !client::is_signed(operation.face) {
        text.push_str(&format!("```sh\n{}```\n", client::shell(operation)));
    } else {
        text.push_str(&format!("```rust\n{}```\n\n", client::calls(operation)));
        text.push_str(match language {
            Language::English => "Blocking: `.send()?` instead of `.await?`.",
            Language::Chinese => "同步调用：以 `.send()?` 代替 `.await?`。",
        });
        if operation.face == Face::Partner && !description.partner_only {
            text.push_str(match language {
                Language::English => {
                    " On the brand face the path begins with `brand/marketing/product-coupon`, and the credential is the brand's."
                }
                Language::Chinese => "品牌接口的路径以 `brand/marketing/product-coupon` 开头，使用品牌的密钥。",
            });
        }
        text.push('\n');
    }
    text.push_str(&answer(operation, language));
    text
}

fn answer(operation: Operation, language: Language) -> String {
    let Some(stem) = operation.description.examples.response.first() else { return String::new() };
    let Some(body) = example::body(operation.face, stem, "response") else { return String::new() };
    let title = match language {
        Language::English => "Answer:",
        Language::Chinese => "应答：",
    };
    format!("\n{title}\n\n```json\n{body}\n```\n")
}
