//! `quan dev`: the platform kept running for a developer.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use quan_gateway::Admin;
use quan_model::entropy;
use quan_notify::AddressPolicy;
use quan_platform::console::request_log::RequestLog;
use quan_platform::{Platform, Settings};
use quan_store_sqlite::SqliteStore;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::MovableClock;
use crate::entropy::SystemEntropy;
use crate::identity::{Identity, fresh_apiv3_key};
use crate::node::{Face, Node, NodeParts};
use crate::platform_keys::PlatformKeyFiles;
use crate::sandbox::{BrandAccess, MerchantAccess, Sandbox};
use crate::seed::{self, Parties};
use crate::{cli, console};

const MCHID: &str = "1900000001";
const BRAND_ID: &str = "120344";

/// Runs until Ctrl-C or SIGTERM.
pub(crate) fn run(options: &cli::Dev) -> anyhow::Result<()> {
    let data = directory(&options.data).context("--data needs a directory that can be written")?;
    let listener = std::net::TcpListener::bind(options.listen).with_context(|| {
        format!(
            "cannot listen on {}: another program may use the port; choose one with --listen",
            options.listen
        )
    })?;
    listener.set_nonblocking(true)?;
    let keys = open_keys(&data)?;
    let settings = Settings { notify_use_return: options.notify_use_return, ..Settings::default() };
    let clock = Arc::new(MovableClock::open(&data)?);
    let node = Node::open(NodeParts {
        backend: Arc::new(SqliteStore::open(data.join(crate::store_file::FILE_NAME))?),
        clock: clock.clone(),
        platform_keys: keys.platform.live(),
        probe_ratio: options.probe_ratio,
        policy: AddressPolicy::AllowPrivate,
        settings,
        lanes: NonZeroUsize::MIN,
        name: std::process::id().to_string(),
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(options, &data, listener, &keys, node, clock))
}

async fn serve(
    options: &cli::Dev,
    data: &Path,
    listener: std::net::TcpListener,
    keys: &Keys,
    node: Node,
    clock: Arc<MovableClock>,
) -> anyhow::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    let base_url = format!("http://{}", listener.local_addr()?);
    let mut sandbox = match Sandbox::file(data) {
        file if file.exists() => {
            Sandbox { base_url, platform: keys.platform.described(), ..Sandbox::read(&file)? }
        }
        _ => first_start(keys, &node.platform, base_url).await?,
    };
    if sandbox.console_token.is_empty() {
        sandbox.console_token = console::fresh_token()?;
    }
    console::keep_dev_token(&node.platform, &sandbox.console_token).await?;
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    tokio::spawn(async move {
        stop_asked().await;
        tracing::info!("stopping: open requests are finished first");
        stopping.cancel();
    });
    sandbox.write(&Sandbox::file(data))?;
    greet(&sandbox, data);
    let (request_log, log_worker) = RequestLog::new();
    let console = console::console(
        node.platform.clone(),
        request_log.clone(),
        sandbox.base_url.clone(),
        node.url_check(),
        keys.platform.clone(),
    );
    let gateway = node.gateway(Face {
        request_log: Some(request_log),
        public_url: sandbox.base_url,
        claim_origins: options.claim_origins.clone(),
        settings: options.gateway_settings(),
        admin: Some(Admin {
            token: Some(sandbox.admin_token),
            clock: Some(clock),
            metrics: None,
            platform_keys: keys.platform.clone(),
        }),
        observer: Arc::new(()),
        readiness: Arc::new(()),
    });
    let sending = node.send(stop.clone());
    let logging = node.log_requests(log_worker, stop.clone());
    let routes = quan_gateway::routes(gateway).merge(quan_console::routes(console));
    let served = quan_gateway::serve(listener, routes, stop.clone()).await;
    // It may have ended by itself.
    stop.cancel();
    logging.await.context("the request log broke down")?;
    sending.await.context("the sender of notifications broke down")?;
    node.close().await?;
    served.context("the listener broke down")
}

/// The keys of everyone in the sandbox.
pub(crate) struct Keys {
    merchant: Identity,
    brand: Identity,
    platform: Arc<PlatformKeyFiles>,
}

pub(crate) fn open_keys(data: &Path) -> anyhow::Result<Keys> {
    let directory = directory(&data.join("keys"))?;
    Ok(Keys {
        merchant: Identity::open(&directory, "merchant", MCHID)?,
        brand: Identity::open(&directory, "brand", BRAND_ID)?,
        platform: Arc::new(PlatformKeyFiles::open(&directory, Some(Sandbox::file(data)))?),
    })
}

