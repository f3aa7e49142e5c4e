//! The sections of the console: what is shown of product coupons, stocks, coupons and notifications, and what each
//! role may do with them.

use axum::http::StatusCode;
use quan_platform::console::Role;
use quan_testkit::{OPENID, Offer, PUBLIC_URL, TeamMember, TestPlatform};

async fn started(role: Role) -> (TestPlatform, TeamMember) {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let member = platform.team_member(role).await;
    (platform, member)
}

fn stock_page(offer: &Offer) -> String {
    format!("/console/stocks/{}", offer.stock_id)
}

fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[tokio::test]
async fn every_section_opens_empty_and_in_both_languages() {
    let (_platform, mut member) = started(Role::Viewer).await;
    for language in ["en", "zh-CN"] {
        member.language = language;
        for section in [
            "",
            "?span=month",
            "product-coupons",
            "stocks",
            "bundles",
            "user-coupons",
            "notifications",
            "requests",
            "settings",
            "audit",
        ] {
            let page = member.get(&format!("/console/{section}")).await;
            assert_eq!(page.status, StatusCode::OK, "{section}");
            contains(&page.text, &["<h1>", &format!("<html lang=\"{language}\">")]);
        }
    }
    for missing in [
        "stocks/1",
        "product-coupons/1",
        "bundles/1",
        "user-coupons/1/2",
        "notifications/x",
        "requests/1",
        "requests/x",
        "settings/parties/mchid:9",
    ] {
        assert_eq!(
            member.get(&format!("/console/{missing}")).await.status,
            StatusCode::NOT_FOUND,
            "{missing}"
        );
    }
}

#[tokio::test]
async fn a_stock_is_found_shown_and_exported() {
    let (platform, member) = started(Role::Viewer).await;
    let offer = platform.single_offer(|body| body["display_info"]["name"] = "<b>券&\"'".into()).await;
    let list = member.get("/console/stocks?q=%3Cb%3E&state=SENDING").await.text;
    contains(&list, &[&offer.stock_id, "Sending", "0 / 1000"]);
    assert!(!list.contains("<b>券"), "names are texts");
    assert!(!member.get("/console/stocks?q=nothing").await.text.contains(&offer.stock_id));
    assert!(!member.get("/console/stocks?state=PAUSED").await.text.contains(&offer.stock_id));
    let page = member.get(&stock_page(&offer)).await.text;
    contains(&page, &["<progress", "max=\"1000\"", "Merchant 1900000001", "¥8"]);
    assert!(!page.contains("/pause"), "a viewer has no buttons");
    let file = member.get("/console/stocks/export.csv").await;
    contains(&file.text, &["stock_id,", &offer.stock_id]);
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"stocks.csv\"");
    let product = member.get(&format!("/console/product-coupons/{}", offer.product_coupon_id)).await.text;
    contains(&product, &[&offer.stock_id, "Effective"]);
    contains(&member.get("/console/product-coupons?q=%3Cb%3E").await.text, &[&offer.product_coupon_id]);
    contains(&member.get("/console/product-coupons/export.csv").await.text, &[&offer.product_coupon_id]);
}

#[tokio::test]
async fn a_bundle_shows_its_chain() {
    let (platform, member) = started(Role::Viewer).await;
    let merchant = platform.merchant();
    let definition = quan_testkit::definition::progressive_bundle(platform.now(), "BUNDLE_0001");
    let made = merchant.post("/v3/marketing/partner/product-coupon/product-coupons", &definition).await.ok();
    let id = made["stock_bundle"]["stock_bundle_id"].as_str().unwrap();
    contains(&member.get("/console/bundles").await.text, &[id]);
    contains(&member.get("/console/bundles/export.csv").await.text, &["stock_bundle_id,", id, ",3,"]);
    contains(
        &member.get(&format!("/console/bundles/{id}")).await.text,
        &["−¥6 ", "−¥9 ", "−¥12 ", "From ¥60"],
    );
}

