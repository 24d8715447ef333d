//! The tree: serde's data model as a type with a schema.

use std::borrow::Cow;

use crate::Pickle;

/// Any value that serde knows. Structs and variants keep the names of their parts, but not their own. A sequence of numbers
/// of one type is a run of them.
#[derive(Pickle, Debug, PartialEq)]
#[pickle(name = "Serde")]
pub(super) enum Data<'n> {
    None,
    Some(Box<Data<'n>>),
    Unit,
    Bool(bool),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    I128(i128),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
    U128(u128),
    F32(f32),
    F64(f64),
    Char(char),
    Str(String),
    Bytes(Vec<u8>),
    Seq(Vec<Data<'n>>),
    Map(Vec<(Data<'n>, Data<'n>)>),
    Struct(Vec<(Cow<'n, str>, Data<'n>)>),
    UnitVariant(Cow<'n, str>),
    Variant(Cow<'n, str>, Box<Data<'n>>),
    I8s(Vec<i8>),
    I16s(Vec<i16>),
    I32s(Vec<i32>),
    I64s(Vec<i64>),
    I128s(Vec<i128>),
    U8s(Vec<u8>),
    U16s(Vec<u16>),
    U32s(Vec<u32>),
    U64s(Vec<u64>),
    U128s(Vec<u128>),
    F32s(Vec<f32>),
    F64s(Vec<f64>),
    /// A sequence of structs: the names of the fields of the first, and each that has the same as a `Row`.
    Rows(Vec<Cow<'n, str>>, Vec<Data<'n>>),
    Row(Vec<Data<'n>>),
}

impl<'n> Data<'n> {
    /// A sequence.
    pub(super) fn sequence(items: Vec<Data<'n>>) -> Data<'n> {
        if let Some(run) = super::number::run(&items) {
            return run;
        }
        let Some(Data::Struct(first)) = items.first() else { return Data::Seq(items) };
        let names: Vec<_> = first.iter().map(|(name, _)| name.clone()).collect();
        let row = |item| match item {
            Data::Struct(fields) if fields.iter().map(|(name, _)| name).eq(&names) => {
                Data::Row(fields.into_iter().map(|(_, value)| value).collect())
            }
            other => other,
        };
        let rows = items.into_iter().map(row).collect();
        Data::Rows(names, rows)
    }
}

/// The numbers of the variants: what stands in a head.
pub(super) mod tag {
    pub(in super::super) const NONE: u8 = 0;
    pub(in super::super) const SOME: u8 = 1;
    pub(in super::super) const UNIT: u8 = 2;
    pub(in super::super) const BOOL: u8 = 3;
    /// The first number; the others follow in the order of [`Kind`](super::super::number::Kind).
    pub(in super::super) const NUMBER: u8 = 4;
    pub(in super::super) const CHAR: u8 = 16;
    pub(in super::super) const STR: u8 = 17;
    pub(in super::super) const BYTES: u8 = 18;
    pub(in super::super) const SEQ: u8 = 19;
    pub(in super::super) const MAP: u8 = 20;
    pub(in super::super) const STRUCT: u8 = 21;
    pub(in super::super) const UNIT_VARIANT: u8 = 22;
    pub(in super::super) const VARIANT: u8 = 23;
    /// The first run, in the same order.
    pub(in super::super) const RUN: u8 = 24;
    pub(in super::super) const ROWS: u8 = 36;
    pub(in super::super) const ROW: u8 = 37;
    /// How many there are.
    pub(in super::super) const COUNT: usize = 38;
}
