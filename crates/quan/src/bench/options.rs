//! The command line of `quan bench`.

use std::path::PathBuf;

use clap::Args;

/// What is measured, how long, and where the results go.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// About a minute, with fewer coupons in the larger store; the report says so
    #[arg(long)]
    pub(crate) short: bool,
    /// Print the report as JSON (docs/benchmark-json.md says what each member is)
    #[arg(long)]
    pub(crate) json: bool,
    /// Also write benchmark.md, benchmark.zh-CN.md and benchmark.json into this directory
    #[arg(long, value_name = "DIR")]
    pub(crate) pages: Option<PathBuf>,
    /// Directory that keeps filled stores for the next run; each million of coupons takes about 2 GB
    #[arg(long, value_name = "DIR")]
    pub(crate) cache: Option<PathBuf>,
    /// Coupons in the stores that are measured side by side [default: 10000,5000000; with --short 10000,100000]
    #[arg(long, value_name = "COUNT", value_delimiter = ',')]
    pub(crate) coupons: Vec<u64>,
    /// The same for PostgreSQL alone, which takes longer to fill [default: as --coupons]
    #[arg(long, value_name = "COUNT", value_delimiter = ',')]
    pub(crate) postgres_coupons: Vec<u64>,
    /// sqlite; postgres for a private server that is gone afterwards; or the URL of a PostgreSQL database that is empty or was filled by an earlier run with the same --cache
    #[arg(long = "database", value_name = "DATABASE", value_delimiter = ',', default_value = "sqlite")]
    pub(crate) databases: Vec<String>,
    /// Turns that each measurement takes [default: 6; with --short 2]
    #[arg(long, value_name = "COUNT")]
    pub(crate) rounds: Option<usize>,
    /// Signed pre-sends of each turn; each gives the token of one claim [default: 20000; with --short 8000]
    #[arg(long, value_name = "COUNT")]
    pub(crate) calls: Option<usize>,
    /// Connections that call side by side, each with one call under way
    #[arg(long, value_name = "COUNT", default_value_t = 128)]
    pub(crate) connections: usize,
}
