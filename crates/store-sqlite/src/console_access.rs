//! console_token, console_session, console_setting.

use quan_model::time::Time;
use quan_store::console_access::{ConsoleAccessReader, ConsoleAccessWriter, ConsoleSession, ConsoleToken};
use quan_store::error::StoreError;
use rusqlite::{Row, params};

use crate::unit::Unit;
use quan_store::column::{Origin, time};

const READ_TOKEN: &str =
    "SELECT token_id, name, role, secret_hash, created_at, revoked_at FROM console_token";

type TokenColumns = ([String; 3], Vec<u8>, i64, Option<i64>);

fn token_columns(row: &Row<'_>) -> Result<TokenColumns, rusqlite::Error> {
    Ok(([row.get(0)?, row.get(1)?, row.get(2)?], row.get(3)?, row.get(4)?, row.get(5)?))
}

fn token(columns: TokenColumns) -> Result<ConsoleToken, StoreError> {
    let ([token_id, name, role], secret_hash, created_at, revoked_at) = columns;
    let origin = Origin { table: "console_token", row: &token_id };
    let role = role.parse().map_err(|_| origin.impossible("role"))?;
    let secret_hash = origin.bytes("secret_hash", &secret_hash)?;
    let (created_at, revoked_at) = (time(created_at), revoked_at.map(time));
    Ok(ConsoleToken { token_id, name, role, secret_hash, created_at, revoked_at })
}

impl ConsoleAccessReader for Unit<'_> {
    fn console_token(&self, token_id: &str) -> Result<Option<ConsoleToken>, StoreError> {
        let sql = format!("{READ_TOKEN} WHERE token_id = ?1");
        self.one("read a console token", &sql, [token_id], token_columns)?.map(token).transpose()
    }

    fn console_tokens(&self) -> Result<Vec<ConsoleToken>, StoreError> {
        let sql = format!("{READ_TOKEN} ORDER BY created_at DESC, token_id");
        self.all("read the console tokens", &sql, [], token_columns)?.into_iter().map(token).collect()
    }

    fn console_session(&self, session_hash: &[u8; 32]) -> Result<Option<ConsoleSession>, StoreError> {
        let sql = "SELECT token_id, created_at, seen_at FROM console_session WHERE session_hash = ?1";
        self.one("read a console session", sql, [session_hash.as_slice()], |row| {
            Ok(ConsoleSession {
                session_hash: *session_hash,
                token_id: row.get(0)?,
                created_at: time(row.get(1)?),
                seen_at: time(row.get(2)?),
            })
        })
    }

    fn console_setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT value FROM console_setting WHERE name = ?1";
        self.one("read a console setting", sql, [name], |row| row.get(0))
    }
}

impl ConsoleAccessWriter for Unit<'_> {
    fn put_console_token(&mut self, token: &ConsoleToken) -> Result<(), StoreError> {
        let sql = "INSERT INTO console_token (token_id, name, role, secret_hash, created_at, revoked_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                   ON CONFLICT (token_id) DO UPDATE SET name = ?2, role = ?3, secret_hash = ?4, created_at = ?5,
                     revoked_at = ?6";
        let values = params![
            token.token_id,
            token.name,
            token.role.as_str(),
            token.secret_hash.as_slice(),
            token.created_at.unix_seconds(),
            token.revoked_at.map(Time::unix_seconds)
        ];
        self.change("write a console token", sql, values).map(|_| ())
    }

    fn put_console_session(&mut self, session: &ConsoleSession) -> Result<(), StoreError> {
        let sql = "INSERT INTO console_session (session_hash, token_id, created_at, seen_at) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (session_hash) DO UPDATE SET token_id = ?2, created_at = ?3, seen_at = ?4";
        let values = params![
            session.session_hash.as_slice(),
            session.token_id,
            session.created_at.unix_seconds(),
            session.seen_at.unix_seconds()
        ];
        self.change("write a console session", sql, values).map(|_| ())
    }

    fn delete_console_session(&mut self, session_hash: &[u8; 32]) -> Result<(), StoreError> {
        let sql = "DELETE FROM console_session WHERE session_hash = ?1";
        self.change("end a console session", sql, [session_hash.as_slice()]).map(|_| ())
    }

    fn delete_old_console_sessions(
        &mut self,
        idle_since: Time,
        opened_before: Time,
    ) -> Result<usize, StoreError> {
        let sql = "DELETE FROM console_session WHERE seen_at < ?1 OR created_at < ?2";
        let values = params![idle_since.unix_seconds(), opened_before.unix_seconds()];
        self.change("end old console sessions", sql, values)
    }

    fn put_console_setting(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO console_setting (name, value) VALUES (?1, ?2)
                   ON CONFLICT (name) DO UPDATE SET value = ?2";
        self.change("write a console setting", sql, [name, value]).map(|_| ())
    }
}
