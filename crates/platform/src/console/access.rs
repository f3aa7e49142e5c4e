//! Signing in: access tokens, sessions, and who a session is.
//!
//! A token is `qc_<id>_<secret>` with 40 random characters (238 bits) behind the id, so one SHA-256 is enough to keep
//! it: there is nothing to guess from. Times are real time and arguments here.

use quan_model::entropy::{self, Entropy};
use quan_model::time::Time;
use quan_store::console_access::ConsoleSession;
pub use quan_store::console_access::{ConsoleToken, Role, UnknownRole};
use sha2::{Digest, Sha256};

use crate::console::audit::{self, Operator};
use crate::console::error::ConsoleError;
use crate::error::Error;
use crate::work::{View, Work};

/// A session that was not used for this long is over: two hours.
pub const SESSION_IDLE_SECONDS: i64 = 2 * 60 * 60;
/// A session is over after this long, used or not: twelve hours, a long working day.
pub const SESSION_SECONDS: i64 = 12 * 60 * 60;
/// How often the use of a session is noted: once a minute is enough for the idle time and spares writes.
const SEEN_SECONDS: i64 = 60;
/// Characters of a token's name.
pub const NAME_CHARS_MAX: usize = 40;
const PREFIX: &str = "qc";
const ID_LEN: usize = 8;
const SECRET_LEN: usize = 40;

/// A token that was just made. The text is shown once and kept nowhere.
pub struct MintedToken {
    /// What is typed at the sign-in.
    pub text: String,
    /// What is kept.
    pub token: ConsoleToken,
}

/// Makes a token; it is not in force until it is kept.
///
/// # Errors
/// [`ConsoleError::Form`] for a name that is empty or longer than 40 characters.
pub fn mint_token(
    entropy: &dyn Entropy,
    name: &str,
    role: Role,
    wire_now: Time,
) -> Result<MintedToken, ConsoleError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let issue = format!("give the token a name of 1 to {NAME_CHARS_MAX} characters");
        return Err(ConsoleError::Form { field: "name", issue });
    }
    let token_id = entropy::text(entropy, entropy::LOWER_HEX, ID_LEN);
    let secret = entropy::text(entropy, entropy::ALPHANUMERIC, SECRET_LEN);
    let token = ConsoleToken {
        name: name.to_owned(),
        role,
        secret_hash: Sha256::digest(&secret).into(),
        created_at: wire_now,
        revoked_at: None,
        token_id,
    };
    Ok(MintedToken { text: format!("{PREFIX}_{}_{secret}", token.token_id), token })
}

/// The id and the secret of a token's text; nothing when it has not the form of one.
#[must_use]
pub fn parse_token(text: &str) -> Option<(&str, &str)> {
    let (id, secret) = text.trim().strip_prefix(PREFIX)?.strip_prefix('_')?.split_once('_')?;
    (id.len() == ID_LEN && secret.len() == SECRET_LEN).then_some((id, secret))
}

/// Puts the token of this text into force, as `quan dev` does at each start with the one of its connection file.
///
/// # Errors
/// [`ConsoleError::Form`] for a text that is no token; otherwise when the store fails.
pub fn ensure_token(
    work: &mut Work<'_>,
    text: &str,
    name: &str,
    role: Role,
    wire_now: Time,
) -> Result<(), ConsoleError> {
    let issue = || ConsoleError::Form { field: "token", issue: "this is no access token".to_owned() };
    let (id, secret) = parse_token(text).ok_or_else(issue)?;
    if work.store.console_token(id)?.is_some() {
        return Ok(());
    }
    let token = ConsoleToken {
        token_id: id.to_owned(),
        name: name.to_owned(),
        role,
        secret_hash: Sha256::digest(secret).into(),
        created_at: wire_now,
        revoked_at: None,
    };
    Ok(work.store.put_console_token(&token)?)
}

/// Keeps a new token, by the hand of an administrator, or on the machine itself when `by` is `None`.
///
/// # Errors
/// [`ConsoleError::NotAllowed`]; otherwise when the store fails.
pub fn create_token(
    work: &mut Work<'_>,
    by: Option<&Operator>,
    token: &ConsoleToken,
) -> Result<(), ConsoleError> {
    if let Some(by) = by {
        by.ensure(Role::Admin)?;
    }
    work.store.put_console_token(token)?;
    if let Some(by) = by {
        let after = serde_json::json!({ "name": token.name, "role": token.role.as_str() });
        audit::note(work, by, "create_console_token", &token.token_id, None, None, Some(&after))?;
    }
    Ok(())
}

/// Revokes a token: it and its sessions open nothing from now on. Repeated, it keeps the first time.
///
/// # Errors
/// [`ConsoleError::NotAllowed`], [`ConsoleError::Unknown`]; [`ConsoleError::Form`] for the token one is signed in with.
pub fn revoke_token(work: &mut Work<'_>, by: &Operator, token_id: &str) -> Result<(), ConsoleError> {
    by.ensure(Role::Admin)?;
    let mut token = work.store.console_token(token_id)?.ok_or(ConsoleError::Unknown("token"))?;
    if token_id == by.token_id {
        let issue = "you are signed in with this token: another administrator can revoke it".to_owned();
        return Err(ConsoleError::Form { field: "token", issue });
    }
    if token.revoked_at.is_none() {
        token.revoked_at = Some(by.at);
        work.store.put_console_token(&token)?;
        let before = serde_json::json!({ "name": token.name, "role": token.role.as_str() });
        audit::note(work, by, "revoke_console_token", token_id, None, Some(&before), None)?;
    }
    Ok(())
}

