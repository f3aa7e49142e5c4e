//! Idempotency: the same number with the same data answers again, with other data it is refused.

use quan_coupon::refusal::Refusal;
use quan_store::error::StoreError;
use quan_store::idempotency::{Fingerprint, IdempotencyKey, IdempotencyRecord};
use quan_store::lock::Lock;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::access::Scope;
use crate::error::Error;
use crate::work::Work;

/// A number seen before: what was noted then.
pub(crate) struct Replay {
    /// The note: an id, or the first answer.
    pub(crate) answer: String,
}

impl Replay {
    /// The first answer, for operations that give it again.
    pub(crate) fn first_answer<T: DeserializeOwned>(&self) -> Result<T, StoreError> {
        serde_json::from_str(&self.answer).map_err(|_| StoreError::Inconsistent {
            table: "idempotency",
            column: "answer",
            row: self.answer.clone(),
        })
    }
}

/// A request number in its scope, with the fingerprint of the request that carries it.
pub(crate) struct Once {
    key: IdempotencyKey,
    fingerprint: Fingerprint,
}

impl Once {
    /// A number that is unique within caller, owner, operation and `target`.
    pub(crate) fn new(
        scope: &Scope,
        operation: &'static str,
        target: String,
        request_no: &str,
        request: &impl Serialize,
    ) -> Self {
        let key = IdempotencyKey {
            principal: scope.principal.clone(),
            owner: scope.owner.clone(),
            operation,
            target,
            request_no: request_no.to_owned(),
        };
        Self { key, fingerprint: fingerprint(request) }
    }

    /// Keeps the number for this unit of work: for operations whose refusals rest on what a twin of the call, the
    /// same number at the same time, may just be changing. Where the thing itself is locked before the number is
    /// looked up, or the number is what is noted first, that is not needed.
    pub(crate) fn lock(&self, work: &mut Work<'_>) -> Result<(), Error> {
        Ok(work.store.lock(Lock::Number(&self.key))?)
    }

    /// Looks whether the number was used. `mismatch` is the refusal for a number used with other data.
    pub(crate) fn replay(&self, work: &Work<'_>, mismatch: Refusal) -> Result<Option<Replay>, Error> {
        match work.store.idempotency_record(&self.key)? {
            None => Ok(None),
            Some(record) if record.fingerprint == self.fingerprint => {
                Ok(Some(Replay { answer: record.answer }))
            }
            Some(_) => Err(mismatch.into()),
        }
    }

    /// Notes the number as used together with the answer, which a replay gives again.
    pub(crate) fn note_answer(&self, work: &mut Work<'_>, answer: &impl Serialize) -> Result<(), Error> {
        let noted =
            serde_json::to_string(answer).map_err(|cause| StoreError::backend("write JSON", cause))?;
        self.note(work, noted)
    }

    /// Notes the number as used, in the transaction of its effect.
    pub(crate) fn note(&self, work: &mut Work<'_>, answer: String) -> Result<(), Error> {
        let record = IdempotencyRecord { fingerprint: self.fingerprint, answer, created_at: work.now };
        Ok(work.store.insert_idempotency_record(&self.key, &record)?)
    }
}

/// SHA-256 over the parsed request, written in one fixed form: the order of the caller's members, white
/// space and unknown members do not matter, and times compare as instants (semantics 6.1).
pub(crate) fn fingerprint(request: &impl Serialize) -> Fingerprint {
    let canonical = serde_json::to_vec(request).expect("inputs have text keys only, so they are always JSON");
    Fingerprint(Sha256::digest(canonical).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fingerprint_tells_requests_apart_by_their_data() {
        let time = |text: &str| text.parse::<quan_model::time::Time>().unwrap();
        let noon_in_china = fingerprint(&("use", time("2026-09-20T12:00:00+08:00")));
        assert_eq!(noon_in_china, fingerprint(&("use", time("2026-09-20T04:00:00Z"))));
        assert_ne!(noon_in_china, fingerprint(&("use", time("2026-09-20T12:00:01+08:00"))));
    }
}
