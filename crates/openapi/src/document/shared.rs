//! What every operation shares: who signs how, the headers of answers, the body of refusals.

use serde_json::{Map, Value, json};

use crate::face::Face;

/// Title and introduction.
pub(super) fn info() -> Value {
    json!({
        "title": "Quan: product coupons over WeChat Pay APIv3",
        "x-title-zh": "券：微信支付 APIv3 商品券",
        "version": env!("CARGO_PKG_VERSION"),
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        "description": "Every operation of the partner, brand and busifavor faces, with our own claim calls. Requests \
            may hold members that are not described: they are ignored, and `null` counts as absent. Answers hold what \
            is described and nothing else. Lengths count characters, money is whole fen, times are RFC 3339.",
        "x-description-zh": "服务商、品牌、商家券三个接口族的全部操作，以及本项目自有的领券接口。请求中未描述的字段会被忽略，\
            null 等同于未传；应答只包含所描述的字段。长度按字符计，金额单位为分，时间为 RFC 3339。",
    })
}

/// A tag with its meaning.
pub(super) fn tag(face: Face) -> Value {
    let (en, zh) = about(face);
    json!({"name": face.word(), "description": en, "x-description-zh": zh})
}

/// What a face is for.
pub(crate) fn about(face: Face) -> (&'static str, &'static str) {
    match face {
        Face::Partner => (
            "Product coupons, called by a service provider for the brands that authorised it.",
            "商品券·服务商：服务商代已授权的品牌调用。",
        ),
        Face::Brand => (
            "Product coupons, called by the brand itself. No `brand_id` is sent.",
            "商品券·品牌：品牌自行调用，不传 brand_id。",
        ),
        Face::Busifavor => (
            "Merchant coupons, and the two calls that send product coupons by their stock.",
            "商家券，以及按批次发放商品券的两个接口。",
        ),
        Face::Platform => ("The platform's own certificates.", "平台证书。"),
        Face::Claim => (
            "Our own calls between the claim page and the platform; not part of the official API.",
            "领券页面与平台之间的自有接口，不属于官方接口。",
        ),
    }
}

/// Everything under `components` but the schemas.
pub(super) fn components() -> Value {
    json!({
        "securitySchemes": security_schemes(),
        "parameters": {
            "WechatpaySerial": {
                "name": "Wechatpay-Serial", "in": "header", "required": false, "schema": {"type": "string"},
                "description": "The key that the caller verifies answers with: `PUB_KEY_ID_…` or the serial number of a \
                    platform certificate. Without it answers are signed by the platform certificate, if there is one.",
                "x-description-zh": "调用方用于验签的微信支付公钥 ID 或平台证书序列号；不传时优先使用平台证书签名。",
            },
            "BrandWechatpaySerial": {
                "name": "Wechatpay-Serial", "in": "header", "required": true, "schema": {"type": "string"},
                "description": "The public key id (`PUB_KEY_ID_…`) of the brand; checked.",
                "x-description-zh": "品牌的微信支付公钥 ID（PUB_KEY_ID_…），必填且会校验。",
            },
        },
        "headers": headers(),
    })
}

fn security_schemes() -> Value {
    json!({
        "merchant_signature": {
            "type": "http",
            "scheme": "WECHATPAY2-SHA256-RSA2048",
            "description": "`Authorization: WECHATPAY2-SHA256-RSA2048 mchid=\"…\",nonce_str=\"…\",timestamp=\"…\",\
                serial_no=\"…\",signature=\"…\"`. The signature is RSASSA-PKCS1-v1_5 with SHA-256 by the merchant's API \
                private key over method, target (path with query), timestamp, nonce and body, each ended by a line feed; \
                it is Base64. The time may differ from the platform's by 5 minutes.",
            "x-description-zh": "商户 API 私钥对“方法、路径与查询串、时间戳、随机串、请求体”（各以换行结尾）做 SHA256-RSA2048 签名，\
                结果以 Base64 放入 Authorization；时间偏差不超过 5 分钟。",
        },
        "brand_signature": {
            "type": "http",
            "scheme": "WECHATPAY-BRAND-SHA256-RSA2048",
            "description": "The same over the same text, with `brand_id=\"…\"` in place of `mchid`, signed by the brand's \
                API private key. `Wechatpay-Serial` has to name the brand's public key id.",
            "x-description-zh": "签名方式相同，以 brand_id 代替 mchid，使用品牌 API 私钥；必须传 Wechatpay-Serial（公钥 ID）。",
        },
        "upload_signature": {
            "type": "http",
            "scheme": "WECHATPAY2-SHA256-RSA2048",
            "description": "For multipart bodies, in addition to either of the two: the body that is signed is the JSON \
                text of the `meta` part alone, byte for byte as it is sent; the file is covered by its digest in `meta`.",
            "x-description-zh": "multipart 上传在上述两种方式上另有规定：参与签名的请求体仅为 meta 部分的 JSON 原文，文件由其中的摘要覆盖。",
        },
    })
}