#[tokio::test]
async fn an_operator_pauses_resumes_and_changes_the_budget_and_all_of_it_is_noted() {
    let (platform, member) = started(Role::Operator).await;
    let offer = platform.single_offer(|_| {}).await;
    let page = stock_page(&offer);
    let act = async |action: &str, fields: &[(&str, &str)]| {
        member.submit(&page, &format!("{page}/{action}"), fields).await
    };
    assert_eq!(act("pause", &[]).await.status, StatusCode::SEE_OTHER);
    contains(&member.get(&page).await.text, &["Paused", "/resume"]);
    let again = act("pause", &[]).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    contains(&again.text, &["Not done", "INVALID_REQUEST"]);
    assert_eq!(act("resume", &[]).await.status, StatusCode::SEE_OTHER);
    let budget = [("mode", "MAX_COUNT"), ("current", "1000"), ("target", "2000")];
    assert_eq!(act("budget", &budget).await.status, StatusCode::SEE_OTHER);
    assert_eq!(act("budget", &budget).await.status, StatusCode::BAD_REQUEST, "the page was stale");
    let wrong = act("budget", &[("mode", "MAX_COUNT"), ("current", "1000"), ("target", "many")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    contains(&member.get(&page).await.text, &["max=\"2000\""]);
    let ended = act("deactivate", &[("reason", "活动结束")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    let log = member.get(&format!("/console/audit?target={}", offer.stock_id)).await.text;
    contains(
        &log,
        &[
            "pause_stock",
            "resume_stock",
            "change_budget",
            "deactivate_stock",
            "CONSOLE_",
            "活动结束",
            "Team · operator",
        ],
    );
    assert_eq!(log.matches("pause_stock").count(), 1, "what was refused is not noted");
}

#[tokio::test]
async fn a_viewer_changes_nothing_and_an_operator_no_settings() {
    let (platform, viewer) = started(Role::Viewer).await;
    let offer = platform.single_offer(|_| {}).await;
    let page = stock_page(&offer);
    for action in ["pause", "deactivate", "budget"] {
        let fields = [("reason", "x"), ("mode", "MAX_COUNT"), ("current", "1000"), ("target", "1001")];
        let refused = viewer.submit(&page, &format!("{page}/{action}"), &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{action}");
    }
    contains(&viewer.get(&page).await.text, &["Sending", "max=\"1000\""]);
    let operator = platform.team_member(Role::Operator).await;
    for action in [
        "tokens",
        "tokens/revoke",
        "request-log",
        "parties",
        "parties/key",
        "parties/appid",
        "authorisations",
    ] {
        let fields = [
            ("role", "admin"),
            ("name", "x"),
            ("principal", "mchid:1900000001"),
            ("entries_max", "1"),
            ("days_max", "1"),
            ("appid", "wx1"),
            ("brand_id", "1"),
            ("mchid", "1"),
            ("kind", "mchid"),
            ("number", "1"),
        ];
        let refused =
            operator.submit("/console/settings", &format!("/console/settings/{action}"), &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{action}");
    }
}

#[tokio::test]
async fn a_coupon_is_found_by_openid_code_and_number_and_tells_its_story() {
    let (platform, member) = started(Role::Operator).await;
    let offer = platform.single_offer(|_| {}).await;
    let coupon = platform.confirmed(&offer).await;
    member.calls_are_logged().await;
    let address = format!("/console/user-coupons/{}/{}", offer.stock_id, coupon.coupon_code);
    let page = member.get(&address).await.text;
    contains(
        &page,
        &["Received by the user", "Confirmed by the merchant", "Call confirm_user_coupon", "Effective"],
    );
    let number = page.split("/console/requests?q=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    for text in [coupon.openid.as_str(), &coupon.coupon_code, &number] {
        let found = member.get(&format!("/console/user-coupons?q={text}")).await.text;
        contains(&found, &[&coupon.coupon_code]);
    }
    assert!(!member.get("/console/user-coupons?q=oNobody").await.text.contains(&coupon.coupon_code));
    contains(&member.get("/console/user-coupons/export.csv").await.text, &[&coupon.coupon_code]);
    let ended = member.submit(&address, &format!("{address}/deactivate"), &[("reason", "退款")]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    contains(&member.get(&address).await.text, &["Deactivated: 退款"]);
}

#[tokio::test]
async fn a_coupon_without_its_confirm_stands_on_the_overview_with_the_reason() {
    let (platform, member) = started(Role::Viewer).await;
    let offer = platform.single_offer(|_| {}).await;
    let coupon = platform.claimed(&offer, OPENID).await;
    platform.clock.move_by_seconds(61);
    let page = member.get("/console/").await.text;
    contains(&page, &[&coupon.coupon_code, "has set no notify URL"]);
    platform.merchant().post(&coupon.command("confirm"), &coupon.body("x")).await;
    member.calls_are_logged().await;
    contains(&member.get("/console/").await.text, &["confirm was refused"]);
}

#[tokio::test]
async fn a_notification_shows_its_resource_and_is_sent_again() {
    let (platform, member) = started(Role::Operator).await;
    let offer = platform.single_offer(|_| {}).await;
    platform.claimed(&offer, OPENID).await;
    let id = platform.outbox().await[0].id.clone();
    contains(
        &member.get("/console/notifications?state=waiting").await.text,
        &[&id, "PRODUCT_COUPON_SP.SEND"],
    );
    let address = format!("/console/notifications/{id}");
    contains(&member.get(&address).await.text, &["coupon_code", &offer.stock_id]);
    platform.clock.move_by_seconds(1);
    let again = member.submit(&address, &format!("{address}/send-again"), &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    contains(&member.get("/console/audit").await.text, &["send_notification_again", &id]);
    assert_eq!(member.get("/console/notifications?receiver=brand:120344").await.text.matches(&id).count(), 0);
}

#[tokio::test]
async fn an_administrator_makes_and_revokes_tokens() {
    let (platform, admin) = started(Role::Admin).await;
    let settings = "/console/settings";
    let made = admin
        .submit(settings, "/console/settings/tokens", &[("name", "<i>门店</i>"), ("role", "viewer")])
        .await;
    let start = made.text.find("qc_").unwrap();
    let token = made.text[start..].split('<').next().unwrap().to_owned();
    let mut guest = platform.stranger();
    guest.token = token.clone();
    assert_eq!(guest.sign_in().await.status, StatusCode::SEE_OTHER);
    let page = guest.get(settings).await.text;
    assert!(
        !page.contains("<i>门店") && !page.contains(&token) && !page.contains("/settings/tokens"),
        "{page}"
    );
    let id = token.split('_').nth(1).unwrap();
    let own = admin.token.split('_').nth(1).unwrap();
    let revoke = async |id: &str| {
        admin.submit(settings, "/console/settings/tokens/revoke", &[("token_id", id)]).await.status
    };
    assert_eq!(revoke(own).await, StatusCode::UNPROCESSABLE_ENTITY, "nobody locks himself out");
    assert_eq!(revoke("00000000").await, StatusCode::NOT_FOUND);
    assert_eq!(revoke(id).await, StatusCode::SEE_OTHER);
    assert_eq!(guest.get(settings).await.status, StatusCode::SEE_OTHER, "its session is over at once");
    let nameless =
        admin.submit(settings, "/console/settings/tokens", &[("name", " "), ("role", "viewer")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn an_administrator_rotates_the_platforms_keys_step_by_step() {
    let (platform, admin) = started(Role::Admin).await;
    let first = platform.platform_keys.now().by_certificate().serial.to_owned();
    let turn = async |kind: &str, step: &str| {
        let fields = [("kind", kind), ("step", step)];
        admin.submit("/console/settings", "/console/settings/platform-keys", &fields).await.status
    };
    assert_eq!(turn("certificate", "switch").await, StatusCode::UNPROCESSABLE_ENTITY, "there is one only");
    assert_eq!(turn("certificate", "rotate").await, StatusCode::SEE_OTHER);
    assert_eq!(platform.platform_keys.now().by_certificate().serial, first, "the old one still signs");
    contains(&admin.get("/console/settings").await.text, &["Sign with the other certificate", &first]);
    assert_eq!(turn("certificate", "switch").await, StatusCode::SEE_OTHER);
    assert_ne!(platform.platform_keys.now().by_certificate().serial, first);
    assert_eq!(turn("certificate", "retire").await, StatusCode::SEE_OTHER);
    assert!(!admin.get("/console/settings").await.text.contains(&first));
    assert_eq!(turn("public_key", "rotate").await, StatusCode::SEE_OTHER);
    assert_eq!(turn("other", "rotate").await, StatusCode::BAD_REQUEST);
    let log = admin.get("/console/audit").await.text;
    contains(
        &log,
        &["rotate_platform_certificate", "retire_platform_certificate", "rotate_platform_public_key"],
    );
    let operator = platform.team_member(Role::Operator).await;
    let fields = [("kind", "certificate"), ("step", "rotate")];
    let refused = operator.submit("/console/settings", "/console/settings/platform-keys", &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_administrator_changes_parties_and_the_request_log() {
    let (platform, admin) = started(Role::Admin).await;
    let party = "/console/settings/parties/brand:120344";
    let act = async |action: &str, fields: &[(&str, &str)]| {
        admin.submit("/console/settings", &format!("/console/settings/{action}"), fields).await
    };
    let of = ("principal", "brand:120344");
    assert_eq!(
        act("parties", &[("kind", "mchid"), ("number", "1900000777"), ("name", "新商户")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        act("parties", &[("kind", "mchid"), ("number", "19x"), ("name", "新商户")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        act("parties/appid", &[of, ("appid", "wxnew"), ("turn", "add")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        act("parties/store", &[of, ("store_id", "777"), ("turn", "add")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(
        act("parties/notify-url", &[of, ("notify_url", "http://x")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        act("parties/notify-url", &[of, ("notify_url", "https://x.example.com/n")]).await.status,
        StatusCode::SEE_OTHER
    );
    contains(&admin.get(party).await.text, &["wxnew", "777", "https://x.example.com/n"]);
    let mode = [("principal", "mchid:1900000001"), ("verification_mode", "PLATFORM_CERTIFICATE")];
    assert_eq!(act("parties/verification-mode", &mode).await.status, StatusCode::SEE_OTHER);
    let nobody = ("principal", "mchid:1999999999");
    let appid = act("parties/appid", &[nobody, ("appid", "wxnew"), ("turn", "add")]).await;
    let url = act("parties/notify-url", &[nobody, ("notify_url", "https://x.example.com/n")]).await;
    assert_eq!([appid.status, url.status], [StatusCode::NOT_FOUND; 2], "nothing is kept for nobody");
    contains(&admin.get("/console/settings/parties/mchid:1900000001").await.text, &["PLATFORM_CERTIFICATE"]);
    let of_brand = [of, ("verification_mode", "BOTH")];
    assert_eq!(act("parties/verification-mode", &of_brand).await.status, StatusCode::NOT_FOUND);
    let key = act("parties/key", &[of]).await;
    assert_eq!(key.status, StatusCode::OK);
    contains(&key.text, &["shown only now"]);
    assert_eq!(
        act("authorisations", &[("brand_id", "120344"), ("mchid", "1900000001"), ("grant", "withdrawn")])
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    platform
        .merchant()
        .get("/v3/marketing/partner/product-coupon/product-coupons/1?brand_id=120344")
        .await
        .refused(403, "NO_AUTH", 268_579_803);
    assert_eq!(
        act("parties/certificate", &[of, ("pem", "nonsense")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let off = [("state", "off"), ("entries_max", "100"), ("days_max", "1")];
    assert_eq!(act("request-log", &off).await.status, StatusCode::SEE_OTHER);
    platform.merchant().get("/v3/certificates").await;
    admin.calls_are_logged().await;
    let list = admin.get("/console/requests").await.text;
    contains(&list, &["The request log is off"]);
    assert!(!list.contains("/v3/certificates"));
    assert_eq!(
        act("request-log", &[("state", "on"), ("entries_max", "0"), ("days_max", "1")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let log = admin.get("/console/audit").await.text;
    contains(
        &log,
        &[
            "name_party",
            "bind_appid",
            "open_store",
            "set_notify_url",
            "renew_apiv3_key",
            "authorise",
            "change_request_log",
        ],
    );
}
