//! Which platform keys are current. The client and its notification parsers share one ring.
//!
//! Readers take an immutable snapshot for one verification; changing means swapping the whole set. A
//! change that fails leaves the set as it was. No I/O and no clock is known here.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::error::KeyError;
use crate::key_set::KeySet;
pub use crate::verify_key::{Certificate, KeyId, PublicKey, VerifyKey};

/// The keys that may sign answers and notifications. Cheap to clone: clones are the same ring.
#[derive(Clone)]
pub struct KeyRing {
    current: Arc<RwLock<KeySet>>,
}

/// What a change of the keys has brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyChange {
    /// Keys that were not trusted before.
    pub added: Vec<KeyId>,
    /// Keys that are not trusted any more.
    pub dropped: Vec<KeyId>,
}

impl KeyRing {
    /// Takes any number of public keys and certificates. The same key given twice counts once.
    ///
    /// # Errors
    /// [`KeyError::TwoKeysOneId`] when one id stands for different keys.
    pub fn new(keys: impl IntoIterator<Item = VerifyKey>) -> Result<Self, KeyError> {
        Ok(Self::from(KeySet::new(keys)?))
    }

    /// The keys of this moment.
    #[must_use]
    pub fn snapshot(&self) -> KeySet {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The key of that id, see [`KeySet::find`].
    #[must_use]
    pub fn find(&self, id: &str) -> Option<VerifyKey> {
        self.snapshot().find(id).cloned()
    }

    /// The key to ask the platform for, see [`KeySet::preferred`].
    #[must_use]
    pub fn preferred(&self, now: i64) -> Option<VerifyKey> {
        self.snapshot().preferred(now).cloned()
    }

    /// Trusts more keys, beside those that are there.
    ///
    /// # Errors
    /// [`KeyError::TwoKeysOneId`] when an id is there already and stands for another key; then nothing
    /// changes.
    pub fn install(&self, keys: impl IntoIterator<Item = VerifyKey>) -> Result<KeyChange, KeyError> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let wider = current.with(keys)?;
        Ok(swap(&mut current, wider))
    }

    /// Stops trusting a key, whatever its validity.
    pub fn retire(&self, id: &str) -> KeyChange {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let lookup = quan_apiv3::certificate::normalise_serial(id);
        let narrower = current.without(|key| key.lookup() == lookup);
        swap(&mut current, narrower)
    }

    /// Drops certificates that have expired at `now` (Unix seconds), clock window included.
    pub(crate) fn drop_expired(&self, now: i64) -> KeyChange {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        let narrower = current.without(|key| key.is_expired_at(now));
        swap(&mut current, narrower)
    }
}

fn swap(current: &mut KeySet, next: KeySet) -> KeyChange {
    let missing_in = |set: &KeySet, keys: &KeySet| -> Vec<KeyId> {
        keys.keys().map(VerifyKey::id).filter(|id| set.find(id.as_str()).is_none()).cloned().collect()
    };
    let change = KeyChange { added: missing_in(current, &next), dropped: missing_in(&next, current) };
    *current = next;
    change
}

impl From<KeySet> for KeyRing {
    fn from(set: KeySet) -> Self {
        Self { current: Arc::new(RwLock::new(set)) }
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = self.snapshot();
        f.debug_list().entries(set.keys().map(VerifyKey::id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURRENT: &str = include_str!("../../apiv3/tests/vectors/keys/platform_cert.pem");
    const NEXT: &str = include_str!("../../apiv3/tests/vectors/keys/platform_next_cert.pem");

    fn certificate(pem: &str) -> VerifyKey {
        Certificate::from_pem(pem).unwrap().into()
    }

    #[test]
    fn a_snapshot_stays_as_it_was_and_a_failed_change_changes_nothing() {
        let ring = KeyRing::new([certificate(CURRENT)]).unwrap();
        let (before, clone) = (ring.snapshot(), ring.clone());
        let change = ring.install([certificate(NEXT), certificate(CURRENT)]).unwrap();
        assert_eq!((change.added.len(), change.dropped.len()), (1, 0));
        assert_eq!((before.keys().count(), clone.snapshot().keys().count()), (1, 2));

        let other =
            VerifyKey::new(certificate(CURRENT).id().clone(), certificate(NEXT).public_key().clone(), None);
        assert!(matches!(ring.install([other]), Err(KeyError::TwoKeysOneId { .. })));
        assert_eq!(ring.snapshot().keys().count(), 2);
    }

    #[test]
    fn keys_leave_when_they_expire_or_are_retired() {
        let ring = KeyRing::new([certificate(CURRENT), certificate(NEXT)]).unwrap();
        assert_eq!(ring.drop_expired(1_760_000_000), KeyChange::default());
        // Valid until the first second of 2120, and 300 seconds longer.
        let end = certificate(CURRENT).validity().unwrap().1;
        assert_eq!(ring.drop_expired(end + 300), KeyChange::default());
        assert_eq!(ring.drop_expired(end + 301).dropped, [certificate(CURRENT).id().clone()]);
        assert_eq!(ring.retire("7d9f40312c5e6a861d409f62718eb3c5d7f90b14").dropped.len(), 1);
        assert_eq!(ring.snapshot().keys().count(), 0);
    }
}
