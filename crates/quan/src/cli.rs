//! The command line. Each flag is defined here once.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use quan_apiv3::probe::ProbeRatio;
use quan_gateway::{GatewaySettings, NoCertificateCode, RateLimits};
use quan_platform::console::Role;

use crate::configuration::{Flags, Language};

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
    /// Run a node in production, as a configuration file, QUAN_… variables and flags say
    Serve(Serve),
    /// Bring the schema of a database up to date
    Migrate(Migrate),
    /// Look at everything that a node needs, and say what is wrong and what to do
    Doctor(Doctor),
    /// Make the platform's own keys
    Keys(Keys),
    /// Say who takes part in a running node, merchants, brands, appids, stores and people, or show it
    Parties(Parties),
    /// Print an example configuration, or its reference page
    Config(Config),
    /// Tell the whole story on the terminal: pre-send, claim, notification, confirm, use
    Demo(Demo),
    /// Make one signed call with the keys of a connection file and print the verified answer
    Call(Call),
    /// Make an access token for the console and print it; with SQLite while no node is running
    ConsoleToken(ConsoleToken),
    /// Measure this machine: pre-sends, claims and notifications over the wire, beside the limit of its RSA
    Bench(crate::bench::Options),
    /// Check every invariant of a database that nobody uses; ends with 0 when it is sound, 1 when not, 2 when it cannot be checked
    Verify(Verify),
    /// Copy a database to a new file while it is used, and check the copy
    Backup(Backup),
    /// Put a backup into a data directory that has no database
    Restore(Restore),
}

#[derive(Debug, Args)]
pub(crate) struct ConsoleToken {
    /// What the token may do: viewer reads, operator acts on coupons and stocks, admin changes settings
    #[arg(long, value_name = "viewer|operator|admin")]
    pub(crate) role: Role,
    /// Whose it is, 1 to 40 characters; the audit log names it
    #[arg(long)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The database file, or the data directory that holds it
    #[arg(long, default_value = "quan-data")]
    pub(crate) database: String,
    /// Write the findings as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The database file, or the data directory that holds it
    #[arg(long, default_value = "quan-data")]
    pub(crate) database: String,
    /// The file to write; it must not exist
    #[arg(long)]
    pub(crate) to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup
    #[arg(long)]
    pub(crate) from: PathBuf,
    /// The data directory to restore into
    #[arg(long)]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8686")]
    pub(crate) listen: SocketAddr,
    /// Directory of the database, the keys and sandbox.json
    #[arg(long, default_value = "quan-data")]
    pub(crate) data: PathBuf,
    /// Origins that the claim page may return to, that may frame it, and whose pages may hold <quan-claim>, such as http://127.0.0.1:3000
    #[arg(long = "claim-origin", value_name = "ORIGIN", value_parser = crate::claim_origin::parse)]
    pub(crate) claim_origins: Vec<String>,
    /// Whether calls per second are limited as documented; off, so that tests and loads run freely
    #[arg(long, value_name = "on|off", default_value = "off")]
    pub(crate) rate_limits: Switch,
    /// Share of notifications, 0 to 1, that are first sent with a signature that is wrong on purpose; a public service has 0.001
    #[arg(long, value_name = "RATIO", default_value = "0")]
    pub(crate) probe_ratio: ProbeRatio,
    /// Share of answers, 0 to 1, whose signature is wrong on purpose
    #[arg(long, value_name = "RATIO", default_value = "0")]
    pub(crate) answer_probe_ratio: ProbeRatio,
    /// What `GET /v3/certificates` tells a merchant that has no platform certificate; the Java SDK expects NOT_FOUND
    #[arg(long, value_name = "CODE", default_value = "RESOURCE_NOT_EXISTS")]
    pub(crate) no_certificate_code: NoCertificate,
    /// Also notify of uses and returns; the official documentation lists no such notification
    #[arg(long)]
    pub(crate) notify_use_return: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Print the configuration in force, with secrets masked, and end
    #[arg(long)]
    pub(crate) print_config: bool,
    #[command(flatten)]
    pub(crate) settings: Flags,
}

#[derive(Debug, Args)]
pub(crate) struct Migrate {
    #[command(flatten)]
    pub(crate) settings: Flags,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) settings: Flags,
}

#[derive(Debug, Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make the first certificate and public key in a directory; keys that are there are left alone
    Make {
        /// Where; readable by its owner only when it is made
        directory: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Parties {
    #[command(subcommand)]
    pub(crate) command: PartiesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PartiesCommand {
    /// Apply a declaration: all of it or, when something is wrong, nothing; what it does not mention stays
    Apply {
        /// TOML, or JSON with the ending .json; see docs/operations.md
        file: PathBuf,
        /// Say what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        settings: Flags,
    },
    /// Print who takes part, without secrets
    Show {
        #[command(flatten)]
        settings: Flags,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    pub(crate) command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// A configuration file with every setting, its meaning and its default
    Example,
    /// The reference page, in Markdown
    Reference {
        #[arg(long, default_value = "en")]
        language: Language,
    },
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

/// The codes of a download without certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NoCertificate {
    #[value(name = "RESOURCE_NOT_EXISTS")]
    ResourceNotExists,
    #[value(name = "NOT_FOUND")]
    NotFound,
}

impl Dev {
    /// What the gateway is set to.
    pub(crate) fn gateway_settings(&self) -> GatewaySettings {
        GatewaySettings {
            rate_limits: match self.rate_limits {
                Switch::On => RateLimits::On,
                Switch::Off => RateLimits::Off,
            },
            answer_probes: self.answer_probe_ratio,
            no_certificate_code: match self.no_certificate_code {
                NoCertificate::ResourceNotExists => NoCertificateCode::ResourceNotExists,
                NoCertificate::NotFound => NoCertificateCode::NotFound,
            },
            explain_signatures: true,
            ..GatewaySettings::default()
        }
    }
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
    /// Such as v3/marketing/busifavor/product-coupons/pre-send, or v3.marketing.busifavor.productCoupons.preSend; a query string may follow after `?`
    pub(crate) path: String,
    /// Members: name=text, or name:=JSON for numbers and objects; with GET and DELETE they go into the query
    pub(crate) members: Vec<String>,
    /// Value of a `{name}` in the path (`_name_` in a dotted one), as name=value; may be repeated
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub(crate) variables: Vec<String>,
    /// The whole body as JSON text, @file, or - for standard input
    #[arg(long)]
    pub(crate) json: Option<String>,
    /// The connection file that `quan dev` wrote
    #[arg(long, default_value = "quan-data/sandbox.json")]
    pub(crate) connection: PathBuf,
}
