//! The seeded sandbox: a merchant, a brand, the authorisation between them, an appid, users, a store, and a
//! stock or bundle of every kind that this version issues.

use quan_apiv3::certificate::{Certificate, normalise_serial};
use quan_model::busifavor;
use quan_model::coupon::{ProductCouponWithStock, StockForCreate};
use quan_model::ids::{
    Appid, BrandId, Mchid, Openid, Principal, ProductCouponId, RequestNo, RequestNumber, StockBundleId,
    StockId, StoreId,
};
use quan_model::product_coupon::CreateProductCouponRequest;
use quan_model::time::Time;
use quan_model::verification::VerificationMode;
use quan_platform::access::{Scope, StockAddress};
use quan_platform::busifavor::create_stock::{
    CreateStock as CreateBusifavorStock, create_stock as create_busifavor_stock,
};
use quan_platform::create_product_coupon::{CreateProductCoupon, create_product_coupon};
use quan_platform::create_stock::{CreateStock, create_stock};
use quan_platform::upload_coupon_codes::{UploadCouponCodes, upload_coupon_codes};
use quan_platform::{Error, Platform};
use quan_store::parties::{Brand, CallerCertificate, Grant, Merchant};
use serde_json::Value;

use crate::sample;
use crate::sandbox::{ProductCoupons, Stocks};

/// The appid of the sandbox, bound to merchant and brand.
pub(crate) const APPID: &str = "wx7c2e91b04d5fa368";
/// The users of the sandbox.
pub(crate) const OPENIDS: [&str; 3] =
    ["oQuanUser0001AAAAAAAAAAAAAAA", "oQuanUser0002BBBBBBBBBBBBBBB", "oQuanUser0003CCCCCCCCCCCCCCC"];
/// The open store of the sandbox.
pub(crate) const STORE_ID: &str = "100064";

/// Who is seeded.
pub(crate) struct Parties<'p> {
    pub(crate) mchid: &'p str,
    pub(crate) merchant_certificate: &'p Certificate,
    pub(crate) merchant_apiv3_key: &'p str,
    pub(crate) brand_id: &'p str,
    pub(crate) brand_certificate: &'p Certificate,
    pub(crate) brand_apiv3_key: &'p str,
    /// Where the sample pictures are served.
    pub(crate) base_url: &'p str,
}

/// What was seeded.
pub(crate) struct Seeded {
    pub(crate) stocks: Stocks,
    pub(crate) stock_bundle: String,
    pub(crate) product_coupons: ProductCoupons,
}

/// Seeds the store through the use cases, as the merchant would.
pub(crate) async fn seed(platform: &Platform, parties: &Parties<'_>) -> anyhow::Result<Seeded> {
    let merchant = Principal::Merchant(Mchid::parse(parties.mchid)?);
    let scope = Scope::of_brand(merchant, BrandId::parse(parties.brand_id)?);
    put_parties(platform, parties).await?;
    // The number carries the time: a start that was cut off is seeded anew, not taken for a replay.
    let marker = platform.now().unix_seconds();
    let place = sample::Place { brand_id: parties.brand_id, base_url: parties.base_url, now: platform.now() };
    let single =
        product_coupon(platform, &scope, sample::single(&place, &format!("SEED_SINGLE_{marker}"))).await?;
    let sequential =
        product_coupon(platform, &scope, sample::sequential(&place, &format!("SEED_SEQUENTIAL_{marker}")))
            .await?;
    let request = sample::progressive_bundle(&place, &format!("SEED_BUNDLE_{marker}"));
    let bundle = bundle_coupon(platform, &scope, request).await?;
    let under_single = |mode: &str| sample::single_stock(&place, mode, 1000, 10);
    let api_assign = stock(platform, &scope, &single.0, "API", marker, under_single("API_ASSIGN")).await?;
    let upload = stock(platform, &scope, &single.0, "UPL", marker, under_single("UPLOAD")).await?;
    upload_codes(platform, &scope, &single.0, &upload, marker).await?;
    let busifavor = busifavor_stock(
        platform,
        &scope.principal,
        sample::busifavor(&place, parties.mchid, &format!("SEED_BUSIFAVOR_{marker}")),
    )
    .await?;
    let stocks = Stocks {
        single: single.1.to_string(),
        sequential: sequential.1.to_string(),
        api_assign: api_assign.to_string(),
        upload: upload.to_string(),
        busifavor: Some(busifavor),
    };
    let product_coupons = ProductCoupons {
        single: single.0.to_string(),
        sequential: sequential.0.to_string(),
        progressive_bundle: Some(bundle.0.to_string()),
    };
    Ok(Seeded { stocks, stock_bundle: bundle.1.to_string(), product_coupons })
}

