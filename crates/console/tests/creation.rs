//! Product coupons of every kind are created by form, in the name of a merchant.
use axum::http::StatusCode;
use quan_platform::console::Role;
use quan_testkit::{APPID, BRAND_ID, PUBLIC_URL, TeamMember, TestPlatform};

const NEW: &str = "/console/product-coupons/new";

async fn started(role: Role) -> (TestPlatform, TeamMember) {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let member = platform.team_member(role).await;
    (platform, member)
}

fn fields<'f>(kind: &'f str, mode: &'f str, benefits: &'f str) -> Vec<(&'f str, &'f str)> {
    vec![
        ("creator", "mchid:1900000001"),
        ("brand_id", BRAND_ID),
        ("notify_appid", APPID),
        ("kind", kind),
        ("usage_mode", mode),
        ("benefits", benefits),
        ("interval_days", "1"),
        ("name", "控制台的券"),
        ("image_url", "https://img.example.com/a.png"),
        ("background_url", "https://img.example.com/b.png"),
        ("background_color", "Color040"),
        ("code_display_mode", "QRCODE"),
        ("original_price", "100"),
        ("package_name", "拿铁"),
        ("max_count", "100"),
        ("max_count_per_user", "1"),
        ("coupon_code_mode", "WECHATPAY"),
        ("begin", "2026-03-02"),
        ("end", "2026-05-31"),
        ("store_scope", "NONE"),
        ("usage_description", "到店出示"),
        ("remark", "备注"),
        ("available_days", if mode == "SINGLE" { "" } else { "30" }),
    ]
}

#[tokio::test]
async fn every_kind_is_created_in_every_mode() {
    let (platform, member) = started(Role::Operator).await;
    let kinds = [
        ("ALL-NORMAL", "60 6", "60 6\n60 9\n60 12"),
        ("ALL-DISCOUNT", "0 10", "0 10\n0 20\n0 30"),
        ("SINGLE-NORMAL", "0 6", "0 6\n0 9\n0 12"),
        ("SINGLE-DISCOUNT", "0 10", "0 10\n0 20\n0 30"),
        ("SINGLE-EXCHANGE", "0 9.9", "0 9.9\n0 8\n0 5"),
    ];
    for (kind, one, several) in kinds {
        for mode in ["SINGLE", "SEQUENTIAL", "PROGRESSIVE_BUNDLE"] {
            let benefits = if mode == "SINGLE" { one } else { several };
            let made = member.submit(NEW, NEW, &fields(kind, mode, benefits)).await;
            let told = made
                .text
                .split("role=\"alert\">")
                .nth(1)
                .unwrap_or_default()
                .split('<')
                .next()
                .unwrap_or_default();
            assert_eq!(made.status, StatusCode::SEE_OTHER, "{kind} {mode}: {told}");
            let page = member.get(made.location()).await.text;
            assert!(page.contains("控制台的券") && page.contains("/console/stocks/"), "{kind} {mode}");
        }
    }
    let list = platform.outbox().await;
    assert!(list.is_empty(), "creating tells nobody");
    assert_eq!(
        member.get("/console/audit?action=create_product_coupon").await.text.matches("CONSOLE_").count(),
        15
    );
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_what_was_typed() {
    let (_platform, member) = started(Role::Operator).await;
    let mut wrong = fields("ALL-NORMAL", "SINGLE", "5 8");
    let again = member.submit(NEW, NEW, &wrong).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.text.contains("role=\"alert\"") && again.text.contains("控制台的券"));
    wrong.retain(|(name, _)| *name != "benefits");
    wrong.push(("benefits", "many"));
    assert_eq!(member.submit(NEW, NEW, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let preview = member
        .submit(NEW, "/console/product-coupons/preview", &fields("ALL-DISCOUNT", "SINGLE", "0 15"))
        .await;
    assert!(preview.text.contains("−15%") && preview.text.contains("keeps the rules"), "{}", preview.text);
    let broken =
        member.submit(NEW, "/console/product-coupons/preview", &fields("ALL-NORMAL", "SINGLE", "5 8")).await;
    assert!(broken.text.contains("notice warn"), "{}", broken.text);
}

#[tokio::test]
async fn a_viewer_creates_nothing() {
    let (_platform, member) = started(Role::Viewer).await;
    assert_eq!(member.get(NEW).await.status, StatusCode::FORBIDDEN);
    let refused =
        member.submit("/console/product-coupons", NEW, &fields("ALL-NORMAL", "SINGLE", "30 8")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
