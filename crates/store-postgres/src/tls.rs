//! TLS to the server: who is trusted, in the terms of `sslmode`.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::open::OpenError;

/// Whose certificate is good enough. Without a root those of the public web are the roots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Anybody's: encrypted, but not proven. `sslmode=prefer` and `require`.
    Anybody,
    /// One that a root vouches for, whatever host it names. `sslmode=verify-ca`.
    Chain {
        /// A file with certificates in PEM.
        root: Option<PathBuf>,
    },
    /// One that a root vouches for and that names the host. `sslmode=verify-full`.
    ChainAndName {
        /// A file with certificates in PEM.
        root: Option<PathBuf>,
    },
}

/// What makes TLS out of a connection.
pub(crate) fn connector(trust: &Trust) -> Result<MakeRustlsConnect, OpenError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let chain = |root: &Option<PathBuf>| {
        let roots = Arc::new(roots(root.as_ref())?);
        WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build().map_err(|cause| {
            OpenError::Roots { file: root.clone().unwrap_or_default(), cause: Box::new(cause) }
        })
    };
    let verifier: Arc<dyn ServerCertVerifier> = match trust {
        Trust::Anybody => Arc::new(Verifier { chain: None, provider: Arc::clone(&provider) }),
        Trust::Chain { root } => {
            Arc::new(Verifier { chain: Some(chain(root)?), provider: Arc::clone(&provider) })
        }
        Trust::ChainAndName { root } => chain(root)?,
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the suites of TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn roots(file: Option<&PathBuf>) -> Result<RootCertStore, OpenError> {
    let Some(file) = file else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let unreadable =
        |cause: Box<dyn std::error::Error + Send + Sync>| OpenError::Roots { file: file.clone(), cause };
    let certificates = CertificateDer::pem_file_iter(file).map_err(|cause| unreadable(Box::new(cause)))?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        let certificate = certificate.map_err(|cause| unreadable(Box::new(cause)))?;
        roots.add(certificate).map_err(|cause| unreadable(Box::new(cause)))?;
    }
    if roots.is_empty() {
        return Err(unreadable("it holds no certificate".into()));
    }
    Ok(roots)
}

/// Asks less than the whole of a certificate. That the server has its key is always proven.
#[derive(Debug)]
struct Verifier {
    /// Who vouches; `None` for nobody.
    chain: Option<Arc<WebPkiServerVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        // The name is looked at last: who fails by it only has a chain that is good.
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
