//! `quan dev` over its life: started, called, stopped, started again, and refused where it must be.

#![expect(clippy::unwrap_used, reason = "a broken set-up should stop the test")]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const START_LIMIT: Duration = Duration::from_secs(60);

fn quan() -> Command {
    Command::new(env!("CARGO_BIN_EXE_quan"))
}

fn dev(data: &Path) -> Command {
    let mut command = quan();
    command.args(["dev", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    command
}

/// A platform that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts a platform and waits until a call of ours is answered.
fn start(data: &Path) -> Running {
    let child = dev(data).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let running = Running(child);
    let begun = Instant::now();
    while !call(data, &["GET", "v3/marketing/partner/product-coupon/notify-configs"]).contains("NOT_FOUND") {
        assert!(begun.elapsed() < START_LIMIT, "the platform does not answer");
        std::thread::sleep(Duration::from_millis(20));
    }
    running
}

fn call(data: &Path, arguments: &[&str]) -> String {
    let output = quan()
        .arg("call")
        .args(arguments)
        .arg("--connection")
        .arg(data.join("sandbox.json"))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn sandbox(data: &Path) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(data.join("sandbox.json")).unwrap()).unwrap()
}

fn pre_send(data: &Path, number: &str, openid: &str) -> String {
    let sandbox = sandbox(data);
    let stock = format!("stock_id={}", sandbox["stocks"]["single"].as_str().unwrap());
    let appid = format!("appid={}", sandbox["appid"].as_str().unwrap());
    let (openid, number) = (format!("openid={openid}"), format!("send_request_no={number}"));
    call(data, &["POST", "v3/marketing/busifavor/product-coupons/pre-send", &stock, &appid, &openid, &number])
}

fn refusal(output: &Output) -> String {
    assert!(!output.status.success(), "it should have been refused");
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn it_keeps_everything_and_stops_cleanly() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut first = start(&data);
    assert!(pre_send(&data, "KEPT_0001", "oUser1").contains("\"token\""));
    let names = [
        "merchant",
        "brand",
        "platform",
        "appid",
        "stocks",
        "stock_bundle",
        "product_coupons",
        "admin_token",
    ];
    let kept = |sandbox: &serde_json::Value| names.map(|name| sandbox[name].clone());
    let before = sandbox(&data);
    let id = first.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(first.0.wait().unwrap().success(), "SIGTERM ends it with success");
    let _second = start(&data);
    let after = sandbox(&data);
    assert!(kept(&before).iter().all(|value| !value.is_null()) && kept(&before) == kept(&after));
    assert!(pre_send(&data, "KEPT_0001", "oUser1").contains("\"token\""), "the same data replays");
    let other = pre_send(&data, "KEPT_0001", "oUser2");
    assert!(other.contains("请求单号已存在且参数不一致"), "the number is remembered: {other}");
}

/// A development call, as `curl` would make it; the status and the body.
fn admin(data: &Path, method: &str, path: &str, body: &str) -> (u16, String) {
    use std::io::{Read, Write};
    let sandbox = sandbox(data);
    let host = sandbox["base_url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let mut stream = std::net::TcpStream::connect(&host).unwrap();
    let token = sandbox["admin_token"].as_str().unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn keys_rotate_while_it_runs_and_the_connection_file_stays_true() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let running = start(&data);
    let platform = || sandbox(&data)["platform"].clone();
    let works = || call(&data, &["GET", "v3/certificates"]).contains("encrypt_certificate");
    let first = platform();
    assert!(works() && first.get("other_certificate").is_none());
    for kind in ["platform-certificates", "platform-public-keys"] {
        let turn = |step: &str| {
            let (status, body) = admin(&data, "POST", &format!("/_quan/{kind}/{step}"), "{}");
            assert_eq!(status, 200, "{step}: {body}");
            assert!(works(), "{kind} {step}: a client of the connection file goes on");
        };
        turn("rotate");
        turn("switch");
        turn("retire");
    }
    let second = platform();
    for name in ["certificate_serial_no", "certificate_file", "public_key_id", "public_key_file"] {
        assert_ne!(first[name], second[name], "{name}");
    }
    assert_eq!(admin(&data, "POST", "/_quan/platform-certificates/switch", "{}").0, 409);
    drop(running);
    let _again = start(&data);
    assert_eq!(platform(), second, "a restart keeps the new keys");
    assert!(works());
}

#[test]
fn flags_that_mean_nothing_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let unclear = dev(directory.path()).args(["--rate-limits", "perhaps"]).output().unwrap();
    assert!(refusal(&unclear).contains("--rate-limits"));
    let wrong = dev(directory.path()).args(["--probe-ratio", "2"]).output().unwrap();
    assert!(refusal(&wrong).contains("from 0 to 1"));
}

#[test]
fn the_seeded_bundle_is_given_and_an_older_connection_file_is_still_read() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut first = start(&data);
    let sandbox = sandbox(&data);
    let member = |name: &str, value: &serde_json::Value| format!("{name}={}", value.as_str().unwrap());
    let members = [
        member("brand_id", &sandbox["brand"]["brand_id"]),
        member("product_coupon_id", &sandbox["product_coupons"]["progressive_bundle"]),
        member("stock_bundle_id", &sandbox["stock_bundle"]),
        member("appid", &sandbox["appid"]),
        "send_request_no=BUNDLE_0001".to_owned(),
    ];
    let target = format!(
        "v3/marketing/partner/product-coupon/users/{}/coupon-bundles",
        sandbox["openids"][0].as_str().unwrap()
    );
    let mut arguments = vec!["POST", target.as_str()];
    arguments.extend(members.iter().map(String::as_str));
    let sent = call(&data, &arguments);
    assert!(sent.contains("user_coupon_bundle_id") && sent.contains("CONFIRMING"), "{sent}");
    let id = first.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(first.0.wait().unwrap().success());
    let mut older = sandbox.clone();
    older.as_object_mut().unwrap().remove("stock_bundle");
    older["product_coupons"].as_object_mut().unwrap().remove("progressive_bundle");
    std::fs::write(data.join("sandbox.json"), older.to_string()).unwrap();
    let _second = start(&data);
    assert!(pre_send(&data, "OLDER_0001", "oUser1").contains("\"token\""));
}

