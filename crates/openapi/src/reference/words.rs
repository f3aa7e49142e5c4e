//! The fixed words of the pages, in both languages.

use crate::entity::Presence;
use crate::text::Language;

/// Headings and column names.
pub(crate) struct Words {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) required: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) written: &'static str,
    pub(crate) answered: &'static str,
    pub(crate) request: &'static str,
    pub(crate) response: &'static str,
    pub(crate) errors: &'static str,
    pub(crate) example: &'static str,
    pub(crate) notes: &'static str,
    pub(crate) when: &'static str,
    pub(crate) remedy: &'static str,
    pub(crate) number: &'static str,
    pub(crate) face: &'static str,
    pub(crate) url: &'static str,
    pub(crate) number_note: &'static str,
}

/// The words of a language.
pub(crate) fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

const ENGLISH: Words = Words {
    name: "Name",
    kind: "Type",
    required: "Required",
    meaning: "Description",
    written: "Request",
    answered: "Answer",
    request: "Request",
    response: "Answer",
    errors: "Errors",
    example: "Example",
    notes: "Notes",
    when: "When",
    remedy: "What to do",
    number: "Number",
    face: "Face",
    url: "URL",
    number_note: "The number is the last part of the `Request-ID` header. `*` marks our own. ",
};

const CHINESE: Words = Words {
    name: "名称",
    kind: "类型",
    required: "必填",
    meaning: "说明",
    written: "请求",
    answered: "应答",
    request: "请求参数",
    response: "应答参数",
    errors: "错误码",
    example: "示例",
    notes: "补充说明",
    when: "原因",
    remedy: "处理方法",
    number: "编号",
    face: "接口族",
    url: "请求地址",
    number_note: "编号为应答头 `Request-ID` 的最后一段；`*` 为本项目自有编号。",
};

/// How a presence is written in a table.
pub(crate) fn presence(presence: Presence, language: Language) -> &'static str {
    match (presence, language) {
        (Presence::Required, Language::English) => "yes",
        (Presence::Optional, Language::English) => "no",
        (Presence::Conditional, Language::English) => "conditional",
        (Presence::PartnerOnly, Language::English) => "partner only",
        (Presence::Required, Language::Chinese) => "是",
        (Presence::Optional, Language::Chinese) => "否",
        (Presence::Conditional, Language::Chinese) => "条件",
        (Presence::PartnerOnly, Language::Chinese) => "仅服务商",
        (Presence::Absent, _) => "–",
    }
}
