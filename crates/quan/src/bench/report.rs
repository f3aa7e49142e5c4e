//! What a run came to, as JSON has it. docs/benchmark-json.md explains each member.

use serde::{Deserialize, Serialize};

/// The version of this shape; it is raised when a member changes its meaning or goes.
pub(crate) const SCHEMA: u32 = 1;

/// A whole run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) schema: u32,
    pub(crate) version: String,
    pub(crate) command: String,
    pub(crate) measured_at: String,
    pub(crate) short: bool,
    pub(crate) rounds: usize,
    pub(crate) connections: usize,
    pub(crate) machine: Machine,
    pub(crate) limit: LimitFigures,
    pub(crate) stores: Vec<StoreFigures>,
    /// Of the store with the most coupons against the one with the fewest, for each database that has several.
    pub(crate) cost_of_size: Vec<CostOfSize>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_bytes: u64,
    pub(crate) kernel: String,
    pub(crate) disk: Disk,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Disk {
    pub(crate) file_system: String,
    pub(crate) sync_p50_us: u64,
    pub(crate) sync_p99_us: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LimitFigures {
    pub(crate) sign_us: f64,
    pub(crate) verify_us: f64,
    pub(crate) pairs_per_second: f64,
}

/// Of one store.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoreFigures {
    pub(crate) database: String,
    /// Coupons in the store when the measurement began.
    pub(crate) coupons: u64,
    /// On the disk; null where the database lies elsewhere.
    pub(crate) bytes: Option<u64>,
    pub(crate) pre_send: Figures,
    /// Pre-sends per second as a share of the limit.
    pub(crate) pre_send_share_of_limit: f64,
    pub(crate) claim: Figures,
    pub(crate) notification: NotificationFigures,
}

/// Of one kind of call.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    pub(crate) seconds: f64,
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) server_cpu_us: f64,
    pub(crate) load_cpu_us: f64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct NotificationFigures {
    /// Delivered while nothing else was called. Zero, and with it the rest, when none was left over by the claims.
    pub(crate) delivered: u64,
    pub(crate) seconds: f64,
    pub(crate) per_second: f64,
    /// Delivered beside the claims, before that.
    pub(crate) delivered_beside_claims: u64,
    pub(crate) server_cpu_us: f64,
    pub(crate) load_cpu_us: f64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CostOfSize {
    pub(crate) database: String,
    pub(crate) fewest_coupons: u64,
    pub(crate) most_coupons: u64,
    /// Time per call with the most coupons, over that with the fewest.
    pub(crate) pre_send_time: f64,
    pub(crate) claim_time: f64,
    /// CPU time of the server per call, likewise.
    pub(crate) pre_send_server_cpu: f64,
    pub(crate) claim_server_cpu: f64,
}
