//! `#[pickle(compact)]`: an integer as a varint.

use std::convert::Infallible;

use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Describer, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

/// An integer that is written in as many bytes as it needs: seven bits a byte, the low ones first, the high bit says that
/// more follow (LEB128); a signed one is zigzagged first, so that small negative numbers stay short.
#[derive(Debug, Clone, Copy)]
pub struct Compact<T>(pub T);

/// An integer that can be compact.
#[diagnostic::on_unimplemented(
    message = "`#[pickle(compact)]` is for integers, not for `{Self}`",
    note = "it stores an integer in as many bytes as its value needs"
)]
pub trait Integer: Copy + Shape {
    fn to_bits(self) -> u128;
    fn from_bits(bits: u128) -> Option<Self>;
}

macro_rules! unsigned {
    ($($t:ty)*) => {$(
        impl Integer for $t {
            fn to_bits(self) -> u128 {
                self as u128
            }

            fn from_bits(bits: u128) -> Option<Self> {
                bits.try_into().ok()
            }
        }
    )*};
}
unsigned!(u8 u16 u32 u64 u128 usize);

macro_rules! signed {
    ($($t:ty)*) => {$(
        impl Integer for $t {
            fn to_bits(self) -> u128 {
                zigzag(self as i128)
            }

            fn from_bits(bits: u128) -> Option<Self> {
                unzigzag(bits).try_into().ok()
            }
        }
    )*};
}
signed!(i8 i16 i32 i64 i128 isize);

impl<T: Integer> Shape for Compact<T> {
    const HEAD: usize = 0;
    const BODY: bool = true;
    const NESTS: bool = false;

    fn name() -> String {
        format!("compact {}", T::name())
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.compact::<Self>(T::describe)
    }
}

impl<T: Integer> Pickle for Compact<T> {
    const FALLIBLE: bool = false;

    fn head(&self, _: &mut [u8]) {}

    fn body(&self, writer: &mut Writer<'_>) {
        writer.varint(self.0.to_bits());
    }
}

impl<'a, T: Integer> Unpickle<'a> for Compact<T> {
    fn build<'r>(_: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        T::from_bits(read(reader)?).map(Compact).ok_or_else(|| too_large(&T::name(), reader))
    }
}

/// Reads a varint.
pub(crate) fn read(reader: &mut Reader<'_, '_>) -> Result<u128> {
    let mut bits = 0u128;
    for i in 0..19 {
        // The writer keeps a number in one block, so the bytes after the first never open the next one.
        let byte = if i == 0 { reader.take(1)? } else { reader.take_here(1)? }[0];
        let part = u128::from(byte & 0x7f);
        if i > 0 && byte == 0 || i == 18 && part > 3 {
            return Err(reader.corrupt("a compact number that is longer than it need be"));
        }
        bits |= part << (7 * i);
        if byte < 0x80 {
            return Ok(bits);
        }
    }
    Err(reader.corrupt("a compact number that does not end"))
}

#[cold]
pub(crate) fn too_large(name: &str, reader: &Reader<'_, '_>) -> Error {
    reader.unwritten(ErrorKind::InvalidValue, &format!("a compact number does not fit in `{name}`"))
}

/// The bits of a signed number, so that small negative ones are small (zigzag), and back.
pub(crate) fn zigzag(number: i128) -> u128 {
    (number << 1 ^ number >> 127) as u128
}

pub(crate) fn unzigzag(bits: u128) -> i128 {
    (bits >> 1) as i128 ^ -((bits & 1) as i128)
}

#[must_use]
pub fn dump<T: Integer>(value: &T) -> Compact<T> {
    Compact(*value)
}

pub fn load<T: Integer>(value: Compact<T>) -> Result<T, Infallible> {
    Ok(value.0)
}
