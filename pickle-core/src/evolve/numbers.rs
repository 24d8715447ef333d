//! Numbers in a wider type: what is allowed by the two types alone, so that no value is ever rounded or cut.

use crate::schema::Primitive;

/// How many bits a number has: of an integer, or of a float's mantissa.
#[derive(Clone, Copy)]
enum Range {
    Unsigned(u32),
    Signed(u32),
    Float(u32),
}

fn range(primitive: Primitive) -> Option<Range> {
    use Primitive::*;
    Some(match primitive {
        U8 => Range::Unsigned(8),
        U16 => Range::Unsigned(16),
        U32 => Range::Unsigned(32),
        // On the wire these have 64 bits; what a machine can't hold is refused when the value is built.
        U64 | Usize => Range::Unsigned(64),
        U128 => Range::Unsigned(128),
        I8 => Range::Signed(8),
        I16 => Range::Signed(16),
        I32 => Range::Signed(32),
        I64 | Isize => Range::Signed(64),
        I128 => Range::Signed(128),
        F32 => Range::Float(24),
        F64 => Range::Float(53),
        Unit | Bool | Char | Text | FunctionName | Nanos => return None,
    })
}

/// Whether every number of the type `from` is one of the type `to`.
pub(super) fn widens(from: Primitive, to: Primitive) -> bool {
    match (range(from), range(to)) {
        (Some(Range::Unsigned(a)), Some(Range::Unsigned(b))) | (Some(Range::Signed(a)), Some(Range::Signed(b))) => {
            a <= b
        }
        (Some(Range::Unsigned(a)), Some(Range::Signed(b))) => a < b,
        (Some(Range::Unsigned(a) | Range::Signed(a)), Some(Range::Float(b))) => a <= b,
        (Some(Range::Float(a)), Some(Range::Float(b))) => a <= b,
        _ => false,
    }
}

/// Writes the number that has the bytes `from` into `to`, which is of a type that `widens` allows.
pub(super) fn widen(from: (Primitive, &[u8]), to: (Primitive, &mut [u8])) {
    let (primitive, bytes) = from;
    match (primitive, to.0) {
        _ if primitive == to.0 => to.1.copy_from_slice(bytes),
        (Primitive::F32, _) => {
            let number = bytes.first_chunk().map_or(0.0, |bytes| f32::from_le_bytes(*bytes));
            to.1.copy_from_slice(&f64::from(number).to_le_bytes());
        }
        _ => write_integer(extended(primitive, bytes), to),
    }
}

/// The bytes of an integer in 16, its sign kept.
pub(super) fn extended(primitive: Primitive, bytes: &[u8]) -> [u8; 16] {
    let negative = matches!(range(primitive), Some(Range::Signed(_))) && bytes.last().is_some_and(|last| *last >= 0x80);
    let mut wide = [if negative { 0xff } else { 0 }; 16];
    wide[..bytes.len()].copy_from_slice(bytes);
    wide
}

/// Writes an integer of 16 bytes as a number of another type.
pub(super) fn write_integer(wide: [u8; 16], to: (Primitive, &mut [u8])) {
    match to {
        // Any integer that may become a float has far fewer bits than an `i128`.
        (Primitive::F32, place) => place.copy_from_slice(&(i128::from_le_bytes(wide) as f32).to_le_bytes()),
        (Primitive::F64, place) => place.copy_from_slice(&(i128::from_le_bytes(wide) as f64).to_le_bytes()),
        (_, place) => place.copy_from_slice(&wide[..place.len()]),
    }
}

/// Whether a number is signed: how its varint is read.
pub(super) fn is_signed(primitive: Primitive) -> bool {
    matches!(range(primitive), Some(Range::Signed(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Primitive::*;

    #[test]
    fn only_what_loses_nothing_widens() {
        let integers = [U8, U16, U32, U64, U128, I8, I16, I32, I64, I128];
        let wider: Vec<_> =
            integers.iter().map(|from| integers.iter().filter(|to| widens(*from, **to)).count()).collect();
        assert_eq!(wider, [9, 7, 5, 3, 1, 5, 4, 3, 2, 1]);
        let floats: Vec<_> = integers.iter().map(|from| (widens(*from, F32), widens(*from, F64))).collect();
        let (both, double, none) = ((true, true), (false, true), (false, false));
        assert_eq!(floats, [both, both, double, none, none, both, both, double, none, none]);
        assert!(widens(F32, F64) && !widens(F64, F32) && !widens(F32, U64) && !widens(Bool, U8) && !widens(Char, U32));
    }

    #[test]
    fn signs_and_values_stay() {
        let widened = |from: Primitive, bytes: &[u8], to: Primitive| {
            let mut place = vec![0; to.head()];
            widen((from, bytes), (to, &mut place));
            place
        };
        assert_eq!(widened(I8, &(-5i8).to_le_bytes(), I64), (-5i64).to_le_bytes());
        assert_eq!(widened(U8, &[0xff], I16), 255i16.to_le_bytes());
        assert_eq!(widened(I32, &i32::MIN.to_le_bytes(), F64), f64::from(i32::MIN).to_le_bytes());
        assert_eq!(widened(F32, &1.5f32.to_le_bytes(), F64), 1.5f64.to_le_bytes());
        assert_eq!(widened(U64, &u64::MAX.to_le_bytes(), I128), i128::from(u64::MAX).to_le_bytes());
    }
}
