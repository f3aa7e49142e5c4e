//! A private PostgreSQL server for tests and measurements, in a temporary directory and on a free port of 127.0.0.1.
//!
//! Starts programs and looks at nothing else: no driver, no SQL but what `psql` is given. What it started ends with the
//! value, and with the process, however that ends.
//!
//! ```no_run
//! let server = quan_postgres_server::PostgresServer::start()?;
//! let url = server.create_database()?;
//! println!("a fresh database: {url}");
//! # Ok::<(), quan_postgres_server::ServerError>(())
//! ```

mod error;
mod guard;
mod programs;
mod server;

pub use error::ServerError;
pub use server::{PostgresServer, Settings, Stop};
