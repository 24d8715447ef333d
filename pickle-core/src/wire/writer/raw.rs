//! Writing what has no Rust types.

use super::Writer;
use crate::schema::TypeSchema;
use crate::wire::header;

impl Writer<'_> {
    /// Begins a stream of a root that brings its own schema, and writes its objects itself where it has some.
    #[cold]
    pub(crate) fn start_own(&mut self, schema: &TypeSchema, objects: bool, checksum: bool) {
        self.clear();
        self.depth = self.max_depth;
        self.checksum = checksum.then(crc32fast::Hasher::new);
        self.begin(schema, if objects { header::OBJECTS } else { 0 });
    }

    /// Writes elements whose heads are all of them, and `length` bytes long each; a block may end between them.
    pub(crate) fn run(&mut self, mut heads: &[u8], length: usize) {
        while !heads.is_empty() {
            let fit = (self.top - self.cursor) / length * length;
            if fit == 0 {
                self.roll(length);
                continue;
            }
            let (now, later) = heads.split_at(fit.min(heads.len()));
            self.reserve(now.len()).copy_from_slice(now);
            heads = later;
        }
    }

    /// Writes a number in as many bytes as it needs.
    pub(crate) fn varint(&mut self, mut bits: u128) {
        let mut bytes = [0; 19];
        let mut length = 0;
        while bits >= 0x80 {
            bytes[length] = bits as u8 | 0x80;
            bits >>= 7;
            length += 1;
        }
        bytes[length] = bits as u8;
        self.reserve(length + 1).copy_from_slice(&bytes[..=length]);
    }
}
