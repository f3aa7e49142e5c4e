//! Refusals on the wire: the one table of HTTP status, code, number and message (semantics 0.2).
//!
//! The number travels only as the suffix of the Request-ID. Numbers are official except 2990000xx, which
//! are our own for refusals without a published one; the pairing of a number with status and code is
//! official only where semantics 0.2 says so.

use axum::http::StatusCode;
use quan_coupon::refusal::{Refusal, Violation, ViolationKind};
use quan_platform::error::LaneError;

use crate::platform_keys::NoCertificateCode;
use crate::problem::Problem;

/// One of the API families: some numbers and words differ by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// `/v3/marketing/partner/product-coupon/…`
    Partner,
    /// `/brand/marketing/product-coupon/…`
    Brand,
    /// `/v3/marketing/busifavor/…`
    Busifavor,
}

impl Face {
    /// The face of a request target; what belongs to none speaks like the partner face.
    pub(crate) fn of(path: &str) -> Self {
        if path.starts_with("/brand/") {
            Self::Brand
        } else if path.starts_with("/v3/marketing/busifavor/") {
            Self::Busifavor
        } else {
            Self::Partner
        }
    }
}

/// A refusal as it travels.
pub(crate) struct Wire {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) number: u64,
    pub(crate) message: String,
}

const BAD: StatusCode = StatusCode::BAD_REQUEST;

/// Where each refusal stands in the table.
pub(crate) fn wire(refusal: &Refusal, face: Face) -> Wire {
    let row =
        |status, code, number, message: &str| Wire { status, code, number, message: message.to_owned() };
    let request = |number, message: &str| row(BAD, "INVALID_REQUEST", number, message);
    match refusal {
        Refusal::Invalid(violation) => invalid(violation, face),
        Refusal::NotFound => row(StatusCode::NOT_FOUND, not_found(face), 268_578_608, "当前访问对象不存在"),
        Refusal::CouponNotFound => {
            row(StatusCode::NOT_FOUND, not_found(face), 268_578_851, "用户商品券不存在")
        }
        Refusal::NoAuthority => {
            row(StatusCode::FORBIDDEN, "NO_AUTH", 268_579_803, "服务商没有此接口权限，请品牌先授权商品券功能")
        }
        Refusal::AppidNotBound => request(268_578_704, "传入的AppID非法，请先与品牌或服务商绑定"),
        Refusal::OpenidUnusable => {
            row(BAD, "PARAM_ERROR", openid(face), "OpenID无法解析，请检查是否属于该AppID")
        }
        // The word is that of the sibling cash-coupon API (api-busifavor U14).
        Refusal::MerchantUnknown { .. } => row(BAD, "MCH_NOT_EXISTS", 299_000_080, "商户号不存在"),
        Refusal::StockNotSending { .. } => request(268_577_984, "批次不在发放中"),
        Refusal::UserLimit { .. } => request(272_756_740, "用户领取张数已达上限"),
        Refusal::StockOut => request(299_000_001, "批次已发完"),
        Refusal::DayOut => request(299_000_002, "批次当日发放数量已达上限"),
        Refusal::PoolEmpty => request(299_000_003, "批次的预上传券Code已用完，请补充上传"),
        Refusal::CodeTaken => row(BAD, "ALREADY_EXISTS", 299_000_004, "券Code在该批次中已被使用"),
        Refusal::Reentry => request(272_755_200, "同一用户和批次的发券请求重入，请使用原请求单号"),
        Refusal::RequestMismatch => request(268_578_927, "请求单号已存在且参数不一致"),
        Refusal::AlreadyExists => row(BAD, "ALREADY_EXISTS", 268_578_927, "请求单号已存在且参数不一致"),
        Refusal::RequestNoSpent => request(299_000_005, "该核销单号对应的核销已退券，请使用新的单号"),
        Refusal::WrongState { .. } => request(268_578_367, "用户券状态非法"),
        Refusal::RoundNotOpen { .. } => request(268_578_367, "用户券状态非法，请按次序核销"),
        Refusal::NotLatestRedemption { .. } => request(268_578_367, "用户券状态非法，只能退最近一次核销"),
        Refusal::ChainOver => request(268_578_367, "用户券组已全部核销或已结束，没有可失效的券"),
        Refusal::StockWrongState { .. } => request(268_578_367, "批次状态不支持该操作"),
        Refusal::CodeDispatched => request(268_578_367, "券Code已发放，不能删除"),
        Refusal::ProductCouponNotEffective { .. } => request(268_578_367, "商品券状态不支持该操作"),
        Refusal::Used => request(272_756_745, "用户券已被其他单号核销"),
        Refusal::Locked => request(272_756_746, "用户券正在被其他订单核销，请稍后重试"),
        Refusal::Deleted => request(272_756_769, "用户券已被用户删除"),
        Refusal::Expired => request(268_578_776, "用户券已过期"),
        Refusal::ExpiredForOperation => request(272_756_790, "用户券已过期，不能继续操作"),
        Refusal::OutsideWindow => request(272_755_715, "不在用户券有效期内"),
        Refusal::OutsidePeriod => request(272_755_717, "不在用户券可用时段内"),
        Refusal::StoreNotAllowed => request(268_584_404, "核销门店非法"),
        Refusal::StoreScopeIsAll => request(268_578_813, "批次为全部门店可用，不能单独关联门店"),
        Refusal::StockClosed => request(299_000_008, "批次已停止或失效，不能修改"),
        Refusal::BudgetStale => request(299_000_006, "当前预算与实际不一致，请重新查询"),
        Refusal::BudgetLow => request(299_000_007, "目标预算不能低于已发放数量"),
    }
}

