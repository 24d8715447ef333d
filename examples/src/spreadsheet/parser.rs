//! From the text of a formula to its tree.
//!
//! ```text
//! expression = term { ("+" | "-") term }
//! term       = factor { ("*" | "/") factor }
//! factor     = "-" factor | number | cell | function "(" [ argument { "," argument } ] ")" | "(" expression ")"
//! argument   = cell ":" cell | expression
//! ```

use pickle_core::Function;

use super::address::{Address, Range};
use super::error::{Error, Result};
use super::formula::{Argument, Expression, Operator};

/// How deep a formula may nest. A tree within it stays far within what a dump takes.
pub const MAX_DEPTH: usize = 50;

/// A tree, and how deep it is.
type Tree = (Expression, usize);

/// Parses a formula without the `=` before it: `round(mean(A2:A51) / stdev(A2:A51), 2)`.
///
/// # Errors
/// [`Error::Formula`]: what was expected, at which byte; or the name of an unknown function with the nearest known ones.
pub fn parse_formula(text: &str) -> Result<Expression> {
    let mut parser = Parser { text, at: 0, open: 0 };
    let (tree, _) = parser.expression()?;
    match parser.peek() {
        None => Ok(tree),
        Some(c) => Err(parser.error(format!("`{c}` was not expected"))),
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    /// Factors that are not complete: what bounds the recursion.
    open: usize,
}

impl<'t> Parser<'t> {
    fn expression(&mut self) -> Result<Tree> {
        self.chain(&[Operator::Add, Operator::Subtract], Self::term)
    }

    fn term(&mut self) -> Result<Tree> {
        self.chain(&[Operator::Multiply, Operator::Divide], Self::factor)
    }

    /// Operands with any of the operators between them, grouped from the left.
    fn chain(&mut self, operators: &[Operator], operand: fn(&mut Self) -> Result<Tree>) -> Result<Tree> {
        let mut left = operand(self)?;
        while let Some(operator) = operators.iter().find(|operator| self.peek() == Some(operator.sign())) {
            self.at += 1;
            let right = operand(self)?;
            let depth = left.1.max(right.1);
            left = self.node(Expression::Binary(Box::new(left.0), *operator, Box::new(right.0)), depth)?;
        }
        Ok(left)
    }

    fn factor(&mut self) -> Result<Tree> {
        self.open += 1;
        if self.open > MAX_DEPTH {
            return Err(self.too_deep());
        }
        let tree = match self.peek() {
            Some('-') => {
                self.at += 1;
                let (x, depth) = self.factor()?;
                self.node(Expression::Negate(Box::new(x)), depth)?
            }
            Some('(') => {
                self.at += 1;
                let tree = self.expression()?;
                self.expect(')')?;
                tree
            }
            Some(c) if c.is_ascii_digit() || c == '.' => {
                let digits = self.take_while(|c| c.is_ascii_digit() || c == '.');
                let number = digits.parse().ok().filter(|number: &f64| number.is_finite());
                (Expression::Number(number.ok_or_else(|| self.error(format!("`{digits}` is no number")))?), 1)
            }
            Some(c) if c.is_ascii_alphabetic() => self.named()?,
            Some(c) => return Err(self.error(format!("a number, a cell, a function or `(` was expected, not `{c}`"))),
            None => return Err(self.error("the formula ends too early".to_owned())),
        };
        self.open -= 1;
        Ok(tree)
    }

    /// A function call where `(` follows the name, else a cell.
    fn named(&mut self) -> Result<Tree> {
        let start = self.at;
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        if self.peek() != Some('(') {
            return match name.parse() {
                Ok(address) => Ok((Expression::Reference(address), 1)),
                Err(error) => Err(Error::Formula(error.to_string(), start)),
            };
        }
        // A formula may name whatever the program registered under this signature, and nothing else.
        let function = Function::<fn(&[f64]) -> f64>::named(&name.to_ascii_lowercase());
        let function = function.map_err(|error| Error::Formula(error.to_string(), start))?;
        self.at += 1;
        let mut arguments = Vec::new();
        let mut depth = 0;
        while self.peek() != Some(')') {
            if !arguments.is_empty() {
                self.expect(',')?;
            }
            let (argument, argument_depth) = self.argument()?;
            arguments.push(argument);
            depth = depth.max(argument_depth);
        }
        self.expect(')')?;
        self.node(Expression::Call(function, arguments), depth)
    }

    fn argument(&mut self) -> Result<(Argument, usize)> {
        let start = self.at;
        if let Some(range) = self.range() {
            return Ok((Argument::Range(range), 1));
        }
        self.at = start;
        let (expression, depth) = self.expression()?;
        Ok((Argument::Expression(expression), depth))
    }

    fn range(&mut self) -> Option<Range> {
        let first = self.address()?;
        self.expect(':').ok()?;
        Some(Range::new(first, self.address()?))
    }

    fn address(&mut self) -> Option<Address> {
        self.peek();
        self.take_while(|c| c.is_ascii_alphanumeric()).parse().ok()
    }

    fn node(&self, expression: Expression, depth: usize) -> Result<Tree> {
        if depth < MAX_DEPTH { Ok((expression, depth + 1)) } else { Err(self.too_deep()) }
    }

    /// The next character that is no space; the parser stands before it then.
    fn peek(&mut self) -> Option<char> {
        self.take_while(|c| c == ' ');
        self.text[self.at..].chars().next()
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn expect(&mut self, c: char) -> Result<()> {
        if self.peek() != Some(c) {
            return Err(self.error(format!("`{c}` was expected")));
        }
        self.at += c.len_utf8();
        Ok(())
    }

    fn error(&self, message: String) -> Error {
        Error::Formula(message, self.at)
    }

    fn too_deep(&self) -> Error {
        self.error(format!("the formula nests more than {MAX_DEPTH} deep"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::{Value, Values};
    use super::*;

    fn values() -> Values {
        let mut values = Values::default();
        for row in 1..=4 {
            values.insert(Address::new(1, row).expect("rows start at 1"), Value::Number(f64::from(row)));
        }
        values
    }

    #[test]
    fn formulas_are_computed() -> Result<()> {
        for (text, expected) in [
            ("1 + 2 * 3", 7.0),
            ("(1 + 2) * 3", 9.0),
            ("10 - 2 - 3", 5.0),
            ("-A2 * -2", 4.0),
            ("8 / 2 / 2", 2.0),
            ("sum(A1:A4)", 10.0),
            ("SUM(A1:A2, A4, 1)", 8.0),
            ("round(mean(A1:A4) / stdev(A1:A4), 2)", 1.94),
            ("count()", 0.0),
            ("max(min(A2:A4), B9)", 2.0),
        ] {
            assert_eq!(parse_formula(text)?.evaluate(&values()), Ok(expected), "{text}");
        }
        Ok(())
    }

    #[test]
    fn a_tree_is_written_as_it_is_parsed() -> Result<()> {
        for text in ["1 - (2 - 3)", "(1 + 2) * 3 / 4", "-(A1 + 2)", "round(mean(A1:B4) / 2, 1)", "--A1"] {
            let tree = parse_formula(text)?;
            assert_eq!(tree.to_string(), text);
            assert_eq!(parse_formula(&tree.to_string())?, tree);
        }
        Ok(())
    }

    #[test]
    fn errors_say_where() {
        for (text, expected) in [
            ("1 +", "the formula ends too early (at byte 3 of the formula)"),
            ("1 $ 2", "`$` was not expected (at byte 2 of the formula)"),
            ("(1", "`)` was expected (at byte 2 of the formula)"),
            ("1 + A1:A3", "`:` was not expected (at byte 6 of the formula)"),
            ("1.2.3", "`1.2.3` is no number (at byte 5 of the formula)"),
        ] {
            assert_eq!(
                parse_formula(text).map(|tree| tree.to_string()).map_err(|e| e.to_string()),
                Err(expected.into())
            );
        }
        let error = parse_formula("2 * maen(A1:A3)").expect_err("no such function").to_string();
        assert!(error.contains("`maen`") && error.contains("`mean`"), "{error}");
    }

    #[test]
    fn what_nests_too_deep_is_refused() -> Result<()> {
        for (open, close) in [("(", ")"), ("-", ""), ("sum(", ")"), ("1 + ", ""), ("1 - (", ")")] {
            let nested = |n| format!("{}1{}", open.repeat(n), close.repeat(n));
            let tree = parse_formula(&nested(MAX_DEPTH / 2 - 1))?;
            pickle_core::dumps(&tree)?;
            assert!(parse_formula(&nested(100_000)).is_err(), "{open}");
        }
        let deepest = format!("{}1", "1 + ".repeat(MAX_DEPTH - 1).as_str());
        let bytes = pickle_core::dumps(&vec![Some(parse_formula(&deepest)?)])?;
        pickle_core::loads::<Vec<Option<Expression>>>(&bytes)?;
        Ok(())
    }
}
