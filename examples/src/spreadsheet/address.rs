//! Where a cell is, and rectangles of cells.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use pickle_core::Pickle;

use super::error::{Error, Result};

const LETTERS: u32 = 26;

/// The place of one cell: `B3` is column 2, row 3. Sorts row by row.
///
/// Both numbers start at 1, so a stream with a zero in it is refused by the type alone.
#[derive(Pickle, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    row: NonZeroU32,
    column: NonZeroU32,
}

impl Address {
    /// The address at these numbers, which start at 1; `None` where one of them is 0.
    #[must_use]
    pub fn new(column: u32, row: u32) -> Option<Self> {
        Some(Address { row: NonZeroU32::new(row)?, column: NonZeroU32::new(column)? })
    }

    /// The row, from 1.
    #[must_use]
    pub fn row(self) -> u32 {
        self.row.get()
    }

    /// The column, from 1.
    #[must_use]
    pub fn column(self) -> u32 {
        self.column.get()
    }
}

/// The letters of a column: 1 is `A`, 26 is `Z`, 27 is `AA`.
pub(super) fn column_letters(mut column: u32) -> String {
    let mut letters = Vec::new();
    while column > 0 {
        column -= 1;
        letters.push(char::from(b'A' + (column % LETTERS) as u8));
        column /= LETTERS;
    }
    letters.iter().rev().collect()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_letters(self.column()), self.row)
    }
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let invalid = || Error::Address(text.to_owned());
        let split = text.find(|c: char| !c.is_ascii_alphabetic()).ok_or_else(invalid)?;
        let (letters, digits) = text.split_at(split);
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(invalid());
        }
        let column = letters.bytes().try_fold(0u32, |column, letter| {
            let digit = u32::from(letter.to_ascii_uppercase() - b'A') + 1;
            column.checked_mul(LETTERS)?.checked_add(digit)
        });
        let row = digits.parse().map_err(|_| invalid())?;
        column.and_then(|column| Address::new(column, row)).ok_or_else(invalid)
    }
}

/// A rectangle of cells, `A2:B51`, both corners included.
#[derive(Pickle, Debug, Clone, Copy, PartialEq, Eq)]
#[pickle(after_load = Self::check)]
pub struct Range {
    first: Address,
    last: Address,
}

impl Range {
    /// The rectangle between two corners, given in any order.
    #[must_use]
    pub fn new(a: Address, b: Address) -> Self {
        Range {
            first: Address { row: a.row.min(b.row), column: a.column.min(b.column) },
            last: Address { row: a.row.max(b.row), column: a.column.max(b.column) },
        }
    }

    /// The top left corner.
    #[must_use]
    pub fn first(self) -> Address {
        self.first
    }

    /// The bottom right corner.
    #[must_use]
    pub fn last(self) -> Address {
        self.last
    }

    /// The number of cells.
    #[must_use]
    pub fn size(self) -> u64 {
        let side = |first: u32, last: u32| u64::from(last - first) + 1;
        side(self.first.row(), self.last.row()) * side(self.first.column(), self.last.column())
    }

    /// The addresses of the cells, row by row.
    pub fn addresses(self) -> impl Iterator<Item = Address> {
        let columns = self.first.column()..=self.last.column();
        let rows = self.first.row()..=self.last.row();
        rows.flat_map(move |row| columns.clone().filter_map(move |column| Address::new(column, row)))
    }

    // All that looks at a range counts on the order of its corners, so no stream may bring in another.
    fn check(&mut self) -> Result<(), String> {
        if *self == Range::new(self.first, self.last) {
            Ok(())
        } else {
            Err(format!("the range {self} runs backwards"))
        }
    }
}

impl From<Address> for Range {
    fn from(address: Address) -> Self {
        Range { first: address, last: address }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.first, self.last)
    }
}

impl FromStr for Range {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (a, b) = text.split_once(':').ok_or_else(|| Error::Address(text.to_owned()))?;
        Ok(Range::new(a.parse()?, b.parse()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_they_are_read() -> Result<()> {
        for text in ["A1", "Z9", "AA10", "AZ1", "ZZ100", "AAA1", "XFD1048576", "MWLQKWU4294967295"] {
            assert_eq!(text.parse::<Address>()?.to_string(), text);
        }
        assert_eq!("b3".parse::<Address>()?, "B3".parse()?);
        Ok(())
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "A", "1", "A0", "A-1", "1A", "A1B", "A+1", "ZZZZZZZZ1", "A99999999999"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn corners_come_in_any_order() -> Result<()> {
        let range = "B3:A1".parse::<Range>()?;
        assert_eq!(range.to_string(), "A1:B3");
        let addresses: Vec<String> = range.addresses().map(|address| address.to_string()).collect();
        assert_eq!(addresses, ["A1", "B1", "A2", "B2", "A3", "B3"]);
        assert_eq!(range.size(), 6);
        assert_eq!("A1:MWLQKWU4294967295".parse::<Range>()?.size(), u64::from(u32::MAX).pow(2));
        Ok(())
    }
}
