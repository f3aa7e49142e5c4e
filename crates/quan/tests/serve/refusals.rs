//! Starts that are refused, each with what to do.

use crate::world::{Place, quan, refused, succeeds, text};

#[test]
fn a_configuration_that_cannot_be_used_is_refused_before_anything_is_opened() {
    let place = Place::new();
    let config = place.write("quan.toml", "connections_max = 0\nconections = 1\n");
    let said = refused(&place.serve(&["--config"]).arg(&config).output().unwrap());
    let name = config.display();
    assert!(said.contains(&format!("{name}:1: connections_max \"0\" is not allowed")), "{said}");
    assert!(said.contains(&format!("{name}:2: conections is no setting")), "{said}");
    let said = refused(&place.serve(&[]).env("QUAN_DRAIN_SECONDS", "x").output().unwrap());
    assert!(said.contains("environment variable QUAN_DRAIN_SECONDS: drain_seconds \"x\""), "{said}");
    let said = refused(&place.serve(&["--log", "a=b=c"]).output().unwrap());
    assert!(said.contains("log \"a=b=c\" cannot be read"), "{said}");
}

#[test]
fn the_configuration_in_force_is_printed_without_secrets() {
    let place = Place::new();
    let shown = succeeds(place.serve(&["--print-config"]).env("QUAN_HEAD_SECONDS", "7"));
    assert!(shown.contains("head_seconds = 7  # environment variable QUAN_HEAD_SECONDS"), "{shown}");
    assert!(shown.contains("admin_token = \"***\"  # flag --admin-token-file"), "{shown}");
    assert!(!shown.contains(crate::world::ADMIN_TOKEN), "{shown}");
}

#[test]
fn a_database_that_does_not_fit_is_refused() {
    let place = Place::new();
    let with = |database: &str| {
        let mut command = quan(&["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
        command.arg("--platform-keys").arg(place.path("keys")).args(["--database", database]);
        command
    };
    let said = refused(&with("mysql://a/b").output().unwrap());
    assert!(
        said.contains("flag --database: database is not allowed; give sqlite:<file> or postgres://"),
        "{said}"
    );
    let fresh = format!("sqlite:{}", place.path("mistyped/fresh.db").display());
    let said = refused(&with(&fresh).output().unwrap());
    assert!(said.contains("quan migrate") && said.contains("fresh.db does not exist"), "{said}");
    assert!(!place.path("mistyped").exists(), "nothing was made");
    place.write("text.db", &"this is a text and no database, however long it may be. ".repeat(100));
    let said = refused(&with(&format!("sqlite:{}", place.path("text.db").display())).output().unwrap());
    assert!(said.contains("cannot be read as a database"), "{said}");
    let _running = place.start(&[]);
    let said = refused(&place.serve(&[]).output().unwrap());
    assert!(said.contains("in use by another process"), "{said}");
}

#[test]
fn a_newer_schema_is_refused_and_an_older_one_is_migrated_when_it_is_asked_for() {
    let place = Place::new();
    let file = place.path("quan.db");
    let version = |set: Option<i64>| {
        let connection = rusqlite::Connection::open(&file).unwrap();
        if let Some(version) = set {
            connection.pragma_update(None, "user_version", version).unwrap();
        }
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).unwrap()
    };
    let current = version(None);
    version(Some(current + 1));
    let said = refused(&place.serve(&[]).output().unwrap());
    assert!(said.contains("use the newer quan"), "{said}");
    version(Some(current));
    std::fs::remove_file(&file).unwrap();
    drop(place.start(&["--migrate"]));
    assert_eq!(version(None), current);
}

#[test]
fn keys_that_are_not_there_are_not_made() {
    let place = Place::new();
    std::fs::remove_file(place.path("keys").join("platform_key.pem")).unwrap();
    let said = refused(&place.serve(&[]).output().unwrap());
    assert!(said.contains("platform_key.pem is missing") && said.contains("quan keys make"), "{said}");
    assert!(!place.path("keys").join("platform_key.pem").exists());
}

#[test]
fn a_port_in_use_is_named_with_its_setting() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(&place.serve(&["--admin-listen", &address]).output().unwrap());
    assert!(said.contains("set admin_listen to another"), "{said}");
}

#[test]
fn a_clock_behind_the_database_is_refused_beyond_its_bound() {
    let place = Place::new();
    let ahead = crate::world::now() + 600;
    let connection = rusqlite::Connection::open(place.path("quan.db")).unwrap();
    connection.execute("INSERT INTO node VALUES ('other', ?1, ?1)", [ahead]).unwrap();
    drop(connection);
    let said = refused(&place.serve(&[]).output().unwrap());
    assert!(said.contains("s behind the database") && said.contains("node other"), "{said}");
    let node = place.start(&["--clock-behind-seconds-max", "3600"]);
    let metrics = crate::wire::get(&node.operator, "/metrics");
    let behind = metrics.lines().find_map(|line| line.strip_prefix("quan_clock_behind_seconds "));
    let behind: f64 = behind.unwrap().parse().unwrap();
    assert!((500.0..=600.0).contains(&behind), "the rules' clock begins where the store ended: {behind}");
}

#[test]
fn tls_files_that_do_not_fit_are_refused() {
    let place = Place::new();
    place.write("cert.pem", "no certificate");
    place.write("key.pem", "no key");
    let tls = |certificate: &str, key: &str| {
        let (certificate, key) = (place.path(certificate), place.path(key));
        let mut command = place.serve(&["--tls-certificate-file"]);
        command.arg(certificate).arg("--tls-key-file").arg(key).output().unwrap()
    };
    let said = refused(&tls("cert.pem", "key.pem"));
    assert!(said.contains("cert.pem cannot be used as a PEM certificate chain"), "{said}");
    let said = refused(&tls("keys/platform_cert.pem", "key.pem"));
    assert!(said.contains("key.pem cannot be used as a PEM private key"), "{said}");
    let said = refused(&tls("keys/platform_cert.pem", "merchant/platform_key.pem"));
    assert!(said.contains("do not belong together"), "{said}");
    let said = refused(&place.serve(&["--tls-key-file", "a"]).output().unwrap());
    assert!(said.contains("tls_key_file is set without tls_certificate_file"), "{said}");
}

#[test]
fn keys_are_made_once() {
    let place = Place::new();
    let before = place.read("keys/platform_key.pem");
    let said = succeeds(quan(&["keys", "make"]).arg(place.path("keys")));
    assert!(said.contains("nothing was changed"), "{said}");
    assert_eq!(place.read("keys/platform_key.pem"), before);
    let output = quan(&["keys", "make", "/proc/nowhere"]).output().unwrap();
    assert!(refused(&output).contains("cannot write"), "{}", text(&output.stderr));
}
