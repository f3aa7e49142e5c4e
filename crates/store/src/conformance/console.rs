//! The console's own records: tokens, sessions, settings, the audit log, the request log.

use std::sync::Arc;

use super::records::{later, now};
use super::{Promise, commit};
use crate::audit_log::{AuditEntry, AuditFilter};
use crate::backend::{Backend, Reader};
use crate::console_access::{ConsoleSession, ConsoleToken, Role};
use crate::error::StoreError;
use crate::request_log::{
    LoggedBody, LoggedRequest, Outcome, RequestDetail, RequestFilter, RequestHead, SignatureFailure,
};

pub(super) const PROMISES: &[Promise] = &[
    tokens_and_settings_are_read_back_and_replaced,
    sessions_end_by_hand_and_by_age,
    the_audit_log_is_read_newest_first_by_filter_and_page,
    logged_requests_are_read_back_whole,
    logged_requests_are_found_by_filter_page_and_name,
    old_requests_go_by_age_and_by_number,
];

fn read<T>(backend: &Arc<dyn Backend>, look: impl FnMut(&dyn Reader) -> Result<T, StoreError>) -> T {
    backend.snapshot(look).expect("a snapshot").expect("readable")
}

fn token(token_id: &str, seconds: i64) -> ConsoleToken {
    ConsoleToken {
        token_id: token_id.into(),
        name: "运营 <script>".into(),
        role: Role::Operator,
        secret_hash: [4; 32],
        created_at: later(seconds),
        revoked_at: None,
    }
}

fn tokens_and_settings_are_read_back_and_replaced(backend: &Arc<dyn Backend>) {
    let (first, second) = (token("a", 0), token("b", 1));
    let revoked = ConsoleToken { revoked_at: Some(later(9)), role: Role::Admin, ..first.clone() };
    let (one, two, again) = (first.clone(), second.clone(), revoked.clone());
    commit(backend, move |unit| {
        unit.put_console_token(&one)?;
        unit.put_console_token(&two)?;
        unit.put_console_setting("request_log", "on")
    })
    .expect("tokens can be written");
    assert_eq!(read(backend, |reader| reader.console_token("a")), Some(first));
    commit(backend, move |unit| {
        unit.put_console_token(&again)?;
        unit.put_console_setting("request_log", "off")
    })
    .expect("tokens can be replaced");
    assert_eq!(read(backend, |reader| reader.console_tokens()), [second, revoked]);
    assert_eq!(read(backend, |reader| reader.console_token("c")), None);
    let setting = |name: &'static str| read(backend, |reader| reader.console_setting(name));
    assert_eq!((setting("request_log").as_deref(), setting("other")), (Some("off"), None));
}

fn sessions_end_by_hand_and_by_age(backend: &Arc<dyn Backend>) {
    let session = |byte: u8, created: i64, seen: i64| ConsoleSession {
        session_hash: [byte; 32],
        token_id: "a".into(),
        created_at: later(created),
        seen_at: later(seen),
    };
    let all = [session(1, 0, 100), session(2, 50, 60), session(3, 50, 100), session(4, 50, 100)];
    commit(backend, move |unit| {
        all.iter().try_for_each(|session| unit.put_console_session(session))?;
        unit.put_console_session(&session(4, 50, 120))?;
        unit.delete_console_session(&[3; 32])?;
        unit.delete_console_session(&[9; 32])
    })
    .expect("sessions can be written");
    let found = |byte: u8| read(backend, |reader| reader.console_session(&[byte; 32]));
    assert_eq!((found(3), found(4)), (None, Some(session(4, 50, 120))));
    let ended = commit(backend, |unit| unit.delete_old_console_sessions(later(61), later(1)));
    assert_eq!(ended.expect("sessions can be ended"), 2);
    assert!(found(1).is_none() && found(2).is_none() && found(4).is_some());
}

fn entry(action: &str, target: &str) -> AuditEntry {
    AuditEntry {
        at: now(),
        token_id: "a".into(),
        token_name: "运营".into(),
        role: Role::Operator,
        action: action.into(),
        target: target.into(),
        request_no: Some("CONSOLE_1".into()),
        before: Some("{\"state\":\"SENDING\"}".into()),
        after: None,
    }
}

fn the_audit_log_is_read_newest_first_by_filter_and_page(backend: &Arc<dyn Backend>) {
    commit(backend, |unit| {
        for (action, target) in [("pause_stock", "1"), ("resume_stock", "1"), ("pause_stock", "2")] {
            unit.insert_audit_entry(&entry(action, target))?;
        }
        Ok(())
    })
    .expect("the log can be written");
    let found = |filter: &AuditFilter, before, limit| {
        let kept = read(backend, |reader| reader.audit_entries(filter, before, limit));
        kept.into_iter().map(|kept| (kept.seq, kept.entry)).collect::<Vec<_>>()
    };
    let all = found(&AuditFilter::default(), None, 10);
    let entries: Vec<_> = all.iter().map(|(_, entry)| entry.clone()).collect();
    assert_eq!(entries, [entry("pause_stock", "2"), entry("resume_stock", "1"), entry("pause_stock", "1")]);
    assert_eq!(found(&AuditFilter::default(), None, 1), all[..1]);
    assert_eq!(found(&AuditFilter::default(), Some(all[0].0), 10), all[1..]);
    let of = |action: Option<&str>, target: Option<&str>, token: Option<&str>| AuditFilter {
        action: action.map(str::to_owned),
        target: target.map(str::to_owned),
        token_id: token.map(str::to_owned),
    };
    assert_eq!(found(&of(Some("pause_stock"), Some("1"), Some("a")), None, 10), all[2..]);
    assert_eq!(found(&of(None, None, Some("b")), None, 10), []);
}

