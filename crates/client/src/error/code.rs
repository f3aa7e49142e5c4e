//! The error words of the platform and the numbers behind them.
//!
//! Both lists only help people and retry decisions; an unknown word or number is never an error.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// The `code` of an error answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// `PARAM_ERROR`: a parameter is wrong; the detail names it.
    ParamError,
    /// `SIGN_ERROR`: our signature was not accepted.
    SignError,
    /// `NO_AUTH`: no permission.
    NoAuth,
    /// `NOT_FOUND`: unknown URL or object.
    NotFound,
    /// `RESOURCE_NOT_EXISTS`: unknown object.
    ResourceNotExists,
    /// `ALREADY_EXISTS`: the request number was used with other data.
    AlreadyExists,
    /// `RESOURCE_ALREADY_EXISTS`: the object exists.
    ResourceAlreadyExists,
    /// `INVALID_REQUEST`: a business rule.
    InvalidRequest,
    /// `RULE_LIMIT`: a limit of the business.
    RuleLimit,
    /// `FREQUENCY_LIMITED`: too many calls.
    FrequencyLimited,
    /// `RATELIMIT_EXCEEDED`: too many calls.
    RateLimitExceeded,
    /// `SYSTEM_ERROR`: the outcome is unknown; repeat with the same request number.
    SystemError,
    /// No word of the platform: HTTP 202, accepted but not finished. Repeat with the same parameters.
    Pending,
    /// Any other word; empty when the answer had none, as from a gateway.
    Other(String),
}

impl Code {
    /// The words that the platform writes, with their variants.
    const WORDS: &[(&str, Self)] = &[
        ("PARAM_ERROR", Self::ParamError),
        ("SIGN_ERROR", Self::SignError),
        ("NO_AUTH", Self::NoAuth),
        ("NOT_FOUND", Self::NotFound),
        ("RESOURCE_NOT_EXISTS", Self::ResourceNotExists),
        ("ALREADY_EXISTS", Self::AlreadyExists),
        ("RESOURCE_ALREADY_EXISTS", Self::ResourceAlreadyExists),
        ("INVALID_REQUEST", Self::InvalidRequest),
        ("RULE_LIMIT", Self::RuleLimit),
        ("FREQUENCY_LIMITED", Self::FrequencyLimited),
        ("RATELIMIT_EXCEEDED", Self::RateLimitExceeded),
        ("RATE_LIMIT_EXCEEDED", Self::RateLimitExceeded),
        ("SYSTEM_ERROR", Self::SystemError),
    ];

    pub(crate) fn from_word(word: &str) -> Self {
        let known = Self::WORDS.iter().find(|(text, _)| *text == word);
        known.map_or_else(|| Self::Other(word.to_owned()), |(_, code)| code.clone())
    }

    /// The word as the platform writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(word) => word,
            Self::Pending => "",
            known => Self::WORDS.iter().find(|(_, code)| code == known).map_or("", |(word, _)| word),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The numbers of product-coupon errors that are worth a sentence (client.md C-60).
const DETAIL_CODES: &[(u64, &str)] = &[
    (268_578_367, "the state does not allow the operation"),
    (268_578_704, "the appid is not allowed"),
    (268_578_776, "expired"),
    (268_578_851, "the object does not exist"),
    (270_924_289, "called too often"),
    (272_756_740, "the limit per user is reached"),
    (272_756_745, "the coupon was used by another order (same coupon, different out_request_no)"),
    (272_756_746, "the coupon is locked"),
    (272_756_769, "the coupon is deleted"),
];

/// What a detail code (the digits after the last `-` of `Request-ID`) means, for the known ones.
#[must_use]
pub fn meaning_of_detail_code(detail_code: u64) -> Option<&'static str> {
    DETAIL_CODES.iter().find(|(number, _)| *number == detail_code).map(|(_, meaning)| *meaning)
}

/// The known numbers and those that the caller has added. It only helps people.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meanings(HashMap<u64, String>);

impl Meanings {
    pub(crate) fn new(own: HashMap<u64, String>) -> Self {
        Self(own)
    }

    pub(crate) fn of(&self, detail_code: u64) -> Option<Cow<'static, str>> {
        let own = self.0.get(&detail_code).map(|meaning| Cow::Owned(meaning.clone()));
        own.or_else(|| meaning_of_detail_code(detail_code).map(Cow::Borrowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_they_were() {
        for (word, code) in Code::WORDS {
            assert_eq!(Code::from_word(word), *code);
        }
        assert_eq!(Code::from_word("SYSTEM_ERROR").as_str(), "SYSTEM_ERROR");
        assert_eq!(Code::from_word("MCH_NOT_EXISTS"), Code::Other("MCH_NOT_EXISTS".into()));
        assert_eq!(Code::from_word("MCH_NOT_EXISTS").to_string(), "MCH_NOT_EXISTS");
    }

    #[test]
    fn numbers_have_their_sentence() {
        assert_eq!(meaning_of_detail_code(272_756_746), Some("the coupon is locked"));
        assert_eq!(meaning_of_detail_code(0), None);
        let own = HashMap::from([(7, "seven".to_owned()), (272_756_746, "locked here".to_owned())]);
        let meanings = Meanings::new(own);
        assert_eq!(meanings.of(7).as_deref(), Some("seven"));
        assert_eq!(meanings.of(272_756_746).as_deref(), Some("locked here"));
        assert_eq!(meanings.of(272_756_745).as_deref(), meaning_of_detail_code(272_756_745));
        assert_eq!(meanings.of(8), None);
    }
}
