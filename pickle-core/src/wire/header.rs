//! The first bytes of a stream.

use crate::error::{Error, ErrorKind, Result};

/// A byte that no text starts with, then `PKL`.
pub(crate) const MAGIC: [u8; 4] = [0x89, b'P', b'K', b'L'];
/// The format that this release writes, and the newest one it reads.
pub(crate) const VERSION: u8 = 1;
/// Magic, version, flags, and the fingerprint of the root's schema.
pub(crate) const HEADER: usize = 14;
/// Where the flags stand.
pub(crate) const FLAGS: usize = 5;

/// Header flag: the schema follows the header, after its length in 4 bytes.
pub(crate) const EMBEDDED: u8 = 1;
/// Header flag: a CRC-32 of all that went before ends the stream, in 4 bytes.
pub(crate) const CHECKSUM: u8 = 2;
/// Header flag: the records of shared objects come before the root's value.
pub(crate) const OBJECTS: u8 = 4;
const KNOWN_FLAGS: u8 = EMBEDDED | CHECKSUM | OBJECTS;

/// A stream's header, read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub(crate) embedded: bool,
    pub(crate) checksum: bool,
    pub(crate) objects: bool,
    pub(crate) fingerprint: u64,
}

pub(crate) fn encode(flags: u8, fingerprint: u64) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..4].copy_from_slice(&MAGIC);
    bytes[4] = VERSION;
    bytes[FLAGS] = flags;
    bytes[6..].copy_from_slice(&fingerprint.to_le_bytes());
    bytes
}

impl Header {
    /// Reads the header at the start of `bytes`.
    #[inline]
    pub(crate) fn decode(bytes: &[u8]) -> Result<Header> {
        let Some(header) = bytes.first_chunk::<HEADER>() else { return Err(refuse(bytes)) };
        let [a, b, c, d, version, flags, fingerprint @ ..] = *header;
        if [a, b, c, d] != MAGIC || version != VERSION || flags & !KNOWN_FLAGS != 0 {
            return Err(refuse(bytes));
        }
        Ok(Header {
            embedded: flags & EMBEDDED != 0,
            checksum: flags & CHECKSUM != 0,
            objects: flags & OBJECTS != 0,
            fingerprint: u64::from_le_bytes(fingerprint),
        })
    }
}

#[cold]
fn refuse(bytes: &[u8]) -> Error {
    let start = &bytes[..bytes.len().min(MAGIC.len())];
    if bytes.is_empty() {
        Error::new(ErrorKind::Truncated, "there are no bytes")
            .at(0)
            .with_remedy("check that this is the file you mean, and that it was written to its end")
    } else if start != &MAGIC[..start.len()] {
        Error::new(
            ErrorKind::NotAStream,
            format!("a stream starts with the bytes {MAGIC:02x?}, these are {start:02x?}"),
        )
        .at(0)
        .with_remedy("check that this is the file you mean, and that it was written by this library")
    } else if bytes.len() >= HEADER {
        let (what, offset) = if bytes[4] == VERSION { ("flags", FLAGS) } else { ("a version", 4) };
        Error::new(
            ErrorKind::Version,
            format!("the stream has {what} that this release does not know, {}", bytes[offset]),
        )
        .at(offset as u64)
        .with_remedy("read it with a newer release of pickle-core")
    } else {
        truncated(bytes.len() as u64, HEADER - bytes.len(), "the header")
    }
}

/// The error for bytes that end `end` bytes into the stream, where `what` lacks `missing` more.
#[cold]
pub(crate) fn truncated(end: u64, missing: usize, what: &str) -> Error {
    Error::new(ErrorKind::Truncated, format!("the bytes end within {what}: {missing} more are missing"))
        .at(end)
        .with_remedy("the file was cut short: write it again, or read it from an intact copy")
}

/// The error for `left` bytes too many, of which the last ends `end` bytes into the stream.
#[cold]
pub(crate) fn trailing(end: u64, left: usize) -> Error {
    Error::new(ErrorKind::Trailing, format!("{left} bytes follow the value"))
        .at(end - left as u64)
        .with_remedy("where several values follow each other, take them with `load` or `Unpickler::iter`")
}
