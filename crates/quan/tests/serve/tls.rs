//! TLS: our client over a certificate of a test's own authority, and a certificate that is replaced meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use quan_client::error::TransportError;
use quan_client::transport::{BlockingTransport, Limits, WireRequest, WireResponse};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::wire::connect;
use crate::world::{PATIENCE, PRE_SEND, Place, post, pre_send, stock};

/// An authority that signs certificates for localhost.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    /// Writes a certificate and its key.
    fn issue(&self, place: &Place) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        place.write("tls_key.pem", &key.serialize_pem());
        place.write("tls_cert.pem", &certificate.pem());
    }

    /// A client's settings that trust this authority only.
    fn trusted(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        Arc::new(config.with_root_certificates(roots).with_no_client_auth())
    }
}

/// A transport over a connection of its own for each call.
struct OverTls {
    address: String,
    config: Arc<ClientConfig>,
}

fn handshaken(address: &str, config: &Arc<ClientConfig>) -> StreamOwned<ClientConnection, TcpStream> {
    let name = ServerName::try_from("localhost").unwrap();
    let connection = ClientConnection::new(config.clone(), name).unwrap();
    let mut stream = StreamOwned::new(connection, connect(address));
    stream.conn.complete_io(&mut stream.sock).unwrap();
    stream
}

impl BlockingTransport for OverTls {
    fn pause(&self, time: std::time::Duration) {
        std::thread::sleep(time);
    }

    fn round_trip(&self, request: &WireRequest, _: &Limits) -> Result<WireResponse, TransportError> {
        let mut stream = handshaken(&self.address, &self.config);
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
            request.method, request.target
        );
        for (name, value) in &request.headers {
            head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", request.body.len()));
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&request.body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
        });
        Ok(WireResponse {
            status: StatusCode::from_bytes(status.as_bytes()).unwrap(),
            headers: HeaderMap::from_iter(headers),
            body: Bytes::from(body.to_owned()),
        })
    }
}

fn with_tls(place: &Place) -> crate::world::Node {
    let (certificate, key) = (place.path("tls_cert.pem"), place.path("tls_key.pem"));
    let (certificate, key) = (certificate.display().to_string(), key.display().to_string());
    place.start(&["--tls-certificate-file", &certificate, "--tls-key-file", &key])
}

#[test]
fn our_client_calls_over_tls() {
    let place = Place::new();
    let authority = Authority::new();
    authority.issue(&place);
    let node = with_tls(&place);
    assert!(node.base_url.starts_with("https://"));
    let applied = node.parties(&place, &["apply"], Some(&place.declaration()));
    assert!(applied.status.success());
    let transport = Arc::new(OverTls { address: node.public.clone(), config: authority.trusted() });
    let client = place.merchant(&node.base_url).build_blocking_with(transport).unwrap();
    let stock_id = stock(&client);
    assert!(post(&client, PRE_SEND, &pre_send(&stock_id, "TLS_0001"))["token"].is_string());

    // Plain HTTP on the same port is no handshake.
    let mut plain = connect(&node.public);
    write!(plain, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert!(!crate::wire::rest(&mut plain).contains("200 OK"));
    let metrics = crate::wire::get(&node.operator, "/metrics");
    assert!(metrics.contains("quan_tls_handshake_failures_total 1"), "{metrics}");
    let expiry =
        metrics.lines().find_map(|line| line.strip_prefix("quan_tls_certificate_expiry_timestamp_seconds "));
    assert!(expiry.unwrap().parse::<f64>().unwrap() > 1.7e9, "{expiry:?}");
}

#[test]
fn a_certificate_is_replaced_on_sighup_and_a_damaged_one_is_not_taken() {
    let place = Place::new();
    let authority = Authority::new();
    authority.issue(&place);
    let node = with_tls(&place);
    let config = authority.trusted();
    let shown = || handshaken(&node.public, &config).conn.peer_certificates().unwrap()[0].clone();
    let first = shown();
    let begun = std::time::Instant::now();
    let until = |what: &str, mut is_so: Box<dyn FnMut() -> bool + '_>| {
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "{what}: {}", node.log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    };
    place.write("tls_cert.pem", "damaged");
    node.signal("-HUP");
    until("said", Box::new(|| node.log().contains("the server's certificate stays as it was")));
    assert_eq!(shown(), first);
    authority.issue(&place);
    node.signal("-HUP");
    until("replaced", Box::new(|| shown() != first));
}
