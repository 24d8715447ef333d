//! The tree of a formula.

use std::fmt;
use std::rc::Rc;

use pickle_core::{Function, Pickle};

use super::cell::Inputs;

/// A formula as a tree. Functions and cells stand in it as themselves; the file holds the names of the functions.
#[derive(Pickle, Debug)]
pub enum Expression {
    /// `2.5`
    Number(f64),
    /// `B3`, `iris!B3`
    Reference(Inputs),
    /// `-x`
    Negate(Box<Expression>),
    /// `x + y`
    Binary(Box<Expression>, Operator, Box<Expression>),
    /// `mean(A2:A51)`: the function is called with the numbers of all its arguments in a row.
    Call(Function<fn(&[f64]) -> f64>, Vec<Argument>),
}

/// One argument of a function.
#[derive(Pickle, Debug)]
pub enum Argument {
    /// All the numbers of a range.
    Range(Inputs),
    /// One number.
    Expression(Expression),
}

/// What stands between two expressions.
#[derive(Pickle, Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    pub(super) fn sign(self) -> char {
        match self {
            Operator::Add => '+',
            Operator::Subtract => '-',
            Operator::Multiply => '*',
            Operator::Divide => '/',
        }
    }

    fn binding(self) -> u8 {
        match self {
            Operator::Add | Operator::Subtract => 1,
            Operator::Multiply | Operator::Divide => 2,
        }
    }

    fn apply(self, x: f64, y: f64) -> Result<f64, Rc<str>> {
        match self {
            Operator::Add => Ok(x + y),
            Operator::Subtract => Ok(x - y),
            Operator::Multiply => Ok(x * y),
            Operator::Divide if y == 0.0 => Err("division by zero".into()),
            Operator::Divide => Ok(x / y),
        }
    }
}

impl Expression {
    /// The number that the formula comes to.
    ///
    /// # Errors
    /// A cell that it reads holds no number, or it divides by zero.
    pub fn evaluate(&self) -> Result<f64, Rc<str>> {
        match self {
            Expression::Number(number) => Ok(*number),
            Expression::Reference(inputs) => inputs.number(),
            Expression::Negate(x) => Ok(-x.evaluate()?),
            Expression::Binary(x, operator, y) => operator.apply(x.evaluate()?, y.evaluate()?),
            Expression::Call(function, arguments) => {
                let mut numbers = Vec::new();
                for argument in arguments {
                    match argument {
                        Argument::Range(inputs) => numbers.extend(inputs.numbers()?),
                        Argument::Expression(expression) => numbers.push(expression.evaluate()?),
                    }
                }
                Ok(function(&numbers))
            }
        }
    }

    /// Adds what the formula reads to `all`.
    pub fn inputs<'t>(&'t self, all: &mut Vec<&'t Inputs>) {
        match self {
            Expression::Number(_) => {}
            Expression::Reference(inputs) => all.push(inputs),
            Expression::Negate(x) => x.inputs(all),
            Expression::Binary(x, _, y) => {
                x.inputs(all);
                y.inputs(all);
            }
            Expression::Call(_, arguments) => arguments.iter().for_each(|argument| match argument {
                Argument::Range(inputs) => all.push(inputs),
                Argument::Expression(expression) => expression.inputs(all),
            }),
        }
    }

    /// Writes the formula, in parentheses where it binds weaker than what stands around it.
    fn write(&self, f: &mut fmt::Formatter<'_>, around: u8) -> fmt::Result {
        match self {
            Expression::Number(number) => write!(f, "{number}"),
            Expression::Reference(inputs) => f.write_str(&inputs.area().first()),
            Expression::Negate(x) => {
                f.write_str("-")?;
                x.write(f, 3)
            }
            Expression::Binary(x, operator, y) => {
                let binding = operator.binding();
                let (open, close) = if binding < around { ("(", ")") } else { ("", "") };
                f.write_str(open)?;
                x.write(f, binding)?;
                write!(f, " {} ", operator.sign())?;
                y.write(f, binding + 1)?;
                f.write_str(close)
            }
            Expression::Call(function, arguments) => {
                write!(f, "{function:?}(")?;
                for (i, argument) in arguments.iter().enumerate() {
                    f.write_str(if i == 0 { "" } else { ", " })?;
                    match argument {
                        Argument::Range(inputs) => write!(f, "{}", inputs.area())?,
                        Argument::Expression(expression) => expression.write(f, 0)?,
                    }
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}
