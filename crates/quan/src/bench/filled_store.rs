//! A data directory with a sandbox and a number of coupons, made once and kept for the next run when asked to.

use std::path::{Path, PathBuf};

use anyhow::Context;
use quan_client::Client;
use quan_model::coupon::StockForCreate;
use quan_model::product_coupon::CreateStockRequest;
use serde::{Deserialize, Serialize};

use crate::bench::{fill, progress};
use crate::clock::WallClock;
use crate::demo::child::PlatformProcess;
use crate::sample;
use crate::sandbox::{Sandbox, write_whole};
use quan_model::clock::Clock;

/// The most that a stock may issue.
const MAX_COUNT: u32 = 100_000_000;
/// The most that one user may have of it.
const MAX_COUNT_PER_USER: u32 = 100;

/// A store that is ready to be served.
pub(crate) struct FilledStore {
    pub(crate) data: PathBuf,
    pub(crate) coupons: u64,
}

/// Says in the directory that the filling came to its end. A directory without it is made anew.
#[derive(Serialize, Deserialize)]
struct Mark {
    coupons: u64,
}

impl FilledStore {
    /// Opens the store with that many coupons under `home`, filling it if it is not there.
    ///
    /// # Errors
    /// When it cannot be made or filled.
    pub(crate) async fn open(home: &Path, coupons: u64) -> anyhow::Result<Self> {
        let data = home.join(format!("sqlite-{coupons}"));
        let mark = data.join("bench-filled.json");
        let store = Self { data, coupons };
        if let Ok(text) = std::fs::read_to_string(&mark) {
            let found: Mark = serde_json::from_str(&text)
                .with_context(|| format!("{} is damaged: delete its directory", mark.display()))?;
            anyhow::ensure!(found.coupons == coupons, "{} tells of another store", mark.display());
            progress(&format!("store of {coupons} coupons: kept from an earlier run"));
            return Ok(store);
        }
        store.make().await.with_context(|| format!("cannot fill {}", store.data.display()))?;
        write_whole(&mark, serde_json::to_string(&Mark { coupons })?.as_bytes())?;
        Ok(store)
    }

    async fn make(&self) -> anyhow::Result<()> {
        if self.data.exists() {
            std::fs::remove_dir_all(&self.data)?;
        }
        let data = crate::dev::directory(&self.data)?;
        let (process, sandbox) = PlatformProcess::start(&data).await?;
        let client = crate::call::builder(&sandbox)?.build()?;
        let stock_id = add_stock(&client, &sandbox, "BENCH_FILL").await?;
        drop(process);
        fill::fill(&data, &sandbox, &stock_id, self.coupons).await
    }

    /// How large the database is on the disk, its write-ahead log included.
    pub(crate) fn bytes(&self) -> u64 {
        let of = |name: &str| std::fs::metadata(self.data.join(name)).map_or(0, |file| file.len());
        of("quan.db") + of("quan.db-wal")
    }
}

/// Adds a stock of the sandbox's single product coupon that does not sell out.
///
/// # Errors
/// When the platform refuses it.
pub(crate) async fn add_stock(client: &Client, sandbox: &Sandbox, number: &str) -> anyhow::Result<String> {
    let brand_id = &sandbox.brand.brand_id;
    let place = sample::Place { brand_id, base_url: &sandbox.base_url, now: WallClock.now() };
    let stock = sample::single_stock(&place, "WECHATPAY", MAX_COUNT, MAX_COUNT_PER_USER);
    let request = CreateStockRequest {
        out_request_no: number.to_owned(),
        stock: serde_json::from_value::<StockForCreate>(stock)?,
        brand_id: Some(brand_id.clone()),
    };
    let product_coupons = client.v3().marketing().partner().product_coupon().product_coupons();
    let product_coupon = product_coupons.product_coupon_id(&sandbox.product_coupons.single);
    Ok(product_coupon.stocks().post(&request).await?.into_inner().stock_id)
}
