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
    pub(crate) base_url: String,
    /// The appid that merchant and brand are bound to.
    pub(crate) appid: String,
    /// Opens the development calls; a production node has none.
    #[serde(default)]
    pub(crate) admin_token: String,
    /// Who signs on the partner and busifavor faces.
    pub(crate) merchant: MerchantAccess,
    /// Who signs on the brand face.
    pub(crate) brand: BrandAccess,
    platform: PlatformKeys,
}

/// Who takes part where nothing is seeded: one merchant, one brand that has authorised it, one appid of both.
pub(crate) const MCHID: &str = "1900000001";
/// The brand.
pub(crate) const BRAND_ID: &str = "120344";
/// The appid.
pub(crate) const APPID: &str = "wx7c2e91b04d5fa368";
/// The APIv3 key of both. It guards nothing but a test.
pub(crate) const APIV3_KEY: &str = "0123456789abcdefghijABCDEFGHIJ01";

/// What the merchant signs with.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct MerchantAccess {
    /// Its number.
    pub(crate) mchid: String,
    serial_no: String,
    private_key_file: PathBuf,
    apiv3_key: String,
}

/// What the brand signs with.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct BrandAccess {
    /// Its number.
    pub(crate) brand_id: String,
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

    /// The connection to a production node whose keys, and those of its merchant and brand, `quan keys make` has made
    /// in the folders `keys`, `merchant` and `brand` of a place.
    ///
    /// # Errors
    /// When a key cannot be read.
    pub(crate) fn of_place(place: &Path, base_url: &str) -> Result<Self> {
        let key = |who: &str| place.join(who).join("platform_key.pem");
        let serial_no = |who: &str| -> Result<String> {
            let pem = read(&place.join(who).join("platform_cert.pem"))?;
            Ok(Certificate::from_pem(pem)?.serial_no().to_owned())
        };
        let keys = place.join("keys");
        Ok(Self {
            base_url: base_url.to_owned(),
            appid: APPID.to_owned(),
            admin_token: String::new(),
            merchant: MerchantAccess {
                mchid: MCHID.to_owned(),
                serial_no: serial_no("merchant")?,
                private_key_file: key("merchant"),
                apiv3_key: APIV3_KEY.to_owned(),
            },
            brand: BrandAccess {
                brand_id: BRAND_ID.to_owned(),
                serial_no: serial_no("brand")?,
                private_key_file: key("brand"),
                apiv3_key: APIV3_KEY.to_owned(),
            },
            platform: PlatformKeys {
                public_key_id: read(&keys.join("wechatpay_pub_id"))?.trim().to_owned(),
                public_key_file: keys.join("wechatpay_pub.pem"),
                certificate_file: keys.join("platform_cert.pem"),
            },
        })
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