async fn put_parties(platform: &Platform, parties: &Parties<'_>) -> anyhow::Result<()> {
    let (mchid, brand_id) = (Mchid::parse(parties.mchid)?, BrandId::parse(parties.brand_id)?);
    let (merchant_principal, brand_principal) =
        (Principal::Merchant(mchid.clone()), Principal::Brand(brand_id.clone()));
    let certificates = [
        (merchant_principal.clone(), parties.merchant_certificate),
        (brand_principal.clone(), parties.brand_certificate),
    ]
    .map(|(principal, certificate)| CallerCertificate {
        principal,
        serial_no: normalise_serial(&certificate.serial_no),
        pem: certificate.pem.clone(),
        not_after: Time::from_unix_seconds(certificate.not_after),
        revoked_at: None,
    });
    let merchant = Merchant {
        mchid: mchid.clone(),
        name: "示例服务商".to_owned(),
        apiv3_key: Some(parties.merchant_apiv3_key.to_owned()),
        verification_mode: VerificationMode::default(),
    };
    let brand = Brand {
        brand_id: brand_id.clone(),
        name: "泉边咖啡".to_owned(),
        logo_url: Some(format!("{}/_quan/samples/logo.svg", parties.base_url)),
        api_key: Some(parties.brand_apiv3_key.to_owned()),
    };
    let appid = Appid::parse(APPID)?;
    let openids = OPENIDS.into_iter().map(Openid::parse).collect::<Result<Vec<_>, _>>()?;
    let store = StoreId::parse(STORE_ID)?;
    platform
        .write::<_, Error>(move |work| {
            work.store.put_merchant(&merchant)?;
            work.store.put_brand(&brand)?;
            for certificate in &certificates {
                work.store.put_certificate(certificate)?;
            }
            work.store.put_authorisation(&brand_id, &mchid, Grant::Given)?;
            work.store.bind_appid(&appid, &brand_principal)?;
            work.store.bind_appid(&appid, &merchant_principal)?;
            for openid in &openids {
                work.store.put_person(&appid, openid, &format!("person-{openid}"))?;
            }
            Ok(work.store.put_open_store(&brand_id, &store)?)
        })
        .await?;
    Ok(())
}

async fn product_coupon(
    platform: &Platform,
    scope: &Scope,
    request: Value,
) -> anyhow::Result<(ProductCouponId, StockId)> {
    let made = created(platform, scope, request).await?;
    let stock = made.stock.ok_or_else(|| anyhow::anyhow!("a product coupon came without its stock"))?;
    Ok((ProductCouponId::parse(made.product_coupon.product_coupon_id)?, StockId::parse(stock.stock_id)?))
}

async fn bundle_coupon(
    platform: &Platform,
    scope: &Scope,
    request: Value,
) -> anyhow::Result<(ProductCouponId, StockBundleId)> {
    let made = created(platform, scope, request).await?;
    let bundle =
        made.stock_bundle.ok_or_else(|| anyhow::anyhow!("a product coupon came without its bundle"))?;
    let id = ProductCouponId::parse(made.product_coupon.product_coupon_id)?;
    Ok((id, StockBundleId::parse(bundle.stock_bundle_id)?))
}

async fn created(
    platform: &Platform,
    scope: &Scope,
    request: Value,
) -> anyhow::Result<ProductCouponWithStock> {
    let request: CreateProductCouponRequest = serde_json::from_value(request)?;
    let out_request_no = RequestNo::parse(request.out_request_no.as_str())?;
    let input = CreateProductCoupon { scope: scope.clone(), out_request_no, request };
    Ok(platform.write::<_, Error>(move |work| create_product_coupon(work, &input)).await?)
}

/// Adds a stock to a product coupon.
pub(crate) async fn stock(
    platform: &Platform,
    scope: &Scope,
    product_coupon_id: &ProductCouponId,
    kind: &str,
    marker: i64,
    stock: Value,
) -> anyhow::Result<StockId> {
    let stock: StockForCreate = serde_json::from_value(stock)?;
    let input = CreateStock {
        scope: scope.clone(),
        product_coupon_id: product_coupon_id.clone(),
        out_request_no: RequestNo::parse(format!("SEED_{kind}_{marker}"))?,
        stock,
    };
    let made = platform.write::<_, Error>(move |work| create_stock(work, &input)).await?;
    Ok(StockId::parse(made.stock_id)?)
}

async fn busifavor_stock(
    platform: &Platform,
    principal: &Principal,
    request: Value,
) -> anyhow::Result<String> {
    let request: busifavor::CreateStockRequest = serde_json::from_value(request)?;
    let out_request_no = RequestNumber::parse(request.out_request_no.as_str())?;
    let input = CreateBusifavorStock { principal: principal.clone(), out_request_no, request };
    let made = platform.write::<_, Error>(move |work| create_busifavor_stock(work, &input)).await?;
    Ok(made.stock_id)
}

async fn upload_codes(
    platform: &Platform,
    scope: &Scope,
    product_coupon_id: &ProductCouponId,
    stock_id: &StockId,
    marker: i64,
) -> anyhow::Result<()> {
    let input = UploadCouponCodes {
        address: StockAddress {
            scope: scope.clone(),
            product_coupon_id: product_coupon_id.clone(),
            stock_id: stock_id.clone(),
        },
        out_request_no: RequestNo::parse(format!("SEED_CODES_{marker}"))?,
        code_list: (1..=100).map(|number| format!("SANDBOX-{number:04}")).collect(),
    };
    platform.write::<_, Error>(move |work| upload_coupon_codes(work, &input)).await?;
    Ok(())
}
