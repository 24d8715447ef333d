//! Taking exactly one stream from a `Read`: block by block, in steps that no claimed length decides.

use std::io::{ErrorKind as IoKind, Read};

use super::block::Frame;
use super::header::{self, HEADER, Header};
use super::{BLOCK_HEADER, LAST};
use crate::error::{Error, ErrorKind, Result};
use crate::schema;

/// The bytes of one stream: header and schema, each block on its own, the checksum's four bytes.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) prefix: Vec<u8>,
    pub(crate) blocks: Vec<Vec<u8>>,
    pub(crate) checksum: Vec<u8>,
}

impl Gathered {
    /// Takes one stream of at most `budget` bytes in memory; `None` where the reader has nothing more to give. What
    /// `check` refuses of its header and schema is not read on.
    pub(crate) fn read(
        reader: &mut dyn Read,
        budget: usize,
        check: impl FnOnce(&[u8]) -> Result<()>,
    ) -> Result<Option<Gathered>> {
        let mut source = Source { reader, taken: 0 };
        let mut left = budget;
        let mut take = |cost: usize, start: u64| -> Result<()> {
            left = left.checked_sub(cost).ok_or_else(|| {
                Error::new(ErrorKind::Limit, format!("the stream alone takes more than max_memory, {budget} bytes"))
                    .at(start)
                    .with_remedy("raise it with `Unpickler::max_memory`")
            })?;
            Ok(())
        };
        let mut all = Gathered::default();
        source.fill(&mut all.prefix, HEADER)?;
        if all.prefix.is_empty() {
            return Ok(None);
        }
        let header = Header::decode(&all.prefix)?;
        if header.embedded {
            source.expect(&mut all.prefix, 4, "the header")?;
            let length = all.prefix.last_chunk().map_or(0, |length| u32::from_le_bytes(*length)) as usize;
            if length > schema::MAX_BYTES {
                return Err(schema::too_large(length));
            }
            take(length, source.taken)?;
            source.expect(&mut all.prefix, length, "the schema")?;
        }
        check(&all.prefix)?;
        loop {
            let start = source.taken;
            let mut block = Vec::new();
            source.expect(&mut block, BLOCK_HEADER, "a block")?;
            let Some(bytes) = block.first_chunk::<BLOCK_HEADER>() else { continue };
            let frame = Frame::decode(bytes, start)?;
            let length = usize::try_from(frame.length()).unwrap_or(usize::MAX);
            let cost = length.saturating_add(BLOCK_HEADER + size_of::<Vec<u8>>());
            take(cost, start)?;
            source.expect(&mut block, length, "a block")?;
            all.blocks.push(block);
            if frame.flags & LAST != 0 {
                break;
            }
        }
        if header.checksum {
            source.expect(&mut all.checksum, 4, "the checksum")?;
        }
        Ok(Some(all))
    }

    /// Length of the blocks, all told.
    pub(crate) fn length(&self) -> usize {
        self.blocks.iter().map(Vec::len).sum()
    }
}

struct Source<'s> {
    reader: &'s mut dyn Read,
    taken: u64,
}

impl Source<'_> {
    fn expect(&mut self, buffer: &mut Vec<u8>, count: usize, what: &str) -> Result<()> {
        let got = self.fill(buffer, count)?;
        if got == count {
            return Ok(());
        }
        Err(header::truncated(self.taken, count - got, what))
    }

    /// Appends `count` bytes, or as many as there are. Never allocates more than twice what has arrived.
    fn fill(&mut self, buffer: &mut Vec<u8>, count: usize) -> Result<usize> {
        const STEP: usize = 128 << 10;
        let before = buffer.len();
        let wanted = before.saturating_add(count);
        while buffer.len() < wanted {
            let step = (wanted - buffer.len()).min(STEP.max(buffer.len()));
            let at = buffer.len();
            buffer.try_reserve_exact(step).map_err(|_| {
                Error::new(ErrorKind::Limit, format!("{step} bytes for the next block cannot be allocated"))
                    .at(self.taken)
                    .with_remedy("load it where there is more memory")
            })?;
            buffer.resize(at + step, 0);
            let got = self.read_into(&mut buffer[at..]);
            buffer.truncate(at + *got.as_ref().unwrap_or(&0));
            if got? < step {
                break;
            }
        }
        Ok(buffer.len() - before)
    }

    fn read_into(&mut self, place: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < place.len() {
            match self.reader.read(&mut place[filled..]) {
                Ok(0) => break,
                // A reader that claims more than it was given room for is not believed.
                Ok(n) => filled = (filled + n).min(place.len()),
                Err(error) if error.kind() == IoKind::Interrupted => {}
                Err(error) => return Err(Error::io("reading", error).at(self.taken + filled as u64)),
            }
        }
        self.taken += filled as u64;
        Ok(filled)
    }
}
