//! The table behind `client["v3/…"]`: endpoints that live as long as the client.
//!
//! Indexing must return a reference, so the endpoint has to be kept somewhere. The table only grows,
//! and only by literals of the program: keys are `&'static str`. A `OnceLock` hands out `&T` for as
//! long as it is borrowed, nodes are boxed and never removed, so addresses are stable without `unsafe`
//! and without a lock for readers. Two threads that race for one slot both get the winner's node and
//! walk on from there.

use std::sync::OnceLock;

use crate::endpoint::Endpoint;
use crate::mode::Mode;

/// Enough that a program with a hundred paths walks three nodes.
const BUCKETS: usize = 32;

type Slot<M> = OnceLock<Box<Node<M>>>;

struct Node<M: Mode> {
    key: &'static str,
    endpoint: Endpoint<M>,
    next: Slot<M>,
}

/// Append-only; see the module.
pub(crate) struct Table<M: Mode> {
    buckets: [Slot<M>; BUCKETS],
}

impl<M: Mode> Table<M> {
    pub(crate) fn new() -> Self {
        Self { buckets: std::array::from_fn(|_| OnceLock::new()) }
    }

    /// The endpoint of `key`, made on first use.
    pub(crate) fn lookup(&self, key: &'static str, make: impl Fn() -> Endpoint<M>) -> &Endpoint<M> {
        let mut slot = &self.buckets[bucket_of(key)];
        loop {
            let node = slot.get_or_init(|| Box::new(Node { key, endpoint: make(), next: OnceLock::new() }));
            if node.key == key {
                return &node.endpoint;
            }
            slot = &node.next;
        }
    }
}

/// FNV-1a, folded to the number of buckets.
fn bucket_of(key: &str) -> usize {
    let hash =
        key.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    hash as usize % BUCKETS
}
