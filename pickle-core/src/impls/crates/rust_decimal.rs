//! `Decimal`: its sign, its digits as an integer, and how many of them stand after the point.

use rust_decimal::Decimal;

use crate::Pickle;
use crate::impls::mirror::mirror;

#[derive(Pickle)]
#[pickle(name = "Decimal")]
struct DecimalMirror {
    /// Zero has a sign too.
    negative: bool,
    digits: u128,
    scale: u8,
}

mirror!([] Decimal, DecimalMirror,
    |decimal| DecimalMirror {
        negative: decimal.is_sign_negative(),
        digits: decimal.mantissa().unsigned_abs(),
        scale: decimal.scale() as u8,
    },
    try |DecimalMirror { negative, digits, scale }| make(negative, digits, scale));

fn make(negative: bool, digits: u128, scale: u8) -> Result<Decimal, rust_decimal::Error> {
    let digits = i128::try_from(digits).unwrap_or(i128::MAX);
    let mut decimal = Decimal::try_from_i128_with_scale(digits, scale.into())?;
    decimal.set_sign_negative(negative);
    Ok(decimal)
}
