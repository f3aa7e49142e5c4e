//! A server that says it is of a version that has not what is needed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use quan_store_postgres::{OpenError, Options, PostgresStore};

/// A message of the protocol: a letter, the length with itself, the body.
fn message(letter: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[letter][..], &length.to_be_bytes(), body].concat()
}

/// Lets anybody in, says its version, and answers `off` to every question.
fn pretend(mut client: TcpStream, version: &str) {
    let mut chunk = [0; 1024];
    let _startup = client.read(&mut chunk).unwrap();
    let ready = message(b'Z', b"I");
    let hello = [
        message(b'R', &[0; 4]),
        message(b'S', format!("server_version\0{version}\0").as_bytes()),
        ready.clone(),
    ];
    client.write_all(&hello.concat()).unwrap();
    while let Ok(1..) = client.read(&mut chunk) {
        let column = [&[0, 1][..], b"a\0", &[0; 18]].concat();
        let answer = [
            message(b'T', &column),
            message(b'D', &[&[0, 1, 0, 0, 0, 3][..], b"off"].concat()),
            message(b'C', b"SHOW\0"),
            ready.clone(),
        ];
        if client.write_all(&answer.concat()).is_err() {
            break;
        }
    }
}

#[test]
fn an_old_server_is_refused_by_its_version() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || pretend(listener.accept().unwrap().0, "12.22 (Debian)"));
    let url = format!("postgresql://quan@127.0.0.1:{port}/quan?sslmode=disable");
    let error = PostgresStore::open(&url, Options::default()).map(drop).unwrap_err();
    assert!(
        matches!(&error, OpenError::ServerTooOld { found, .. } if found.starts_with("12.22")),
        "{error:?}"
    );
    assert!(error.to_string().contains("13"), "{error}");
    server.join().unwrap();
}
