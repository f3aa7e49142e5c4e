//! What a data directory says about how to connect: the connection file that `quan dev` writes.
//!
//! Knows the file and the client's builder, as anyone does who reads the README.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use quan_client::{Brand, Builder, Certificate, Client, Merchant, NotificationParser, PublicKey, Retry};
use serde::Deserialize;

/// Everything that a load needs to connect.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Connection {
    /// Where the node listens.
    pub base_url: String,
    /// The appid that merchant and brand are bound to.
    pub appid: String,
    /// Opens the development calls; a production node has none.
    #[serde(default)]
    pub admin_token: String,
    /// Who signs on the partner and busifavor faces.
    pub merchant: MerchantAccess,
    /// Who signs on the brand face.
    pub brand: BrandAccess,
    platform: PlatformKeys,
}

/// What the merchant signs with.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct MerchantAccess {
    /// Its number.
    pub mchid: String,
    serial_no: String,
    private_key_file: PathBuf,
    apiv3_key: String,
}

/// What the brand signs with.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct BrandAccess {
    /// Its number.
    pub brand_id: String,
    serial_no: String,
    private_key_file: PathBuf,
    apiv3_key: String,
}

#[derive(Clone, Debug, Deserialize)]
struct PlatformKeys {
    public_key_id: String,
    public_key_file: PathBuf,
    certificate_file: PathBuf,
}

impl Connection {
    /// The connection file of a data directory.
    #[must_use]
    pub(crate) fn file(data: &Path) -> PathBuf {
        data.join("sandbox.json")
    }

    /// Reads a connection file.
    ///
    /// # Errors
    /// When it is not there or is no connection file.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        serde_json::from_str(&read(file)?)
            .with_context(|| format!("{} is no connection file", file.display()))
    }

    /// A client that signs for merchant and brand, each on its face, and repeats nothing by itself.
    ///
    /// # Errors
    /// When a key cannot be read or used.
    pub(crate) fn client(&self) -> Result<Client> {
        Ok(self.builder()?.build()?)
    }

    /// A parser for the notifications of both.
    ///
    /// # Errors
    /// As [`Connection::client`].
    pub(crate) fn notifications(&self) -> Result<NotificationParser> {
        let brand = &self.brand;
        Ok(self.client()?.notifications().brand_key(&brand.brand_id, &brand.apiv3_key)?)
    }

    fn builder(&self) -> Result<Builder> {
        let (merchant, brand, platform) = (&self.merchant, &self.brand, &self.platform);
        let builder = Client::builder()
            .merchant(Merchant::new(
                &merchant.mchid,
                &merchant.serial_no,
                &read(&merchant.private_key_file)?,
            )?)
            .brand(Brand::new(&brand.brand_id, &brand.serial_no, &read(&brand.private_key_file)?)?)
            .api_v3_key(&merchant.apiv3_key)?
            .trust(PublicKey::new(&platform.public_key_id, read(&platform.public_key_file)?)?)
            .trust(Certificate::from_pem(read(&platform.certificate_file)?)?)
            .retry(Retry::none())
            .base_urls([self.base_url.as_str()]);
        Ok(builder)
    }
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}
