//! The command line. Each flag is defined here once.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The product-coupon platform (商品券) that speaks WeChat Pay APIv3.
#[derive(Debug, Parser)]
#[command(name = "quan", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the platform for development, with a seeded merchant, brand, appid, users and stocks
    Dev(Dev),
    /// Tell the whole story on the terminal: pre-send, claim, notification, confirm, use
    Demo(Demo),
    /// Make one signed call with the keys of a connection file and print the verified answer
    Call(Call),
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8686")]
    pub(crate) listen: SocketAddr,
    /// Directory of the database, the keys and sandbox.json
    #[arg(long, default_value = "quan-data")]
    pub(crate) data: PathBuf,
    /// Origins that the claim page may return to and that may frame it, such as http://127.0.0.1:3000
    #[arg(long = "claim-origin", value_name = "ORIGIN")]
    pub(crate) claim_origins: Vec<String>,
    /// Also notify of uses and returns; the official documentation lists no such notification
    #[arg(long)]
    pub(crate) notify_use_return: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Keep the demo's directory (database, keys, sandbox.json) instead of a temporary one
    #[arg(long)]
    pub(crate) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Call {
    /// GET, POST, PUT, PATCH or DELETE
    pub(crate) method: String,
    /// Such as v3/marketing/busifavor/product-coupons/pre-send; a query string may follow after `?`
    pub(crate) path: String,
    /// Members: name=text, or name:=JSON for numbers and objects; with GET and DELETE they go into the query
    pub(crate) members: Vec<String>,
    /// The whole body as JSON text, @file, or - for standard input
    #[arg(long)]
    pub(crate) json: Option<String>,
    /// The connection file that `quan dev` wrote
    #[arg(long, default_value = "quan-data/sandbox.json")]
    pub(crate) connection: PathBuf,
}
