//! Pre-send tokens: sealed references to a pre-send record, with an expiry (semantics 7).
//!
//! A token is `key id ‖ nonce ‖ seal(record id ‖ expiry)` in base64url. Any node that has the key opens
//! it without a look-up, any altered byte makes it unknown, and nothing has to be stored or swept per
//! token. What a token allows is decided by the record it names.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quan_apiv3::aead::ApiV3Key;
use quan_model::entropy::Entropy;
use quan_model::time::Time;
use quan_platform::pre_send::{PreSendId, Ticket};

use crate::problem::Problem;
use crate::refusal;

const ASSOCIATED_DATA: &[u8] = b"quan pre-send token 1";
const NONCE_BYTES: usize = 12;
const PLAIN_BYTES: usize = 16 + 8;

/// Seals and opens tokens. The first key seals; all of them open.
pub struct TokenSealer {
    keys: Vec<(u8, ApiV3Key)>,
}

/// The text is no token of this platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotOurToken;

impl TokenSealer {
    /// A sealer over keys, the newest first. Without any key nothing can be sealed.
    pub fn new(keys: impl IntoIterator<Item = (u8, [u8; 32])>) -> Self {
        Self { keys: keys.into_iter().map(|(id, key)| (id, ApiV3Key::from_bytes(key))).collect() }
    }

    pub(crate) fn seal(&self, ticket: Ticket, entropy: &dyn Entropy) -> Result<String, Problem> {
        let mut plain = ticket.id.0.to_vec();
        plain.extend(ticket.expires_at.unix_seconds().to_be_bytes());
        self.seal_bytes(ASSOCIATED_DATA, &plain, entropy)
    }

    pub(crate) fn open(&self, token: &str) -> Result<Ticket, NotOurToken> {
        let plain = self.open_bytes(ASSOCIATED_DATA, token)?;
        let plain: [u8; PLAIN_BYTES] = plain.try_into().map_err(|_| NotOurToken)?;
        let (id, expiry) = plain.split_at(16);
        let (Ok(id), Ok(expiry)) = (id.try_into(), expiry.try_into()) else { return Err(NotOurToken) };
        let expires_at = Time::from_unix_seconds(i64::from_be_bytes(expiry));
        Ok(Ticket { id: PreSendId(id), expires_at })
    }

    /// Seals bytes of any kind; what kind they are goes into `associated_data`, so that one kind of token is
    /// never taken for another.
    pub(crate) fn seal_bytes(
        &self,
        associated_data: &[u8],
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<String, Problem> {
        let (key_id, key) =
            self.keys.first().ok_or_else(|| refusal::system_error("there is no token key".to_owned()))?;
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce);
        let sealed = key.seal_bytes(&nonce, associated_data, plain);
        let sealed = sealed.map_err(|error| refusal::system_error(error.to_string()))?;
        Ok(URL_SAFE_NO_PAD.encode([&[*key_id][..], &nonce, &sealed].concat()))
    }

    /// The bytes that were sealed with the same `associated_data`.
    pub(crate) fn open_bytes(&self, associated_data: &[u8], token: &str) -> Result<Vec<u8>, NotOurToken> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| NotOurToken)?;
        let (key_id, rest) = bytes.split_first().ok_or(NotOurToken)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(NotOurToken)?;
        let (_, key) = self.keys.iter().find(|(id, _)| id == key_id).ok_or(NotOurToken)?;
        key.open_bytes(nonce, associated_data, sealed).map_err(|_| NotOurToken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);
    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn ticket() -> Ticket {
        Ticket { id: PreSendId([7; 16]), expires_at: Time::from_unix_seconds(1_760_000_300) }
    }

    #[test]
    fn a_token_opens_to_its_ticket_and_is_url_safe() {
        let sealer = TokenSealer::new([(1, [9; 32])]);
        let token = sealer.seal(ticket(), &Fixed(3)).unwrap();
        assert_eq!(sealer.open(&token), Ok(ticket()));
        assert!(
            token.len() <= 512
                && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
    }

    #[test]
    fn every_altered_or_shortened_token_is_unknown() {
        let sealer = TokenSealer::new([(1, [9; 32])]);
        let token = sealer.seal(ticket(), &Fixed(3)).unwrap();
        for at in 0..token.len() {
            assert_eq!(sealer.open(&token[..at]), Err(NotOurToken), "cut at {at}");
            let mut altered = token.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(
                sealer.open(&String::from_utf8(altered).unwrap()),
                Err(NotOurToken),
                "altered at {at}"
            );
        }
        for other in ["", "A", "券", "!!!!", &"A".repeat(10_000)] {
            assert_eq!(sealer.open(other), Err(NotOurToken));
        }
    }

    #[test]
    fn an_old_key_still_opens_and_a_foreign_one_does_not() {
        let old = TokenSealer::new([(1, [9; 32])]).seal(ticket(), &Fixed(3)).unwrap();
        assert_eq!(TokenSealer::new([(2, [8; 32]), (1, [9; 32])]).open(&old), Ok(ticket()));
        assert_eq!(TokenSealer::new([(1, [8; 32])]).open(&old), Err(NotOurToken));
        assert!(TokenSealer::new([]).seal(ticket(), &Fixed(3)).is_err());
    }
}