#[test]
fn a_held_directory_is_refused_and_its_holder_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let _holder = start(&data);
    let refused = refusal(&dev(&data).output().unwrap());
    assert!(refused.contains("in use by another process"), "{refused}");
    assert!(pre_send(&data, "HELD_0001", "oUser1").contains("\"token\""));
}

#[test]
fn a_port_in_use_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let holder = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let output = quan().args(["dev", "--listen", &address, "--data"]).arg(directory.path()).output().unwrap();
    let refused = refusal(&output);
    assert!(refused.contains(&address) && refused.contains("--listen"), "{refused}");
}

#[test]
fn a_directory_that_cannot_be_written_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let refused = refusal(&dev(&file).output().unwrap());
    assert!(refused.contains("cannot write in") && refused.contains("--data"), "{refused}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "in the way");
}

#[test]
fn a_database_of_a_newer_version_is_refused_untouched() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("quan.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    database.pragma_update(None, "application_id", 0x5175_616e).unwrap();
    database.pragma_update(None, "user_version", 999).unwrap();
    drop(database);
    let before = std::fs::read(&file).unwrap();
    let refused = refusal(&dev(directory.path()).output().unwrap());
    assert!(refused.contains("schema 999") && refused.contains("newer quan"), "{refused}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_call_without_a_platform_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let connection = directory.path().join("sandbox.json");
    let run = |arguments: &[&str]| {
        refusal(&quan().arg("call").args(arguments).arg("--connection").arg(&connection).output().unwrap())
    };
    let missing = run(&["GET", "v3/certificates"]);
    assert!(missing.contains("start `quan dev` first"), "{missing}");
    std::fs::write(&connection, "{}").unwrap();
    let damaged = run(&["GET", "v3/certificates"]);
    assert!(damaged.contains("is no connection file"), "{damaged}");
}

#[test]
fn a_call_that_is_written_wrongly_says_how() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let _platform = start(&data);
    let connection = data.join("sandbox.json");
    for (arguments, told) in [
        (&["POST", "v3/certificates", "stock_id"][..], "should be name=text or name:=JSON"),
        (&["POST", "v3/certificates", "index:=zero"], "zero is not JSON"),
        (&["POST", "v3/certificates", "--json", "{"], "the body given with --json is not JSON"),
        (&["POST", "v3/certificates", "--json", "@/nowhere/body.json"], "cannot read /nowhere/body.json"),
        (&["GET", "v3/certificates", "--json", "{}"], "--json is for methods with a body"),
        (&["PO ST", "v3/certificates"], "PO ST is no HTTP method"),
        (&["GET", "nowhere/at/all"], "the request was not sent"),
        (&["GET"], "Usage: quan call"),
    ] {
        let output =
            quan().arg("call").args(arguments).arg("--connection").arg(&connection).output().unwrap();
        let refused = refusal(&output);
        assert!(refused.contains(told), "{arguments:?}: {refused}");
        assert!(output.stdout.is_empty(), "{arguments:?}: nothing was answered");
    }
}

