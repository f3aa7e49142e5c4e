//! Verifying a request, in the order of wire-protocol 1.7; every failure is a 401 SIGN_ERROR whose full
//! reason goes to the log.

use quan_apiv3::authorization::{Authorization, Scheme};
use quan_apiv3::error_body::sign_mismatch_detail;
use quan_apiv3::message::{self, CLOCK_WINDOW_SECONDS};

use crate::observe::SignatureFailure;
use crate::problem::Problem;
use crate::refusal::{self, Face};
use crate::signature::Caller;
use crate::state::Gateway;

const MALFORMED: &str = "Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》";

/// What was received of a request, as far as its signature goes.
pub(crate) struct Received<'r> {
    pub(crate) method: &'r str,
    /// As it stood on the request line: nothing decoded, nothing normalised.
    pub(crate) target: &'r str,
    pub(crate) authorization: Option<&'r str>,
    pub(crate) platform_serial: Option<&'r str>,
    pub(crate) body: &'r [u8],
}

/// Proves who calls.
pub(crate) async fn verify(gateway: &Gateway, received: &Received<'_>) -> Result<Caller, Problem> {
    let failed = |failure| gateway.observer.signature_failed(failure);
    let authorization =
        parse(received).inspect_err(|(failure, _)| failed(*failure)).map_err(|(_, problem)| problem)?;
    check_time(gateway, &authorization).inspect_err(|_| failed(SignatureFailure::Clock))?;
    let now = gateway.wire_clock.now();
    let found = gateway.caller_keys().find(&gateway.platform, &authorization, now).await;
    let found = found.map_err(|error| Problem::failed(&error, Face::of(received.target)))?;
    let Some(found) = found else {
        failed(SignatureFailure::UnknownCertificate);
        let reason = format!(
            "no active certificate of {} {} has serial {}",
            authorization.scheme.identity_name(),
            authorization.identity,
            authorization.serial_no
        );
        let message = "商户证书序列号有误，请使用商户号与之匹配且有效的API证书序列号";
        return Err(refusal::sign_error(message, None, reason));
    };
    let message = message::request_message(
        received.method,
        received.target,
        &authorization.timestamp,
        &authorization.nonce_str,
        received.body,
    );
    // A verification costs about as much as handing it to another thread would, so it stays here.
    if let Err(error) = found.key.verify(&message, &authorization.signature) {
        failed(SignatureFailure::Mismatch);
        let mut reason = format!("the signature is not over the message received: {error}");
        if gateway.settings.explain_signatures {
            reason = format!("{reason}; {:?}", String::from_utf8_lossy(&message));
        }
        let detail = sign_mismatch_detail(received.method, received.target, &message);
        return Err(refusal::sign_error("错误的签名，验签失败", Some(detail), reason));
    }
    check_platform_serial(gateway, &authorization, received)
        .inspect_err(|_| failed(SignatureFailure::PlatformSerial))?;
    Ok(Caller { principal: found.principal, verification_mode: found.verification_mode })
}

fn parse(received: &Received<'_>) -> Result<Authorization, (SignatureFailure, Problem)> {
    let malformed =
        |reason: String| (SignatureFailure::Malformed, refusal::sign_error(MALFORMED, None, reason));
    let header =
        received.authorization.ok_or_else(|| malformed("there is no Authorization header".to_owned()))?;
    let authorization = Authorization::parse(header)
        .map_err(|error| malformed(format!("the Authorization header cannot be read: {error}")))?;
    let path = received.target.split('?').next().unwrap_or_default();
    match Scheme::for_path(path) {
        Some(scheme) if scheme != authorization.scheme => {
            // Without the path, which holds openids and coupon codes.
            let reason = format!("{} where {} belongs", authorization.scheme.as_str(), scheme.as_str());
            let message = "认证类型与接口不匹配，/v3/接口使用商户签名，/brand/接口使用品牌签名";
            Err((SignatureFailure::WrongScheme, refusal::sign_error(message, None, reason)))
        }
        Some(_) | None => Ok(authorization),
    }
}

fn check_time(gateway: &Gateway, authorization: &Authorization) -> Result<(), Problem> {
    let now = gateway.wire_clock.now().unix_seconds();
    let signed_at = authorization.unix_seconds().map_err(|error| {
        refusal::sign_error(MALFORMED, None, format!("the timestamp cannot be read: {error}"))
    })?;
    if message::within_window(signed_at, now, CLOCK_WINDOW_SECONDS) {
        return Ok(());
    }
    let reason = format!("the timestamp {signed_at} is more than {CLOCK_WINDOW_SECONDS} s from {now}");
    let message = "Http头Authorization中的timestamp与服务器时间相差超过5分钟，请校准时间";
    Err(refusal::sign_error(message, None, reason))
}

fn check_platform_serial(
    gateway: &Gateway,
    authorization: &Authorization,
    received: &Received<'_>,
) -> Result<(), Problem> {
    let must_fit = match authorization.scheme {
        Scheme::Merchant => return Ok(()),
        Scheme::Brand => {
            let keys = gateway.platform_keys.now();
            received.platform_serial.is_some_and(|serial| keys.public_key(serial).is_some())
        }
    };
    if must_fit { Ok(()) } else { Err(refusal::wrong_platform_serial()) }
}
