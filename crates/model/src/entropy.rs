//! The one source of randomness: nonces, ids and coupon codes are drawn from it.

/// A source of unpredictable bytes. The binary gives the operating system's; tests give a seeded one.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

impl<E: Entropy + ?Sized> Entropy for std::sync::Arc<E> {
    fn fill(&self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}

/// Draws `len` characters uniformly from `alphabet`, which has at most 256 ASCII characters.
///
/// Bytes that would favour the front of the alphabet are thrown away, so every character is equally
/// likely. An empty alphabet gives an empty text.
pub fn text(entropy: &dyn Entropy, alphabet: &[u8], len: usize) -> String {
    let Some(fair_below) = 256usize.checked_div(alphabet.len()).map(|times| times * alphabet.len()) else {
        return String::new();
    };
    let mut out = String::with_capacity(len);
    let mut bytes = [0u8; 64];
    while out.len() < len {
        entropy.fill(&mut bytes);
        let fair = bytes.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair_below);
        out.extend(fair.take(len - out.len()).map(|byte| char::from(alphabet[byte % alphabet.len()])));
    }
    out
}

/// Draws a number, uniform over its whole range.
pub fn number(entropy: &dyn Entropy) -> u64 {
    let mut bytes = [0u8; 8];
    entropy.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// The 62 characters of nonces.
pub const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The ten digits, of ids and coupon codes.
pub const DIGITS: &[u8] = b"0123456789";
/// The sixteen lower-case hexadecimal digits, of the platform's own nonces.
pub const LOWER_HEX: &[u8] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn text_has_the_length_asked_for_and_only_its_alphabet() {
        let source = Counting(0.into());
        for len in [0, 1, 32, 65, 300] {
            let drawn = text(&source, DIGITS, len);
            assert_eq!(drawn.len(), len);
            assert!(drawn.bytes().all(|byte| byte.is_ascii_digit()));
        }
        assert_eq!(text(&source, b"", 5), "");
    }

    #[test]
    fn every_character_is_equally_likely() {
        // 256 is no multiple of ten: without the cut, 0 to 5 would come more often.
        let source = Counting(0.into());
        let drawn = text(&source, DIGITS, 2500);
        for digit in b'0'..=b'9' {
            let count = drawn.bytes().filter(|byte| *byte == digit).count();
            assert!((248..=252).contains(&count), "{}: {count}", char::from(digit));
        }
    }
}
