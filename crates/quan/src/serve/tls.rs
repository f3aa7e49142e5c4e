//! The server's certificate: read from files, checked, and replaced while connections go on.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Context;
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use crate::configuration::Configuration;
use crate::exposure::warn_if_exposed;

/// Where the certificate and its key are.
#[derive(Clone, Debug)]
pub(crate) struct CertificateFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl CertificateFiles {
    /// The files of a configuration that has both.
    pub(crate) fn of(configuration: &Configuration) -> Option<Self> {
        let (certificate, key) =
            (configuration.tls_certificate_file.clone()?, configuration.tls_key_file.clone()?);
        Some(Self { certificate, key })
    }

    /// Reads both and checks that they belong together.
    pub(crate) fn read(&self) -> anyhow::Result<CertifiedKey> {
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(std::iter::Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| unusable(&self.certificate, "a PEM certificate chain"))?;
        anyhow::ensure!(!chain.is_empty(), "{}", unusable(&self.certificate, "a PEM certificate chain"));
        warn_if_exposed(&self.key);
        let key = PrivateKeyDer::from_pem_file(&self.key)
            .with_context(|| unusable(&self.key, "a PEM private key"))?;
        let key = aws_lc_rs::sign::any_supported_type(&key)
            .with_context(|| unusable(&self.key, "an RSA, ECDSA or Ed25519 private key"))?;
        let certified = CertifiedKey::new(chain, key);
        certified.keys_match().with_context(|| {
            format!("{} and {} do not belong together", self.certificate.display(), self.key.display())
        })?;
        Ok(certified)
    }
}

fn unusable(file: &Path, what: &str) -> String {
    format!("{} cannot be used as {what}", file.display())
}

/// The certificate that is shown to clients.
#[derive(Debug)]
pub(crate) struct ServedCertificate {
    files: CertificateFiles,
    current: Arc<Current>,
}

#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl ServedCertificate {
    pub(crate) fn open(files: CertificateFiles) -> anyhow::Result<Self> {
        let current = Arc::new(Current(RwLock::new(Arc::new(files.read()?))));
        Ok(Self { files, current })
    }

    /// Reads the files again. When they cannot be used, the former certificate stays.
    pub(crate) fn reload(&self) -> anyhow::Result<()> {
        let fresh = Arc::new(self.files.read()?);
        *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// When the certificate in force expires, in Unix seconds.
    pub(crate) fn not_after(&self) -> Option<i64> {
        let current = Arc::clone(&self.current.0.read().unwrap_or_else(PoisonError::into_inner));
        let (_, certificate) = x509_parser::parse_x509_certificate(current.cert.first()?).ok()?;
        Some(certificate.validity().not_after.timestamp())
    }

    /// The files, to see whether they changed.
    pub(crate) fn files(&self) -> [&Path; 2] {
        [&self.files.certificate, &self.files.key]
    }

    /// TLS 1.2 and 1.3 with this certificate, offering HTTP/1.1 only.
    pub(crate) fn acceptor(&self) -> anyhow::Result<TlsAcceptor> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .context("TLS cannot be set up")?
            .with_no_client_auth()
            .with_cert_resolver(self.current.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
