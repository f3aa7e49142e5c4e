//! `quan doctor` finds what is wrong and says what to do.

use quan_postgres_server::PostgresServer;

use crate::world::{Place, quan, succeeds, text};

fn doctor(place: &Place) -> std::process::Command {
    let mut command = quan(&["doctor", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
    command.args(["--database", &place.database]).arg("--platform-keys").arg(place.path("keys"));
    command
}

#[test]
fn a_place_that_is_well_has_notes_only() {
    let place = Place::new();
    let said = succeeds(doctor(&place).args(["--public-url", "https://coupons.example.com"]));
    for line in [
        "ok    the configuration can be used",
        "ok    public_url is https://coupons.example.com",
        "note  admin_token is not set",
        "note  trusted_proxies is empty",
        "note  nobody takes part yet",
        "ok    the clock is not behind",
        "nothing is wrong",
    ] {
        assert!(said.lines().any(|shown| shown.starts_with(line)), "{line} in {said}");
    }
}

#[test]
fn who_is_believed_about_addresses_is_looked_at() {
    let place = Place::new();
    let named = succeeds(doctor(&place).args(["--trusted-proxies", "127.0.0.1"]));
    assert!(!named.contains("trusted_proxies"), "{named}");
    let open = succeeds(doctor(&place).args(["--trusted-proxies", "10.0.0.7,0.0.0.0/0"]));
    assert!(open.contains("note  trusted_proxies holds every address"), "{open}");
}

#[cfg(unix)]
#[test]
fn a_token_that_others_can_read_is_told_of() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let told = |mode: u32| {
        std::fs::set_permissions(place.path("token"), std::fs::Permissions::from_mode(mode)).unwrap();
        let said = succeeds(doctor(&place).arg("--admin-token-file").arg(place.path("token")));
        let node = place.start(&[]);
        (said.contains("note  others can read"), node.log().contains("others can read"))
    };
    assert_eq!(told(0o600), (false, false));
    assert_eq!(told(0o644), (true, true), "by the doctor, and in the log of the node");
}

#[test]
fn a_database_that_can_lose_what_was_acknowledged_is_told_of() {
    let server = PostgresServer::start_with(&[("fsync", "off"), ("synchronous_commit", "off")]).unwrap();
    let mut place = Place::new();
    place.database = server.create_database().unwrap();
    succeeds(&mut quan(&["migrate", "--database", &place.database]));
    let said = succeeds(&mut doctor(&place));
    assert!(said.contains("note  fsync is off"), "{said}");
    assert!(!said.contains("synchronous_commit"), "every session turns it on: {said}");
    let node = place.start(&[]);
    assert!(node.log().contains("a setting of the database is off"), "{}", node.log());
}

#[test]
fn a_node_that_runs_is_not_disturbed() {
    let place = Place::new();
    let node = place.start(&[]);
    let said = succeeds(doctor(&place).args(["--admin-listen", &node.operator]));
    assert!(said.contains("a node answers on admin_listen"), "{said}");
    assert!(said.contains("is held by the node that runs"), "{said}");
}

#[test]
fn everything_wrong_is_found_in_one_go() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    std::fs::remove_file(place.path("quan.db")).unwrap();
    std::fs::remove_file(place.path("keys/wechatpay_key.pem")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let rights = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(place.path("merchant/platform_key.pem"), rights).unwrap();
    }
    let output = doctor(&place)
        .args(["--listen", &taken.local_addr().unwrap().to_string(), "--private-receivers", "on"])
        .arg("--tls-certificate-file")
        .arg(place.path("merchant/platform_cert.pem"))
        .arg("--tls-key-file")
        .arg(place.path("merchant/platform_key.pem"))
        .output()
        .unwrap();
    assert!(!output.status.success());
    let said = text(&output.stdout);
    for line in [
        "WRONG listen",
        "WRONG there are no platform keys",
        "WRONG the database must be migrated first",
        "note  private_receivers is on",
        "note  others can read",
        "ok    the server's certificate is valid for",
    ] {
        assert!(said.lines().any(|shown| shown.starts_with(line)), "{line} in {said}");
    }
}
