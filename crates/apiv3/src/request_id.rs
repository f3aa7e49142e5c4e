//! `Request-ID`: `<hex>-<suffix>`, the name of one request in logs and support cases.
//!
//! The hex part is a protobuf message of five varints in upper-case hex. The platform does not document
//! it; the meaning of the fields was found by decoding public samples. The suffix is the internal error
//! code in decimal, 0 for success. Clock, node address and counters are arguments.

use std::fmt;

/// The decoded parts of a request id that we (or the platform) minted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId {
    /// When the request was served, in Unix milliseconds. On the wire it is split into seconds, which
    /// equal the `Wechatpay-Timestamp` of the same answer in the samples, and milliseconds.
    pub unix_millis: i64,
    /// The IPv4 address of the serving node, or any stable four bytes that name it.
    pub node_ipv4: [u8; 4],
    /// The number of the worker or process.
    pub process: u32,
    /// A counter that keeps ids of one millisecond apart.
    pub counter: u64,
    /// The internal error code; 0 for success.
    pub suffix: u64,
}

/// Makes a request id; see [`RequestId`] for the arguments.
///
/// ```
/// let id = quan_apiv3::request_id::mint(1_722_850_421_044, [100, 123, 175, 253], 491_838, 90_733, 0);
/// assert_eq!(id, "08F5B8C2B506102C18FDDFEEA30620BE821E28EDC405-0");
/// ```
#[must_use]
pub fn mint(unix_millis: i64, node_ipv4: [u8; 4], process: u32, counter: u64, suffix: u64) -> String {
    RequestId { unix_millis, node_ipv4, process, counter, suffix }.to_string()
}

/// The internal error code: the decimal number after the last `-`. `None` when there is none, as
/// intermediaries have been seen to obfuscate it.
#[must_use]
pub fn suffix(request_id: &str) -> Option<u64> {
    let (_, digits) = request_id.rsplit_once('-')?;
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

impl RequestId {
    /// Decodes a request id. `None` when it is not of the known shape, which a client must take calmly:
    /// the shape is undocumented. A field that is absent counts as 0, as protobuf has it.
    #[must_use]
    pub fn decode(request_id: &str) -> Option<Self> {
        let (hex, _) = request_id.rsplit_once('-')?;
        let mut fields = [0; 5];
        let bytes = hex_bytes(hex)?;
        let mut rest = bytes.as_slice();
        while let Some((&tag, after_tag)) = rest.split_first() {
            let field = fields.get_mut(usize::from(tag >> 3).checked_sub(1)?)?;
            // The low three bits are the wire type, and 0 is a varint.
            if tag & 0b111 != 0 {
                return None;
            }
            (*field, rest) = read_varint(after_tag)?;
        }
        let [seconds, millis, node, process, counter] = fields;
        let millis = i64::try_from(millis).ok().filter(|millis| *millis < 1000)?;
        Some(Self {
            unix_millis: seconds.cast_signed().checked_mul(1000)?.checked_add(millis)?,
            node_ipv4: u32::try_from(node).ok()?.to_be_bytes(),
            process: u32::try_from(process).ok()?,
            counter,
            suffix: suffix(request_id)?,
        })
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = [
            self.unix_millis.div_euclid(1000).cast_unsigned(),
            self.unix_millis.rem_euclid(1000).cast_unsigned(),
            u64::from(u32::from_be_bytes(self.node_ipv4)),
            u64::from(self.process),
            self.counter,
        ];
        // Every answer has one, so the digits are not left to the formatter one by one.
        let mut hex = String::with_capacity(HEX_CHARS);
        for (number, value) in (1_u8..).zip(fields) {
            push_byte(&mut hex, number << 3);
            push_varint(&mut hex, value);
        }
        write!(formatter, "{hex}-{}", self.suffix)
    }
}

/// About as long as the digits are.
const HEX_CHARS: usize = 64;

fn push_byte(hex: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    hex.push(char::from(DIGITS[usize::from(byte >> 4)]));
    hex.push(char::from(DIGITS[usize::from(byte & 0x0f)]));
}

/// Seven bits a byte, lowest first; the top bit says that more follow.
fn push_varint(hex: &mut String, mut value: u64) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        let more = if value == 0 { 0 } else { 0x80 };
        push_byte(hex, low | more);
        if value == 0 {
            return;
        }
    }
}

fn read_varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (index, &byte) in bytes.iter().enumerate() {
        let part = u64::from(byte & 0x7f);
        let shift = u32::try_from(index * 7).ok()?;
        // Ten bytes are the most that 64 bits need, and the tenth holds a single bit.
        let shifted = part.checked_shl(shift)?;
        if shifted >> shift != part {
            return None;
        }
        value |= shifted;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

fn hex_bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<u32>>>()?;
    if digits.len() % 2 != 0 {
        return None;
    }
    digits.chunks_exact(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A public sample of an answer of the platform.
    const SAMPLE: &str = "08F5B8C2B506102C18FDDFEEA30620BE821E28EDC405-0";

    #[test]
    fn the_public_sample_decodes_and_is_minted_again() {
        let decoded = RequestId::decode(SAMPLE).unwrap();
        assert_eq!(
            decoded,
            RequestId {
                unix_millis: 1_722_850_421_044,
                node_ipv4: [100, 123, 175, 253],
                process: 491_838,
                counter: 90_733,
                suffix: 0,
            }
        );
        assert_eq!(decoded.to_string(), SAMPLE);
    }

    #[test]
    fn another_public_sample_carries_an_error_code() {
        let id = "08E68E97CC0610DF0618AC86BCA80120082880CF05-268435461";
        assert_eq!(suffix(id), Some(268_435_461));
        assert_eq!(RequestId::decode(id).unwrap().to_string(), id);
    }

    #[test]
    fn suffixes_that_are_no_number_are_none() {
        for id in ["", "-", "08F5", "08F5-", "08F5-x1", "08F5-+1", "08F5-99999999999999999999"] {
            assert_eq!(suffix(id), None, "{id:?}");
        }
        assert_eq!(suffix("a-b-7"), Some(7));
    }

    #[test]
    fn unknown_shapes_are_none() {
        for id in [
            "08F5B8C2B50-0",
            "08F5-0",
            "0901-0",
            "3001-0",
            "0001-0",
            "zz-0",
            "10E807-0",
            "0880808080808080808002-0",
            "088080808080808080808001-0",
            "08F5B8C2B506-x",
        ] {
            assert_eq!(RequestId::decode(id), None, "{id}");
        }
        assert_eq!(RequestId::decode("-0").map(|id| id.unix_millis), Some(0));
    }

    proptest! {
        #[test]
        fn what_is_minted_decodes(
            unix_millis in any::<i64>(),
            node_ipv4 in any::<[u8; 4]>(),
            process in any::<u32>(),
            counter in any::<u64>(),
            code in any::<u64>(),
        ) {
            // The lowest second of `i64` milliseconds may begin before the lowest millisecond.
            prop_assume!(unix_millis > i64::MIN + 1000);
            let id = mint(unix_millis, node_ipv4, process, counter, code);
            prop_assert_eq!(suffix(&id), Some(code));
            let expected = RequestId { unix_millis, node_ipv4, process, counter, suffix: code };
            prop_assert_eq!(RequestId::decode(&id), Some(expected));
        }

        #[test]
        fn no_text_makes_decoding_panic(text in any::<String>(), hex in "[0-9A-Fa-f]{0,40}") {
            let _ = RequestId::decode(&text);
            let _ = RequestId::decode(&format!("{hex}-0"));
        }
    }
}