/// Every token, the newest first. Their secrets are not kept, so there is none to see.
///
/// # Errors
/// When the store fails.
pub fn tokens(view: &View<'_>) -> Result<Vec<ConsoleToken>, ConsoleError> {
    Ok(view.store.console_tokens()?)
}

/// Opens a session for the holder of a token; nothing when the text is no token in force. `cookie` is a fresh random
/// text that only the browser will hold.
///
/// # Errors
/// When the store fails.
pub fn sign_in(
    work: &mut Work<'_>,
    text: &str,
    cookie: &str,
    wire_now: Time,
) -> Result<Option<Visitor>, Error> {
    let Some((id, secret)) = parse_token(text) else { return Ok(None) };
    let found = work.store.console_token(id)?.filter(|token| token.revoked_at.is_none());
    // An unknown id costs the same comparison as a known one.
    let known = found.as_ref().map_or([0; 32], |token| token.secret_hash);
    let given: [u8; 32] = Sha256::digest(secret).into();
    let Some(token) = found.filter(|_| is_same(&given, &known)) else { return Ok(None) };
    let session = ConsoleSession {
        session_hash: Sha256::digest(cookie).into(),
        token_id: token.token_id.clone(),
        created_at: wire_now,
        seen_at: wire_now,
    };
    work.store.delete_old_console_sessions(
        wire_now.plus_seconds(-SESSION_IDLE_SECONDS),
        wire_now.plus_seconds(-SESSION_SECONDS),
    )?;
    work.store.put_console_session(&session)?;
    let visitor = Visitor::of(token, session);
    audit::note(work, &visitor.operator(wire_now), "sign_in", "", None, None, None)?;
    Ok(Some(visitor))
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The token's id.
    pub token_id: String,
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    session: ConsoleSession,
}

impl Visitor {
    fn of(token: ConsoleToken, session: ConsoleSession) -> Self {
        Self { token_id: token.token_id, name: token.name, role: token.role, session }
    }

    /// The visitor as the audit log names it.
    #[must_use]
    pub fn operator(&self, wire_now: Time) -> Operator {
        Operator { token_id: self.token_id.clone(), name: self.name.clone(), role: self.role, at: wire_now }
    }

    /// Whether the last use was noted long enough ago to note this one.
    #[must_use]
    pub fn is_to_be_noted(&self, wire_now: Time) -> bool {
        wire_now.seconds_since(self.session.seen_at) >= SEEN_SECONDS
    }
}

/// Who holds this cookie; nothing when the session is over or its token was revoked.
///
/// # Errors
/// When the store fails.
pub fn visitor(view: &View<'_>, cookie: &str, wire_now: Time) -> Result<Option<Visitor>, Error> {
    let hash: [u8; 32] = Sha256::digest(cookie).into();
    let Some(session) = view.store.console_session(&hash)? else { return Ok(None) };
    let is_over = wire_now.seconds_since(session.seen_at) >= SESSION_IDLE_SECONDS
        || wire_now.seconds_since(session.created_at) >= SESSION_SECONDS;
    if is_over {
        return Ok(None);
    }
    let token = view.store.console_token(&session.token_id)?.filter(|token| token.revoked_at.is_none());
    Ok(token.map(|token| Visitor::of(token, session)))
}

/// Notes that a session was used.
///
/// # Errors
/// When the store fails.
pub fn note_use(work: &mut Work<'_>, visitor: &Visitor, wire_now: Time) -> Result<(), Error> {
    // Ended meanwhile, it stays ended.
    if work.store.console_session(&visitor.session.session_hash)?.is_some() {
        work.store.put_console_session(&ConsoleSession { seen_at: wire_now, ..visitor.session.clone() })?;
    }
    Ok(())
}

/// Ends the session of this cookie.
///
/// # Errors
/// When the store fails.
pub fn sign_out(work: &mut Work<'_>, cookie: &str) -> Result<(), Error> {
    Ok(work.store.delete_console_session(&Sha256::digest(cookie).into())?)
}

/// Compares without telling by its time how much was right.
#[must_use]
pub fn is_same(given: &[u8], known: &[u8]) -> bool {
    let differing = given.iter().zip(known).fold(0, |differing, (one, other)| differing | (one ^ other));
    given.len() == known.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;
    impl Entropy for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_minted_token_is_read_again_and_hides_itself() {
        let now = Time::from_unix_seconds(0);
        let minted = mint_token(&Sevens, " 运营 ", Role::Operator, now).unwrap();
        let (id, secret) = parse_token(&minted.text).unwrap();
        assert_eq!((id, minted.token.name.as_str()), (minted.token.token_id.as_str(), "运营"));
        assert!(is_same(&Sha256::digest(secret), &minted.token.secret_hash));
        assert!(!format!("{:?}", minted.token).contains(secret));
        for name in ["", "  ", "a\nb", &"名".repeat(NAME_CHARS_MAX + 1)] {
            assert!(mint_token(&Sevens, name, Role::Viewer, now).is_err(), "{name:?}");
        }
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let secret = "s".repeat(SECRET_LEN);
        assert!(parse_token(&format!("qc_12345678_{secret}")).is_some());
        for text in
            ["", "qc_", "qc_12345678", &format!("qc_1234567_{secret}"), &format!("qx_12345678_{secret}")]
        {
            assert_eq!(parse_token(text), None, "{text}");
        }
    }

    #[test]
    fn comparison_is_of_the_whole() {
        assert!(is_same(b"abc", b"abc"));
        for other in [&b""[..], b"ab", b"abd", b"abcd"] {
            assert!(!is_same(other, b"abc"));
        }
    }
}
