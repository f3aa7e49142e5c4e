//! What is measured: one store behind a server of its own, with a stock for the measurement.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;
use quan_apiv3::certificate::Certificate;
use quan_apiv3::key::{PrivateKey, PublicKey};
use quan_client::Client;
use quan_model::clock::Clock;
use quan_model::product_coupon::SetNotifyConfigRequest;

use crate::bench::filled_store::{Database, FilledStore};
use crate::bench::receiver::Deliveries;
use crate::bench::requests::Signer;
use crate::bench::server::Server;
use crate::clock::WallClock;
use crate::sandbox::Sandbox;

/// A server and everything that calling it needs.
pub(crate) struct Subject {
    pub(crate) server: Server,
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    pub(crate) key: PrivateKey,
    pub(crate) database: Database,
    pub(crate) coupons: u64,
    pub(crate) bytes: Option<u64>,
    /// The one stock that all pre-sends and claims of the measurement are about.
    pub(crate) hot_stock_id: String,
    /// What its notifications have come to.
    pub(crate) deliveries: Deliveries,
    /// Begins all request numbers of this run.
    pub(crate) series: String,
    platform_keys: HashMap<String, PublicKey>,
}

impl Subject {
    /// Starts the server of a filled store, makes the hot stock and sets the notify URL.
    pub(crate) async fn begin(store: &FilledStore, deliveries: Deliveries) -> anyhow::Result<Self> {
        let mut sandbox = Sandbox::read(&Sandbox::file(&store.data))?;
        let hot_stock_id = store.add_hot_stock(&sandbox).await?;
        let server = tokio::task::block_in_place(|| Server::start(store))?;
        sandbox.base_url = format!("http://{}", server.address);
        let client = crate::call::builder(&sandbox)?.build()?;
        let notify = SetNotifyConfigRequest { notify_url: deliveries.notify_url.clone() };
        client.v3().marketing().partner().product_coupon().notify_configs().post(&notify).await?;
        Ok(Self {
            key: PrivateKey::from_pem(&read(&sandbox.merchant.private_key_file)?)?,
            platform_keys: platform_keys(&sandbox)?,
            server,
            sandbox,
            client,
            database: store.database.clone(),
            coupons: store.coupons,
            bytes: store.bytes(),
            hot_stock_id,
            deliveries,
            series: format!("B{}", WallClock.now_ms()),
        })
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer { sandbox: &self.sandbox, key: &self.key, stock_id: &self.hot_stock_id }
    }

    /// The platform's key of a `Wechatpay-Serial`.
    pub(crate) fn platform_key(&self, serial: &str) -> Option<&PublicKey> {
        self.platform_keys.get(serial)
    }

    /// Makes sure that the stock counts as many coupons as were claimed: nothing lost, nothing twice.
    ///
    /// # Errors
    /// When it does not.
    pub(crate) async fn audit(&self, claimed: u64) -> anyhow::Result<()> {
        let product_coupons = self.client.v3().marketing().partner().product_coupon().product_coupons();
        let product_coupon = product_coupons.product_coupon_id(&self.sandbox.product_coupons.single);
        let stock = product_coupon.stocks().stock_id(&self.hot_stock_id);
        let found = stock.get().query("brand_id", &self.sandbox.brand.brand_id).await?.into_inner();
        let counted = u64::try_from(found.sent_count_info.total_count)?;
        anyhow::ensure!(counted == claimed, "{claimed} claims were answered, but the stock counts {counted}");
        Ok(())
    }
}

fn platform_keys(sandbox: &Sandbox) -> anyhow::Result<HashMap<String, PublicKey>> {
    let platform = &sandbox.platform;
    let certificate = Certificate::from_pem(&read(&platform.certificate_file)?)?;
    Ok(HashMap::from([
        (platform.public_key_id.clone(), PublicKey::from_spki_pem(&read(&platform.public_key_file)?)?),
        (platform.certificate_serial_no.clone(), certificate.public_key),
    ]))
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
