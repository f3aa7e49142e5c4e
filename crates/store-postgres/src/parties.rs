//! merchant, brand, certificate, authorisation, appid_binding, person, notify_url, brand_store, token_key.

use quan_model::ids::{Appid, BrandId, Mchid, Openid, Principal, StoreId};
use quan_model::time::Time;
use quan_store::column::{Origin, time};
use quan_store::error::StoreError;
use quan_store::parties::{
    Brand, CallerCertificate, Grant, Merchant, NotifyUrl, PartiesReader, PartiesWriter, PersonId, TokenKey,
};
use tokio_postgres::Row;

use crate::params;
use crate::unit::Unit;

impl PartiesReader for Unit<'_> {
    fn merchant(&self, mchid: &Mchid) -> Result<Option<Merchant>, StoreError> {
        self.memo(|memo, read| memo.merchant(mchid, read), || self.read_merchant(mchid))
    }

    fn brand(&self, brand_id: &BrandId) -> Result<Option<Brand>, StoreError> {
        self.memo(|memo, read| memo.brand(brand_id, read), || self.read_brand(brand_id))
    }

    fn certificate(
        &self,
        principal: &Principal,
        serial_no: &str,
    ) -> Result<Option<CallerCertificate>, StoreError> {
        let sql = "SELECT serial_no, pem, not_after, revoked_at FROM certificate
                   WHERE principal = $1 AND serial_no = $2";
        let read = |row: &Row| certificate(principal, row);
        self.one("read a certificate", sql, params![principal.to_string(), serial_no], read)
    }

    fn certificates(&self, principal: &Principal) -> Result<Vec<CallerCertificate>, StoreError> {
        let sql = "SELECT serial_no, pem, not_after, revoked_at FROM certificate
                   WHERE principal = $1 ORDER BY serial_no";
        let read = |row: &Row| certificate(principal, row);
        self.all("read certificates", sql, params![principal.to_string()], read)
    }

    fn is_authorised(&self, brand_id: &BrandId, mchid: &Mchid) -> Result<bool, StoreError> {
        let read = || self.read_is_authorised(brand_id, mchid);
        self.memo(|memo, read| memo.is_authorised(brand_id, mchid, read), read)
    }

    fn is_appid_bound(&self, appid: &Appid, owner: &Principal) -> Result<bool, StoreError> {
        let read = || self.read_is_appid_bound(appid, owner);
        self.memo(|memo, read| memo.is_appid_bound(appid, owner, read), read)
    }

    fn person(&self, appid: &Appid, openid: &Openid) -> Result<Option<PersonId>, StoreError> {
        let sql = "SELECT person_id FROM person WHERE appid = $1 AND openid = $2";
        self.one("read a person", sql, params![appid.as_str(), openid.as_str()], |row| row.try_get(0))
    }

    fn openid_of(&self, person: &PersonId, appid: &Appid) -> Result<Option<Openid>, StoreError> {
        if let Some(known) = self.transaction().and_then(|writing| writing.ahead.openid_of(person, appid)) {
            return Ok(known);
        }
        let sql = "SELECT openid FROM person WHERE person_id = $1 AND appid = $2 ORDER BY openid";
        let openid: Option<String> =
            self.one("read an openid", sql, params![person.as_str(), appid.as_str()], |row| row.try_get(0))?;
        let origin = Origin { table: "person", row: person };
        origin.optional("openid", openid.as_deref())
    }

    fn notify_url(&self, principal: &Principal) -> Result<Option<NotifyUrl>, StoreError> {
        let sql = "SELECT url, updated_at FROM notify_url WHERE principal = $1";
        self.one("read a notify URL", sql, params![principal.to_string()], |row| {
            Ok(NotifyUrl { url: row.try_get(0)?, updated_at: time(row.try_get(1)?) })
        })
    }

    fn is_open_store(&self, brand_id: &BrandId, store: &StoreId) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM brand_store WHERE brand_id = $1 AND store_id = $2 AND state = 'OPEN'";
        let found = self.one("read a store", sql, params![brand_id.as_str(), store.as_str()], |_| Ok(()))?;
        Ok(found.is_some())
    }

    fn token_keys(&self) -> Result<Vec<TokenKey>, StoreError> {
        let sql = "SELECT key_id, key, created_at FROM token_key ORDER BY created_at DESC, key_id DESC";
        let rows: Vec<(i64, Vec<u8>, i64)> = self.all("read the token keys", sql, params![], |row| {
            Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
        })?;
        let key = |(key_id, key, created_at): (i64, Vec<u8>, i64)| {
            let row = key_id.to_string();
            let origin = Origin { table: "token_key", row: &row };
            Ok(TokenKey {
                key_id: origin.number("key_id", key_id)?,
                key: origin.bytes("key", &key)?,
                created_at: time(created_at),
            })
        };
        rows.into_iter().map(key).collect()
    }
}

