//! Columns to values and back, fallibly, as every store of rows needs it. It knows no driver.

use std::str::FromStr;

use quan_model::time::Time;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// Names a row for the errors of its columns.
pub struct Origin<'r> {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub row: &'r str,
}

impl Origin<'_> {
    /// A text column that holds an id or a word.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the text is none.
    pub fn word<T: FromStr>(&self, column: &'static str, text: &str) -> Result<T, StoreError> {
        text.parse().map_err(|_| self.impossible(column))
    }

    /// A text column that may be empty.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the text is none.
    pub fn optional<T: FromStr>(
        &self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>, StoreError> {
        text.map(|text| self.word(column, text)).transpose()
    }

    /// A text column that holds JSON.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the text is not the JSON of such a value.
    pub fn json<T: DeserializeOwned>(&self, column: &'static str, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|_| self.impossible(column))
    }

    /// An integer column that holds a count or the like.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the number does not fit.
    pub fn number<T: TryFrom<i64>>(&self, column: &'static str, number: i64) -> Result<T, StoreError> {
        number.try_into().map_err(|_| self.impossible(column))
    }

    /// A blob column of a fixed length.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the length is another.
    pub fn bytes<const N: usize>(&self, column: &'static str, bytes: &[u8]) -> Result<[u8; N], StoreError> {
        bytes.try_into().map_err(|_| self.impossible(column))
    }

    /// The error of a column that holds what no command could have written.
    #[must_use]
    pub fn impossible(&self, column: &'static str) -> StoreError {
        StoreError::Inconsistent { table: self.table, column, row: self.row.to_owned() }
    }
}

/// A time column.
#[must_use]
pub fn time(seconds: i64) -> Time {
    Time::from_unix_seconds(seconds)
}

/// JSON for a text column.
///
/// # Errors
/// [`StoreError::Backend`] when the value cannot be JSON.
pub fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|cause| StoreError::backend("write JSON", cause))
}
