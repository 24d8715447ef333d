//! Streams that no program writes, made by hand as FORMAT.md says.

/// Codes of primitives.
pub const UNIT: u64 = 0;
/// `bool`.
pub const BOOL: u64 = 1;
/// `char`.
pub const CHAR: u64 = 2;
/// `u8`.
pub const U8: u64 = 3;
/// `u64`.
pub const U64: u64 = 6;
/// `i8`.
pub const I8: u64 = 9;
/// `f64`.
pub const F64: u64 = 16;
/// A string.
pub const STRING: u64 = 17;
/// Nanoseconds of a second.
pub const NANOS: u64 = 19;
/// The first type of a table.
pub const TYPE: u64 = 32;

/// Header flag: shared objects come before the root.
pub const OBJECTS: u8 = 4;
/// Block flag: the stream ends with the block.
pub const LAST: u16 = 1;
/// Block flag: it defines types that only values name.
pub const TYPES: u16 = 2;

/// A number of LEB128.
#[must_use]
pub fn varint(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n >= 128 {
        bytes.push(n as u8 | 128);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

/// A type of this code whose parts are numbers.
#[must_use]
pub fn node(code: u8, parts: &[u64]) -> Vec<u8> {
    let mut bytes = vec![code];
    parts.iter().for_each(|part| bytes.extend(varint(*part)));
    bytes
}

/// An Option.
#[must_use]
pub fn option(of: u64) -> Vec<u8> {
    node(0, &[of])
}

/// A Sequence.
#[must_use]
pub fn sequence(of: u64) -> Vec<u8> {
    node(1, &[of])
}

/// An Array.
#[must_use]
pub fn array(of: u64, count: u64) -> Vec<u8> {
    node(4, &[of, count])
}

/// A Tuple.
#[must_use]
pub fn tuple(parts: &[u64]) -> Vec<u8> {
    let mut bytes = node(5, &[parts.len() as u64]);
    parts.iter().for_each(|part| bytes.extend(varint(*part)));
    bytes
}

/// A Piece.
#[must_use]
pub fn piece(of: u64) -> Vec<u8> {
    node(6, &[of])
}

/// A Shared.
#[must_use]
pub fn shared(of: u64) -> Vec<u8> {
    node(12, &[of])
}

/// A Dynamic.
#[must_use]
pub fn dynamic(name: &str) -> Vec<u8> {
    [vec![11], named(name)].concat()
}

/// The definition of a type that only values name, of this schema.
#[must_use]
pub fn definition(name: &str, schema: &[u8]) -> Vec<u8> {
    let fingerprint = &hmac_sha256::Hash::hash(schema)[..8];
    [named(name), fingerprint.to_vec(), varint(schema.len() as u64), schema.to_vec()].concat()
}

/// A Cell.
#[must_use]
pub fn cell(of: u64) -> Vec<u8> {
    node(14, &[of])
}

/// A name: its length, its bytes.
#[must_use]
pub fn named(name: &str) -> Vec<u8> {
    [varint(name.len() as u64), name.as_bytes().to_vec()].concat()
}

/// A Struct with named fields.
#[must_use]
pub fn structure(name: &str, fields: &[(&str, u64)]) -> Vec<u8> {
    let mut bytes = vec![9];
    bytes.extend(named(name));
    bytes.push(2);
    bytes.extend(varint(fields.len() as u64));
    for (name, of) in fields {
        bytes.extend(named(name));
        bytes.extend(varint(*of));
    }
    bytes
}

/// A block of both lanes, without a gap.
#[must_use]
pub fn block(data: &[u8], text: &[u8], flags: u16) -> Vec<u8> {
    let mut block = Vec::new();
    block.extend((data.len() as u32).to_le_bytes());
    block.extend(0u16.to_le_bytes());
    block.extend(flags.to_le_bytes());
    block.extend((text.len() as u32).to_le_bytes());
    block.extend(data);
    block.extend(text);
    block
}

/// The schema whose root is the first type of a table.
#[must_use]
pub fn schema(types: &[Vec<u8>]) -> Vec<u8> {
    let mut schema = varint(TYPE);
    schema.extend(varint(types.len() as u64));
    types.iter().for_each(|node| schema.extend(node));
    schema
}

/// Header and schema of a stream, its fingerprint in order.
#[must_use]
pub fn header(schema: &[u8], flags: u8) -> Vec<u8> {
    let mut bytes = vec![0x89, b'P', b'K', b'L', 1, 1 | flags];
    bytes.extend(&hmac_sha256::Hash::hash(schema)[..8]);
    bytes.extend((schema.len() as u32).to_le_bytes());
    bytes.extend(schema);
    bytes
}

/// A stream of one block whose root is the first type of the table.
#[must_use]
pub fn stream(types: &[Vec<u8>], flags: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = header(&schema(types), flags);
    bytes.extend(block(data, &[], LAST));
    bytes
}

/// Header and schema of a stream that a program wrote.
///
/// # Panics
/// If the bytes are no such stream.
#[must_use]
pub fn header_of(bytes: &[u8]) -> Vec<u8> {
    let length = bytes[14..].first_chunk().map(|length| u32::from_le_bytes(*length)).expect("a schema is embedded");
    bytes[..18 + length as usize].to_vec()
}

/// The tables of a stream without scopes: the Shareds of its classes, and how many objects there are.
#[must_use]
pub fn tables(classes: &[u32], objects: u32) -> Vec<u8> {
    let mut data = vec![0; 4];
    data.extend((classes.len() as u32).to_le_bytes());
    for class in classes {
        [0, *class, 0].iter().for_each(|number: &u32| data.extend(number.to_le_bytes()));
    }
    data.extend(objects.to_le_bytes());
    data
}

/// The record of an object of a class below 255.
#[must_use]
pub fn record(class: u8, id: u32, value: &[u8]) -> Vec<u8> {
    let mut data = vec![0, class];
    data.extend(id.to_le_bytes());
    data.extend(value);
    data
}

/// The entry that opens an object of class 0.
#[must_use]
pub fn open(id: u32) -> Vec<u8> {
    [&[2, 0][..], &id.to_le_bytes()].concat()
}

/// A fill of one cell, which holds `Some` pointer to an object.
#[must_use]
pub fn fill(id: u32) -> Vec<u8> {
    [&[5, 1][..], &id.to_le_bytes()].concat()
}

/// The last entry, of a root that is a pointer to an object.
#[must_use]
pub fn root(id: u32) -> Vec<u8> {
    [&[6][..], &id.to_le_bytes()].concat()
}

/// A length of 255 or more, and the byte in the head that says so.
#[must_use]
pub fn long(count: u64) -> Vec<u8> {
    let mut bytes = vec![255];
    bytes.extend(count.to_le_bytes());
    bytes
}
