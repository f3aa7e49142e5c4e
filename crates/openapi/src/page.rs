//! The readable page: every operation with its tables, for people with a browser.
//!
//! It holds no script, asks for nothing else and carries its one style sheet inside; [`STYLE_DIGEST`] lets a
//! Content-Security-Policy admit exactly that.

use crate::document::{body_members, query_members, response_members};
use crate::entity::{Member, Presence, Side};
use crate::face::Face;
use crate::kind::Kind;
use crate::operation::Operation;
use crate::reference::{number, plain_kind, presence, words};
use crate::spec::spec;
use crate::text::Language;

/// SHA-256 of the page's style sheet in Base64, as a Content-Security-Policy wants it: `'sha256-…'`.
pub const STYLE_DIGEST: &str = "CMpVma7j6o0GMJ7bEhJuP5PPkf9lZrQA8KyJAa/Swmg=";

/// The style sheet.
const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--soft:#8881}\
body{font:15px/1.55 system-ui,'PingFang SC','Microsoft YaHei',sans-serif;max-width:68rem;margin:0 auto;padding:1rem}\
h1{font-size:1.6rem}h2{border-bottom:1px solid var(--line);padding-bottom:.3rem;margin-top:2.5rem}\
h3{margin:1.2rem 0 .4rem;font-size:1rem}\
code{font-family:ui-monospace,Consolas,monospace;font-size:.92em;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%;font-size:.92em}\
th,td{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top}\
th{background:var(--soft)}details{border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0;padding:.4rem .8rem}\
summary{cursor:pointer}summary b{display:inline-block;min-width:4.2rem}\
nav a{margin-right:1rem}";

/// The page in one language, as a whole HTML document.
#[must_use]
pub fn page(language: Language) -> String {
    let (lang, title, other, link) = match language {
        Language::English => ("en", "Quan: the API", "?lang=zh", "中文"),
        Language::Chinese => ("zh-CN", "券：接口文档", "?lang=en", "English"),
    };
    let mut html = format!(
        "<!doctype html><html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><h1>{title}</h1><nav><a href=\"/openapi.json\">OpenAPI 3.1</a>\
         <a href=\"{other}\">{link}</a>"
    );
    for face in Face::ALL {
        html.push_str(&format!("<a href=\"#{0}\">{0}</a>", face.word()));
    }
    html.push_str("</nav>");
    for face in Face::ALL {
        let (en, zh) = crate::document::about(face);
        let about = if language == Language::English { en } else { zh };
        html.push_str(&format!("<h2 id=\"{0}\">{0}</h2><p>{1}</p>", face.word(), text(about)));
        for operation in spec().operations().filter(|operation| operation.face == face) {
            html.push_str(&section(operation, language));
        }
    }
    html.push_str(&entities(language));
    html.push_str(&enums(language));
    html.push_str("</body></html>");
    html
}

fn section(operation: Operation, language: Language) -> String {
    let words = words(language);
    let description = operation.description;
    let (query, body, answer) =
        (query_members(operation), body_members(operation), response_members(operation));
    let mut request: Vec<(&str, &str, &Member)> = operation
        .variables()
        .filter_map(|name| spec().variables.get(name).map(|member| (name, "path", member)))
        .collect();
    request.extend(query.iter().map(|(name, member)| (name, "query", member)));
    request.extend(body.iter().map(|(name, member)| (name, "", member)));
    let answer: Vec<(&str, &str, &Member)> = answer.iter().map(|(name, member)| (name, "", member)).collect();
    let mut html = format!(
        "<details id=\"{}\"><summary><b>{}</b> <code>{}</code> {}</summary><p>{}</p>",
        operation.document_id(),
        operation.method(),
        text(&operation.path()),
        text(description.title.get(language)),
        text(description.about.get(language)),
    );
    if !request.is_empty() {
        html.push_str(&format!(
            "<h3>{}</h3>{}",
            words.request,
            table(&request, Side::Write, operation.face, language)
        ));
    }
    if !answer.is_empty() {
        html.push_str(&format!(
            "<h3>{}</h3>{}",
            words.response,
            table(&answer, Side::Read, operation.face, language)
        ));
    }
    if !description.notes.is_empty() {
        let notes: Vec<String> =
            description.notes.iter().map(|note| format!("<li>{}</li>", text(note.get(language)))).collect();
        html.push_str(&format!("<h3>{}</h3><ul>{}</ul>", words.notes, notes.concat()));
    }
    html.push_str(&format!("<h3>{}</h3>{}</details>", words.errors, errors(operation, language)));
    html
}