fn headers() -> Value {
    let header = |en: &str, zh: &str, pattern: Option<&str>| {
        let mut schema = json!({"type": "string"});
        if let Some(pattern) = pattern {
            schema["pattern"] = json!(pattern);
        }
        json!({"description": en, "x-description-zh": zh, "schema": schema})
    };
    json!({
        "Request-ID": header(
            "Names the exchange; the digits after the last `-` are the number of the refusal, 0 for none.",
            "请求标识；最后一个 - 之后的数字为错误编号，0 表示无。",
            Some("-[0-9]+$"),
        ),
        "Wechatpay-Timestamp": header("Unix seconds of the signature.", "签名时间戳（秒）。", Some("^[0-9]+$")),
        "Wechatpay-Nonce": header("Random text of the signature.", "签名随机串。", None),
        "Wechatpay-Serial": header("The key that signed.", "签名所用的公钥 ID 或证书序列号。", None),
        "Wechatpay-Signature": header(
            "Base64 of RSASSA-PKCS1-v1_5 with SHA-256 over timestamp, nonce and body, each ended by a line feed.",
            "对时间戳、随机串、应答体（各以换行结尾）的签名，Base64。",
            None,
        ),
        "Wechatpay-Signature-Type": header("The scheme of the signature.", "签名类型。", None),
    })
}

/// Schemas that no entity describes: the bodies of refusals.
pub(super) fn schemas() -> Map<String, Value> {
    let error = json!({
        "type": "object",
        "title": "Refusal",
        "x-title-zh": "错误",
        "required": ["code", "message"],
        "additionalProperties": false,
        "properties": {
            "code": {
                "type": "string",
                "enum": [
                    "PARAM_ERROR", "INVALID_REQUEST", "ALREADY_EXISTS", "SIGN_ERROR", "NO_AUTH", "NOT_FOUND",
                    "RESOURCE_NOT_EXISTS", "RATELIMIT_EXCEEDED", "FREQUENCY_LIMITED", "SYSTEM_ERROR",
                    "STATEMENT_CREATING", "APPID_MCHID_NOT_MATCH", "MCH_NOT_EXISTS",
                ],
                "description": "What to decide by, together with the status.",
                "x-description-zh": "错误码，与状态码一起作为判断依据。",
            },
            "message": {"type": "string", "description": "For people, in Chinese.", "x-description-zh": "错误描述。"},
            "detail": {
                "type": "object",
                "description": "The member that does not fit; of a signature, what the platform signed.",
                "x-description-zh": "出错的字段；签名错误时为平台构造的签名串信息。",
                "additionalProperties": false,
                "properties": {
                    "field": {"type": "string", "description": "A JSON Pointer, or the name of a variable.", "x-description-zh": "JSON Pointer 或参数名。"},
                    "value": {"description": "What was given.", "x-description-zh": "传入的值。"},
                    "issue": {"type": "string", "description": "What to change.", "x-description-zh": "需修改之处。"},
                    "location": {"type": "string", "description": "body, url, query or authorization.", "x-description-zh": "字段所在位置。"},
                    "detail": {"type": "object"},
                    "sign_information": {"type": "object"},
                },
            },
        },
    });
    let claim_error = json!({
        "type": "object",
        "title": "Refusal of a claim call",
        "x-title-zh": "领券接口错误",
        "required": ["code", "message"],
        "additionalProperties": false,
        "properties": {
            "code": {"type": "string", "description": "What to decide by.", "x-description-zh": "错误码。"},
            "message": {"type": "string", "description": "For people, in Chinese.", "x-description-zh": "错误描述。"},
            "reason": {
                "type": "string",
                "enum": ["NOTENOUGH", "DAYLIMIT", "MAXQUOTA", "NOTRUNNING", "POOL_EMPTY"],
                "description": "With UNAVAILABLE: why.",
                "x-description-zh": "UNAVAILABLE 时的原因。",
            },
        },
    });
    [("Error".to_owned(), error), ("ClaimError".to_owned(), claim_error)].into_iter().collect()
}
