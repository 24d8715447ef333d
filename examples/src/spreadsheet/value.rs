//! What cells come to once they are computed.

use std::fmt;
use std::rc::Rc;

/// What a cell comes to.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number; never a NaN.
    Number(f64),
    /// A text.
    Text(String),
    /// Why there is no value. Shared, as it goes on to all that depends on the cell.
    Error(Rc<str>),
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        if number.is_nan() { Value::Error("not a number".into()) } else { Value::Number(number) }
    }
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