fn request(request_id: &str, at_ms: i64) -> LoggedRequest {
    let body = LoggedBody { text: "{\"a\":\"券\"}".into(), length: 99, is_cut: true };
    LoggedRequest {
        head: RequestHead {
            request_id: request_id.into(),
            at_ms,
            duration_us: 1500,
            method: "POST".into(),
            target: "/v3/x?a=%E5%88%B8".into(),
            caller: "mchid:1900000001".into(),
            operation: "use_user_coupon".into(),
            status: 401,
            outcome: Outcome::Unproved,
            code: Some("SIGN_ERROR".into()),
            reason: Some("why".into()),
        },
        detail: RequestDetail {
            rules_at_seconds: 1_760_000_007,
            request_headers: vec![("Accept".into(), "*/*".into())],
            request_body: body.clone(),
            response_headers: vec![("Request-ID".into(), request_id.into())],
            response_body: body,
            signature: Some(SignatureFailure {
                fault: "mismatch".into(),
                reason: "why".into(),
                claimed: vec![("mchid".into(), "1900000001".into())],
                message: Some("POST\n/v3/x\n1\nn\n\n".into()),
                proved_causes: vec!["no_query".into()],
                clock_skew_seconds: Some(-3),
            }),
        },
        names: vec![("coupon_code".into(), "C1".into()), ("stock_id".into(), "S1".into())],
    }
}

fn log(backend: &Arc<dyn Backend>, requests: Vec<LoggedRequest>) {
    commit(backend, move |unit| requests.iter().try_for_each(|request| unit.insert_logged_request(request)))
        .expect("requests can be logged");
}

fn found(backend: &Arc<dyn Backend>, filter: &RequestFilter) -> Vec<String> {
    let rows = read(backend, |reader| reader.logged_requests(filter, None, 10));
    rows.into_iter().map(|(_, head)| head.request_id).collect()
}

fn logged_requests_are_read_back_whole(backend: &Arc<dyn Backend>) {
    log(backend, vec![request("R1", 1000)]);
    let rows = read(backend, |reader| reader.logged_requests(&RequestFilter::default(), None, 10));
    assert_eq!(rows[0].1, request("R1", 1000).head);
    let seq = rows[0].0;
    assert_eq!(read(backend, |reader| reader.logged_request(seq)), Some(request("R1", 1000)));
    assert_eq!(read(backend, |reader| reader.logged_request(seq + 1)), None);
}

fn logged_requests_are_found_by_filter_page_and_name(backend: &Arc<dyn Backend>) {
    let mut second = request("R2", 2000);
    second.head.caller = "brand:120344".into();
    second.head.operation = String::new();
    second.head.outcome = Outcome::Done;
    second.names = vec![("stock_id".into(), "C1".into()), ("stock_id".into(), "C1".into())];
    log(backend, vec![request("R1", 1000), second, request("R3", 3000)]);
    let everything = RequestFilter::default();
    assert_eq!(found(backend, &everything), ["R3", "R2", "R1"]);
    let by_caller = RequestFilter { caller: Some("brand:120344".into()), ..everything.clone() };
    let by_operation = RequestFilter { operation: Some("use_user_coupon".into()), ..everything.clone() };
    let by_outcome = RequestFilter { outcome: Some(Outcome::Done), ..everything.clone() };
    let named = |value: &str| RequestFilter { named: Some(value.into()), ..RequestFilter::default() };
    assert_eq!(found(backend, &by_caller), ["R2"]);
    assert_eq!(found(backend, &by_operation), ["R3", "R1"]);
    assert_eq!(found(backend, &by_outcome), ["R2"]);
    assert_eq!(found(backend, &named("C1")), ["R3", "R2", "R1"]);
    assert_eq!(found(backend, &named("S1")), ["R3", "R1"]);
    assert_eq!(found(backend, &named("R2")), ["R2"]);
    let rows = read(backend, |reader| reader.logged_requests(&everything, None, 10));
    let page = read(backend, |reader| reader.logged_requests(&everything, Some(rows[0].0), 1));
    assert_eq!(page, rows[1..2]);
    let naming = |names: &[(&str, &str)]| {
        let rows = read(backend, |reader| reader.requests_naming(names, 10));
        rows.into_iter().map(|(_, head)| head.request_id).collect::<Vec<_>>()
    };
    assert_eq!(naming(&[("coupon_code", "C1"), ("stock_id", "S1")]), ["R1", "R3"]);
    assert_eq!(naming(&[("stock_id", "C1")]), ["R2"]);
    assert_eq!(naming(&[("stock_id", "C1"), ("stock_id", "S1")]), Vec::<String>::new());
}

fn old_requests_go_by_age_and_by_number(backend: &Arc<dyn Backend>) {
    log(backend, (1..=5).map(|at| request(&format!("R{at}"), at * 1000)).collect());
    let delete = |before_ms, keep| {
        commit(backend, move |unit| unit.delete_old_requests(before_ms, keep))
            .expect("requests can be deleted")
    };
    assert_eq!(delete(0, 5), 0);
    assert_eq!(delete(2000, 100), 1);
    assert_eq!(delete(0, 2), 2);
    assert_eq!(found(backend, &RequestFilter::default()), ["R5", "R4"]);
    let named = RequestFilter { named: Some("C1".into()), ..RequestFilter::default() };
    assert_eq!(found(backend, &named), ["R5", "R4"]);
    log(backend, vec![request("R6", 6000)]);
    assert_eq!(found(backend, &named), ["R6", "R5", "R4"], "a number is not given twice");
}
