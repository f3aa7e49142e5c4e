//! The console of this binary: what it needs of the gateway, and `quan console-token`.

use std::num::NonZeroUsize;
use std::sync::Arc;

use anyhow::Context;
use quan_apiv3::certificate::{Certificate, normalise_serial};
use quan_console::{
    Console, ConsoleParts, Explained, Host, KeyStep, PlatformKeyKind, PlatformKeyNames, ReadCertificate,
};
use quan_gateway::{PlatformKeyControl, PlatformKeyError, RotationStep};
use quan_model::clock::Clock;
use quan_platform::console::ConsoleError;
use quan_platform::console::access::{Role, create_token, ensure_token, mint_token};
use quan_platform::console::request_log::RequestLog;
use quan_platform::{Error, Platform, Settings};
use quan_store::lane::WriteLane;
use quan_store_sqlite::Migrations;

use crate::cli;
use crate::clock::WallClock;
use crate::configuration;
use crate::database::{self, DatabaseUrl};
use crate::entropy::SystemEntropy;
use crate::platform_keys::PlatformKeyFiles;

/// The console over a platform.
pub(crate) fn console(
    platform: Platform,
    request_log: RequestLog,
    public_url: String,
    check_notify_url: fn(&str) -> Result<(), String>,
    keys: Arc<PlatformKeyFiles>,
) -> Console {
    Console::new(ConsoleParts {
        platform,
        wire_clock: Arc::new(WallClock),
        entropy: Arc::new(SystemEntropy),
        request_log,
        public_url,
        host: Arc::new(GatewayHost { check_notify_url, keys }),
    })
}

struct GatewayHost {
    check_notify_url: fn(&str) -> Result<(), String>,
    keys: Arc<PlatformKeyFiles>,
}

impl Host for GatewayHost {
    fn explain(&self, error: &Error) -> Explained {
        let explained = quan_gateway::explain(error);
        Explained {
            status: explained.status,
            code: explained.code,
            chinese: explained.message,
            english: explained.reason,
            field: explained.field,
        }
    }

    fn check_notify_url(&self, url: &str) -> Result<(), String> {
        (self.check_notify_url)(url)
    }

    fn read_certificate(&self, pem: &str) -> Result<ReadCertificate, String> {
        let read = Certificate::from_pem(pem).map_err(|error| error.to_string())?;
        let serial_no = normalise_serial(&read.serial_no);
        Ok(ReadCertificate { serial_no, pem: read.pem, not_after: read.not_after })
    }

    fn platform_keys(&self, kind: PlatformKeyKind) -> PlatformKeyNames {
        let keys = self.keys.live().now();
        match kind {
            PlatformKeyKind::Certificate => PlatformKeyNames {
                signing: keys.by_certificate().serial.to_owned(),
                other: keys.certificates.other().map(|other| other.certificate.serial_no.clone()),
            },
            PlatformKeyKind::PublicKey => PlatformKeyNames {
                signing: keys.by_public_key().serial.to_owned(),
                other: keys.public_keys.other().map(|other| other.id.clone()),
            },
        }
    }

    fn turn_platform_keys(&self, kind: PlatformKeyKind, step: KeyStep) -> Result<(), String> {
        let kind = match kind {
            PlatformKeyKind::Certificate => quan_gateway::PlatformKeyKind::Certificate,
            PlatformKeyKind::PublicKey => quan_gateway::PlatformKeyKind::PublicKey,
        };
        let step = match step {
            KeyStep::Rotate => RotationStep::Rotate,
            KeyStep::Switch => RotationStep::Switch,
            KeyStep::Retire => RotationStep::Retire,
        };
        self.keys.turn(kind, step).map_err(|error| match error {
            PlatformKeyError::Step(error) => error.to_string(),
            PlatformKeyError::Failed(reason) => reason,
        })
    }
}

/// A fresh token as text; it is in force once [`keep_dev_token`] has kept it.
pub(crate) fn fresh_token() -> anyhow::Result<String> {
    let minted = mint_token(&SystemEntropy, DEV_NAME, Role::Admin, WallClock.now())?;
    Ok(minted.text)
}

const DEV_NAME: &str = "quan dev";

/// Keeps the token of the connection file, unless it is kept already.
pub(crate) async fn keep_dev_token(platform: &Platform, text: &str) -> anyhow::Result<()> {
    let text = text.to_owned();
    let keep = move |work: &mut quan_platform::work::Work<'_>| {
        ensure_token(work, &text, DEV_NAME, Role::Admin, WallClock.now())
    };
    platform.write::<_, ConsoleError>(keep).await.context("cannot keep the console's token")
}

/// `quan console-token`: makes a token and prints it, once.
pub(crate) fn make_token(options: &cli::ConsoleToken) -> anyhow::Result<()> {
    let url = configuration::load_one::<DatabaseUrl>(&options.settings, "database")?;
    let minted = mint_token(&SystemEntropy, &options.name, options.role, WallClock.now())?;
    let backend = database::open(&url, Migrations::Refuse, NonZeroUsize::MIN)?;
    let lane = Arc::new(WriteLane::start(backend.clone()));
    let (clock, entropy) = (Arc::new(WallClock), Arc::new(SystemEntropy));
    let platform = Platform::new(backend, lane, clock, entropy, Settings::default(), Arc::default());
    let token = minted.token;
    let keep = move |work: &mut quan_platform::work::Work<'_>| create_token(work, None, &token);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(platform.write::<_, ConsoleError>(keep)).context("cannot keep the token")?;
    println!("{}", minted.text);
    eprintln!("role {}; it is shown only now: sign in at /console/ with it", options.role.as_str());
    Ok(())
}
