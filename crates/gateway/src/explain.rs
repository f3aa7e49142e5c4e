//! What a use case ended with, in the words of the API, for who shows them to people.

use quan_coupon::refusal::Refusal;
use quan_platform::Error;

use crate::problem::Problem;
use crate::refusal::Face;

/// An error in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The status that the API would answer.
    pub status: u16,
    /// The word of the API, such as INVALID_REQUEST.
    pub code: String,
    /// The Chinese sentence of the API.
    pub message: String,
    /// The English sentence.
    pub reason: String,
    /// The member that is wrong, as a JSON pointer, when one is.
    pub field: Option<String>,
}

/// Puts an error into words, as the partner face would.
#[must_use]
pub fn explain(error: &Error) -> Explanation {
    let problem = Problem::failed(error, Face::Partner);
    let field = match error {
        Error::Refused(Refusal::Invalid(violation)) => Some(violation.field.clone()),
        Error::Refused(_) | Error::Lane(_) | Error::Store(_) | Error::Interrupted => None,
    };
    Explanation {
        status: problem.status.as_u16(),
        code: problem.code.to_owned(),
        message: problem.message,
        reason: problem.reason,
        field,
    }
}
