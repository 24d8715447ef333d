//! `BigUint` and `BigInt`: 32 bits in a number, the low ones first, the last one not zero.

use num_bigint::{BigInt, BigUint, Sign};

use crate::Pickle;
use crate::impls::mirror::mirror;

#[derive(Pickle)]
#[pickle(name = "BigUint")]
struct UnsignedMirror {
    digits: Vec<u32>,
}

mirror!([] BigUint, UnsignedMirror,
    |number| UnsignedMirror { digits: number.to_u32_digits() },
    charging |parts| bytes(&parts.digits),
    try |UnsignedMirror { digits }| unsigned(digits));

/// What the number takes beside the digits: they are 64 bits there.
fn bytes(digits: &[u32]) -> usize {
    digits.len().saturating_mul(4).saturating_add(8)
}

fn unsigned(digits: Vec<u32>) -> Result<BigUint, &'static str> {
    if digits.last() == Some(&0) { Err("its highest digit is zero") } else { Ok(BigUint::new(digits)) }
}

/// A number without a sign becomes one with a sign.
#[derive(Pickle)]
#[pickle(name = "BigInt", alias = "BigUint")]
struct SignedMirror {
    #[pickle(default)]
    negative: bool,
    digits: Vec<u32>,
}

mirror!([] BigInt, SignedMirror,
    |number| SignedMirror { negative: number.sign() == Sign::Minus, digits: number.magnitude().to_u32_digits() },
    charging |parts| bytes(&parts.digits),
    try |SignedMirror { negative, digits }| signed(negative, digits));

fn signed(negative: bool, digits: Vec<u32>) -> Result<BigInt, &'static str> {
    if negative && digits.is_empty() {
        return Err("zero has no sign");
    }
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    unsigned(digits).map(|magnitude| BigInt::from_biguint(sign, magnitude))
}
