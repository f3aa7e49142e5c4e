//! Bytes on a connection, as a careless or hostile client sends them.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::world::{ADMIN_TOKEN, PATIENCE};

pub(crate) fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// What comes until the other side closes. A reset after the answer is no failure of the test.
pub(crate) fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        bytes.extend_from_slice(&piece[..read]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One exchange on a connection of its own.
pub(crate) fn exchange(address: &str, method: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = connect(address);
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    // Who refuses a head or a body may close before all of it is written; the answer is there all the same.
    drop(stream.write_all(request.as_bytes()));
    rest(&mut stream)
}

pub(crate) fn get(address: &str, path: &str) -> String {
    exchange(address, "GET", path, "", "")
}

/// A call of the operator.
pub(crate) fn operator(address: &str, method: &str, path: &str, body: &str) -> String {
    let headers = format!("Authorization: Bearer {ADMIN_TOKEN}\r\nContent-Type: application/json\r\n");
    exchange(address, method, path, &headers, body)
}

/// The number in the status line.
pub(crate) fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}
