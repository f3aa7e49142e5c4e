//! Every row read into the value that it stands for: the tables, what their rows are known by, and how one is read.
//!
//! A backend lists the keys, in its own SQL; whether a row can be read is the same question everywhere.

use std::str::FromStr;

use quan_model::ids::{
    BrandId, CouponCode, Mchid, Principal, ProductCouponId, StockBundleId, StockId, UserCouponBundleId,
};

use super::{Finding, Invariant};
use crate::backend::Reader;
use crate::error::StoreError;
use crate::pre_send::PreSendId;

/// A column of a key, and how its value becomes text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyColumn {
    /// Text as it is.
    Text(&'static str),
    /// A number, in digits.
    Number(&'static str),
    /// Bytes, in hexadecimal.
    Bytes(&'static str),
}

use KeyColumn::{Bytes, Number, Text};

/// How the rows of a table are read.
pub struct Table {
    /// The table.
    pub name: &'static str,
    /// What its rows are known by.
    pub key: &'static [KeyColumn],
    read: fn(&dyn Reader, &[String]) -> Result<bool, StoreError>,
}

impl Table {
    /// What is wrong with the row of this key, if something is.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the store failed over the row.
    pub fn finding(&self, store: &dyn Reader, key: &[String]) -> Result<Option<Finding>, StoreError> {
        let what = match (self.read)(store, key) {
            Ok(true) => return Ok(None),
            Ok(false) => "is there, but cannot be found by its key".to_owned(),
            Err(StoreError::Inconsistent { column, .. }) => format!("{column} holds an impossible value"),
            Err(failed @ StoreError::Backend { .. }) => return Err(failed),
            Err(conflict @ StoreError::Conflict { .. }) => conflict.to_string(),
        };
        Ok(Some(self.unreadable(key, what)))
    }

    /// The finding of a row that cannot be read.
    #[must_use]
    pub fn unreadable(&self, key: &[String], what: String) -> Finding {
        let (table, row) = (self.name.to_owned(), key.join("/"));
        Finding { invariant: Invariant::Readable, table, row, what }
    }
}

fn parse<T: FromStr>(table: &'static str, column: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Inconsistent { table, column, row: text.to_owned() })
}

fn revision(text: &str) -> Result<u32, StoreError> {
    parse("(revision)", "revision", text)
}

/// The tables whose rows stand for a value.
pub const TABLES: &[Table] = &[
    Table {
        name: "merchant",
        key: &[Text("mchid")],
        read: |store, keys| {
            let mchid: Mchid = parse("merchant", "mchid", &keys[0])?;
            Ok(store.merchant(&mchid)?.is_some())
        },
    },
    Table {
        name: "brand",
        key: &[Text("brand_id")],
        read: |store, keys| {
            let brand_id: BrandId = parse("brand", "brand_id", &keys[0])?;
            Ok(store.brand(&brand_id)?.is_some())
        },
    },
    Table {
        name: "certificate",
        key: &[Text("principal"), Text("serial_no")],
        read: |store, keys| {
            let principal: Principal = parse("certificate", "principal", &keys[0])?;
            Ok(store.certificate(&principal, &keys[1])?.is_some())
        },
    },
    Table {
        name: "notify_url",
        key: &[Text("principal")],
        read: |store, keys| {
            let principal: Principal = parse("notify_url", "principal", &keys[0])?;
            Ok(store.notify_url(&principal)?.is_some())
        },
    },
    Table {
        name: "token_key",
        key: &[Number("key_id")],
        read: |store, _| Ok(!store.token_keys()?.is_empty()),
    },
    Table {
        name: "product_coupon",
        key: &[Text("product_coupon_id")],
        read: |store, keys| {
            let id: ProductCouponId = parse("product_coupon", "product_coupon_id", &keys[0])?;
            Ok(store.product_coupon(&id)?.is_some())
        },
    },
    Table {
        name: "product_coupon_revision",
        key: &[Text("product_coupon_id"), Number("revision")],
        read: |store, keys| {
            let id: ProductCouponId = parse("product_coupon_revision", "product_coupon_id", &keys[0])?;
            Ok(store.product_coupon_definition(&id, revision(&keys[1])?)?.is_some())
        },
    },
    Table {
        name: "stock",
        key: &[Text("stock_id")],
        read: |store, keys| {
            let id: StockId = parse("stock", "stock_id", &keys[0])?;
            Ok(store.stock(&id)?.is_some())
        },
    },
    Table {
        name: "stock_revision",
        key: &[Text("stock_id"), Number("revision")],
        read: |store, keys| {
            let id: StockId = parse("stock_revision", "stock_id", &keys[0])?;
            Ok(store.stock_definition(&id, revision(&keys[1])?)?.is_some())
        },
    },
    Table {
        name: "stock_bundle",
        key: &[Text("stock_bundle_id")],
        read: |store, keys| {
            let id: StockBundleId = parse("stock_bundle", "stock_bundle_id", &keys[0])?;
            Ok(store.stock_bundle(&id)?.is_some())
        },
    },
    Table {
        name: "pool_code",
        key: &[Text("stock_id"), Text("coupon_code")],
        read: |store, keys| {
            let stock: StockId = parse("pool_code", "stock_id", &keys[0])?;
            let code: CouponCode = parse("pool_code", "coupon_code", &keys[1])?;
            Ok(store.pool_code(&stock, &code)?.is_some())
        },
    },
    Table {
        name: "pre_send",
        key: &[Bytes("pre_send_id")],
        read: |store, keys| Ok(store.pre_send(pre_send_id(&keys[0])?)?.is_some()),
    },
    Table {
        name: "user_coupon",
        key: &[Text("stock_id"), Text("coupon_code")],
        read: |store, keys| {
            let stock: StockId = parse("user_coupon", "stock_id", &keys[0])?;
            let code: CouponCode = parse("user_coupon", "coupon_code", &keys[1])?;
            Ok(store.user_coupon(&stock, &code)?.is_some())
        },
    },
    Table {
        name: "user_coupon_bundle",
        key: &[Text("user_coupon_bundle_id")],
        read: |store, keys| {
            let id: UserCouponBundleId = parse("user_coupon_bundle", "user_coupon_bundle_id", &keys[0])?;
            Ok(store.user_coupon_bundle(&id)?.is_some())
        },
    },
    Table {
        name: "notification",
        key: &[Text("notification_id")],
        read: |store, keys| Ok(store.delivery(&keys[0])?.is_some()),
    },
    Table {
        name: "gov_card",
        key: &[Text("card_code")],
        read: |store, keys| Ok(store.gov_card(&keys[0])?.is_some()),
    },
    Table {
        name: "subsidy_pay_receipt",
        key: &[Text("receipt_id")],
        read: |store, keys| Ok(store.pay_receipt(&keys[0])?.is_some()),
    },
    Table {
        name: "subsidy_return_receipt",
        key: &[Text("return_receipt_id")],
        read: |store, keys| Ok(store.return_receipt(&keys[0])?.is_some()),
    },
    Table {
        name: "image",
        key: &[Text("image_id")],
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_back_or_refused() {
        assert_eq!(
            pre_send_id("000102030405060708090A0b0c0d0e0F").unwrap().0[10..],
            [10, 11, 12, 13, 14, 15]
        );
        for wrong in ["", "00", "0001020304050607080g0A0b0c0d0e0F", "é001020304050607080g0A0b0c0d0e0"] {
            assert!(matches!(pre_send_id(wrong), Err(StoreError::Inconsistent { .. })), "{wrong}");
        }
    }

    #[test]
    fn a_table_is_listed_once() {
        for (place, table) in TABLES.iter().enumerate() {
            assert!(!table.key.is_empty() && TABLES[..place].iter().all(|other| other.name != table.name));
        }
    }
}
