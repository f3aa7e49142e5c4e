//! Why a signature fails, in words: what is proved, and what to look at when nothing is.

use quan_platform::console::request_log::SignatureFailure;

use crate::language::Language;

/// A cause and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    pub(crate) what: &'static str,
    pub(crate) remedy: &'static str,
}

/// The check that failed, as a headline.
pub(crate) fn headline(language: Language, fault: &str) -> &'static str {
    match fault {
        "malformed" => language
            .t("没有 Authorization 头或格式错误", "The Authorization header is missing or cannot be read"),
        "wrong_scheme" => language.t("认证类型与接口不匹配", "The scheme does not belong to this path"),
        "clock" => language.t("时间戳与服务器相差超过 5 分钟", "The timestamp is more than 5 minutes off"),
        "unknown_certificate" => language.t("找不到该证书", "No active certificate has this serial number"),
        "platform_serial" => language.t(
            "Wechatpay-Serial 不是本平台的公钥 ID",
            "Wechatpay-Serial names no public key of this platform",
        ),
        _ => language
            .t("签名与平台收到的报文不一致", "The signature does not fit the message that was received"),
    }
}

/// A mistake whose message the signature fits.
pub(crate) fn proved(language: Language, cause: &str) -> Option<Cause> {
    let told = |what: (&'static str, &'static str), remedy: (&'static str, &'static str)| {
        Some(Cause { what: language.t(what.0, what.1), remedy: language.t(remedy.0, remedy.1) })
    };
    match cause {
        "body_left_out" => told(
            ("签名时漏掉了请求体", "The body was left out of the signature"),
            ("第五行应是实际发送的请求体原文。", "The fifth line is the body exactly as it is sent."),
        ),
        "query_left_out" => told(
            ("签名时漏掉了查询串", "The query was left out of the signature"),
            (
                "第二行应是 path?query，与请求行一致。",
                "The second line is path?query as on the request line.",
            ),
        ),
        "last_line_feed_left_out" => told(
            ("最后缺少换行符", "The last line feed was left out"),
            (
                "五行中的每一行（包括最后一行）都以 \\n 结尾。",
                "Each of the five lines ends in \\n, the last one too.",
            ),
        ),
        "carriage_returns" => told(
            ("使用了 \\r\\n 换行", "Lines were ended with \\r\\n"),
            ("请只用 \\n（0x0a）。", "Use \\n (0x0a) alone."),
        ),
        "method_in_lower_case" => told(
            ("HTTP 方法用了小写", "The method was signed in lower case"),
            ("请用大写，如 POST。", "Sign it in capitals, as in POST."),
        ),
        "escapes_decoded" => told(
            ("签名用了解码后的 URL", "The URL was decoded before it was signed"),
            ("请用实际发送的、仍带 %XX 的 URL。", "Sign the URL as it is sent, with its %XX."),
        ),
        "leading_slash_left_out" => told(
            ("URL 缺少开头的 /", "The leading / of the URL is missing"),
            ("第二行以 / 开头，不含域名。", "The second line begins with / and holds no host."),
        ),
        "trailing_slash" => told(
            ("签名的路径多了结尾的 /", "The signed path ends in a / that was not sent"),
            ("签名与发送必须是同一个 URL。", "Sign the URL that is sent."),
        ),
        "question_mark_without_query" => told(
            ("没有查询串却签了 ?", "A ? was signed though there is no query"),
            ("没有查询参数时不要带 ?。", "Leave the ? out when there is no query."),
        ),
        "body_trimmed" => told(
            ("签名时去掉了请求体首尾空白", "The body was trimmed before it was signed"),
            ("签名与发送必须是同一段字节。", "Sign the very bytes that are sent."),
        ),
        "body_ends_in_line_feed" => told(
            ("签名的请求体末尾多了换行", "The signed body had a line feed at its end that was not sent"),
            ("签名与发送必须是同一段字节。", "Sign the very bytes that are sent."),
        ),
        "whole_upload_signed" => told(
            ("上传图片时签了整个表单", "The whole upload was signed"),
            ("上传只对 meta 部分的 JSON 签名。", "Of an upload only the JSON of the part meta is signed."),
        ),
        "timestamp_and_nonce_swapped" => told(
            ("时间戳与随机串的顺序颠倒", "Timestamp and nonce are swapped"),
            ("第三行是时间戳，第四行是随机串。", "The third line is the timestamp, the fourth the nonce."),
        ),
        "answer_form" => told(
            ("用了应答的签名格式", "The form of an answer was signed"),
            (
                "请求的签名串有五行：方法、URL、时间戳、随机串、请求体。",
                "A request has five lines: method, URL, timestamp, nonce, body.",
            ),
        ),
        "query_signed_as_body" => told(
            ("查询串被当作请求体签名", "The query was signed as the body"),
            (
                "GET 请求的查询串属于第二行，第五行为空。",
                "The query belongs to the second line; the fifth is empty.",
            ),
        ),
        "empty_object_signed" => told(
            ("没有请求体却签了 {}", "{} was signed though another body was sent"),
            ("没有请求体时第五行为空。", "Without a body the fifth line is empty."),
        ),
        "json_members_sorted" | "json_with_line_breaks" | "json_with_spaces" => told(
            ("签名后请求体被重新序列化", "The JSON was written again after it was signed"),
            (
                "先序列化一次得到字符串，签名和发送都用它。",
                "Write the JSON once into a text; sign and send that text.",
            ),
        ),
        "json_escaped" => told(
            ("签名时中文被转义为 \\uXXXX", "Characters were escaped as \\uXXXX when signed"),
            ("签名与发送必须是同一段字节。", "Sign the very bytes that are sent."),
        ),
        "other_method" => told(
            ("签名用了另一个 HTTP 方法", "Another HTTP method was signed"),
            ("第一行应与实际请求方法一致。", "The first line is the method that is sent."),
        ),
        _ => None,
    }
}

