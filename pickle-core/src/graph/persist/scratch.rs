//! The bytes of records, as they were written.

use super::NO_UNIT;

/// The most bytes of chunks that are kept from one stream to the next.
const KEPT: usize = 64 << 20;
/// How many times those that a stream used may be kept unused.
const UNUSED: usize = 16;

/// Chunks, and what lies where in them.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) chunks: Vec<Vec<u8>>,
    /// Length of the chunks.
    pub(super) taken: usize,
    /// Length of what lies in them.
    pub(super) size: usize,
    /// Chunks of an earlier stream, the first to be used last.
    pub(super) spare: Vec<Vec<u8>>,
    marks: Vec<Mark>,
    /// Where each object's record begins.
    starts: Vec<Start>,
    /// Where the current segment begins in the chunk that the writer is at.
    data: usize,
    text: usize,
}

/// The end of a segment; it begins where the one before it ends.
#[derive(Clone, Copy)]
struct Mark {
    data: u32,
    text: u32,
    /// The cell that the segment lies in, `NO_UNIT`, or `CHUNK`.
    unit: u32,
}

/// Not a segment: the next chunk begins here.
const CHUNK: u32 = NO_UNIT - 1;

#[derive(Clone, Copy)]
struct Start {
    mark: u32,
    chunk: u32,
}

/// A run of data and text that lie in one chunk, and so will in one block.
#[derive(Clone, Copy)]
pub(super) struct Segment<'g> {
    pub(super) data: &'g [u8],
    pub(super) text: &'g [u8],
    unit: u32,
}

impl Segment<'_> {
    pub(super) fn is_deferred(&self, deferred: &[bool]) -> bool {
        self.unit != NO_UNIT && deferred[self.unit as usize]
    }
}

impl Scratch {
    /// Ends the current segment, if it has anything.
    #[inline]
    pub(super) fn cut(&mut self, data: usize, text: usize, unit: u32) {
        if data > self.data || text < self.text {
            self.marks.push(Mark { data: data as u32, text: text as u32, unit });
            self.size += data - self.data + self.text - text;
            self.data = data;
            self.text = text;
        }
    }

    /// Begins a chunk, which ends at `end`.
    pub(super) fn begin_chunk(&mut self, end: usize) {
        self.data = 0;
        self.text = end;
        self.marks.push(Mark { data: 0, text: end as u32, unit: CHUNK });
    }

    /// Takes a run that is larger than a chunk, as one.
    pub(super) fn large(&mut self, run: &[u8], is_text: bool, unit: u32) {
        let length = run.len() as u32;
        self.marks.push(Mark { data: 0, text: length, unit: CHUNK });
        let (data, text) = if is_text { (0, 0) } else { (length, length) };
        self.marks.push(Mark { data, text, unit });
        self.taken += run.len();
        self.size += run.len();
        self.chunks.push(run.to_vec());
    }

    /// Ends a record: the next object's begins.
    #[inline]
    pub(super) fn end_record(&mut self) {
        self.starts.push(Start { mark: self.marks.len() as u32, chunk: self.chunks.len() as u32 });
    }

    /// The segments of the root.
    pub(super) fn root(&self) -> impl Iterator<Item = Segment<'_>> {
        self.between(Start { mark: 1, chunk: 0 }, self.starts[0].mark)
    }

    /// The segments of an object's record.
    #[inline]
    pub(super) fn record(&self, id: usize) -> impl Iterator<Item = Segment<'_>> {
        self.between(self.starts[id], self.starts[id + 1].mark)
    }

    /// An object's record where it is one segment, as most are.
    #[inline]
    pub(super) fn only_segment(&self, id: usize) -> Option<Segment<'_>> {
        let (start, end) = (self.starts[id], self.starts[id + 1]);
        match self.marks[start.mark as usize - 1..end.mark as usize] {
            [before, here] if here.unit != CHUNK => Some(self.segment(start.chunk as usize, before, here)),
            _ => None,
        }
    }

    #[inline]
    fn segment(&self, chunk: usize, before: Mark, here: Mark) -> Segment<'_> {
        let bytes = &self.chunks[chunk];
        let data = &bytes[before.data as usize..here.data as usize];
        let text = &bytes[here.text as usize..before.text as usize];
        Segment { data, text, unit: here.unit }
    }

    #[inline]
    fn between(&self, start: Start, end: u32) -> impl Iterator<Item = Segment<'_>> {
        let mut chunk = start.chunk as usize;
        let marks = &self.marks[start.mark as usize - 1..end as usize];
        marks.windows(2).filter_map(move |ends| {
            let [before, here] = *ends else { return None };
            if here.unit == CHUNK {
                chunk += 1;
                return None;
            }
            Some(self.segment(chunk, before, here))
        })
    }

    /// Makes all chunks spare ones; false where they are too many to be kept.
    pub(super) fn empty(&mut self) -> bool {
        let bytes = |chunks: &[Vec<u8>]| chunks.iter().map(Vec::len).sum::<usize>();
        let (used, unused) = (bytes(&self.chunks), bytes(&self.spare));
        self.spare.extend(self.chunks.drain(..).rev());
        self.taken = 0;
        self.size = 0;
        self.marks.clear();
        self.starts.clear();
        used + unused <= KEPT && unused <= UNUSED * used
    }
}
