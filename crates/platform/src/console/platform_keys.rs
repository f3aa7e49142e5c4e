//! Steps of a rotation of the platform's own keys, noted in the audit log. The keys are files of the host: the step is
//! its, and is noted before it is made, so that no change stands in no log.

use crate::console::access::Role;
use crate::console::audit::{self, Operator};
use crate::console::error::ConsoleError;
use crate::work::Work;

/// Notes that somebody makes a step, such as `rotate_platform_certificate`.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], or when the store fails.
pub fn note_step(
    work: &mut Work<'_>,
    by: &Operator,
    action: &str,
    signing: &str,
) -> Result<(), ConsoleError> {
    by.ensure(Role::Admin)?;
    Ok(audit::note(work, by, action, signing, None, None, None)?)
}
