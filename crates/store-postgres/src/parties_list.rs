//! Lists over merchant, brand, authorisation, appid_binding and brand_store.

use crate::params;
use crate::unit::Unit;
use quan_model::ids::{Appid, BrandId, Mchid, Principal, StoreId};
use quan_store::column::Origin;
use quan_store::error::StoreError;
use quan_store::parties::{Brand, Grant, Merchant, PartiesReader};
use quan_store::parties_list::{PartiesListReader, PartiesListWriter};

impl PartiesListReader for Unit<'_> {
    fn merchants(&self) -> Result<Vec<Merchant>, StoreError> {
        let ids: Vec<String> =
            self.all("list the merchants", "SELECT mchid FROM merchant ORDER BY mchid", params![], |row| {
                row.try_get(0)
            })?;
        let read = |id: String| {
            let origin = Origin { table: "merchant", row: &id };
            let found = self.merchant(&origin.word::<Mchid>("mchid", &id)?)?;
            found.ok_or_else(|| origin.impossible("mchid"))
        };
        ids.into_iter().map(read).collect()
    }

    fn brands(&self) -> Result<Vec<Brand>, StoreError> {
        let ids: Vec<String> =
            self.all("list the brands", "SELECT brand_id FROM brand ORDER BY brand_id", params![], |row| {
                row.try_get(0)
            })?;
        let read = |id: String| {
            let origin = Origin { table: "brand", row: &id };
            let found = self.brand(&origin.word::<BrandId>("brand_id", &id)?)?;
            found.ok_or_else(|| origin.impossible("brand_id"))
        };
        ids.into_iter().map(read).collect()
    }

    fn authorisations(&self) -> Result<Vec<(BrandId, Mchid, Grant)>, StoreError> {
        let sql = "SELECT brand_id, mchid, granted FROM authorisation ORDER BY brand_id, mchid";
        let rows: Vec<(String, String, bool)> =
            self.all("list the authorisations", sql, params![], |row| {
                Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
            })?;
        let read = |(brand, mchid, granted): (String, String, bool)| {
            let origin = Origin { table: "authorisation", row: &brand };
            let grant = if granted { Grant::Given } else { Grant::Withdrawn };
            Ok((origin.word("brand_id", &brand)?, origin.word("mchid", &mchid)?, grant))
        };
        rows.into_iter().map(read).collect()
    }

    fn appid_bindings(&self) -> Result<Vec<(Appid, Principal)>, StoreError> {
        let sql = "SELECT appid, owner FROM appid_binding ORDER BY appid, owner";
        let rows: Vec<(String, String)> =
            self.all("list the appids", sql, params![], |row| Ok((row.try_get(0)?, row.try_get(1)?)))?;
        let read = |(appid, owner): (String, String)| {
            let origin = Origin { table: "appid_binding", row: &appid };
            Ok((origin.word("appid", &appid)?, origin.word("owner", &owner)?))
        };
        rows.into_iter().map(read).collect()
    }

    fn open_stores(&self, brand_id: &BrandId, limit: usize) -> Result<Vec<StoreId>, StoreError> {
        let sql = "SELECT store_id FROM brand_store WHERE brand_id = $1 AND state = 'OPEN' ORDER BY store_id LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let ids: Vec<String> =
            self.all("list the stores", sql, params![brand_id.as_str(), limit], |row| row.try_get(0))?;
        let origin = Origin { table: "brand_store", row: brand_id.as_str() };
        ids.iter().map(|id| origin.word("store_id", id)).collect()
    }
}

impl PartiesListWriter for Unit<'_> {
    fn unbind_appid(&mut self, appid: &Appid, owner: &Principal) -> Result<(), StoreError> {
        let sql = "DELETE FROM appid_binding WHERE appid = $1 AND owner = $2";
        self.change("unbind an appid", sql, params![appid.as_str(), owner.to_string()]).map(drop)
    }

    fn close_store(&mut self, brand_id: &BrandId, store: &StoreId) -> Result<(), StoreError> {
        let sql = "UPDATE brand_store SET state = 'CLOSED' WHERE brand_id = $1 AND store_id = $2 AND state = 'OPEN'";
        self.change("close a store", sql, params![brand_id.as_str(), store.as_str()]).map(drop)
    }
}
