//! A stream in its parts, as FORMAT.md has them: taken apart, and sealed again with lengths, fingerprint and checksum
//! that fit.

/// The parts of a stream.
#[derive(Debug, Clone, Default)]
pub struct Stream {
    /// All flags but that of the embedded schema.
    pub flags: u8,
    /// The fingerprint, where no schema is embedded to make it from.
    pub fingerprint: [u8; 8],
    /// The schema, where it is embedded.
    pub schema: Option<Vec<u8>>,
    /// The blocks, in order.
    pub blocks: Vec<Block>,
}

/// The parts of a block.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// Whether it has types and not values.
    pub types: bool,
    /// Everything but strings.
    pub data: Vec<u8>,
    /// Zeros between the lanes.
    pub gap: u16,
    /// The strings.
    pub text: Vec<u8>,
}

impl Block {
    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.data.is_empty() && self.text.is_empty()
    }
}

const MAGIC: [u8; 5] = [0x89, b'P', b'K', b'L', 1];
const EMBEDDED: u8 = 1;
/// The flag of a stream that ends with a checksum.
pub const CHECKSUM: u8 = 2;
/// The flag of a stream with shared objects.
pub const OBJECTS: u8 = 4;
const LAST: u16 = 1;
const TYPES: u16 = 2;

fn cut<'b>(bytes: &mut &'b [u8], length: usize) -> &'b [u8] {
    let (front, rest) = bytes.split_at(length.min(bytes.len()));
    *bytes = rest;
    front
}

fn number(bytes: &mut &[u8]) -> Option<u32> {
    cut(bytes, 4).try_into().ok().map(u32::from_le_bytes)
}

impl Stream {
    /// Takes a stream apart. What is cut short or too long is taken as far as it goes.
    #[must_use]
    pub fn parse(mut bytes: &[u8]) -> Option<Stream> {
        if cut(&mut bytes, MAGIC.len()) != MAGIC {
            return None;
        }
        let flags = *cut(&mut bytes, 1).first()?;
        let fingerprint = cut(&mut bytes, 8).try_into().ok()?;
        let mut schema = None;
        if flags & EMBEDDED != 0 {
            let length = number(&mut bytes)? as usize;
            schema = Some(cut(&mut bytes, length).to_vec());
        }
        let mut blocks = Vec::new();
        while bytes.len() > if flags & CHECKSUM != 0 { 4 } else { 0 } {
            let Some(data) = number(&mut bytes) else { break };
            let Some(middle) = number(&mut bytes) else { break };
            let Some(text) = number(&mut bytes) else { break };
            let data = cut(&mut bytes, data as usize).to_vec();
            let gap = cut(&mut bytes, usize::from(middle as u16)).len() as u16;
            let text = cut(&mut bytes, text as usize).to_vec();
            let kind = (middle >> 16) as u16;
            blocks.push(Block { types: kind & TYPES != 0, data, gap, text });
            if kind & LAST != 0 {
                break;
            }
        }
        Some(Stream { flags: flags & !EMBEDDED, fingerprint, schema, blocks })
    }

    /// The names and schemas of the types that it defines, by their numbers.
    #[must_use]
    pub fn definitions(&self) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        for block in self.blocks.iter().filter(|block| block.types) {
            let mut data = &block.data[..];
            while let Some((name, schema, end)) = definition(data) {
                found.push((String::from_utf8_lossy(&data[1..name]).into_owned(), data[schema].to_vec()));
                data = &data[end..];
            }
        }
        found
    }

    /// The bytes, sealed.
    #[must_use]
    pub fn seal(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(self.flags | if self.schema.is_some() { EMBEDDED } else { 0 });
        match &self.schema {
            Some(schema) => {
                bytes.extend(fingerprint(schema));
                bytes.extend((schema.len() as u32).to_le_bytes());
                bytes.extend(schema);
            }
            None => bytes.extend(self.fingerprint),
        }
        for (i, block) in self.blocks.iter().enumerate() {
            let last = if i + 1 == self.blocks.len() { LAST } else { 0 };
            bytes.extend((block.data.len() as u32).to_le_bytes());
            bytes.extend(block.gap.to_le_bytes());
            bytes.extend((last | if block.types { TYPES } else { 0 }).to_le_bytes());
            bytes.extend((block.text.len() as u32).to_le_bytes());
            bytes.extend(&block.data);
            bytes.resize(bytes.len() + usize::from(block.gap), 0);
            bytes.extend(&block.text);
        }
        if self.flags & CHECKSUM != 0 {
            bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        }
        bytes
    }
}

/// The fingerprint of a schema.
#[must_use]
pub fn fingerprint(schema: &[u8]) -> [u8; 8] {
    hmac_sha256::Hash::hash(schema)[..8].try_into().unwrap()
}

/// Writes a number of seven bits a byte.
pub fn varint(mut n: u128, bytes: &mut Vec<u8>) {
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
}

/// The end of the name, the schema and the end of the first definition.
pub(crate) fn definition(data: &[u8]) -> Option<(usize, std::ops::Range<usize>, usize)> {
    let name = 1 + usize::from(*data.first().filter(|length| **length < 128)?);
    let mut start = name + 8;
    let mut length = 0;
    for shift in [0, 7, 14] {
        let byte = *data.get(start)?;
        start += 1;
        length |= usize::from(byte & 0x7f) << shift;
        if byte < 128 {
            break;
        }
    }
    let end = start + length;
    (end <= data.len()).then_some((name, start..end, end))
}