fn errors(operation: Operation, language: Language) -> String {
    let words = words(language);
    let mut html = format!(
        "<table><tr><th>HTTP</th><th>code</th><th>{}</th><th>{}</th><th>{}</th></tr>",
        words.number, words.when, words.remedy
    );
    for (_, refusal) in spec().refusals_of(operation) {
        html.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            refusal.status,
            refusal.code.on(operation.face),
            number(refusal.number.on(operation.face)),
            text(refusal.when.get(language)),
            text(refusal.remedy.get(language)),
        ));
    }
    html + "</table>"
}

fn table(rows: &[(&str, &str, &Member)], side: Side, face: Face, language: Language) -> String {
    let words = words(language);
    let mut html = format!(
        "<table><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>",
        words.name, words.kind, words.required, words.meaning
    );
    for (name, place, member) in rows {
        let there = member.presence(side);
        if there == Presence::Absent || (there == Presence::PartnerOnly && face == Face::Brand) {
            continue;
        }
        let place = if place.is_empty() { String::new() } else { format!(", {place}") };
        html.push_str(&format!(
            "<tr><td><code>{name}</code></td><td>{}{place}</td><td>{}</td><td>{}</td></tr>",
            kind(&member.kind, language),
            presence(there, language),
            text(member.text.get(language)),
        ));
    }
    html + "</table>"
}

/// A kind, linked to the section that describes it.
fn kind(kind: &Kind, language: Language) -> String {
    let plain = text(&plain_kind(kind, language));
    match kind.name().filter(|name| spec().scalars.get(name).is_none()) {
        Some(name) => plain.replace(name, &format!("<a href=\"#{name}\">{name}</a>")),
        None => plain,
    }
}

fn entities(language: Language) -> String {
    let words = words(language);
    let mut html = String::new();
    for (name, entity) in spec().entities.iter().flat_map(|file| file.entities.iter()) {
        html.push_str(&format!("<h2 id=\"{name}\">{name}</h2><p>{}", text(entity.title.get(language))));
        if let Some(about) = &entity.about {
            html.push_str(&format!("<br>{}", text(about.get(language))));
        }
        html.push_str(&format!(
            "</p><table><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr>",
            words.name, words.kind, words.written, words.answered, words.meaning
        ));
        for (member_name, member) in entity.fields.iter() {
            html.push_str(&format!(
                "<tr><td><code>{member_name}</code></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                kind(&member.kind, language),
                presence(member.write, language),
                presence(member.read, language),
                text(member.text.get(language)),
            ));
        }
        html.push_str("</table>");
    }
    html
}

fn enums(language: Language) -> String {
    let mut html = String::new();
    for (name, set) in spec().enums.iter() {
        html.push_str(&format!(
            "<h2 id=\"{name}\">{name}</h2><p>{}</p><table>",
            text(set.title.get(language))
        ));
        for (word, (en, zh)) in set.values.iter() {
            let meaning = if language == Language::English { en } else { zh };
            html.push_str(&format!("<tr><td><code>{word}</code></td><td>{}</td></tr>", text(meaning)));
        }
        html.push_str("</table>");
    }
    html
}

/// A text as HTML: escaped, `code` in its place, and links of the pages as their words.
fn text(source: &str) -> String {
    let mut html = String::new();
    for (at, part) in without_links(source).split('`').enumerate() {
        let escaped =
            part.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        if at % 2 == 1 {
            html.push_str(&format!("<code>{escaped}</code>"));
        } else {
            html.push_str(&escaped);
        }
    }
    html
}

/// `[words](target)` as `words`: the targets are files beside the pages of the reference.
fn without_links(source: &str) -> String {
    let mut plain = String::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("](") {
        let Some((head, words)) = before.rsplit_once('[') else { break };
        let Some((_, tail)) = after.split_once(')') else { break };
        plain.push_str(head);
        plain.push_str(words);
        rest = tail;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use sha2::Digest;

    use super::*;

    #[test]
    fn the_digest_is_that_of_the_style_sheet() {
        let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(STYLE));
        assert_eq!(STYLE_DIGEST, digest);
    }

    #[test]
    fn the_page_asks_for_nothing_and_holds_every_operation() {
        for language in [Language::English, Language::Chinese] {
            let html = page(language);
            for forbidden in ["<script", "src=", "@import", "url(", " style=", "onclick"] {
                assert!(!html.contains(forbidden), "{forbidden}");
            }
            assert_eq!(html.matches("<style>").count(), 1);
            for operation in spec().operations() {
                assert!(html.contains(&format!("id=\"{}\"", operation.document_id())), "{}", operation.id());
            }
            assert_eq!(html.matches("<table>").count(), html.matches("</table>").count());
        }
    }

    #[test]
    fn texts_become_safe_html() {
        assert_eq!(text("a < b & `c<d`"), "a &lt; b &amp; <code>c&lt;d</code>");
        assert_eq!(text("see [set it](set.md), and `[x]`"), "see set it, and <code>[x]</code>");
    }
}