fn invalid(violation: &Violation, face: Face) -> Wire {
    let (code, number) = match violation.kind {
        ViolationKind::Missing => ("PARAM_ERROR", body_number(face)),
        ViolationKind::Format => ("PARAM_ERROR", 268_435_461),
        ViolationKind::TooLong => ("PARAM_ERROR", 268_435_462),
        ViolationKind::TooShort => ("PARAM_ERROR", 268_435_463),
        ViolationKind::OutOfRange => ("PARAM_ERROR", 268_435_464),
        ViolationKind::Rule => ("INVALID_REQUEST", 268_578_224),
        ViolationKind::Monotone => ("INVALID_REQUEST", 268_586_067),
        ViolationKind::ImageMissing => ("INVALID_REQUEST", 268_578_404),
        ViolationKind::ImageTooLarge => ("PARAM_ERROR", 270_087_680),
    };
    let message = match code {
        "PARAM_ERROR" => format!("参数错误：{} {}", violation.field, violation.issue),
        _ => violation.issue.clone(),
    };
    Wire { status: BAD, code, number, message }
}

fn not_found(face: Face) -> &'static str {
    match face {
        Face::Partner | Face::Brand => "NOT_FOUND",
        Face::Busifavor => "RESOURCE_NOT_EXISTS",
    }
}

fn openid(face: Face) -> u64 {
    match face {
        Face::Partner => 268_578_526,
        Face::Brand => 268_578_532,
        Face::Busifavor => 272_756_757,
    }
}

fn body_number(face: Face) -> u64 {
    match face {
        Face::Partner | Face::Busifavor => 268_578_101,
        Face::Brand => 268_435_461,
    }
}

/// R-BODY for a body that is no JSON object at all.
pub(crate) fn malformed_body(face: Face, message: &str, reason: String) -> Problem {
    problem(BAD, "PARAM_ERROR", body_number(face), message, reason)
}

/// R-BODY for an upload that has not the two parts; without `meta` nothing says who called.
pub(crate) fn malformed_upload(reason: String) -> Problem {
    let message = "请求体应为multipart/form-data，包含meta和file两部分";
    problem(BAD, "PARAM_ERROR", 268_435_461, message, reason)
}

/// R-PARAM-FMT for a path whose percent escapes do not decode to UTF-8.
pub(crate) fn malformed_path() -> Problem {
    let message = "URL路径中的百分号编码不是合法的UTF-8";
    problem(BAD, "PARAM_ERROR", 268_435_461, message, "the path does not decode to UTF-8".into())
}

/// The body is larger than any call may send.
pub(crate) fn body_too_large(bytes_max: usize) -> Problem {
    let message = format!("请求体过大，不能超过{bytes_max}字节");
    problem(
        StatusCode::PAYLOAD_TOO_LARGE,
        "PARAM_ERROR",
        268_435_462,
        &message,
        "the body is too large".into(),
    )
}

/// The body did not arrive in time or broke off.
pub(crate) fn body_unreadable(reason: String) -> Problem {
    problem(StatusCode::REQUEST_TIMEOUT, "PARAM_ERROR", 268_435_461, "请求体未能完整接收，请重试", reason)
}

/// R-FREQ: refused before any effect; the caller waits 1 s, 2 s, 4 s and repeats with the same number.
pub(crate) fn too_frequent(face: Face, reason: String) -> Problem {
    let code = match face {
        Face::Partner | Face::Brand => "RATELIMIT_EXCEEDED",
        Face::Busifavor => "FREQUENCY_LIMITED",
    };
    problem(StatusCode::TOO_MANY_REQUESTS, code, 270_924_289, "请求过于频繁，请稍后使用相同参数重试", reason)
}

/// What the write lane did not do. Too many waiting, and one that waited too long, are R-FREQ: nothing was done.
pub(crate) fn not_written(face: Face, error: LaneError) -> Problem {
    match error {
        LaneError::Full | LaneError::Late => too_frequent(face, error.to_string()),
        LaneError::Closed | LaneError::NotCommitted => system_error(error.to_string()),
    }
}

