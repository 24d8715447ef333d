//! What cells come to once they are computed.

use std::collections::BTreeMap;
use std::fmt;

use super::address::{Address, Range};

/// What a cell comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number; never a NaN.
    Number(f64),
    /// A text.
    Text(String),
    /// Why there is no value.
    Error(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => f.write_str(&shown(*number)),
            // A control character would break the table that the text stands in.
            Value::Text(text) => {
                text.chars().try_for_each(|c| fmt::Write::write_char(f, if c.is_control() { '?' } else { c }))
            }
            Value::Error(error) => write!(f, "#{error}"),
        }
    }
}

/// At most four decimals; very large and very small numbers with an exponent.
fn shown(number: f64) -> String {
    let size = number.abs();
    if size >= 1e12 || (size > 0.0 && size < 1e-4) {
        return format!("{number:.4e}");
    }
    let text = format!("{number:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The values of all cells that are computed so far.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Values(BTreeMap<Address, Value>);

impl Values {
    /// The value of a cell; `None` where it is empty.
    #[must_use]
    pub fn get(&self, address: Address) -> Option<&Value> {
        self.0.get(&address)
    }

    /// The number in a cell; an empty one counts as 0.
    ///
    /// # Errors
    /// The cell holds a text, or an error.
    pub fn number(&self, address: Address) -> Result<f64, String> {
        match self.get(address) {
            None => Ok(0.0),
            Some(Value::Number(number)) => Ok(*number),
            Some(Value::Text(_)) => Err(format!("{address} is a text")),
            Some(Value::Error(error)) => Err(error.clone()),
        }
    }

    /// The numbers in a range, row by row; texts and empty cells are passed over, as spreadsheets do.
    ///
    /// # Errors
    /// The first error among the cells.
    pub fn numbers(&self, range: Range) -> Result<Vec<f64>, String> {
        let cells = self.0.range(range.first()..=range.last()).filter(|(address, _)| range.contains(**address));
        let numbers = cells.filter_map(|(_, value)| match value {
            Value::Number(number) => Some(Ok(*number)),
            Value::Text(_) => None,
            Value::Error(error) => Some(Err(error.clone())),
        });
        numbers.collect()
    }

    pub(super) fn insert(&mut self, address: Address, value: Value) {
        self.0.insert(address, value);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Address, &Value)> {
        self.0.iter().map(|(address, value)| (*address, value))
    }
}
