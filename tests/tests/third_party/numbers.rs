//! Numbers, identifiers and sets of bits.

use either::Either;
use fixedbitset::FixedBitSet;
use num_bigint::{BigInt, BigUint};
use ordered_float::{NotNan, OrderedFloat};
use pickle_core::{Pickle, dumps, loads};
use pickle_tests::{assert_says, round_trip, same};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{alike, becomes, refused, shown};

#[test]
fn identifiers_are_sixteen_bytes() {
    #[derive(Pickle)]
    #[pickle(name = "Uuid")]
    struct Any([u8; 16]);
    same(vec![Uuid::nil(), Uuid::max(), Uuid::from_u128(0x1234_5678_9abc_def0_0fed_cba9_8765_4321)]);
    // Each run of bytes is one.
    for byte in 0..=255 {
        becomes(&Any([byte; 16]), &Uuid::from_bytes([byte; 16]));
    }
    let length = |count| dumps(&vec![Uuid::nil(); count]).unwrap().len();
    assert_eq!(length(100) - length(50), 50 * 16 + 16, "and the header of a second block");
}

#[test]
fn ordered_floats_are_floats() {
    same(vec![OrderedFloat(0.5f32), OrderedFloat(f32::NAN), OrderedFloat(-0.0)]);
    alike(&vec![1.5f64, -2.0], &vec![OrderedFloat(1.5f64), OrderedFloat(-2.0)]);
    alike(&vec![1.5f64, -2.0], &vec![NotNan::new(1.5f64).unwrap(), NotNan::new(-2.0).unwrap()]);
    becomes(&OrderedFloat(1.5f32), &NotNan::new(1.5f64).unwrap());
    assert_says(refused::<NotNan<f32>>(&f32::NAN), &["no `NotNan<f32>`"]);
    refused::<NotNan<f64>>(&-f64::NAN);
}

#[derive(Pickle)]
#[pickle(name = "Decimal")]
struct ForgedDecimal {
    negative: bool,
    digits: u128,
    scale: u8,
}

#[test]
fn decimals_are_their_digits() {
    for text in ["0", "1.10", "1.1", "-0.00", "79228162514264337593543950335", "-0.0000000000000000000000000001"] {
        let decimal: Decimal = text.parse().unwrap();
        let back = round_trip(&decimal);
        assert_eq!(back.serialize(), decimal.serialize(), "{text}: its scale and the sign of zero too");
    }
    let mut zero = Decimal::ZERO;
    zero.set_sign_negative(true);
    assert_eq!(round_trip(&zero).serialize(), zero.serialize());
    assert_eq!(shown(&Decimal::new(-125, 2)), "Decimal { negative: true, digits: 125, scale: 2 }");
    let forged = |digits, scale| refused::<Decimal>(&ForgedDecimal { negative: true, digits, scale });
    assert_says(forged(1, 29), &["no `Decimal`", "29"]);
    forged(1, 255);
    forged(1 << 96, 0);
    forged(u128::MAX, 3);
}

#[derive(Pickle)]
#[pickle(name = "BigUint")]
struct ForgedUnsigned {
    digits: Vec<u32>,
}

#[derive(Pickle)]
#[pickle(name = "BigInt")]
struct ForgedSigned {
    negative: bool,
    digits: Vec<u32>,
}

#[test]
fn big_integers_are_their_digits() {
    let huge = BigUint::from(10u8).pow(5000) + 7u8;
    for number in [BigUint::ZERO, BigUint::from(1u8), BigUint::from(u32::MAX), BigUint::from(1u64 << 32), huge] {
        same(number.clone());
        let signed = BigInt::from(number.clone());
        becomes(&number, &signed);
        same((signed.clone(), -signed));
    }
    assert_eq!(shown(&BigInt::from(-(1i64 << 32))), "BigInt { negative: true, digits: [0, 1] }");
    assert_says(refused::<BigUint>(&ForgedUnsigned { digits: vec![1, 0] }), &["its highest digit is zero"]);
    refused::<BigUint>(&ForgedUnsigned { digits: vec![0] });
    refused::<BigInt>(&ForgedSigned { negative: false, digits: vec![5, 0, 0] });
    assert_says(refused::<BigInt>(&ForgedSigned { negative: true, digits: vec![] }), &["zero has no sign"]);
}

#[derive(Pickle)]
#[pickle(name = "FixedBitSet")]
struct ForgedBits {
    length: usize,
    bits: Vec<u64>,
}

#[test]
fn sets_of_bits_are_their_bits() {
    for length in [0, 1, 63, 64, 65, 128, 1000] {
        let mut set = FixedBitSet::with_capacity(length);
        (0..length).step_by(3).for_each(|bit| set.insert(bit));
        let back = round_trip(&set);
        assert_eq!((back.len(), &back), (length, &set));
    }
    let mut set = FixedBitSet::with_capacity(65);
    set.extend([0, 2, 64]);
    assert_eq!(shown(&set), "FixedBitSet { length: 65, bits: [5, 1] }");
    assert_says(
        refused::<FixedBitSet>(&ForgedBits { length: 65, bits: vec![1] }),
        &["65 bits are not in 1 numbers of 64"],
    );
    refused::<FixedBitSet>(&ForgedBits { length: usize::MAX, bits: vec![1] });
    assert_says(refused::<FixedBitSet>(&ForgedBits { length: 3, bits: vec![8] }), &["a bit beyond its 3"]);
}

#[test]
fn either_is_an_enum() {
    type Both = Either<String, Vec<u8>>;
    same(vec![Both::Left("text".into()), Both::Right(vec![1, 2])]);
    assert_eq!(shown(&Both::Right(vec![1])), "Right([1])");
    let back: Either<String, Vec<u16>> = loads(&dumps(&Both::Right(vec![1])).unwrap()).unwrap();
    assert_eq!(back, Either::Right(vec![1]));
}
