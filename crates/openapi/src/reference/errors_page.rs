//! The page of all refusals.

use crate::face::Face;
use crate::reference::table::cell;
use crate::reference::words::words;
use crate::reference::{head, other_page};
use crate::refusal::{ByFace, Refusal};
use crate::spec::spec;
use crate::text::Language;

/// Numbers from here on are our own.
const OUR_NUMBERS_FROM: u64 = 299_000_001;
/// And end here: what the official manual lists is below or above.
const OUR_NUMBERS_TO: u64 = 299_000_099;

/// Every refusal with its numbers on all faces.
pub(crate) fn page(language: Language) -> String {
    let title = match language {
        Language::English => "Errors",
        Language::Chinese => "错误码",
    };
    let mut text = head(title, language, &other_page("errors", language));
    text.push_str(match language {
        Language::English => ENGLISH,
        Language::Chinese => CHINESE,
    });
    let all: Vec<&str> = spec().refusals.refusals.iter().map(|(name, _)| name).collect();
    let names: Vec<String> = all.iter().map(|name| (*name).to_owned()).collect();
    text.push_str(&table(
        &spec().refusals.named(&names),
        &[Face::Partner, Face::Brand, Face::Busifavor],
        language,
    ));
    text.push_str(match language {
        Language::English => RATES,
        Language::Chinese => RATES_CHINESE,
    });
    text
}

/// A table of refusals with what they are on the given faces.
pub(crate) fn table(refusals: &[(&str, &Refusal)], faces: &[Face], language: Language) -> String {
    let words = words(language);
    let mut text = format!(
        "| HTTP | code | {} | {} | {} |\n|---|---|---|---|---|\n",
        words.number, words.when, words.remedy
    );
    for (_, refusal) in refusals {
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} |\n",
            refusal.status,
            by_face(&refusal.code, faces, Clone::clone),
            by_face(&refusal.number, faces, number),
            cell(refusal.when.get(language)),
            cell(refusal.remedy.get(language))
        ));
    }
    text
}

/// A number as tables write it.
pub(crate) fn number(number: &u64) -> String {
    match number {
        0 => "–".to_owned(),
        own if (OUR_NUMBERS_FROM..=OUR_NUMBERS_TO).contains(own) => format!("{own} *"),
        official => official.to_string(),
    }
}

/// One value, or one for each face where they differ.
fn by_face<T: PartialEq>(values: &ByFace<T>, faces: &[Face], show: fn(&T) -> String) -> String {
    let all: Vec<(Face, &T)> = faces.iter().map(|face| (*face, values.on(*face))).collect();
    let Some((_, first)) = all.first() else { return String::new() };
    if all.iter().all(|(_, value)| value == first) {
        return show(first);
    }
    let mut groups: Vec<(Vec<&str>, &T)> = Vec::new();
    for (face, value) in all {
        match groups.iter_mut().find(|(_, known)| *known == value) {
            Some((faces, _)) => faces.push(face.word()),
            None => groups.push((vec![face.word()], value)),
        }
    }
    let each: Vec<String> =
        groups.iter().map(|(faces, value)| format!("{}: {}", faces.join(", "), show(value))).collect();
    each.join("<br>")
}

const ENGLISH: &str = "\
A refusal is an HTTP status with the body `{\"code\", \"message\", \"detail\"?}`. The number is the last part of the
`Request-ID` header: `08B1…280C-268435463` carries 268435463, and 0 means that there is none. `detail` names the field
(a JSON pointer), where it stands (`body`, `url`, `query`) and what to change.

Numbers with `*` are our own, for refusals without a published one. The others are official; that a number goes with
this status and this word is partly an assumption, see [what is assumed](../adr/0005-wire-assumptions.md). Decide by
status and word, and keep the number for messages and support. The table that the platform answers from is
`crates/gateway/src/refusal.rs`; a test compares the two.

Repeat only after 408, 429, 500 or no answer at all, with the same number and the same data.

Besides these, any URL answers 404 NOT_FOUND without a number when no operation has it, 405 INVALID_REQUEST for another
method, 408 PARAM_ERROR when the body breaks off, and 413 PARAM_ERROR when it is too large.

";

const CHINESE: &str = "\
错误由 HTTP 状态码与应答体 `{\"code\", \"message\", \"detail\"?}` 组成。编号为应答头 `Request-ID` 中最后一个 `-` 之后的数字，
0 表示无编号。`detail` 指出字段（JSON Pointer）、位置（`body`、`url`、`query`）以及如何修改。

带 `*` 的编号为本项目自有，用于官方未公布编号的情形；其余为官方编号，但编号与状态码、错误码的对应部分为
[假设](../adr/0005-wire-assumptions.md)。程序请依据状态码与 `code` 判断，编号用于排查。平台实际使用的表为
`crates/gateway/src/refusal.rs`，有测试保证两者一致。

仅在 408、429、500 或没有收到应答时，用原单号、原参数重试。

此外：地址不存在返回 404 NOT_FOUND，方法不支持返回 405 INVALID_REQUEST，请求体中断返回 408 PARAM_ERROR，
请求体过大返回 413 PARAM_ERROR。

";

const RATES: &str = "
## Rate limits

Per caller, that is per provider on the partner face and per brand on the brand face; a provider's brands share its limits.
The signature is checked before, everything else after. A whole time unit's calls may come at once; then the limit refills
evenly. Off in `quan dev` unless `--rate-limits on` is given.

| Calls | Limit |
|---|---|
| product-coupon faces: product coupons, stocks, bundles, codes, stores, notification URL, image upload, together | 20/s |
| product-coupon faces: everything about users' coupons, together | 500/s |
| product-coupon faces: image tasks | 10/s |
| busifavor: create_stock | 1000/min |
| busifavor: use_coupon, disassociate_trade_info, pre_send_product_coupon, send_product_coupon, each | 500/s |
| every other call | none documented, none kept |
";

const RATES_CHINESE: &str = "
## 频率限制

按调用方计：服务商接口按服务商（其所有品牌共享），品牌接口按品牌。验签在前，其余检查在后。一个时间单位的额度可一次用完，之后匀速恢复。
`quan dev` 默认关闭，可用 `--rate-limits on` 开启。

| 接口 | 限额 |
|---|---|
| 商品券：商品券、批次、批次组、券Code、门店、通知地址、图片上传，合计 | 20 次/秒 |
| 商品券：用户券类，合计 | 500 次/秒 |
| 商品券：图片生成任务 | 10 次/秒 |
| 商家券：create_stock | 1000 次/分钟 |
| 商家券：use_coupon、disassociate_trade_info、pre_send_product_coupon、send_product_coupon，各自 | 500 次/秒 |
| 其他接口 | 官方未规定，不限制 |
";