/// Seeds the store and says how to connect. A start that was cut off before the connection file was
/// written is simply made again.
pub(crate) async fn first_start(
    keys: &Keys,
    platform: &Platform,
    base_url: String,
) -> anyhow::Result<Sandbox> {
    let (merchant_key, brand_key) = (fresh_apiv3_key(), fresh_apiv3_key());
    let parties = Parties {
        mchid: MCHID,
        merchant_certificate: &keys.merchant.certificate,
        merchant_apiv3_key: &merchant_key,
        brand_id: BRAND_ID,
        brand_certificate: &keys.brand.certificate,
        brand_apiv3_key: &brand_key,
        base_url: &base_url,
    };
    let seeded = seed::seed(platform, &parties).await.context("cannot seed the store")?;
    Ok(Sandbox {
        merchant: MerchantAccess {
            mchid: MCHID.to_owned(),
            serial_no: keys.merchant.certificate.serial_no.clone(),
            private_key_file: keys.merchant.key_file.clone(),
            certificate_file: keys.merchant.certificate_file.clone(),
            apiv3_key: merchant_key,
        },
        brand: BrandAccess {
            brand_id: BRAND_ID.to_owned(),
            serial_no: keys.brand.certificate.serial_no.clone(),
            private_key_file: keys.brand.key_file.clone(),
            certificate_file: keys.brand.certificate_file.clone(),
            apiv3_key: brand_key,
        },
        platform: keys.platform.described(),
        appid: seed::APPID.to_owned(),
        openids: seed::OPENIDS.iter().map(|openid| (*openid).to_owned()).collect(),
        store_id: seed::STORE_ID.to_owned(),
        stocks: seeded.stocks,
        stock_bundle: Some(seeded.stock_bundle),
        product_coupons: seeded.product_coupons,
        admin_token: entropy::text(&SystemEntropy, entropy::ALPHANUMERIC, 40),
        console_token: String::new(),
        base_url,
    })
}

/// Makes a directory, readable by its owner only since the database and the keys hold secrets, and gives its
/// absolute name. One that exists keeps the rights it has.
pub(crate) fn directory(path: &Path) -> anyhow::Result<PathBuf> {
    let make = || -> std::io::Result<PathBuf> {
        let mut maker = std::fs::DirBuilder::new();
        maker.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
        maker.create(path)?;
        let absolute = path.canonicalize()?;
        tempfile::tempfile_in(&absolute)?;
        Ok(absolute)
    };
    make().with_context(|| format!("cannot write in {}: choose another directory", path.display()))
}

#[cfg(unix)]
pub(crate) async fn stop_asked() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
pub(crate) async fn stop_asked() {
    drop(tokio::signal::ctrl_c().await);
}

fn greet(sandbox: &Sandbox, data: &Path) {
    let file = Sandbox::file(data);
    let base_url = &sandbox.base_url;
    let openid = sandbox.openids.first().map_or("", String::as_str);
    println!(
        "Quan is ready at {base_url}

  connection file  {file}
  merchant         {mchid}  (APIv3 key and private key: see the file)
  brand            {brand}
  appid            {appid}
  openids          {openids}
  stocks           single {single}   sequential {sequential}
                   api_assign {api_assign}   upload {upload}
                   busifavor {busifavor}
  stock bundle     {stock_bundle}

Try first, in another terminal:

  quan call POST v3/marketing/busifavor/product-coupons/pre-send \\
    stock_id={single} appid={appid} openid={openid} send_request_no=HELLO_001 \\
    --connection {file}

  then open the claim page with the token of the answer:
  {base_url}/claim#token=…

See what happens, and why a call failed:

  {base_url}/console/   token {console_token}

Move the rules' clock forward by a day:

  curl -H 'Authorization: Bearer {admin_token}' -d '{{\"advance_seconds\":86400}}' {base_url}/_quan/clock

Stop with Ctrl-C. Started again with the same --data, everything is kept.",
        file = file.display(),
        mchid = sandbox.merchant.mchid,
        brand = sandbox.brand.brand_id,
        appid = sandbox.appid,
        openids = sandbox.openids.join(" "),
        single = sandbox.stocks.single,
        sequential = sandbox.stocks.sequential,
        api_assign = sandbox.stocks.api_assign,
        upload = sandbox.stocks.upload,
        stock_bundle =
            sandbox.stock_bundle.as_deref().unwrap_or("none, since this directory is older than bundles"),
        busifavor = sandbox.stocks.busifavor.as_deref().unwrap_or("none"),
        admin_token = sandbox.admin_token,
        console_token = sandbox.console_token,
    );
}
