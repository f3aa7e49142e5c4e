//! Downloads: the digest decides, foreign hosts get no signature, and a file appears whole or not at all.

#![expect(clippy::unwrap_used, reason = "a broken fixture should stop the test")]

mod platform;

use std::io::Write as _;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use platform::scripted::Scripted;
use platform::server::Server;
use platform::{Answer, FixedClock, Received, builder, vectors};
use quan_client::error::{Code, IntegrityError, TransportError};
use quan_client::{DownloadTicket, Error, RequestError, Trust};
use serde_json::json;

const BILL: &[u8] = "交易时间,商户号\r\n`2025-10-09 16:00:00,`1900000001\r\n".as_bytes();
const QUERY: &str = "token=a+b~c&e=%7E%20";

fn sha1(bytes: &[u8]) -> String {
    let digest = digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Announces a file, and gives it unsigned, as the platform does.
fn server(file: Vec<u8>, query: &'static str) -> Server {
    Server::start(move |request| {
        if request.target.starts_with("/v3/bill/") {
            let host = request.header("host").unwrap();
            let url = format!("http://{host}/v3/billdownload/file?{query}");
            let body = json!({"hash_type": "SHA1", "hash_value": sha1(BILL), "download_url": url});
            return Answer::signed(200, body.to_string());
        }
        match request.target.contains("gone") {
            true => Answer::unsigned(404, r#"{"code":"NOT_FOUND","message":"账单不存在"}"#),
            false => Answer::unsigned(200, file.clone()),
        }
    })
}

fn last(server: &Server) -> Received {
    server.received().pop().unwrap()
}

#[tokio::test]
async fn a_file_whose_digest_fits_arrives_by_every_way() {
    let server = server(BILL.to_vec(), QUERY);
    let client = builder().base_urls([server.url()]).build().unwrap();
    let blocking = builder().base_urls([server.url()]).build_blocking().unwrap();
    let announced = client["v3/bill/tradebill"].get().query("bill_date", "2025-10-09").await.unwrap();
    let ticket = DownloadTicket::try_from(&announced).unwrap();
    let typed = client["v3/bill/tradebill"].get().decode::<serde_json::Value>().await.unwrap();
    assert!(DownloadTicket::try_from(&typed).is_ok());

    for reply in [client.download(&ticket).to_memory().await, blocking.download(&ticket).to_memory()] {
        let reply = reply.unwrap();
        assert_eq!(*reply, BILL);
        assert_eq!(reply.meta().trust, Trust::Skipped);
    }
    // The query arrives byte for byte, and the request is signed.
    let received = last(&server);
    assert_eq!(received.target, format!("/v3/billdownload/file?{QUERY}"));
    assert!(received.is_signed());

    let folder = tempfile::tempdir().unwrap();
    let paths = ["async.csv", "blocking.csv"].map(|name| folder.path().join(name));
    let saved = client.download(&ticket).to_path(&paths[0]).await.unwrap();
    assert_eq!((saved.bytes, saved.digest.as_str()), (BILL.len() as u64, sha1(BILL).as_str()));
    blocking.download(&ticket).to_path(&paths[1]).unwrap();
    for path in &paths {
        assert_eq!(std::fs::read(path).unwrap(), BILL);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no other file is left");

    let mut async_sink = std::io::Cursor::new(Vec::new());
    client.download(&ticket).to_async_writer(&mut async_sink).await.unwrap();
    let mut sink = Vec::new();
    blocking.download(&ticket).to_writer(&mut sink).unwrap();
    assert_eq!((async_sink.into_inner(), sink), (BILL.to_vec(), BILL.to_vec()));
}

#[tokio::test]
async fn a_packed_file_is_unpacked_and_its_plain_digest_compared() {
    let server = server(packed(BILL), "token=x&tar_type=GZIP");
    let client = builder().base_urls([server.url()]).build().unwrap();
    let blocking = builder().base_urls([server.url()]).build_blocking().unwrap();
    let ticket = DownloadTicket::try_from(&client["v3/bill/x"].get().await.unwrap()).unwrap();
    assert_eq!(*client.download(&ticket).to_memory().await.unwrap(), BILL);
    assert_eq!(*blocking.download(&ticket).to_memory().unwrap(), BILL);
    let capped = client.download(&ticket).bytes_max(10).to_memory().await.unwrap_err();
    let Error::Integrity { reason: IntegrityError::TooLarge { bytes_max: 10 }, .. } = capped else {
        panic!("{capped:?}")
    };
}

#[tokio::test]
async fn a_file_with_another_digest_leaves_nothing_behind() {
    let mut changed = BILL.to_vec();
    changed[3] ^= 1;
    let server = server(changed, QUERY);
    let client = builder().base_urls([server.url()]).build().unwrap();
    let blocking = builder().base_urls([server.url()]).build_blocking().unwrap();
    let ticket = DownloadTicket::try_from(&client["v3/bill/x"].get().await.unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bill.csv");
    std::fs::write(&path, "the bill of yesterday").unwrap();
    for error in [
        client.download(&ticket).to_path(&path).await.unwrap_err(),
        blocking.download(&ticket).to_path(&path).unwrap_err(),
    ] {
        assert_eq!(error.phase(), "integrity");
        assert!(!error.may_have_taken_effect() && !error.is_retryable());
        let Error::Integrity { reason: IntegrityError::HashMismatch { stated, .. }, .. } = error else {
            panic!("{error:?}")
        };
        assert_eq!(stated, sha1(BILL));
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "the bill of yesterday");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn foreign_hosts_are_refused_before_anything_is_signed() {
    let scripted = Scripted::new([]);
    let client = builder().build_blocking_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for url in ["https://evil.example.com/v3/x", "http://api.mch.weixin.qq.com/v3/x"] {
        let ticket = DownloadTicket::unverified_source(url, "SHA1", sha1(BILL)).unwrap();
        let error = client.download(&ticket).to_path(folder.path().join("x")).unwrap_err();
        let Error::Request { reason, .. } = &error else { panic!("{error:?}") };
        assert!(matches!(reason, RequestError::ForeignHost(_) | RequestError::DownloadUrl(_)), "{reason}");
    }
    assert_eq!((scripted.attempts(), std::fs::read_dir(folder.path()).unwrap().count()), (0, 0));
    // A host can be allowed by name.
    let scripted = Scripted::new([Ok(Answer::unsigned(200, BILL))]);
    let client = builder().allow_download_host("files.example.com");
    let client = client.build_blocking_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    let url = "https://files.example.com/v3/x";
    let ticket = DownloadTicket::unverified_source(url, "SHA1", sha1(BILL)).unwrap();
    assert_eq!(*client.download(&ticket).to_memory().unwrap(), BILL);
    assert_eq!(scripted.origins(), ["https://files.example.com"]);
}

#[tokio::test]
async fn an_error_in_place_of_the_file_is_read_as_one() {
    let server = server(BILL.to_vec(), "gone");
    let client = builder().base_urls([server.url()]).build().unwrap();
    let blocking = builder().base_urls([server.url()]).build_blocking().unwrap();
    let ticket = DownloadTicket::try_from(&client["v3/bill/x"].get().await.unwrap()).unwrap();
    for error in [
        client.download(&ticket).to_memory().await.unwrap_err(),
        blocking.download(&ticket).to_memory().unwrap_err(),
    ] {
        assert_eq!((error.code(), error.status().map(|s| s.as_u16())), (Some(&Code::NotFound), Some(404)));
        assert!(error.to_string().starts_with("GET download: 404 NOT_FOUND"), "{error}");
    }
}

#[test]
fn opening_is_repeated_and_a_key_of_the_platform_is_not_needed() {
    let scripted = Scripted::new([
        Err(TransportError::Connect("refused".into())),
        Ok(Answer::unsigned(503, "<html>")),
        Ok(Answer::unsigned(200, BILL)),
    ]);
    let client = builder().build_blocking_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    client.keys().retire(platform::PUBLIC_KEY_ID);
    let url = "https://api.mch.weixin.qq.com/v3/billdownload/file?token=x";
    let ticket = DownloadTicket::unverified_source(url, "SHA1", sha1(BILL)).unwrap();
    let reply = client.download(&ticket).to_memory().unwrap();
    assert_eq!(reply.meta().attempts, 3);
    // The host of the URL, not the next base URL.
    assert_eq!(scripted.origins(), ["https://api.mch.weixin.qq.com"; 3]);
}

/// The one request vector whose query is not written by our own rule.
#[test]
fn the_query_of_a_url_is_signed_as_it_stands() {
    let index: serde_json::Value =
        serde_json::from_slice(&std::fs::read(vectors().join("vectors.json")).unwrap()).unwrap();
    let mut requests = index["requests"].as_array().unwrap().iter();
    let vector = requests.find(|request| request["name"] == "req09_get_plus_and_tilde").unwrap();
    let scripted = Scripted::new([Ok(Answer::unsigned(200, BILL))]);
    let client = builder().clock(FixedClock(1_760_000_000));
    let client = client.build_blocking_with(Arc::<Scripted>::clone(&scripted)).unwrap();
    let url = format!("https://api.mch.weixin.qq.com{}", vector["url"].as_str().unwrap());
    let ticket = DownloadTicket::unverified_source(url, "SHA1", sha1(BILL)).unwrap();
    client.download(&ticket).to_memory().unwrap();
    let received = scripted.received().pop().unwrap();
    assert_eq!(received.target, vector["url"].as_str().unwrap());
    assert_eq!(received.header("authorization"), vector["authorization"].as_str());
}

/// Gives the head and a piece of a file, then nothing more, until the client has gone.
fn standing_still() -> (String, std::thread::JoinHandle<()>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            let mut stream = stream.unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                seen.push(byte[0]);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin").unwrap();
            let _until_it_is_closed = stream.read(&mut [0]);
        }
    });
    (url, thread)
}

#[tokio::test]
async fn a_download_that_stands_still_is_given_up() {
    let (url, thread) = standing_still();
    let ticket = DownloadTicket::unverified_source(format!("{url}/v3/x"), "SHA1", sha1(BILL)).unwrap();
    let idle = std::time::Duration::from_millis(40);
    let one_attempt = || builder().base_urls([&url]).retry(quan_client::Retry::none());
    {
        let client = one_attempt().build().unwrap();
        let error = client.download(&ticket).idle_timeout(idle).to_memory().await.unwrap_err();
        assert!(error.is_timeout() && error.phase() == "read", "{error:?}");
    }
    // Lets the pool close the connection before this thread is blocked.
    tokio::task::yield_now().await;
    let blocking = one_attempt().build_blocking().unwrap();
    let error = blocking.download(&ticket).idle_timeout(idle).to_memory().unwrap_err();
    assert!(error.is_timeout() && error.phase() == "read", "{error:?}");
    drop(blocking);
    thread.join().unwrap();
}
