//! Which work belongs together.

use quan_model::ids::{StockBundleId, StockId};

/// The offset and the prime of FNV-1a with 64 bits.
const FNV: (u64, u64) = (0xcbf2_9ce4_8422_2325, 0x0000_0100_0000_01b3);

/// Work with the same key runs in the same lane, in the order of its arrival. In a batch, work is ordered by
/// key; that order is the same on every node, so that nodes lock the stocks of their batches in one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneKey(Option<u64>);

impl From<&StockId> for LaneKey {
    /// Work about a stock. Two stocks may have the same key; they then share a lane and nothing else.
    fn from(stock_id: &StockId) -> Self {
        Self::of(stock_id.as_str())
    }
}

impl From<&StockBundleId> for LaneKey {
    /// Work about a bundle as a whole.
    fn from(stock_bundle_id: &StockBundleId) -> Self {
        Self::of(stock_bundle_id.as_str())
    }
}

impl LaneKey {
    /// Work about no stock in particular: it goes to each lane in turn, and comes last in its batch.
    pub const NONE: Self = Self(None);

    fn of(name: &str) -> Self {
        // Not the standard hasher: nodes of two versions must agree.
        Self(Some(name.bytes().fold(FNV.0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV.1))))
    }

    /// The lane of this key among so many; none when any will do.
    pub(super) fn lane(self, lanes: usize) -> Option<usize> {
        let lanes = u64::try_from(lanes).unwrap_or(u64::MAX);
        self.0.and_then(|hash| usize::try_from(hash.checked_rem(lanes)?).ok())
    }

    /// Where work with this key stands in its batch.
    pub(super) fn place(self) -> (bool, u64) {
        (self.0.is_none(), self.0.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str) -> LaneKey {
        LaneKey::from(&StockId::parse(id).unwrap())
    }

    #[test]
    fn a_key_is_the_same_on_every_node_and_in_every_version() {
        // Computed by the reference of FNV-1a: the empty text gives the offset, "a" this number.
        assert_eq!(key("a").0, Some(0xaf63_dc4c_8601_ec8c));
        assert_ne!(key("3000000000000001"), key("3000000000000002"));
    }

    #[test]
    fn keys_spread_over_the_lanes() {
        let mut lanes = [0; 4];
        for number in 0..1000 {
            lanes[key(&format!("3{number:015}")).lane(4).unwrap()] += 1;
        }
        assert!(lanes.iter().all(|count| (150..350).contains(count)), "{lanes:?}");
        assert_eq!(LaneKey::NONE.lane(4), None);
    }

    #[test]
    fn work_without_a_key_comes_last() {
        assert!(key("9").place() < LaneKey::NONE.place());
    }
}