impl Unit<'_> {
    fn read_merchant(&self, mchid: &Mchid) -> Result<Option<Merchant>, StoreError> {
        let sql = "SELECT name, apiv3_key, verification_mode FROM merchant WHERE mchid = $1";
        let found: Option<(String, Option<String>, String)> =
            self.one("read a merchant", sql, params![mchid.as_str()], |row| {
                Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
            })?;
        let Some((name, apiv3_key, mode)) = found else { return Ok(None) };
        let origin = Origin { table: "merchant", row: mchid.as_str() };
        let verification_mode = origin.word("verification_mode", &mode)?;
        Ok(Some(Merchant { mchid: mchid.clone(), name, apiv3_key, verification_mode }))
    }

    fn read_brand(&self, brand_id: &BrandId) -> Result<Option<Brand>, StoreError> {
        let sql = "SELECT name, logo_url, api_key FROM brand WHERE brand_id = $1";
        self.one("read a brand", sql, params![brand_id.as_str()], |row| {
            Ok(Brand {
                brand_id: brand_id.clone(),
                name: row.try_get(0)?,
                logo_url: row.try_get(1)?,
                api_key: row.try_get(2)?,
            })
        })
    }

    fn read_is_authorised(&self, brand_id: &BrandId, mchid: &Mchid) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM authorisation WHERE brand_id = $1 AND mchid = $2 AND granted";
        let found =
            self.one("read an authorisation", sql, params![brand_id.as_str(), mchid.as_str()], |_| Ok(()))?;
        Ok(found.is_some())
    }

    fn read_is_appid_bound(&self, appid: &Appid, owner: &Principal) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM appid_binding WHERE appid = $1 AND owner = $2";
        let found =
            self.one("read a binding", sql, params![appid.as_str(), owner.to_string()], |_| Ok(()))?;
        Ok(found.is_some())
    }
}

fn certificate(principal: &Principal, row: &Row) -> Result<CallerCertificate, tokio_postgres::Error> {
    Ok(CallerCertificate {
        principal: principal.clone(),
        serial_no: row.try_get(0)?,
        pem: row.try_get(1)?,
        not_after: time(row.try_get(2)?),
        revoked_at: row.try_get::<_, Option<i64>>(3)?.map(time),
    })
}

impl PartiesWriter for Unit<'_> {
    fn put_merchant(&mut self, merchant: &Merchant) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "INSERT INTO merchant (mchid, name, apiv3_key, verification_mode) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (mchid) DO UPDATE SET name = excluded.name, apiv3_key = excluded.apiv3_key,
                     verification_mode = excluded.verification_mode";
        let mode = merchant.verification_mode.as_str();
        let values = params![merchant.mchid.as_str(), merchant.name, merchant.apiv3_key, mode];
        self.change("write a merchant", sql, values).map(drop)
    }

    fn put_brand(&mut self, brand: &Brand) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "INSERT INTO brand (brand_id, name, logo_url, api_key) VALUES ($1, $2, $3, $4)
                   ON CONFLICT (brand_id) DO UPDATE SET
                     name = excluded.name, logo_url = excluded.logo_url, api_key = excluded.api_key";
        let values = params![brand.brand_id.as_str(), brand.name, brand.logo_url, brand.api_key];
        self.change("write a brand", sql, values).map(drop)
    }

    fn put_certificate(&mut self, certificate: &CallerCertificate) -> Result<(), StoreError> {
        let sql = "INSERT INTO certificate (principal, serial_no, pem, not_after, revoked_at)
                   VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (principal, serial_no) DO UPDATE SET
                     pem = excluded.pem, not_after = excluded.not_after, revoked_at = excluded.revoked_at";
        let values = params![
            certificate.principal.to_string(),
            certificate.serial_no,
            certificate.pem,
            certificate.not_after.unix_seconds(),
            certificate.revoked_at.map(Time::unix_seconds)
        ];
        self.change("write a certificate", sql, values).map(drop)
    }

    fn put_authorisation(
        &mut self,
        brand_id: &BrandId,
        mchid: &Mchid,
        grant: Grant,
    ) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "INSERT INTO authorisation (brand_id, mchid, granted) VALUES ($1, $2, $3)
                   ON CONFLICT (brand_id, mchid) DO UPDATE SET granted = excluded.granted";
        let values = params![brand_id.as_str(), mchid.as_str(), grant == Grant::Given];
        self.change("write an authorisation", sql, values).map(drop)
    }

    fn bind_appid(&mut self, appid: &Appid, owner: &Principal) -> Result<(), StoreError> {
        self.changes_memo();
        let sql = "INSERT INTO appid_binding (appid, owner) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        self.change("bind an appid", sql, params![appid.as_str(), owner.to_string()]).map(drop)
    }

    fn put_person(&mut self, appid: &Appid, openid: &Openid, person: &PersonId) -> Result<(), StoreError> {
        let sql = "INSERT INTO person (appid, openid, person_id) VALUES ($1, $2, $3)
                   ON CONFLICT (appid, openid) DO UPDATE SET person_id = excluded.person_id";
        self.change("write a person", sql, params![appid.as_str(), openid.as_str(), person.as_str()])
            .map(drop)
    }

    fn put_notify_url(&mut self, principal: &Principal, notify_url: &NotifyUrl) -> Result<(), StoreError> {
        let sql = "INSERT INTO notify_url (principal, url, updated_at) VALUES ($1, $2, $3)
                   ON CONFLICT (principal) DO UPDATE SET url = excluded.url, updated_at = excluded.updated_at";
        let values = params![principal.to_string(), notify_url.url, notify_url.updated_at.unix_seconds()];
        self.change("write a notify URL", sql, values).map(drop)
    }

    fn put_open_store(&mut self, brand_id: &BrandId, store: &StoreId) -> Result<(), StoreError> {
        let sql = "INSERT INTO brand_store (brand_id, store_id, state) VALUES ($1, $2, 'OPEN')
                   ON CONFLICT (brand_id, store_id) DO UPDATE SET state = excluded.state";
        self.change("write a store", sql, params![brand_id.as_str(), store.as_str()]).map(drop)
    }

    fn put_token_key(&mut self, key: &TokenKey) -> Result<(), StoreError> {
        let sql = "INSERT INTO token_key (key_id, key, created_at) VALUES ($1, $2, $3)";
        let values = params![i64::from(key.key_id), key.key.as_slice(), key.created_at.unix_seconds()];
        self.change("write a token key", sql, values).map(drop)
    }
}
