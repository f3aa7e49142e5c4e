//! The answer to a commit is lost on the way, once after it happened, once before.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use quan_store::backend::Backend;
use quan_store_postgres::{Options, PostgresStore};

use crate::jobs::{issued, issuing, put_stock};
use crate::server;

/// Where a commit is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lost {
    /// The server never hears of it.
    Request,
    /// The server does it, and nobody hears of that.
    Answer,
}

/// Carries bytes to the server and back. The first commit after `arm` is lost.
struct Proxy {
    port: u16,
    armed: Arc<AtomicBool>,
}

impl Proxy {
    fn to(server_port: u16, lost: Lost) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let armed = Arc::new(AtomicBool::new(false));
        let arm = Arc::clone(&armed);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(("127.0.0.1", server_port)).unwrap();
                carry(&client, &server, lost, &arm);
            }
        });
        Self { port, armed }
    }
}

/// One thread for each direction. The first chunk from the client that commits is lost.
fn carry(client: &TcpStream, server: &TcpStream, lost: Lost, armed: &Arc<AtomicBool>) {
    let is_silent = Arc::new(AtomicBool::new(false));
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let (armed, silent) = (Arc::clone(armed), Arc::clone(&is_silent));
    std::thread::spawn(move || {
        let mut chunk = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from_client.read(&mut chunk) {
            // The last statement of a simple query; the beginning of a transaction names READ COMMITTED.
            let is_commit = chunk[..length].windows(7).any(|word| word == b"COMMIT\0");
            if is_commit && armed.swap(false, Ordering::SeqCst) {
                silent.store(true, Ordering::SeqCst);
                if lost == Lost::Request {
                    break;
                }
            }
            if to_server.write_all(&chunk[..length]).is_err() {
                break;
            }
        }
        let _ = to_server.shutdown(Shutdown::Both);
        let _ = from_client.shutdown(Shutdown::Both);
    });
    std::thread::spawn(move || {
        let mut chunk = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from_server.read(&mut chunk) {
            // The answer has come, so the commit has happened; it is not passed on.
            if is_silent.load(Ordering::SeqCst) || to_client.write_all(&chunk[..length]).is_err() {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
        let _ = from_server.shutdown(Shutdown::Both);
    });
}

fn runs_when(lost: Lost) -> u32 {
    let proxy = Proxy::to(server::shared().port(), lost);
    let url = server::fresh_url()
        .replace(&format!("127.0.0.1:{}", server::shared().port()), &format!("127.0.0.1:{}", proxy.port));
    let store = PostgresStore::open(&url, Options::default()).unwrap();
    put_stock(&store);
    store.commit(&mut [issuing("before").0]).unwrap();
    let database = url.rsplit_once('/').unwrap().1;
    let psql = |sql: &str| server::shared().psql(database, sql).unwrap();
    psql("UPDATE batch SET written_at = now() - interval '2 days'");
    proxy.armed.store(true, Ordering::SeqCst);
    let (job, runs) = issuing("the one");
    store.commit(&mut [job]).unwrap();
    assert!(!proxy.armed.load(Ordering::SeqCst), "a commit was lost");
    assert_eq!(issued(&store), (2, 2), "{lost:?}: it is there once");
    store.commit(&mut [issuing("after").0]).unwrap();
    assert_eq!(issued(&store), (3, 3));
    // A node that starts prunes what is old; a lost session stays fenced, however long it had been idle.
    drop(PostgresStore::open(&url, Options::default()).unwrap());
    assert_eq!(psql("SELECT count(*) FROM batch WHERE fenced"), "1");
    runs.load(Ordering::SeqCst)
}

#[test]
fn a_commit_whose_answer_is_lost_is_not_repeated() {
    assert_eq!(runs_when(Lost::Answer), 1);
}

#[test]
fn a_commit_that_is_lost_itself_is_repeated() {
    assert_eq!(runs_when(Lost::Request), 2);
}