/// What to look at, the most frequent first.
pub(crate) fn likely(language: Language, failure: &SignatureFailure) -> Vec<Cause> {
    let told = |what: (&'static str, &'static str), remedy: (&'static str, &'static str)| Cause {
        what: language.t(what.0, what.1),
        remedy: language.t(remedy.0, remedy.1),
    };
    match failure.fault.as_str() {
        "malformed" => vec![told(
            (
                "没有该请求头，或参数缺失、重复、没有引号",
                "There is no such header, or a parameter is missing, stands twice, or has no quotes",
            ),
            (
                "格式：WECHATPAY2-SHA256-RSA2048 mchid=\"…\",nonce_str=\"…\",timestamp=\"…\",serial_no=\"…\",signature=\"…\"，写在一行。",
                "Write WECHATPAY2-SHA256-RSA2048 mchid=\"…\",nonce_str=\"…\",timestamp=\"…\",serial_no=\"…\",signature=\"…\" on one line.",
            ),
        )],
        "wrong_scheme" => vec![told(
            ("商户签名用于 /v3/，品牌签名用于 /brand/", "Merchants sign for /v3/, brands for /brand/"),
            ("换用与路径一致的认证类型和身份。", "Use the scheme and identity of the path."),
        )],
        "clock" => vec![told(
            ("本机时钟不准，或时间戳用了毫秒", "The clock is wrong, or the timestamp is in milliseconds"),
            (
                "校准时钟；时间戳是 Unix 秒。平台规则时钟的调整不影响签名时间。",
                "Set the clock; timestamps are Unix seconds. Moving the clock of the rules does not move this one.",
            ),
        )],
        "unknown_certificate" => vec![
            told(
                (
                    "证书序列号属于另一个商户，或写成了平台证书的序列号",
                    "The serial number is another merchant's, or the platform's",
                ),
                (
                    "serial_no 是调用方自己 API 证书的序列号。",
                    "serial_no is that of the caller's own API certificate.",
                ),
            ),
            told(
                (
                    "证书已过期、已吊销或尚未添加",
                    "The certificate has expired, was revoked or was never added",
                ),
                ("在“设置”中查看该商户的证书。", "Look at the merchant's certificates in the settings."),
            ),
        ],
        "platform_serial" => vec![told(
            ("请求头 Wechatpay-Serial 填错", "The header Wechatpay-Serial is wrong"),
            (
                "填平台公钥 ID（PUB_KEY_ID_…），见“设置”。",
                "Send the id of the platform's public key (PUB_KEY_ID_…); see the settings.",
            ),
        )],
        _ => vec![
            told(
                (
                    "请求体在签名之后被改动或重新序列化",
                    "The body was changed or written again after it was signed",
                ),
                (
                    "先得到要发送的字节，再签名，再原样发送。",
                    "Make the bytes first, sign them, send them as they are.",
                ),
            ),
            told(
                ("私钥与 serial_no 不是一对", "The private key does not belong to serial_no"),
                (
                    "用 openssl x509 与 openssl rsa 比较公钥。",
                    "Compare the public keys with openssl x509 and openssl rsa.",
                ),
            ),
            told(
                ("代理改写了路径或查询串", "A proxy rewrote the path or the query"),
                ("对照下面平台收到的 URL。", "Compare with the URL below, as the platform received it."),
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_likely_causes_in_both_languages() {
        let faults =
            ["malformed", "wrong_scheme", "clock", "unknown_certificate", "platform_serial", "mismatch"];
        for fault in faults {
            let failure = SignatureFailure {
                fault: fault.into(),
                reason: String::new(),
                claimed: Vec::new(),
                message: None,
                proved_causes: Vec::new(),
                clock_skew_seconds: None,
            };
            let [chinese, english] =
                [Language::Chinese, Language::English].map(|language| likely(language, &failure));
            assert!(!chinese.is_empty() && chinese != english, "{fault}");
            assert_ne!(headline(Language::Chinese, fault), headline(Language::English, fault));
        }
    }
}
