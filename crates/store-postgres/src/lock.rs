//! Locks by name: rows where there is a row, advisory locks of the transaction where there is none.
//!
//! A number of an advisory lock is a hash of the name. Two names may have the same one: then somebody waits without need.

use quan_model::ids::Principal;
use quan_store::error::StoreError;
use quan_store::lock::{Lock, LockWriter};

use crate::params;
use crate::unit::Unit;

/// The offset and the prime of FNV-1a with 64 bits. All nodes of all versions must agree, so it is never changed.
const FNV: (u64, u64) = (0xcbf2_9ce4_8422_2325, 0x0000_0100_0000_01b3);

/// What a name consists of, and what kind it is.
fn number(kind: &str, parts: &[&str]) -> i64 {
    let mut hash = FNV.0;
    for part in std::iter::once(&kind).chain(parts) {
        // A byte that no text contains ends each part, so that parts cannot be mistaken for each other.
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(FNV.1);
        }
    }
    hash.cast_signed()
}

/// The number of the lock of a number that pre-sends and sends share.
pub(crate) fn send_number(principal: &Principal, request_no: &str) -> i64 {
    number("send_number", &[&principal.to_string(), request_no])
}

impl LockWriter for Unit<'_> {
    fn lock(&mut self, what: Lock<'_>) -> Result<(), StoreError> {
        match what {
            Lock::SendNumber { .. } | Lock::Number(_) | Lock::Code { .. } | Lock::ChainOf { .. } => {}
            // What is read after one of these has to be read then.
            Lock::Platform
            | Lock::Principal(_)
            | Lock::ProductCoupon(_)
            | Lock::Stock(_)
            | Lock::StockBundle(_) => self.changes_memo(),
        }
        match what {
            Lock::Platform => {
                self.lock_name(number("platform", &[]));
                Ok(())
            }
            Lock::SendNumber { principal, request_no } => {
                self.lock_name(send_number(principal, request_no));
                Ok(())
            }
            Lock::Number(key) => {
                let (principal, owner) = (key.principal.to_string(), key.owner.to_string());
                let parts = [&principal, &owner, key.operation, &key.target, &key.request_no];
                self.lock_name(number("number", &parts));
                Ok(())
            }
            Lock::Principal(principal) => {
                self.lock_name(number("principal", &[&principal.to_string()]));
                Ok(())
            }
            Lock::Code { stock_id, coupon_code } => {
                self.lock_name(number("code", &[stock_id.as_str(), coupon_code.as_str()]));
                Ok(())
            }
            Lock::ProductCoupon(id) => {
                let sql = "SELECT 1 FROM product_coupon WHERE product_coupon_id = $1 FOR UPDATE";
                self.lock_rows("lock a product coupon", sql, params![id.as_str()])
            }
            Lock::Stock(id) => {
                let sql = "SELECT 1 FROM stock WHERE stock_id IN (
                             SELECT $1::text UNION ALL
                             SELECT other.stock_id FROM stock AS one JOIN stock AS other USING (stock_bundle_id)
                             WHERE one.stock_id = $1)
                           ORDER BY stock_id FOR UPDATE";
                self.lock_rows("lock a stock", sql, params![id.as_str()])
            }
            Lock::StockBundle(id) => {
                let sql = "SELECT 1 FROM stock WHERE stock_bundle_id = $1 ORDER BY stock_id FOR UPDATE";
                self.lock_rows("lock a bundle", sql, params![id.as_str()])
            }
            Lock::ChainOf { stock_id, coupon_code } => {
                // Which chain a coupon lies in never changes. Its coupons are locked when they are read.
                let sql = "SELECT 1 FROM user_coupon_bundle WHERE user_coupon_bundle_id = (
                             SELECT user_coupon_bundle_id FROM user_coupon WHERE stock_id = $1 AND coupon_code = $2)
                           FOR UPDATE";
                self.lock_rows("lock a chain", sql, params![stock_id.as_str(), coupon_code.as_str()])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_name_are_not_mistaken_for_each_other() {
        let numbers = [
            number("code", &["ab", "c"]),
            number("code", &["a", "bc"]),
            number("code", &["abc", ""]),
            number("code", &["abc"]),
            number("number", &["ab", "c"]),
        ];
        let different: std::collections::HashSet<_> = numbers.iter().collect();
        assert_eq!(different.len(), numbers.len());
        assert_eq!(number("code", &["ab", "c"]), numbers[0], "the same name has the same number");
    }
}
