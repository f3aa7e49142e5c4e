//! Downloading a bill: its URL and digest come in a verified answer; the file itself is not signed, so the
//! digest decides.
//!
//! Run it: `cargo run -p quan-client --example download_bill`

use std::error::Error;

use http::Method;
use quan_client::testing::{Answer, FakePlatform, MockTransport};
use quan_client::{DownloadTicket, Error as ClientError, RequestError};
use serde_json::json;

const BILLS: &str = "v3/bill/tradebill";
const FILE: &str = "v3/billdownload/file";
const BILL: &str = "transaction time,merchant\n`2025-10-08 16:00:00,`1900000001\n";
const SHA1: &str = "5513c75b5cfccc9f536dd6f1a4a087d5c470001e";

fn announced(host: &str) -> serde_json::Value {
    let url = format!("https://{host}/{FILE}?token=T");
    json!({ "hash_type": "SHA1", "hash_value": SHA1, "download_url": url })
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let platform = FakePlatform::new();
    let wire = MockTransport::new(&platform)
        .expect(Method::GET, BILLS)
        .reply_json(200, announced("api.mch.weixin.qq.com"))
        .reply_json(200, announced("files.example.com"))
        .expect(Method::GET, FILE)
        .reply(Answer::new(200, BILL).unsigned())
        .reply(Answer::new(200, "another file").unsigned());
    let client = platform.client(&wire);

    // The ticket can only be made from a verified answer.
    let reply = client.chain(BILLS).get().query("bill_date", "2025-10-08").await?;
    let ticket = DownloadTicket::try_from(&reply)?;
    let bill = client.download(&ticket).to_memory().await?;
    assert_eq!(bill.as_slice(), BILL.as_bytes());
    println!("a bill of {} bytes, digest checked", bill.len());

    // A file with another digest is not handed over; `to_path` leaves nothing behind.
    let changed = client.download(&ticket).to_memory().await;
    assert!(matches!(changed, Err(ClientError::Integrity { .. })));

    // Another host gets no signature of ours, whoever names it.
    let reply = client.chain(BILLS).get().query("bill_date", "2025-10-09").await?;
    let foreign = client.download(&DownloadTicket::try_from(&reply)?).to_memory().await;
    assert!(matches!(foreign, Err(ClientError::Request { reason: RequestError::ForeignHost(_), .. })));
    wire.verify_all();
    Ok(())
}
