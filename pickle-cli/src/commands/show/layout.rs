//! Which values stand on one line: that is for their types to say, because a walk tells a value before its parts.

use pickle_core::inspect::{Fields, Kind, Primitive, Style, Type};

/// Parts of a value on one line, at the most.
const PARTS: usize = 4;
/// Values in each other on one line.
const LEVELS: usize = 3;

/// Whether the text of a value tells its type well enough.
pub(super) fn is_told_by_its_text(kind: Type<'_>) -> bool {
    matches!(kind.kind(), Kind::Primitive(_) | Kind::NonZero(_) | Kind::Compact(_))
}

/// Whether elements of this type stand side by side: numbers, and whatever has no parts but text.
pub(super) fn is_number(kind: Type<'_>) -> bool {
    match kind.kind() {
        Kind::Primitive(primitive) => !matches!(primitive, Primitive::Text | Primitive::FunctionName | Primitive::Unit),
        Kind::NonZero(_) | Kind::Compact(_) => true,
        _ => false,
    }
}

/// Whether the fields of a struct, tuple or variant stand on its line: few simple ones, and text only without a name.
pub(super) fn fields_fit(fields: Fields<'_>) -> bool {
    let mut left = PARTS;
    fits_each(fields, &mut left, LEVELS)
}

/// Whether a key stands on the line of its entry.
pub(super) fn key_fits(kind: Type<'_>) -> bool {
    let mut left = PARTS;
    fits(kind, true, &mut left, LEVELS)
}

fn fits_each(fields: Fields<'_>, left: &mut usize, levels: usize) -> bool {
    let takes_text = fields.style() != Style::Named;
    fields.len() <= *left && fields.iter().all(|field| fits(field.kind, takes_text, left, levels))
}

fn fits(kind: Type<'_>, takes_text: bool, left: &mut usize, levels: usize) -> bool {
    let Some(levels) = levels.checked_sub(1) else { return false };
    let mut leaf = || left.checked_sub(1).map(|less| *left = less).is_some();
    match kind.kind() {
        Kind::Primitive(Primitive::Text | Primitive::FunctionName) => takes_text && leaf(),
        Kind::Primitive(_) | Kind::NonZero(_) | Kind::Compact(_) => leaf(),
        Kind::Optional(content) | Kind::Piece(content) => fits(content, takes_text, left, levels),
        Kind::Struct(_, fields) | Kind::Tuple(fields) => fits_each(fields, left, levels),
        Kind::Enum(_, variants) => leaf() && variants.iter().all(|variant| variant.fields.is_empty()),
        _ => false,
    }
}
