//! TLS to the server, with a certificate authority of the test's own.

use quan_postgres_server::PostgresServer;
use quan_store_postgres::{OpenError, Options, PostgresStore};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::server;

/// An authority.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Makes the server answer in TLS, with a certificate for a name.
fn switch_on(server: &PostgresServer, authority: &CertifiedIssuer<'static, KeyPair>, name: &str) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let certificate = server.put_file("server.crt", &certificate.pem()).unwrap();
    let key = server.put_file("server.key", &key.serialize_pem()).unwrap();
    for (setting, value) in [
        ("ssl_cert_file", certificate.display().to_string()),
        ("ssl_key_file", key.display().to_string()),
        ("ssl", "on".to_owned()),
    ] {
        server.psql("postgres", &format!("ALTER SYSTEM SET {setting} = '{value}'")).unwrap();
    }
    server.psql("postgres", "SELECT pg_reload_conf()").unwrap();
    // The main process reads its settings again in its own time; a new session then sees them.
    server::wait_for(server, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", "t");
}

#[test]
fn the_certificate_of_the_server_is_judged_as_sslmode_asks() {
    let server = PostgresServer::start_with(&[("fsync", "off")]).unwrap();
    let url = server.create_database().unwrap();
    drop(PostgresStore::open(&url, server::migrating()).unwrap());
    let open =
        |parameters: &str| PostgresStore::open(&format!("{url}?{parameters}"), Options::default()).map(drop);
    let is_tls_refusal = |parameters: &str| {
        let refused = open(parameters).unwrap_err();
        assert!(matches!(refused, OpenError::Tls { .. }), "{parameters}: {refused:?}");
    };
    is_tls_refusal("sslmode=require");
    open("sslmode=prefer").unwrap();

    let (ours, other) = (authority(), authority());
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = directory.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.display().to_string()
    };
    let (root, wrong_root) = (write("root.crt", &ours.pem()), write("other.crt", &other.pem()));
    switch_on(&server, &ours, "127.0.0.1");
    open("sslmode=require").unwrap();
    open(&format!("sslmode=verify-ca&sslrootcert={root}")).unwrap();
    open(&format!("sslmode=verify-full&sslrootcert={root}")).unwrap();
    is_tls_refusal(&format!("sslmode=require&sslrootcert={wrong_root}"));
    is_tls_refusal(&format!("sslmode=verify-ca&sslrootcert={wrong_root}"));
    is_tls_refusal(&format!("sslmode=verify-full&sslrootcert={wrong_root}"));
    is_tls_refusal("sslmode=verify-full");

    let elsewhere = PostgresServer::start_with(&[("fsync", "off")]).unwrap();
    let there = elsewhere.create_database().unwrap();
    drop(PostgresStore::open(&there, server::migrating()).unwrap());
    switch_on(&elsewhere, &ours, "db.example.com");
    let open = |mode: &str| {
        let url = format!("{there}?sslmode={mode}&sslrootcert={root}");
        PostgresStore::open(&url, Options::default()).map(drop)
    };
    open("verify-ca").unwrap();
    assert!(matches!(open("verify-full").unwrap_err(), OpenError::Tls { .. }), "the name is another one");
}

#[test]
fn roots_that_cannot_be_read_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("empty.crt");
    std::fs::write(&empty, "no certificate").unwrap();
    for file in [directory.path().join("missing.crt"), empty] {
        let url =
            format!("postgresql://quan@127.0.0.1/quan?sslmode=verify-full&sslrootcert={}", file.display());
        let error = PostgresStore::open(&url, Options::default()).map(drop).unwrap_err();
        assert!(matches!(&error, OpenError::Roots { file: told, .. } if *told == file), "{error:?}");
    }
}
