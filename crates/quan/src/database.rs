//! The one place that chooses the store by a URL: `sqlite:<file>` or `postgres://…`.
//!
//! Knows how the stores are opened and what their errors ask of a person; nothing of what they keep.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use quan_store::backend::Backend;
use quan_store_postgres::{Options, PostgresStore, Schema};
use quan_store_sqlite::{Migrations, OpenError, SqliteStore};

use crate::configuration::{Configuration, FromText, Language, Shape};

/// Where the database is.
#[derive(Clone)]
pub(crate) enum DatabaseUrl {
    /// A file of one node.
    Sqlite(PathBuf),
    /// A server, with the whole URL; it may hold a password.
    Postgres(String),
}

impl FromText for DatabaseUrl {
    /// It may hold a password.
    const SHAPE: Shape = Shape::Secret;

    fn allowed(language: Language) -> String {
        match language {
            Language::En => "sqlite:<file> or postgres://user:password@host:5432/name",
            Language::Zh => "以上两种形式的URL",
        }
        .to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        if let Some(file) = text.strip_prefix("sqlite:") {
            // `sqlite://host/…` is what other programs write; three slashes are an absolute name.
            let file = match file.strip_prefix("//") {
                Some(absolute) if absolute.starts_with('/') => absolute,
                Some(_host) => return None,
                None => file,
            };
            return (!file.is_empty() && !file.contains('?')).then(|| Self::Sqlite(file.into()));
        }
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"))?;
        (!rest.is_empty()).then(|| Self::Postgres(text.to_owned()))
    }
}

impl std::fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            Self::Postgres(url) => f.write_str(&masked(url)),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// A URL whose password is not shown.
pub(crate) fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    // The driver takes everything before an `@` for user and password, `/` and `?` included; parameters may hold both.
    let (user, place) = rest.split_once('@').unwrap_or(("", rest));
    if user.contains('?') || place.contains('@') {
        return format!("{scheme}://***");
    }
    let user = match user.split_once(':') {
        None if user.is_empty() => String::new(),
        None => format!("{user}@"),
        Some((name, _password)) => format!("{name}:***@"),
    };
    // Parameters may hold a password as well.
    let place = place.split_once('?').map_or(place.to_owned(), |(name, _)| format!("{name}?***"));
    format!("{scheme}://{user}{place}")
}

/// Opens the database. What is wrong says what to do.
pub(crate) fn open(
    url: &DatabaseUrl,
    migrations: Migrations,
    lanes: NonZeroUsize,
) -> anyhow::Result<Arc<dyn Backend>> {
    match url {
        DatabaseUrl::Sqlite(file) => match SqliteStore::open_with(file, migrations) {
            Ok(store) => Ok(Arc::new(store)),
            Err(error @ OpenError::Older { .. }) => Err(error).context(
                "the database must be migrated first: run `quan migrate` with the same --database, or start once with --migrate",
            ),
            Err(error @ OpenError::Missing { .. }) => Err(error).context(
                "there is no database yet: if the path is right, make it by `quan migrate` with the same --database, or start once with --migrate",
            ),
            Err(error) => Err(error).with_context(|| format!("cannot open the database {url}")),
        },
        DatabaseUrl::Postgres(url) => {
            let schema = match migrations {
                Migrations::Apply => Schema::Migrate,
                Migrations::Refuse => Schema::Require,
            };
            let options = Options { schema, writers_max: lanes.get(), ..Options::default() };
            Ok(Arc::new(PostgresStore::open(url, options).context("cannot open the database")?))
        }
    }
}

/// How many write lanes a node has on its database.
pub(crate) fn lanes(configuration: &Configuration) -> NonZeroUsize {
    match &configuration.database {
        DatabaseUrl::Sqlite(_) => NonZeroUsize::MIN,
        DatabaseUrl::Postgres(_) => NonZeroUsize::new(configuration.lanes.get()).unwrap_or(NonZeroUsize::MIN),
    }
}

/// Whether one process at a time may open the database.
pub(crate) fn is_exclusive(url: &DatabaseUrl) -> bool {
    match url {
        DatabaseUrl::Sqlite(_) => true,
        DatabaseUrl::Postgres(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_choose_a_store_or_are_refused() {
        for (text, shown) in [
            ("sqlite:quan.db", "sqlite:quan.db"),
            ("sqlite:/var/lib/quan/quan.db", "sqlite:/var/lib/quan/quan.db"),
            ("sqlite:///var/lib/quan/quan.db", "sqlite:/var/lib/quan/quan.db"),
            (
                "postgres://quan:geheim@db.example.com:5432/quan",
                "postgres://quan:***@db.example.com:5432/quan",
            ),
            ("postgresql://db/quan", "postgresql://db/quan"),
        ] {
            assert_eq!(DatabaseUrl::from_text(text).unwrap().to_string(), shown);
        }
        for wrong in [
            "",
            "sqlite:",
            "sqlite://host/quan.db",
            "sqlite:a.db?mode=ro",
            "mysql://a/b",
            "/a/quan.db",
            "postgres://",
        ] {
            assert!(DatabaseUrl::from_text(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn passwords_are_never_shown() {
        for url in [
            "postgres://u:geheim@h/d",
            "postgres://u:ge@heim@h/d",
            "postgres://u:ge/heim@h/d",
            "postgres://u:ge?heim@h/d",
            "postgres://u@h/d?password=geheim",
            "postgres://u@h/d?password=ge@heim",
            "postgres://h:1/d?password=ge@heim",
        ] {
            let shown = format!("{:?}", DatabaseUrl::from_text(url).unwrap());
            assert!(!shown.contains("heim"), "{shown}");
        }
        assert!(!masked("postgres://h/d?password=geheim&sslmode=require").contains("geheim"));
    }
}
