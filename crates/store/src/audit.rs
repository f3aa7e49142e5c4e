//! The invariants of a store: what is true of its rows after every commit, whatever was asked of it, in whatever
//! order, and whichever process died meanwhile.
//!
//! A backend looks for rows that break them ([`Audit`]); tests ask after every commit, `quan verify` asks offline.
//! This module knows their names and sentences, and no SQL.

pub mod readable;

use crate::error::StoreError;

/// Findings that a backend lists of one way to break an invariant. So many may mean more.
pub const FINDINGS_MAX: usize = 100;

macro_rules! invariants {
    ($($variant:ident, $name:literal, $sentence:literal;)+) => {
        /// Something that is always true of a store.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Invariant {
            $(#[doc = $sentence] $variant,)+
        }

        impl Invariant {
            /// All of them, in the order in which they are looked at.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name, in words joined by hyphens.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// What it promises, in a sentence.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                match self {
                    $(Self::$variant => $sentence,)+
                }
            }
        }
    };
}

invariants! {
    IssuedCounts, "issued-counts",
        "The count of a stock is the number of its coupons; a coupon of a chain that was issued again after a return counts once.";
    TotalLimits, "total-limits",
        "No stock has issued more than the max_count in force, and no coupon was issued beyond the max_count of its time.";
    DayCounts, "day-counts",
        "The count of a stock and day is the number of coupons received on that day of UTC+08:00.";
    DayLimits, "day-limits",
        "No coupon was issued on a day that had reached the max_count_per_day of its time; later coupons of a chain are exempt.";
    PersonCounts, "person-counts",
        "The count of a stock and person is the number of coupons that the person received.";
    PersonLimits, "person-limits",
        "Nobody received more coupons of a stock than max_count_per_user; later coupons of a chain are exempt.";
    OneCouponPerNumber, "one-coupon-per-number",
        "A request number of a pre-send or send gave at most one coupon, or one chain.";
    OneOwnerPerCode, "one-owner-per-code",
        "A code that the platform made belongs to one coupon in the whole store.";
    PoolCodes, "pool-codes",
        "An uploaded code is given out exactly when one coupon of its stock has it, and a deleted one never was.";
    Claims, "claims",
        "A claimed pre-send has its coupon, and a coupon has the claimed pre-send or the noted send that it came from.";
    Rounds, "rounds",
        "Rounds are numbered without a gap and used in order, and at most one is open.";
    Chains, "chains",
        "A chain has its coupons in order, at most one of them open, and waits only for the coupon behind the last one used.";
    Outbox, "outbox",
        "Every coupon that was issued has one notification of it, and every such notification has its coupon.";
    Attempts, "attempts",
        "The attempts of a notification are numbered without a gap, and it counts them; a delivered one has at least one.";
    Idempotency, "idempotency",
        "What a used request number is about, or has made, exists.";
    Revisions, "revisions",
        "Definitions are numbered without a gap up to the one in force, and the ones that a coupon names exist.";
    References, "references",
        "Every row that belongs to another one has it.";
    Readable, "readable",
        "Every row can be read: none holds a value that no command could have written.";
}

/// A row that breaks an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which invariant.
    pub invariant: Invariant,
    /// The table.
    pub table: String,
    /// The row's key.
    pub row: String,
    /// What is wrong with it.
    pub what: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { invariant, table, row, what } = self;
        write!(f, "{}: table {table}, row {row}: {what}", invariant.name())
    }
}

/// A store that can be held to its invariants.
pub trait Audit: Send + Sync {
    /// Looks for rows that break these invariants, in one consistent view. `begun` is told of each before it is
    /// looked at. Of one invariant at most [`FINDINGS_MAX`] findings are listed for each way to break it.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when the store cannot be read. A row that cannot be understood is a finding.
    fn audit(
        &self,
        invariants: &[Invariant],
        begun: &mut dyn FnMut(Invariant),
    ) -> Result<Vec<Finding>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_different_words_and_sentences_end() {
        for (place, invariant) in Invariant::ALL.iter().enumerate() {
            assert!(invariant.sentence().ends_with('.'), "{invariant:?}");
            let is_word = |letter: char| letter.is_ascii_lowercase() || letter == '-';
            assert!(invariant.name().chars().all(is_word), "{invariant:?}");
            assert!(Invariant::ALL[..place].iter().all(|other| other.name() != invariant.name()));
        }
    }

    #[test]
    fn a_finding_is_one_line() {
        let finding = Finding {
            invariant: Invariant::Outbox,
            table: "user_coupon".to_owned(),
            row: "30001/C1".to_owned(),
            what: "has no notification".to_owned(),
        };
        assert_eq!(finding.to_string(), "outbox: table user_coupon, row 30001/C1: has no notification");
    }
}
