//! A PostgreSQL server of the run's own, with its defaults: durable commits, and nothing tuned.

use anyhow::Context;
use quan_postgres_server::PostgresServer;

use crate::bench::filled_store::Database;
use crate::bench::plan::{Plan, Wanted};
use crate::bench::progress;

/// It is stopped and removed with this value.
pub(crate) struct PrivateServer(PostgresServer);

impl PrivateServer {
    /// Starts one when the plan asks for it.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub(crate) fn of(plan: &Plan) -> anyhow::Result<Option<Self>> {
        if !plan.databases.contains(&Wanted::PrivatePostgres) {
            return Ok(None);
        }
        progress("starting a private PostgreSQL server");
        let started = tokio::task::block_in_place(PostgresServer::start);
        Ok(Some(Self(started.context("cannot start a private PostgreSQL server")?)))
    }

    /// An empty database.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) fn create_database(&self) -> anyhow::Result<Database> {
        Ok(Database::Postgres(tokio::task::block_in_place(|| self.0.create_database())?))
    }
}