/// R-SYS: the caller repeats with the same number.
pub(crate) fn system_error(reason: String) -> Problem {
    problem(StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_ERROR", 0, "系统异常，请使用相同参数重试", reason)
}

/// A URL that is no operation of the API.
pub(crate) fn unknown_url() -> Problem {
    problem(StatusCode::NOT_FOUND, "NOT_FOUND", 0, "请求的URL不存在", "no operation has this URL".into())
}

/// An operation that does not have this method.
pub(crate) fn method_not_allowed() -> Problem {
    let message = "该URL不支持此HTTP方法";
    problem(
        StatusCode::METHOD_NOT_ALLOWED,
        "INVALID_REQUEST",
        0,
        message,
        "the URL has no such method".into(),
    )
}

/// There is nothing to download for a merchant that verifies by the public key (wire-protocol 3.3).
pub(crate) fn no_platform_certificate(code: NoCertificateCode) -> Problem {
    let code = match code {
        NoCertificateCode::ResourceNotExists => "RESOURCE_NOT_EXISTS",
        NoCertificateCode::NotFound => "NOT_FOUND",
    };
    let message = "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥";
    problem(StatusCode::NOT_FOUND, code, 0, message, "there is no platform certificate to download".into())
}

/// Nothing can be sealed for a merchant that has set no APIv3 key.
pub(crate) fn no_apiv3_key() -> Problem {
    let message = "商户未设置APIv3密钥，请先在商户平台-API安全设置";
    problem(BAD, "INVALID_REQUEST", 0, message, "the merchant has set no APIv3 key".into())
}

/// R-SIGN. The number is the one seen with a real signature failure (wire-protocol 6.5).
pub(crate) fn sign_error(message: &str, detail: Option<serde_json::Value>, reason: String) -> Problem {
    Problem { detail, ..problem(StatusCode::UNAUTHORIZED, "SIGN_ERROR", 269_546_525, message, reason) }
}

/// A brand call that names another verification key than the brand's (wire-protocol 1.7, step 7).
pub(crate) fn wrong_platform_serial() -> Problem {
    let message = "平台证书序列号Wechatpay-Serial错误，请填写微信支付公钥ID";
    problem(BAD, "PARAM_ERROR", 268_435_461, message, "Wechatpay-Serial is not the public key id".into())
}

fn problem(status: StatusCode, code: &'static str, number: u64, message: &str, reason: String) -> Problem {
    Problem { status, code, number, message: message.to_owned(), detail: None, reason }
}

#[cfg(test)]
mod tests {
    use quan_model::enums::{ProductCouponState, StockState, UserCouponState};

    use super::*;

    /// Each refusal with its row of semantics 0.2, on the partner face.
    fn table() -> Vec<(Refusal, u16, &'static str, u64)> {
        let state = UserCouponState::Confirming;
        vec![
            (Refusal::NotFound, 404, "NOT_FOUND", 268_578_608),
            (Refusal::CouponNotFound, 404, "NOT_FOUND", 268_578_851),
            (Refusal::NoAuthority, 403, "NO_AUTH", 268_579_803),
            (Refusal::AppidNotBound, 400, "INVALID_REQUEST", 268_578_704),
            (Refusal::OpenidUnusable, 400, "PARAM_ERROR", 268_578_526),
            (Refusal::MerchantUnknown { field: "belong_merchant" }, 400, "MCH_NOT_EXISTS", 299_000_080),
            (Refusal::StockNotSending { state: StockState::Paused }, 400, "INVALID_REQUEST", 268_577_984),
            (Refusal::UserLimit { max: 1 }, 400, "INVALID_REQUEST", 272_756_740),
            (Refusal::StockOut, 400, "INVALID_REQUEST", 299_000_001),
            (Refusal::DayOut, 400, "INVALID_REQUEST", 299_000_002),
            (Refusal::PoolEmpty, 400, "INVALID_REQUEST", 299_000_003),
            (Refusal::CodeTaken, 400, "ALREADY_EXISTS", 299_000_004),
            (Refusal::Reentry, 400, "INVALID_REQUEST", 272_755_200),
            (Refusal::RequestMismatch, 400, "INVALID_REQUEST", 268_578_927),
            (Refusal::AlreadyExists, 400, "ALREADY_EXISTS", 268_578_927),
            (Refusal::RequestNoSpent, 400, "INVALID_REQUEST", 299_000_005),
            (Refusal::WrongState { state, attempted: "use" }, 400, "INVALID_REQUEST", 268_578_367),
            (Refusal::RoundNotOpen { index: 2, open: 1 }, 400, "INVALID_REQUEST", 268_578_367),
            (Refusal::NotLatestRedemption { index: 0 }, 400, "INVALID_REQUEST", 268_578_367),
            (Refusal::ChainOver, 400, "INVALID_REQUEST", 268_578_367),
            (Refusal::Used, 400, "INVALID_REQUEST", 272_756_745),
            (Refusal::Locked, 400, "INVALID_REQUEST", 272_756_746),
            (Refusal::Deleted, 400, "INVALID_REQUEST", 272_756_769),
            (Refusal::Expired, 400, "INVALID_REQUEST", 268_578_776),
            (Refusal::ExpiredForOperation, 400, "INVALID_REQUEST", 272_756_790),
            (Refusal::OutsideWindow, 400, "INVALID_REQUEST", 272_755_715),
            (Refusal::OutsidePeriod, 400, "INVALID_REQUEST", 272_755_717),
            (Refusal::StoreNotAllowed, 400, "INVALID_REQUEST", 268_584_404),
            (Refusal::StoreScopeIsAll, 400, "INVALID_REQUEST", 268_578_813),
            (Refusal::BudgetStale, 400, "INVALID_REQUEST", 299_000_006),
            (Refusal::BudgetLow, 400, "INVALID_REQUEST", 299_000_007),
            (
                Refusal::StockWrongState { state: StockState::Paused, attempted: "pause" },
                400,
                "INVALID_REQUEST",
                268_578_367,
            ),
            (Refusal::CodeDispatched, 400, "INVALID_REQUEST", 268_578_367),
            (Refusal::StockClosed, 400, "INVALID_REQUEST", 299_000_008),
            (
                Refusal::ProductCouponNotEffective { state: ProductCouponState::Deactivated },
                400,
                "INVALID_REQUEST",
                268_578_367,
            ),
        ]
    }

    #[test]
    fn every_refusal_has_its_row() {
        for (refusal, status, code, number) in table() {
            let wire = wire(&refusal, Face::Partner);
            assert_eq!((wire.status.as_u16(), wire.code, wire.number), (status, code, number), "{refusal:?}");
            assert!(
                wire.message.chars().any(|character| character > '\u{4e00}'),
                "{refusal:?} speaks Chinese"
            );
        }
    }

    /// The reference says of each refusal what the platform answers.
    #[test]
    fn every_refusal_is_documented_as_it_is_answered() {
        let faces = [
            (Face::Partner, quan_openapi::Face::Partner),
            (Face::Brand, quan_openapi::Face::Brand),
            (Face::Busifavor, quan_openapi::Face::Busifavor),
        ];
        let invalid = |kind: &ViolationKind| Refusal::Invalid(Violation::new("/x", *kind, "应修改"));
        for (face, documented) in faces {
            let all: Vec<_> = quan_openapi::refusals(documented).collect();
            let rows = table().into_iter().map(|(refusal, ..)| refusal);
            for refusal in rows.chain(ViolationKind::ALL.iter().map(invalid)) {
                let wire = wire(&refusal, face);
                let is_documented = all.iter().any(|row| {
                    (row.status, row.code, row.number) == (wire.status.as_u16(), wire.code, wire.number)
                });
                assert!(is_documented, "{face:?} {refusal:?}: {} {} {}", wire.status, wire.code, wire.number);
            }
        }
    }

    #[test]
    fn words_and_numbers_differ_by_face() {
        assert_eq!(wire(&Refusal::NotFound, Face::Busifavor).code, "RESOURCE_NOT_EXISTS");
        assert_eq!(wire(&Refusal::OpenidUnusable, Face::Busifavor).number, 272_756_757);
        assert_eq!(wire(&Refusal::OpenidUnusable, Face::Brand).number, 268_578_532);
        let missing = Refusal::Invalid(Violation::new("/stock_id", ViolationKind::Missing, "缺少必填字段"));
        assert_eq!(wire(&missing, Face::Partner).number, 268_578_101);
        assert_eq!(wire(&missing, Face::Brand).number, 268_435_461);
    }

    #[test]
    fn every_kind_of_field_error_has_its_number() {
        let numbers = ViolationKind::ALL
            .iter()
            .map(|kind| wire(&Refusal::Invalid(Violation::new("/x", *kind, "应修改")), Face::Partner).number);
        let expected = [
            268_578_101,
            268_435_461,
            268_435_462,
            268_435_463,
            268_435_464,
            268_578_224,
            268_586_067,
            268_578_404,
            270_087_680,
        ];
        assert!(numbers.eq(expected));
    }

    #[test]
    fn the_face_follows_from_the_path() {
        assert_eq!(Face::of("/v3/marketing/busifavor/product-coupons/pre-send"), Face::Busifavor);
        assert_eq!(Face::of("/v3/marketing/partner/product-coupon/notify-configs"), Face::Partner);
        assert_eq!(Face::of("/brand/marketing/product-coupon/notify-configs"), Face::Brand);
    }
}
