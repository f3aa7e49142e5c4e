//! Every row read into the value that it stands for.

use std::str::FromStr;

use quan_model::ids::{
    BrandId, CouponCode, Mchid, Principal, ProductCouponId, StockBundleId, StockId, UserCouponBundleId,
};
use quan_store::audit::{FINDINGS_MAX, Finding, Invariant};
use quan_store::backend::Reader;
use quan_store::error::StoreError;
use quan_store::pre_send::PreSendId;

use crate::unit::Unit;

/// How the rows of a table are read: the columns of their keys, and the reading.
struct Table {
    name: &'static str,
    keys: &'static str,
    read: fn(&dyn Reader, &[String]) -> Result<bool, StoreError>,
}

fn parse<T: FromStr>(table: &'static str, column: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Inconsistent { table, column, row: text.to_owned() })
}

fn revision(text: &str) -> Result<u32, StoreError> {
    parse("(revision)", "revision", text)
}

const TABLES: &[Table] = &[
    Table {
        name: "merchant",
        keys: "SELECT mchid FROM merchant",
        read: |store, keys| {
            let mchid: Mchid = parse("merchant", "mchid", &keys[0])?;
            Ok(store.merchant(&mchid)?.is_some())
        },
    },
    Table {
        name: "brand",
        keys: "SELECT brand_id FROM brand",
        read: |store, keys| {
            let brand_id: BrandId = parse("brand", "brand_id", &keys[0])?;
            Ok(store.brand(&brand_id)?.is_some())
        },
    },
    Table {
        name: "certificate",
        keys: "SELECT principal, serial_no FROM certificate",
        read: |store, keys| {
            let principal: Principal = parse("certificate", "principal", &keys[0])?;
            Ok(store.certificate(&principal, &keys[1])?.is_some())
        },
    },
    Table {
        name: "notify_url",
        keys: "SELECT principal FROM notify_url",
        read: |store, keys| {
            let principal: Principal = parse("notify_url", "principal", &keys[0])?;
            Ok(store.notify_url(&principal)?.is_some())
        },
    },
    Table {
        name: "token_key",
        keys: "SELECT key_id::text FROM token_key",
        read: |store, _| Ok(!store.token_keys()?.is_empty()),
    },
    Table {
        name: "product_coupon",
        keys: "SELECT product_coupon_id FROM product_coupon",
        read: |store, keys| {
            let id: ProductCouponId = parse("product_coupon", "product_coupon_id", &keys[0])?;
            Ok(store.product_coupon(&id)?.is_some())
        },
    },
    Table {
        name: "product_coupon_revision",
        keys: "SELECT product_coupon_id, revision::text FROM product_coupon_revision",
        read: |store, keys| {
            let id: ProductCouponId = parse("product_coupon_revision", "product_coupon_id", &keys[0])?;
            Ok(store.product_coupon_definition(&id, revision(&keys[1])?)?.is_some())
        },
    },
    Table {
        name: "stock",
        keys: "SELECT stock_id FROM stock",
        read: |store, keys| {
            let id: StockId = parse("stock", "stock_id", &keys[0])?;
            Ok(store.stock(&id)?.is_some())
        },
    },
    Table {
        name: "stock_revision",
        keys: "SELECT stock_id, revision::text FROM stock_revision",
        read: |store, keys| {
            let id: StockId = parse("stock_revision", "stock_id", &keys[0])?;
            Ok(store.stock_definition(&id, revision(&keys[1])?)?.is_some())
        },
    },
    Table {
        name: "stock_bundle",
        keys: "SELECT stock_bundle_id FROM stock_bundle",
        read: |store, keys| {
            let id: StockBundleId = parse("stock_bundle", "stock_bundle_id", &keys[0])?;
            Ok(store.stock_bundle(&id)?.is_some())
        },
    },
    Table {
        name: "pool_code",
        keys: "SELECT stock_id, coupon_code FROM pool_code",
        read: |store, keys| {
            let stock: StockId = parse("pool_code", "stock_id", &keys[0])?;
            let code: CouponCode = parse("pool_code", "coupon_code", &keys[1])?;
            Ok(store.pool_code(&stock, &code)?.is_some())
        },
    },
    Table {
        name: "pre_send",
        keys: "SELECT encode(pre_send_id, 'hex') FROM pre_send",
        read: |store, keys| Ok(store.pre_send(pre_send_id(&keys[0])?)?.is_some()),
    },
    Table {
        name: "user_coupon",
        keys: "SELECT stock_id, coupon_code FROM user_coupon",
        read: |store, keys| {
            let stock: StockId = parse("user_coupon", "stock_id", &keys[0])?;
            let code: CouponCode = parse("user_coupon", "coupon_code", &keys[1])?;
            Ok(store.user_coupon(&stock, &code)?.is_some())
        },
    },
    Table {
        name: "user_coupon_bundle",
        keys: "SELECT user_coupon_bundle_id FROM user_coupon_bundle",
        read: |store, keys| {
            let id: UserCouponBundleId = parse("user_coupon_bundle", "user_coupon_bundle_id", &keys[0])?;
            Ok(store.user_coupon_bundle(&id)?.is_some())
        },
    },
    Table {
        name: "notification",
        keys: "SELECT notification_id FROM notification",
        read: |store, keys| Ok(store.delivery(&keys[0])?.is_some()),
    },
    Table {
        name: "gov_card",
        keys: "SELECT card_code FROM gov_card",
        read: |store, keys| Ok(store.gov_card(&keys[0])?.is_some()),
    },
    Table {
        name: "subsidy_pay_receipt",
        keys: "SELECT receipt_id FROM subsidy_pay_receipt",
        read: |store, keys| Ok(store.pay_receipt(&keys[0])?.is_some()),
    },
    Table {
        name: "subsidy_return_receipt",
        keys: "SELECT return_receipt_id FROM subsidy_return_receipt",
        read: |store, keys| Ok(store.return_receipt(&keys[0])?.is_some()),
    },
    Table {
        name: "image",
        keys: "SELECT image_id FROM image",
        read: |store, keys| Ok(store.image(&keys[0])?.is_some()),
    },
];

