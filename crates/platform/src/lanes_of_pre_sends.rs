//! Which lane the claim of a pre-send belongs into, as far as this node has seen the pre-send itself.
//!
//! What a pre-send is about never changes, so what is kept is never wrong. It may be forgotten: then the store is asked.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use quan_store::lane::LaneKey;
use quan_store::pre_send::PreSendId;

/// Pre-sends of one generation; two are kept, which is some 4 MiB.
const GENERATION: usize = 32_768;

/// The lanes, by pre-send.
#[derive(Default)]
pub(crate) struct LanesOfPreSends {
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<PreSendId, LaneKey>,
    old: HashMap<PreSendId, LaneKey>,
}

impl LanesOfPreSends {
    /// Keeps the lane of a pre-send. Of many more than are kept the oldest go.
    pub(crate) fn note(&self, id: PreSendId, lane: LaneKey) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= GENERATION {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(id, lane);
    }

    /// The lane of a pre-send, if it is still known.
    pub(crate) fn find(&self, id: PreSendId) -> Option<LaneKey> {
        let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.get(&id).or_else(|| generations.old.get(&id)).copied()
    }
}

#[cfg(test)]
mod tests {
    use quan_model::ids::StockId;

    use super::*;

    fn id(number: usize) -> PreSendId {
        PreSendId(u128::try_from(number).unwrap().to_be_bytes())
    }

    #[test]
    fn the_newest_are_known_and_the_oldest_go() {
        let lanes = LanesOfPreSends::default();
        let lane = LaneKey::from(&StockId::parse("3000000000000001").unwrap());
        for number in 0..3 * GENERATION {
            lanes.note(id(number), lane);
        }
        assert_eq!(lanes.find(id(3 * GENERATION - 1)), Some(lane));
        assert_eq!(lanes.find(id(2 * GENERATION)), Some(lane), "at least one whole generation is known");
        assert_eq!(lanes.find(id(0)), None, "there is an end to what is kept");
    }
}