#[cfg(unix)]
#[test]
fn what_it_makes_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let _running = start(&data);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("sandbox.json")), 0o600);
    let keys = std::fs::read_dir(data.join("keys")).unwrap().map(|entry| entry.unwrap().path());
    let keys: Vec<_> = keys.filter(|file| file.to_str().unwrap().ends_with("_key.pem")).collect();
    assert!(keys.len() >= 4, "of the merchant, the brand and the platform: {keys:?}");
    for key in keys {
        assert_eq!(mode(&key), 0o600, "{}", key.display());
    }
}

#[cfg(unix)]
#[test]
fn files_with_secrets_that_others_can_read_are_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().canonicalize().unwrap().join("data");
    let mut first = start(&data);
    let connection = data.join("sandbox.json");
    let call = || {
        let output =
            quan().args(["call", "GET", "v3/certificates", "--connection"]).arg(&connection).output();
        let output = output.unwrap();
        assert!(output.status.success(), "it warns and goes on");
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(call(), "", "nothing to warn of");
    let exposed = [&connection, &data.join("keys/merchant_key.pem"), &data.join("keys/brand_key.pem")];
    for file in exposed {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let (told, advice) = (call(), format!("run `chmod 600 {}`", file.display()));
        assert!(told.contains("WARN") && told.contains("mode 0640") && told.contains(&advice), "{told}");
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    assert_eq!(call(), "", "the advice was good");
    first.0.kill().unwrap();
    first.0.wait().unwrap();
    for file in exposed {
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let log = std::fs::File::create(directory.path().join("log")).unwrap();
    let second = Running(dev(&data).stdout(Stdio::null()).stderr(log).spawn().unwrap());
    let begun = Instant::now();
    // The connection file is read last, then written again.
    while std::fs::metadata(&connection).unwrap().permissions().mode() & 0o777 != 0o600 {
        assert!(begun.elapsed() < START_LIMIT, "the platform does not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(second);
    let told = std::fs::read_to_string(directory.path().join("log")).unwrap();
    for file in exposed {
        assert!(told.contains(&format!("run `chmod 600 {}`", file.display())), "{told}");
    }
}

#[test]
fn a_call_is_named_by_a_path_or_as_in_other_libraries() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let _platform = start(&data);
    for path in ["v3/certificates", "/v3/certificates", "v3.certificates", "v3->certificates"] {
        assert!(call(&data, &["GET", path]).contains("encrypt_certificate"), "{path}");
    }
    let sandbox = sandbox(&data);
    let id = format!("--var=product_coupon_id={}", sandbox["product_coupons"]["single"].as_str().unwrap());
    let brand = format!("brand_id={}", sandbox["brand"]["brand_id"].as_str().unwrap());
    for path in [
        "v3/marketing/partner/product-coupon/product-coupons/{product_coupon_id}",
        "v3.marketing.partner.productCoupon.productCoupons._product_coupon_id_",
    ] {
        let answer = call(&data, &["GET", path, &brand, &id]);
        assert!(answer.contains("\"product_coupon_id\""), "{path}: {answer}");
    }
}
