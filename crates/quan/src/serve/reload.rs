//! Files that may change while the node runs: the server's certificate and the platform's keys.
//!
//! They are looked at every few seconds, so that a key turned through one node is used by all, and at once on SIGHUP.
//! A file that cannot be used is logged, and what was in force stays.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::mpsc;

use crate::platform_keys::PlatformKeyFiles;
use crate::serve::tls::ServedCertificate;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Watches until the runtime ends.
pub(crate) fn watch(
    certificate: Option<Arc<ServedCertificate>>,
    keys: Arc<PlatformKeyFiles>,
    mut signals: mpsc::UnboundedReceiver<()>,
) {
    tokio::spawn(async move {
        let mut seen = marks(certificate.as_deref());
        loop {
            let was_asked = tokio::select! {
                Some(()) = signals.recv() => true,
                () = tokio::time::sleep(LOOK_EVERY) => false,
            };
            let (certificate, keys) = (certificate.clone(), keys.clone());
            let former = seen.clone();
            let looking = move || look(certificate.as_deref(), &keys, &former, was_asked);
            if let Ok(now) = tokio::task::spawn_blocking(looking).await {
                seen = now;
            }
        }
    });
}

/// What tells a changed file: when it was written and how long it is.
type Marks = Vec<Option<(SystemTime, u64)>>;

fn marks(certificate: Option<&ServedCertificate>) -> Marks {
    let mark = |file: &Path| {
        let facts = std::fs::metadata(file).ok()?;
        Some((facts.modified().ok()?, facts.len()))
    };
    certificate.map(|certificate| certificate.files().map(mark).to_vec()).unwrap_or_default()
}

fn look(
    certificate: Option<&ServedCertificate>,
    keys: &PlatformKeyFiles,
    former: &Marks,
    was_asked: bool,
) -> Marks {
    let now = marks(certificate);
    if let Some(certificate) = certificate
        && (was_asked || now != *former)
    {
        match certificate.reload() {
            Ok(()) => tracing::info!("the server's certificate was read again"),
            Err(error) => tracing::error!("the server's certificate stays as it was: {error:#}"),
        }
    }
    match keys.reload() {
        Ok(true) => tracing::info!("the platform's keys were read again"),
        Ok(false) => {}
        Err(error) => tracing::error!("the platform's keys stay as they were: {error:#}"),
    }
    now
}
