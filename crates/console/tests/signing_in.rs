//! Who gets into the console, how long, and what every answer guards against.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use quan_platform::console::Role;
use quan_testkit::{PUBLIC_URL, TestPlatform};

#[tokio::test]
async fn a_token_opens_a_session_that_ends_by_hand() {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let mut member = platform.team_member(Role::Viewer).await;
    let page = member.get("/console/requests").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Team") && page.text.contains("viewer"));
    let out = member.submit("/console/requests", "/console/sign-out", &[]).await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/console/sign-in"));
    let after = member.get("/console/requests?q=a%20b").await;
    assert_eq!(after.location(), "/console/sign-in?next=%2Fconsole%2Frequests%3Fq%3Da%2520b");
    assert_eq!(member.sign_in().await.status, StatusCode::SEE_OTHER, "the token still opens a new one");
}

#[tokio::test]
async fn cookies_are_for_the_server_and_for_tls_alone() {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let mut member = platform.team_member(Role::Viewer).await;
    member.cookies.clear();
    let cookie = member.sign_in().await.header("set-cookie").to_owned();
    for part in ["__Host-quan_console=", "HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
    let plain = TestPlatform::start_with_console("http://127.0.0.1:8686").await;
    let mut member = plain.team_member(Role::Viewer).await;
    member.cookies.clear();
    let cookie = member.sign_in().await.header("set-cookie").to_owned();
    assert!(cookie.starts_with("quan_console=") && !cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn sessions_end_when_idle_and_after_a_day_of_work() {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let member = platform.team_member(Role::Viewer).await;
    let is_in = async || member.get("/console/requests").await.status == StatusCode::OK;
    platform.wire_clock.move_by_seconds(2 * 3600 - 1);
    assert!(is_in().await, "one second before the idle time is over; it begins anew");
    platform.wire_clock.move_by_seconds(2 * 3600);
    assert!(!is_in().await, "idle");
    let busy = platform.team_member(Role::Operator).await;
    for _ in 0..11 {
        platform.wire_clock.move_by_seconds(3600);
        assert_eq!(busy.get("/console/requests").await.status, StatusCode::OK);
    }
    platform.wire_clock.move_by_seconds(3600);
    assert_eq!(busy.get("/console/requests").await.status, StatusCode::SEE_OTHER, "twelve hours are over");
}

#[tokio::test]
async fn wrong_tokens_are_refused_and_soon_not_even_looked_at() {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let right = platform.team_member(Role::Admin).await;
    let mut wrong = platform.stranger();
    let (front, _) = right.token.rsplit_once('_').unwrap();
    wrong.token = format!("{front}_{}", "x".repeat(40));
    for _ in 0..5 {
        let page = wrong.sign_in().await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        assert!(page.text.contains("unknown or revoked") && page.header("set-cookie").is_empty());
    }
    wrong.token = right.token.clone();
    assert_eq!(wrong.sign_in().await.status, StatusCode::TOO_MANY_REQUESTS, "the right one has to wait too");
    platform.wire_clock.move_by_seconds(60);
    assert_eq!(wrong.sign_in().await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn forms_of_others_are_not_taken() {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let member = platform.team_member(Role::Viewer).await;
    let forged = member.send_form("/console/sign-out", &[("csrf", "0".repeat(64).as_str())]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let without = member.send_form("/console/sign-out", &[]).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN);
    let csrf = member.get("/console/requests").await.hidden("csrf");
    for origin in ["https://evil.example", "null", "https://quan.example.com.evil.example"] {
        let request = Request::post("/console/sign-out")
            .header(header::HOST, "quan.example.com")
            .header(header::ORIGIN, origin)
            .header(header::COOKIE, &member.cookies)
            .body(Body::from(format!("csrf={csrf}")));
        assert_eq!(member.send(request.unwrap()).await.status, StatusCode::FORBIDDEN, "{origin}");
    }
    let silent = Request::post("/console/sign-out").header(header::COOKIE, &member.cookies);
    let silent = silent.body(Body::from(format!("csrf={csrf}"))).unwrap();
    assert_eq!(member.send(silent).await.status, StatusCode::FORBIDDEN, "no browser sends no origin");
    assert_eq!(member.get("/console/requests").await.status, StatusCode::OK, "the session goes on");
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let member = platform.team_member(Role::Viewer).await;
    for address in ["/console/requests", "/console/nothing", "/console/sign-in", "/console/assets/console.js"]
    {
        let page = member.get(address).await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{address}"
        );
        assert!(!policy.contains("unsafe"), "{address}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{address}");
        assert!(!page.text.contains("style=\"") && !page.text.contains("onclick"), "{address}");
    }
    assert_eq!(member.get("/console/requests").await.header("cache-control"), "no-store");
    assert_eq!(member.get("/console/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(platform.stranger().get("/console/nothing").await.status, StatusCode::SEE_OTHER);
    assert_eq!(member.get("/console").await.location(), "/console/");
}

#[tokio::test]
async fn both_languages_are_spoken_and_the_choice_is_kept() {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let mut member = platform.team_member(Role::Viewer).await;
    member.language = "zh-CN";
    assert!(member.get("/console/requests").await.text.contains("请求日志"));
    let chosen = member.get("/console/language/en?back=%2Fconsole%2Frequests").await;
    assert_eq!(chosen.location(), "/console/requests");
    member.cookies =
        format!("{}; {}", member.cookies, chosen.header("set-cookie").split(';').next().unwrap());
    let page = member.get("/console/requests").await;
    assert!(page.text.contains("<html lang=\"en\">") && page.text.contains("Requests"));
    assert_eq!(member.get("/console/language/en?back=//evil.example").await.location(), "/console/");
}
