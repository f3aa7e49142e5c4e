//! Bytes on their way in: unpacked if they are packed, counted, and digested. No I/O.

use std::io::Write as _;

use flate2::write::MultiGzDecoder;

use super::Downloaded;
use crate::digest::Hasher;
use crate::download::DownloadTicket;
use crate::error::IntegrityError;

/// How much is unpacked at once, in bytes. A hostile file can unpack to a thousand times that, so this
/// bounds how far the limit can be passed.
const PACKED_PIECE_BYTES: usize = 4 * 1024;

/// Takes what the transport gives and gives what is to be kept.
pub(super) struct Intake {
    hasher: Hasher,
    stated: String,
    unpacker: Option<MultiGzDecoder<Vec<u8>>>,
    bytes: u64,
    bytes_max: u64,
}

impl Intake {
    pub(super) fn new(ticket: &DownloadTicket, bytes_max: u64) -> Self {
        let (hash_type, stated) = ticket.hash();
        Self {
            hasher: Hasher::new(hash_type),
            stated: stated.to_owned(),
            unpacker: ticket.is_gzip().then(|| MultiGzDecoder::new(Vec::new())),
            bytes: 0,
            bytes_max,
        }
    }

    /// Takes a piece and appends what it means to `plain`.
    pub(super) fn push(&mut self, piece: &[u8], plain: &mut Vec<u8>) -> Result<(), IntegrityError> {
        let Some(unpacker) = &mut self.unpacker else {
            return self.take(piece, plain);
        };
        let mut unpacked = Vec::new();
        for packed in piece.chunks(PACKED_PIECE_BYTES) {
            unpacker.write_all(packed).map_err(|_| IntegrityError::Gzip)?;
            unpacked.append(unpacker.get_mut());
            let so_far = u64::try_from(unpacked.len()).unwrap_or(u64::MAX);
            if self.bytes.saturating_add(so_far) > self.bytes_max {
                return Err(IntegrityError::TooLarge { bytes_max: self.bytes_max });
            }
        }
        self.take(&unpacked, plain)
    }

    fn take(&mut self, piece: &[u8], plain: &mut Vec<u8>) -> Result<(), IntegrityError> {
        self.bytes = self.bytes.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if self.bytes > self.bytes_max {
            return Err(IntegrityError::TooLarge { bytes_max: self.bytes_max });
        }
        self.hasher.update(piece);
        plain.extend_from_slice(piece);
        Ok(())
    }

    /// Compares the digest, after the last piece. What the unpacker still holds is appended to `plain`.
    pub(super) fn finish(mut self, plain: &mut Vec<u8>) -> Result<Downloaded, IntegrityError> {
        if let Some(unpacker) = self.unpacker.take() {
            let rest = unpacker.finish().map_err(|_| IntegrityError::Gzip)?;
            self.take(&rest, plain)?;
        }
        let actual = self.hasher.finish();
        if actual == self.stated {
            Ok(Downloaded { bytes: self.bytes, digest: actual })
        } else {
            Err(IntegrityError::HashMismatch { stated: self.stated, actual })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{HashType, digest};
    use flate2::Compression;
    use flate2::write::GzEncoder;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn ticket(plain: &[u8], is_gzip: bool) -> DownloadTicket {
        let hash_value = digest(HashType::Sha1, plain);
        DownloadTicket::unverified_source("https://a/b", "SHA1", hash_value).unwrap().gzip(is_gzip)
    }

    fn run(ticket: &DownloadTicket, wire: &[u8], bytes_max: u64) -> Result<Vec<u8>, IntegrityError> {
        let mut intake = Intake::new(ticket, bytes_max);
        let mut plain = Vec::new();
        for piece in wire.chunks(7) {
            intake.push(piece, &mut plain)?;
        }
        intake.finish(&mut plain)?;
        Ok(plain)
    }

    #[test]
    fn plain_and_packed_files_give_the_same_bytes() {
        let file = b"line,1\r\nline,2\r\n".repeat(100);
        let bytes = u64::try_from(file.len()).unwrap();
        assert_eq!(run(&ticket(&file, false), &file, bytes).unwrap(), file);
        assert_eq!(run(&ticket(&file, true), &packed(&file), bytes).unwrap(), file);
        // Two packed files in a row are one.
        let halves = [packed(&file[..800]), packed(&file[800..])].concat();
        assert_eq!(run(&ticket(&file, true), &halves, bytes).unwrap(), file);
    }

    #[test]
    fn the_limit_counts_unpacked_bytes() {
        let file = vec![0; 100_000];
        for (is_gzip, wire) in [(false, file.clone()), (true, packed(&file))] {
            assert!(run(&ticket(&file, is_gzip), &wire, 100_000).is_ok());
            let refused = run(&ticket(&file, is_gzip), &wire, 99_999);
            assert!(matches!(refused, Err(IntegrityError::TooLarge { bytes_max: 99_999 })));
        }
    }

    #[test]
    fn changed_and_cut_files_are_refused() {
        let file = b"line,1\r\n".repeat(10);
        let refused = run(&ticket(&file, false), &file[1..], 999);
        assert!(matches!(refused, Err(IntegrityError::HashMismatch { .. })));
        let wire = packed(&file);
        for cut in [5, wire.len() - 1] {
            assert!(matches!(run(&ticket(&file, true), &wire[..cut], 999), Err(IntegrityError::Gzip)));
        }
        assert!(matches!(run(&ticket(&file, true), b"no gzip at all", 999), Err(IntegrityError::Gzip)));
    }
}
