//! A file of codes goes into the pool of a stock, with four lists of what became of them.

use axum::http::StatusCode;
use quan_platform::console::Role;
use quan_testkit::{PUBLIC_URL, TeamMember, TestPlatform};

async fn started(role: Role) -> (TestPlatform, TeamMember, String) {
    let platform = TestPlatform::start_with_console(PUBLIC_URL).await;
    let member = platform.team_member(role).await;
    let offer = platform.single_stock_offer(|stock| stock["coupon_code_mode"] = "UPLOAD".into()).await;
    (platform, member, format!("/console/stocks/{}", offer.stock_id))
}

/// The page of an upload once it is done.
async fn done(member: &TeamMember, address: &str) -> String {
    for _ in 0..1000 {
        let page = member.get(address).await.text;
        if !page.contains("data-live=") {
            return page;
        }
        tokio::task::yield_now().await;
    }
    panic!("the upload does not end");
}

#[tokio::test]
async fn every_code_of_a_file_is_in_one_of_four_lists() {
    let (_platform, member, stock) = started(Role::Operator).await;
    let codes = format!("{stock}/codes");
    let first = member.upload(&stock, &codes, b"OLD_1\nOLD_2\n").await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    done(&member, first.location()).await;
    let many: String = (0..450).map(|at| format!("NEW_{at}\r\n")).collect();
    let file = format!("\u{feff}coupon_code\r\n{many}OLD_1\r\nNEW_7\r\nbad code\r\n");
    let second = member.upload(&stock, &codes, file.as_bytes()).await;
    let address = second.location().to_owned();
    let page = done(&member, &address).await;
    assert!(page.contains("It is done.") && page.contains("max=\"452\""), "{page}");
    let list = async |name: &str| {
        let text = member.get(&format!("{address}/{name}.csv")).await.text;
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(list("success").await.len(), 450);
    assert_eq!(list("already_exist").await, ["OLD_1"]);
    assert_eq!(list("duplicate").await, ["NEW_7"]);
    assert!(list("failed").await[0].starts_with("bad code,"));
    assert_eq!(member.get(&format!("{address}/other.csv")).await.status, StatusCode::NOT_FOUND);
    assert!(member.get(&stock).await.text.contains("max=\"452\""), "the pool has them");
    let log = member.get("/console/audit").await.text;
    assert!(log.contains("begin_code_upload") && log.contains("end_code_upload") && log.contains("sha256"));
}

#[tokio::test]
async fn files_that_cannot_be_taken_are_refused_whole() {
    let (platform, member, stock) = started(Role::Operator).await;
    let codes = format!("{stock}/codes");
    for file in [&b""[..], b"code\n", &[0xff, 0xfe, 0x41]] {
        assert_eq!(member.upload(&stock, &codes, file).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let other = platform.single_offer(|_| {}).await;
    let wrong = format!("/console/stocks/{}/codes", other.stock_id);
    assert_eq!(member.upload(&stock, &wrong, b"A1\n").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(member.get("/console/uploads/0000000000000000").await.status, StatusCode::NOT_FOUND);
    let viewer = platform.team_member(Role::Viewer).await;
    assert_eq!(viewer.upload(&stock, &codes, b"A1\n").await.status, StatusCode::FORBIDDEN);
    let page = member.get(&stock).await.text;
    assert!(!page.contains("Codes given out / uploaded</span><b>1"), "{page}");
}
