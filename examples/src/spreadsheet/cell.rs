//! The kinds of cells: an open set, behind a trait.

use std::fmt;

use pickle_core::{Pickle, object};

use super::address::Range;
use super::error::Result;
use super::formula::Expression;
use super::parser::parse_formula;
use super::value::{Value, Values};

/// What stands in a cell. A program adds a kind of its own by `#[derive(Pickle)]` on a type and `#[object]` on its `impl`.
#[object]
pub trait Cell: fmt::Debug {
    /// What a user types to get this cell.
    fn input(&self) -> String;

    /// The ranges that its value is computed from.
    fn reads(&self) -> Vec<Range> {
        Vec::new()
    }

    /// Its value; those of all that it [`reads`](Cell::reads) are there.
    fn compute(&self, values: &Values) -> Value;
}

/// A number that was typed or imported.
#[derive(Pickle, Debug)]
pub struct Number(
    /// The number.
    pub f64,
);

#[object]
impl Cell for Number {
    fn input(&self) -> String {
        self.0.to_string()
    }

    fn compute(&self, _: &Values) -> Value {
        if self.0.is_nan() { Value::Error("not a number".to_owned()) } else { Value::Number(self.0) }
    }
}

/// A text.
#[derive(Pickle, Debug)]
pub struct Text(
    /// The text.
    pub String,
);

#[object]
impl Cell for Text {
    fn input(&self) -> String {
        self.0.clone()
    }

    fn compute(&self, _: &Values) -> Value {
        Value::Text(self.0.clone())
    }
}

/// A formula: saved as its tree, so loading parses nothing.
#[derive(Pickle, Debug)]
pub struct Formula {
    tree: Expression,
}

impl Formula {
    /// Parses a formula, with or without the `=` before it.
    ///
    /// # Errors
    /// [`Error::Formula`](super::Error::Formula), which says at which byte.
    pub fn new(text: &str) -> Result<Self> {
        let tree = parse_formula(text.strip_prefix('=').unwrap_or(text))?;
        println!("constructed the formula ={tree}");
        Ok(Formula { tree })
    }
}

#[object]
impl Cell for Formula {
    fn input(&self) -> String {
        format!("={}", self.tree)
    }

    fn reads(&self) -> Vec<Range> {
        let mut ranges = Vec::new();
        self.tree.ranges(&mut ranges);
        ranges
    }

    fn compute(&self, values: &Values) -> Value {
        match self.tree.evaluate(values) {
            Ok(number) if number.is_nan() => Value::Error("not a number".to_owned()),
            Ok(number) => Value::Number(number),
            Err(error) => Value::Error(error),
        }
    }
}

/// The cell that a user's input makes: `=` starts a formula, what reads as a finite number is one, anything else is text.
///
/// # Errors
/// The formula can't be parsed.
pub fn parse_cell(input: &str) -> Result<Box<dyn Cell>> {
    if input.starts_with('=') {
        return Ok(Box::new(Formula::new(input)?));
    }
    match input.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Box::new(Number(number))),
        _ => Ok(Box::new(Text(input.to_owned()))),
    }
}
