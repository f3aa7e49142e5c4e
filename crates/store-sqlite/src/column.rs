//! Columns to values and back, fallibly.

use std::str::FromStr;

use quan_model::time::Time;
use quan_store::error::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Names a row for the errors of its columns.
pub(crate) struct Origin<'r> {
    pub(crate) table: &'static str,
    pub(crate) row: &'r str,
}

impl Origin<'_> {
    /// A text column that holds an id or a word.
    pub(crate) fn word<T: FromStr>(&self, column: &'static str, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.impossible(column))
    }

    /// A text column that may be empty.
    pub(crate) fn optional<T: FromStr>(
        &self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>, StoreError> {
        text.map(|text| self.word(column, text)).transpose()
    }

    /// A text column that holds JSON.
    pub(crate) fn json<T: DeserializeOwned>(
        &self,
        column: &'static str,
        text: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|_| self.impossible(column))
    }

    /// An integer column that holds a count or the like.
    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &'static str, number: i64) -> Result<T, StoreError> {
        number.try_into().map_err(|_| self.impossible(column))
    }

    /// A blob column of a fixed length.
    pub(crate) fn bytes<const N: usize>(
        &self,
        column: &'static str,
        bytes: &[u8],
    ) -> Result<[u8; N], StoreError> {
        bytes.try_into().map_err(|_| self.impossible(column))
    }

    pub(crate) fn impossible(&self, column: &'static str) -> StoreError {
        StoreError::Inconsistent { table: self.table, column, row: self.row.to_owned() }
    }
}

/// A time column.
pub(crate) fn time(seconds: i64) -> Time {
    Time::from_unix_seconds(seconds)
}

/// JSON for a text column.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|cause| StoreError::backend("write JSON", cause))
}
