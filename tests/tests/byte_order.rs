//! A stream is the same whatever machine wrote it: its bytes stand here, number for number, the low byte first.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Debug;
use std::rc::Rc;

use pickle_core::{Pickle, Pickler, UnpickleOwned, dumps, loads};

/// Compares the bytes behind the schema, loads them, and loads them as another machine would have written the rest.
#[track_caller]
fn stands_as<T: Pickle + UnpickleOwned + PartialEq + Debug>(value: &T, blocks: &[u8]) {
    let bytes = dumps(value).unwrap();
    let [a, b, c, d] = bytes[14..18] else { panic!("a schema is embedded") };
    let start = 18 + (a as usize | (b as usize) << 8 | (c as usize) << 16 | (d as usize) << 24);
    assert_eq!(&bytes[start..], blocks);
    assert_eq!(loads::<T>(&bytes).unwrap(), *value);
}

#[test]
fn numbers_of_every_width() {
    let value = (
        (0x0102u16, -2i16, 0x0102_0304u32, -2i32, 0x0102_0304_0506_0708u64, -2i64),
        (0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10u128, 1.5f32, -2.5f64, '\u{1f980}', 0x0102usize, -2isize),
    );
    #[rustfmt::skip]
    let blocks = [
        // Length of data, of the gap, flags, length of text.
        76, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0,
        0x02, 0x01, 0xfe, 0xff, 0x04, 0x03, 0x02, 0x01, 0xfe, 0xff, 0xff, 0xff,
        8, 7, 6, 5, 4, 3, 2, 1, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0x10, 0x0f, 0x0e, 0x0d, 0x0c, 0x0b, 0x0a, 0x09, 8, 7, 6, 5, 4, 3, 2, 1,
        0, 0, 0xc0, 0x3f, 0, 0, 0, 0, 0, 0, 0x04, 0xc0, 0x80, 0xf9, 0x01, 0,
        2, 1, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ];
    stands_as(&value, &blocks);
}

#[test]
fn runs_of_numbers() {
    let value = (vec![0x0102u16, 3], vec![0x0102_0304u32], vec![1.0f64], vec![(1u8, 0x0102u16)], "ab".to_owned());
    #[rustfmt::skip]
    let blocks = [
        24, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0,
        2, 1, 1, 1, 2,
        2, 1, 3, 0, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 1, 2, 1,
        b'a', b'b',
    ];
    stands_as(&value, &blocks);
}

#[derive(Pickle, Debug, PartialEq)]
struct Compact {
    #[pickle(compact)]
    unsigned: u32,
    #[pickle(compact)]
    signed: i128,
}

#[test]
fn lengths_and_compact_numbers() {
    let mut blocks = vec![0x35, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 255, 0x2c, 1, 0, 0, 0, 0, 0, 0];
    blocks.extend([7; 300]);
    stands_as(&vec![7u8; 300], &blocks);
    let compact = Compact { unsigned: 300, signed: -300 };
    stands_as(&compact, &[4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0xac, 0x02, 0xd7, 0x04]);
}

#[test]
fn shared_objects() {
    let shared = Rc::new(0x0102u16);
    #[rustfmt::skip]
    let blocks = [
        47, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0,
        // No scopes; one class: of scope 0, the pointer that is type 2 there, behind no trait; one object.
        0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0,
        // Its record: class 0, number 0, the value. The root: what has a head, then the two pointers.
        0, 0, 0, 0, 0, 0, 2, 1,
        6, 0xfe, 0xff, 0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
    stands_as(&((shared.clone(), shared), -2i16, -2i32), &blocks);
}

#[test]
fn header_and_checksum() {
    let bytes = Pickler::new().checksum(true).dumps(&0x0102u16).unwrap();
    #[rustfmt::skip]
    let expected = [
        0x89, b'P', b'K', b'L', 1, 3,
        // The first bytes of the SHA-256 of the schema; its length; the schema: `u16`, and no type.
        bytes[6], bytes[7], bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13],
        2, 0, 0, 0, 4, 0,
        2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0x02, 0x01,
    ];
    assert_eq!(&bytes[..bytes.len() - 4], expected);
    assert_eq!(bytes[6..14], hmac_sha256::Hash::hash(&[4, 0])[..8]);
    let crc = crc32(&expected);
    assert_eq!(bytes[bytes.len() - 4..], [crc as u8, (crc >> 8) as u8, (crc >> 16) as u8, (crc >> 24) as u8]);
}

/// CRC-32 as in zlib, a bit at a time.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
