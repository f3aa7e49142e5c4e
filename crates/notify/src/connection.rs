//! One connection to a receiver, to an address that was checked.
//!
//! A name is resolved once; the addresses that the policy permits are the ones that are dialled, with no
//! second resolution in between that could answer differently. Over TLS the certificate must still be
//! that of the name. Knows no HTTP.

use std::net::SocketAddr;
use std::sync::Arc;

use http::Uri;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower::ServiceExt;

use crate::address::AddressPolicy;
use crate::notify_url::Endpoint;

/// Addresses of one name that are dialled at most, one after the other. A few cover a name with both
/// address families; more would only eat up the time of the attempt.
const ADDRESSES_MAX: usize = 4;

/// An open connection, plain or TLS.
pub(crate) type Connection = MaybeHttpsStream<TokioIo<TcpStream>>;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConnectError {
    #[error("the host of the notify URL cannot be resolved")]
    Resolve(#[source] std::io::Error),
    #[error("the host of the notify URL has no public address")]
    NoPermittedAddress,
    #[error("the receiver cannot be reached")]
    Connect(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Opens connections under one policy.
pub(crate) struct Connector {
    policy: AddressPolicy,
    tls: Arc<ClientConfig>,
}

impl Connector {
    /// Trusts the certificate authorities of the web.
    pub(crate) fn new(policy: AddressPolicy) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider has the ciphers of TLS 1.2 and 1.3")
            .with_webpki_roots()
            .with_no_client_auth();
        Self::with_tls(policy, tls)
    }

    fn with_tls(policy: AddressPolicy, tls: ClientConfig) -> Self {
        Self { policy, tls: Arc::new(tls) }
    }

    /// Finds the addresses that may be dialled; at least one.
    pub(crate) async fn resolve(&self, endpoint: &Endpoint) -> Result<Vec<SocketAddr>, ConnectError> {
        let found = tokio::net::lookup_host((endpoint.host.as_str(), endpoint.port)).await;
        permitted(self.policy, found.map_err(ConnectError::Resolve)?)
    }

    /// Dials the addresses in order until one answers, and does the TLS handshake for `https`.
    pub(crate) async fn connect(
        &self,
        endpoint: &Endpoint,
        addresses: Vec<SocketAddr>,
    ) -> Result<Connection, ConnectError> {
        let dial = tower::service_fn(move |_uri: Uri| {
            let addresses = addresses.clone();
            async move { TcpStream::connect(addresses.as_slice()).await.map(TokioIo::new) }
        });
        let connector = HttpsConnector::from((dial, Arc::clone(&self.tls)));
        connector.oneshot(endpoint.uri.clone()).await.map_err(ConnectError::Connect)
    }
}

fn permitted(
    policy: AddressPolicy,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Vec<SocketAddr>, ConnectError> {
    let permitted: Vec<_> =
        found.filter(|address| policy.permits(address.ip())).take(ADDRESSES_MAX).collect();
    if permitted.is_empty() { Err(ConnectError::NoPermittedAddress) } else { Ok(permitted) }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn private_answers_of_the_resolver_are_not_dialled() {
        let both = addresses(&["127.0.0.1:443", "8.8.8.8:443", "[::1]:443"]);
        let public = permitted(AddressPolicy::PublicOnly, both.iter().copied()).unwrap();
        assert_eq!(public, addresses(&["8.8.8.8:443"]));
        assert_eq!(permitted(AddressPolicy::AllowPrivate, both.iter().copied()).unwrap(), both);
        let private = addresses(&["127.0.0.1:443", "[::ffff:10.0.0.1]:443"]);
        let refused = permitted(AddressPolicy::PublicOnly, private.into_iter());
        assert!(matches!(refused, Err(ConnectError::NoPermittedAddress)));
    }

    #[test]
    fn the_number_of_addresses_is_bounded() {
        let many = (1..=9).map(|last| SocketAddr::from(([8, 8, 8, last], 443)));
        assert_eq!(permitted(AddressPolicy::PublicOnly, many).unwrap().len(), ADDRESSES_MAX);
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_loopback_is_refused_by_the_public_policy() {
        // Parsed under the other policy, so that only the resolved address stands in the way.
        let endpoint = Endpoint::parse("https://localhost/n", AddressPolicy::AllowPrivate).unwrap();
        let refused = Connector::new(AddressPolicy::PublicOnly).resolve(&endpoint).await;
        assert!(matches!(refused, Err(ConnectError::NoPermittedAddress)));
    }

    /// Serves one TLS connection on loopback with a certificate for `shop.example.com`: says "hi" and
    /// waits for the other side to close.
    fn tls_receiver() -> (u16, CertificateDer<'static>) {
        let made = rcgen::generate_simple_self_signed(vec!["shop.example.com".to_owned()]).unwrap();
        let certificate = made.cert.der().clone();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key.into())
            .unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let session = rustls::ServerConnection::new(Arc::new(config)).unwrap();
            let mut tls = rustls::StreamOwned::new(session, stream);
            // A client that does not trust the certificate ends the handshake: not of interest here.
            let _ = tls.write_all(b"hi");
            let _ = tls.read(&mut [0; 1]);
        });
        (port, certificate)
    }

    fn trusting(certificate: CertificateDer<'static>) -> ClientConfig {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(certificate).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    #[tokio::test]
    async fn tls_goes_to_the_pinned_address_and_checks_the_name() {
        for (host, is_trusted) in [("shop.example.com", true), ("other.example.com", false)] {
            let (port, certificate) = tls_receiver();
            let connector = Connector::with_tls(AddressPolicy::AllowPrivate, trusting(certificate));
            let url = format!("https://{host}:{port}/n");
            let endpoint = Endpoint::parse(&url, AddressPolicy::AllowPrivate).unwrap();
            // The name is never resolved here: the connection goes to the address it is given.
            let pinned = vec![SocketAddr::from(([127, 0, 0, 1], port))];
            let connection = connector.connect(&endpoint, pinned).await;
            assert_eq!(connection.is_ok(), is_trusted, "{host}");
        }
    }

    #[tokio::test]
    async fn a_certificate_that_the_web_does_not_trust_is_refused() {
        let (port, _) = tls_receiver();
        let url = format!("https://shop.example.com:{port}/n");
        let endpoint = Endpoint::parse(&url, AddressPolicy::AllowPrivate).unwrap();
        let pinned = vec![SocketAddr::from(([127, 0, 0, 1], port))];
        let refused = Connector::new(AddressPolicy::AllowPrivate).connect(&endpoint, pinned).await;
        assert!(matches!(refused, Err(ConnectError::Connect(_))));
    }
}