fn pre_send_id(hex: &str) -> Result<PreSendId, StoreError> {
    let impossible =
        || StoreError::Inconsistent { table: "pre_send", column: "pre_send_id", row: hex.to_owned() };
    let byte = |at: usize| hex.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let mut id = [0; 16];
    if hex.len() != 2 * id.len() {
        return Err(impossible());
    }
    for (at, place) in id.iter_mut().enumerate() {
        *place = byte(at).ok_or_else(impossible)?;
    }
    Ok(PreSendId(id))
}

/// Rows that cannot be read.
pub(super) fn findings(unit: &Unit<'_>) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    for table in TABLES {
        table.read_all(unit, &mut found)?;
    }
    Ok(found)
}

impl Table {
    fn read_all(&self, unit: &Unit<'_>, found: &mut Vec<Finding>) -> Result<(), StoreError> {
        let keys: Vec<Vec<String>> = unit.all("list rows to read", self.keys, &[], |row| {
            (0..row.len()).map(|at| row.try_get(at)).collect()
        })?;
        let before = found.len();
        for keys in keys {
            if found.len() - before >= FINDINGS_MAX {
                break;
            }
            let what = match (self.read)(unit, &keys) {
                Ok(true) => continue,
                Ok(false) => "is there, but cannot be found by its key".to_owned(),
                Err(StoreError::Inconsistent { column, .. }) => format!("{column} holds an impossible value"),
                // A row that cannot be read is no such failure: the view is of no use any more.
                Err(failed @ StoreError::Backend { .. }) => return Err(failed),
                Err(conflict @ StoreError::Conflict { .. }) => conflict.to_string(),
            };
            let row = keys.join("/");
            found.push(Finding { invariant: Invariant::Readable, table: self.name.to_owned(), row, what });
        }
        Ok(())
    }
}
