//! A data directory with a sandbox and a store with a number of coupons, made once and kept for the next run when asked to.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use quan_model::clock::Clock;
use quan_model::ids::{BrandId, Mchid, Principal, ProductCouponId};
use quan_platform::access::Scope;
use quan_platform::{Platform, Settings};
use quan_store::backend::Backend;
use quan_store::lane::WriteLane;
use quan_store_sqlite::Migrations;
use serde::{Deserialize, Serialize};

use crate::bench::fill::{self, Fill};
use crate::bench::progress;
use crate::clock::WallClock;
use crate::configuration::FromText;
use crate::database::{self, DatabaseUrl};
use crate::entropy::SystemEntropy;
use crate::sandbox::{Sandbox, write_whole};
use crate::{dev, sample, seed};

/// The most that a stock may issue.
const MAX_COUNT: u32 = 100_000_000;
/// The most that one user may have of it.
const MAX_COUNT_PER_USER: u32 = 100;

/// A store that is ready to be served.
pub(crate) struct FilledStore {
    pub(crate) data: PathBuf,
    pub(crate) database: Database,
    pub(crate) coupons: u64,
}

/// Where the coupons are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    /// In the data directory.
    Sqlite,
    /// In the database of a URL.
    Postgres(String),
}

impl Database {
    /// What the report calls it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// Says in the directory that the filling came to its end. A directory without it is made anew.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    coupons: u64,
    database: String,
}

impl FilledStore {
    /// Opens the store with that many coupons under `home`, filling it if it is not there.
    ///
    /// # Errors
    /// When it cannot be made or filled.
    pub(crate) async fn open(home: &Path, database: &Database, coupons: u64) -> anyhow::Result<Self> {
        let data = home.join(format!("{}-{coupons}", database.name().to_lowercase()));
        let mark_file = data.join("bench-filled.json");
        let store = Self { data, database: database.clone(), coupons };
        let mark = Mark { coupons, database: database::masked(&store.url()) };
        if let Ok(text) = std::fs::read_to_string(&mark_file) {
            let found: Mark = serde_json::from_str(&text)
                .with_context(|| format!("{} is damaged: delete its directory", mark_file.display()))?;
            anyhow::ensure!(
                found == mark,
                "{} tells of another store: delete its directory, or choose another --cache",
                mark_file.display()
            );
            progress(&format!("{} with {coupons} coupons: kept from an earlier run", database.name()));
            return Ok(store);
        }
        store.make().await.with_context(|| format!("cannot fill {}", store.data.display()))?;
        write_whole(&mark_file, serde_json::to_string(&mark)?.as_bytes())?;
        Ok(store)
    }

    /// What `--database` of `quan serve` takes.
    pub(crate) fn url(&self) -> String {
        match &self.database {
            Database::Sqlite => format!("sqlite:{}", self.data.join("quan.db").display()),
            Database::Postgres(url) => url.clone(),
        }
    }

    async fn make(&self) -> anyhow::Result<()> {
        if self.data.exists() {
            std::fs::remove_dir_all(&self.data)?;
        }
        let data = dev::directory(&self.data)?;
        let url = DatabaseUrl::from_text(&self.url()).context("the database has no right URL")?;
        let backend = database::open(&url, Migrations::Apply, NonZeroUsize::MIN)?;
        let outbox = backend.snapshot(|store| store.outbox_counts())??;
        anyhow::ensure!(
            outbox == quan_store::outbox::OutboxCounts::default(),
            "{url} holds coupons already: give an empty database"
        );
        let lane = Arc::new(WriteLane::start(Arc::clone(&backend)));
        let keys = dev::open_keys(&data)?;
        let fresh = platform(&backend, &lane);
        let sandbox = dev::first_start(&keys, &fresh, "http://127.0.0.1".to_owned()).await?;
        let stock_id = add_stock(&fresh, &sandbox, "FILL").await?;
        fill::fill(&Fill { platform: &fresh, sandbox: &sandbox, stock_id: &stock_id, coupons: self.coupons })
            .await?;
        sandbox.write(&Sandbox::file(&data))?;
        drop(fresh);
        tokio::task::spawn_blocking(move || lane.close()).await.context("the write lane broke down")
    }

    /// How large the database is on the disk, its write-ahead log included; nothing where it lies elsewhere.
    pub(crate) fn bytes(&self) -> Option<u64> {
        let of = |name: &str| std::fs::metadata(self.data.join(name)).map_or(0, |file| file.len());
        match &self.database {
            Database::Sqlite => Some(of("quan.db") + of("quan.db-wal")),
            Database::Postgres(_) => None,
        }
    }

    /// Adds a stock that does not sell out, for one run.
    ///
    /// # Errors
    /// When the store cannot be opened or the platform refuses it.
    pub(crate) async fn add_hot_stock(&self, sandbox: &Sandbox) -> anyhow::Result<String> {
        let url = DatabaseUrl::from_text(&self.url()).context("the database has no right URL")?;
        let backend = database::open(&url, Migrations::Apply, NonZeroUsize::MIN)?;
        let lane = Arc::new(WriteLane::start(Arc::clone(&backend)));
        let stock_id = add_stock(&platform(&backend, &lane), sandbox, "HOT").await?;
        tokio::task::spawn_blocking(move || lane.close()).await.context("the write lane broke down")?;
        Ok(stock_id)
    }
}

fn platform(backend: &Arc<dyn Backend>, lane: &Arc<WriteLane>) -> Platform {
    let (backend, lane) = (Arc::clone(backend), Arc::clone(lane));
    let entropy = Arc::new(SystemEntropy);
    Platform::new(backend, lane, Arc::new(WallClock), entropy, Settings::default(), Arc::default())
}

async fn add_stock(platform: &Platform, sandbox: &Sandbox, kind: &str) -> anyhow::Result<String> {
    let brand_id = &sandbox.brand.brand_id;
    let merchant = Principal::Merchant(Mchid::parse(sandbox.merchant.mchid.as_str())?);
    let scope = Scope::of_brand(merchant, BrandId::parse(brand_id.as_str())?);
    let product_coupon_id = ProductCouponId::parse(sandbox.product_coupons.single.as_str())?;
    let place = sample::Place { brand_id, base_url: "http://127.0.0.1", now: WallClock.now() };
    let stock = sample::single_stock(&place, "WECHATPAY", MAX_COUNT, MAX_COUNT_PER_USER);
    let marker = WallClock.now_ms();
    Ok(seed::stock(platform, &scope, &product_coupon_id, kind, marker, stock).await?.to_string())
}
