//! The kinds of contents of cells: an open set, behind a trait.

use std::fmt;

use pickle_core::{Pickle, object};

use super::cell::Inputs;
use super::formula::Expression;
use super::value::Value;

/// What stands in a cell. A program adds a kind of its own by `#[derive(Pickle)]` on a type and `#[object]` on its `impl`.
#[object]
pub trait Content: fmt::Debug {
    /// What a user types to get this content.
    fn input(&self) -> String;

    /// The cells that its value is computed from. They are the same for as long as it lives.
    fn inputs(&self) -> Vec<&Inputs> {
        Vec::new()
    }

    /// Its value; those of all its [`inputs`](Content::inputs) are computed.
    fn compute(&self) -> Value;
}

/// A number that was typed or imported.
#[derive(Pickle, Debug)]
pub struct Number(
    /// The number.
    pub f64,
);

#[object]
impl Content for Number {
    fn input(&self) -> String {
        self.0.to_string()
    }

    fn compute(&self) -> Value {
        Value::from(self.0)
    }
}

/// A text.
#[derive(Pickle, Debug)]
pub struct Text(
    /// The text.
    pub String,
);

#[object]
impl Content for Text {
    fn input(&self) -> String {
        self.0.clone()
    }

    fn compute(&self) -> Value {
        Value::Text(self.0.clone())
    }
}

/// A formula: saved as its tree with the cells in it, so loading parses nothing and looks nothing up.
#[derive(Pickle, Debug)]
pub struct Formula {
    tree: Expression,
}

impl Formula {
    pub(super) fn new(tree: Expression) -> Self {
        println!("constructed the formula ={tree}");
        Formula { tree }
    }
}

#[object]
impl Content for Formula {
    fn input(&self) -> String {
        format!("={}", self.tree)
    }

    fn inputs(&self) -> Vec<&Inputs> {
        let mut inputs = Vec::new();
        self.tree.inputs(&mut inputs);
        inputs
    }

    fn compute(&self) -> Value {
        self.tree.evaluate().map_or_else(Value::Error, Value::from)
    }
}

/// The content of a constant: what reads as a finite number is one, anything else is text.
#[must_use]
pub fn constant(input: &str) -> Box<dyn Content> {
    match input.trim().parse::<f64>() {
        Ok(number) if number.is_finite() => Box::new(Number(number)),
        _ => Box::new(Text(input.to_owned())),
    }
}
