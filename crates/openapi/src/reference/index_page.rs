//! The list of all pages.

use crate::document::about;
use crate::face::Face;
use crate::reference::{ending, file_name, head, other_page};
use crate::spec::spec;
use crate::text::Language;

/// The list, by face and in the official order.
pub(crate) fn page(language: Language) -> String {
    let title = match language {
        Language::English => "Reference",
        Language::Chinese => "接口参考",
    };
    let mut text = head(title, language, &other_page("README", language));
    text.push_str(match language {
        Language::English => ENGLISH,
        Language::Chinese => CHINESE,
    });
    for face in [Face::Partner, Face::Busifavor, Face::Platform, Face::Claim] {
        text.push_str(&section(face, language));
    }
    text.push_str(&entities(language));
    text
}

fn section(face: Face, language: Language) -> String {
    let (en, zh) = about(face);
    let (heading, lead) = match (face, language) {
        (Face::Partner, Language::English) => (
            "Product coupons".to_owned(),
            "The tails stand behind `/v3/marketing/partner/product-coupon` for a service provider, and behind \
             `/brand/marketing/product-coupon` for a brand, which sends no `brand_id`."
                .to_owned(),
        ),
        (Face::Partner, Language::Chinese) => (
            "商品券".to_owned(),
            "服务商接口的前缀为 `/v3/marketing/partner/product-coupon`，品牌接口的前缀为 `/brand/marketing/product-coupon` 且不传 `brand_id`。"
                .to_owned(),
        ),
        (Face::Busifavor, Language::English) => ("Merchant coupons (busifavor)".to_owned(), en.to_owned()),
        (Face::Busifavor, Language::Chinese) => ("商家券".to_owned(), zh.to_owned()),
        (Face::Platform, Language::English) => ("Platform".to_owned(), en.to_owned()),
        (Face::Platform, Language::Chinese) => ("平台".to_owned(), zh.to_owned()),
        (Face::Claim | Face::Brand, Language::English) => ("Claim calls".to_owned(), en.to_owned()),
        (Face::Claim | Face::Brand, Language::Chinese) => ("领券接口".to_owned(), zh.to_owned()),
    };
    let (operation, method) = match language {
        Language::English => ("Operation", "Method and path"),
        Language::Chinese => ("接口", "方法与路径"),
    };
    let mut text = format!("## {heading}\n\n{lead}\n\n| {operation} | {method} |\n|---|---|\n");
    for one in spec().operations().filter(|one| one.face() == face) {
        let description = one.description;
        let path = if face == Face::Partner { description.tail.clone() } else { one.path() };
        text.push_str(&format!(
            "| [{}]({}/{}{}) {} | {} `{path}` |\n",
            one.id(),
            face.folder(),
            file_name(one.id()),
            ending(language),
            description.title.get(language),
            one.method(),
        ));
    }
    text.push('\n');
    text
}

fn entities(language: Language) -> String {
    let end = ending(language);
    let links: Vec<String> = spec()
        .entities
        .iter()
        .filter_map(|file| {
            let (_, entity) = file.entities.0.first()?;
            Some(format!("[{}](entities/{}{end})", entity.title.get(language), file.stem))
        })
        .collect();
    match language {
        Language::English => format!(
            "## Shared\n\nObjects: {}, [words](entities/words{end}).\n\nAlso: [errors](errors{end}), \
             [notifications](notifications.md), [the claim page](claim-calls.md), [the sandbox](sandbox.md), [keys](keys.md).\n",
            links.join(", ")
        ),
        Language::Chinese => format!(
            "## 公共内容\n\n公共实体：{}、[枚举取值](entities/words{end})。\n\n另见：[错误码](errors{end})、\
             [事件通知](notifications.md)、[领券页面](claim-calls.md)、[沙箱](sandbox.md)、[密钥](keys.md)。\n",
            links.join("、")
        ),
    }
}

const ENGLISH: &str = "\
Every operation of the API. What is not listed answers 404. The same as an OpenAPI 3.1 document: `GET /openapi.json` of a
running platform, or `GET /openapi` for people.

- Unknown members of requests are ignored; `null` counts as absent. Members of answers that do not apply are absent.
- Lengths count characters. Money is whole fen (分). Times are RFC 3339; answers have whole seconds and +08:00.
- Requests are signed with `WECHATPAY2-SHA256-RSA2048`, on the brand face with `WECHATPAY-BRAND-SHA256-RSA2048`.
- The errors of a page stand roughly in the order in which they are checked; the first one wins. The full order:
  [adding an operation](../adding-an-operation.md#the-order-of-checks).
- In the Rust examples `client` is a `quan_client::Client` and `body` or `query` anything that serialises to the JSON
  shown. How to make a client: [crates/client](../../crates/client/README.md).
- Every call also works from the shell: `quan call POST v3/… name=text name:=json`, or `--json @file`.
- Every answer has a `Request-ID`; the digits after the last `-` are the number of the refusal, 0 when there is none.

";

const CHINESE: &str = "\
全部接口如下，其余地址返回 404。运行中的平台以 `GET /openapi.json` 提供相同内容的 OpenAPI 3.1 文档，`GET /openapi` 为便于阅读的页面。

- 请求中未知的字段会被忽略，`null` 等同于未传；应答中不适用的字段不返回。
- 长度按字符计；金额单位为分；时间为 RFC 3339，应答精确到秒，时区为 +08:00。
- 请求签名使用 `WECHATPAY2-SHA256-RSA2048`，品牌接口使用 `WECHATPAY-BRAND-SHA256-RSA2048`。
- 各页错误大致按检查顺序排列，以最先出现的为准；完整顺序见[新增接口](../adding-an-operation.md#the-order-of-checks)。
- Rust 示例中 `client` 为 `quan_client::Client`，`body`、`query` 为可序列化为所示 JSON 的任意值；客户端的创建见
  [crates/client](../../crates/client/README.md)。
- 也可在命令行调用：`quan call POST v3/… name=text name:=json`，或 `--json @file`。
- 每个应答都有 `Request-ID`，最后一个 `-` 之后的数字为错误编号，0 表示无。

";
