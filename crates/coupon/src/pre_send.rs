//! Pre-send records and their tokens as one decision table (semantics 3.8).
//!
//! A record is one intent, named by its request number; it is claimed at most once, however many tokens
//! were given for it. This module knows neither tokens' text nor records' storage.

use quan_model::time::Time;

/// How long a token lives, in seconds from the answer that gave it. Official (semantics 7); the claim
/// component counts down the same time.
pub const TOKEN_LIFETIME_SECONDS: i64 = 300;

/// The instant at which a token given at `issued_at` is dead.
pub fn token_expires_at(issued_at: Time) -> Time {
    issued_at.plus_seconds(TOKEN_LIFETIME_SECONDS)
}

/// What became of the intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// No coupon was issued for it.
    Open,
    /// A coupon was.
    Claimed,
}

/// Whether a token still works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It does.
    Live,
    /// Its time is over.
    Dead,
}

impl TokenState {
    /// LIVE before `expires_at`, DEAD from then on.
    pub fn at(expires_at: Time, now: Time) -> Self {
        if now < expires_at { Self::Live } else { Self::Dead }
    }
}

/// Whether a repeated number came with the data of the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestData {
    /// It did.
    Same,
    /// Something differs.
    Other,
}

/// What is asked of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// The claim component opens the token.
    Open,
    /// The user claims with the token.
    Claim,
    /// The merchant pre-sends under the same number again.
    PreSend(RequestData),
    /// The merchant sends directly under the same number.
    Send(RequestData),
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Show the claimable page, or the unavailable page when [`crate::issue::check`] refuses.
    ShowClaimable,
    /// Show the page of the coupon that was claimed.
    ShowClaimed,
    /// The token is dead: show the expired page, or answer so.
    TokenExpired,
    /// Issue the coupon and set the record CLAIMED.
    Issue,
    /// Answer with the coupon that exists; nothing is issued.
    ReturnCoupon,
    /// Answer with a new token; earlier ones live on.
    NewToken,
    /// Refuse with [`crate::refusal::Refusal::RequestMismatch`].
    Mismatch,
}

/// The table. The token's state matters only to the component; a merchant's call has no token.
pub fn decide(command: Command, record: RecordState, token: TokenState) -> Decision {
    match (command, record, token) {
        (Command::Open | Command::Claim, _, TokenState::Dead) => Decision::TokenExpired,
        (Command::Open, RecordState::Open, TokenState::Live) => Decision::ShowClaimable,
        (Command::Open, RecordState::Claimed, TokenState::Live) => Decision::ShowClaimed,
        (Command::Claim, RecordState::Open, TokenState::Live) => Decision::Issue,
        (Command::Claim, RecordState::Claimed, TokenState::Live) => Decision::ReturnCoupon,
        (Command::PreSend(RequestData::Other) | Command::Send(RequestData::Other), _, _) => {
            Decision::Mismatch
        }
        (Command::PreSend(RequestData::Same), _, _) => Decision::NewToken,
        (Command::Send(RequestData::Same), RecordState::Open, _) => Decision::Issue,
        (Command::Send(RequestData::Same), RecordState::Claimed, _) => Decision::ReturnCoupon,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::time;

    #[test]
    fn commands_by_record_and_token() {
        use Decision::{Issue, Mismatch, NewToken, ReturnCoupon, ShowClaimable, ShowClaimed, TokenExpired};
        let columns = [
            (RecordState::Open, TokenState::Live),
            (RecordState::Open, TokenState::Dead),
            (RecordState::Claimed, TokenState::Live),
            (RecordState::Claimed, TokenState::Dead),
        ];
        for (command, row) in [
            (Command::Open, [ShowClaimable, TokenExpired, ShowClaimed, TokenExpired]),
            (Command::Claim, [Issue, TokenExpired, ReturnCoupon, TokenExpired]),
            (Command::PreSend(RequestData::Same), [NewToken; 4]),
            (Command::PreSend(RequestData::Other), [Mismatch; 4]),
            (Command::Send(RequestData::Same), [Issue, Issue, ReturnCoupon, ReturnCoupon]),
            (Command::Send(RequestData::Other), [Mismatch; 4]),
        ] {
            for ((record, token), expected) in columns.into_iter().zip(row) {
                assert_eq!(decide(command, record, token), expected, "{command:?} {record:?} {token:?}");
            }
        }
    }

    #[test]
    fn a_token_lives_for_three_hundred_seconds() {
        let issued_at = time("2025-08-05T10:00:00");
        let expires_at = token_expires_at(issued_at);
        assert_eq!(TokenState::at(expires_at, issued_at.plus_seconds(299)), TokenState::Live);
        assert_eq!(TokenState::at(expires_at, issued_at.plus_seconds(300)), TokenState::Dead);
    }
}
