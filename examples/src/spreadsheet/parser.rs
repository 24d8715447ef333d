//! From the text of a formula to its tree.
//!
//! ```text
//! expression = term { ("+" | "-") term }
//! term       = factor { ("*" | "/") factor }
//! factor     = "-" factor | number | [ sheet ] cell | function "(" [ argument { "," argument } ] ")" | "(" expression ")"
//! argument   = [ sheet ] cell ":" cell | expression
//! sheet      = ( title | "'" title "'" ) "!"
//! ```

use pickle_core::Function;

use super::address::{Address, Range};
use super::cell::Inputs;
use super::error::{Error, Result};
use super::formula::{Argument, Expression, Operator};
use super::place::{Area, Title};

/// How deep a formula may nest. A tree within it stays far within what a dump takes.
pub const MAX_DEPTH: usize = 50;

/// A tree, and how deep it is.
type Tree = (Expression, usize);

/// Parses a formula without the `=` before it: `round(mean(A2:A51) / stdev(A2:A51), 2)`. What it reads it gets from `find`.
///
/// # Errors
/// [`Error::Formula`]: what was expected, at which byte; or the name of an unknown function with the nearest known ones.
/// Those of `find`.
pub fn parse_formula(text: &str, find: &mut dyn FnMut(Area) -> Result<Inputs>) -> Result<Expression> {
    let mut parser = Parser { text, find, at: 0, open: 0 };
    let (tree, _) = parser.expression()?;
    match parser.peek() {
        None => Ok(tree),
        Some(c) => Err(parser.error(format!("`{c}` was not expected"))),
    }
}

struct Parser<'t> {
    text: &'t str,
    find: &'t mut dyn FnMut(Area) -> Result<Inputs>,
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
            Some(c) if c.is_ascii_alphabetic() || c == '\'' => self.named()?,
            Some(c) => return Err(self.error(format!("a number, a cell, a function or `(` was expected, not `{c}`"))),
            None => return Err(self.error("the formula ends too early".to_owned())),
        };
        self.open -= 1;
        Ok(tree)
    }

    /// A function call where `(` follows the name, else a cell.
    fn named(&mut self) -> Result<Tree> {
        let sheet = self.sheet();
        let start = self.at;
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        if sheet.is_some() || self.peek() != Some('(') {
            let address: Address = name.parse().map_err(|error: Error| Error::Formula(error.to_string(), start))?;
            return Ok((Expression::Reference((self.find)(Area { sheet, range: Range::from(address) })?), 1));
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
        let sheet = self.sheet();
        if let Some(range) = self.range() {
            return Ok((Argument::Range((self.find)(Area { sheet, range })?), 1));
        }
        self.at = start;
        let (expression, depth) = self.expression()?;
        Ok((Argument::Expression(expression), depth))
    }

    /// The `sheet!` before a cell; where there is none, nothing is taken.
    fn sheet(&mut self) -> Option<Title> {
        let start = self.at;
        let quoted = self.peek() == Some('\'');
        let title = if quoted {
            self.at += 1;
            self.take_while(|c| c != '\'')
        } else {
            self.take_while(Title::is_plain)
        };
        let title = Title::new(title).ok();
        let end = if quoted { "'!" } else { "!" };
        if title.is_some() && self.text[self.at..].starts_with(end) {
            self.at += end.len();
            return title;
        }
        self.at = start;
        None
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
    use super::super::content::Number;
    use super::super::value::Value;
    use super::super::workbook::Workbook;
    use super::*;

    /// A workbook with 1 to 4 in the cells A1 to A4 of two sheets.
    fn book() -> Result<Workbook> {
        let mut book = Workbook::default();
        for title in ["here", "over there"] {
            book.add_sheet(title)?;
            for row in 1..=4 {
                let place = book.place(&format!("'{title}'!A{row}"))?;
                book.set(&place, Box::new(Number(f64::from(row))))?;
            }
        }
        Ok(book)
    }

    fn parse(book: &mut Workbook, text: &str) -> Result<Expression> {
        let here = Title::new("here")?;
        parse_formula(text, &mut |area| book.inputs(&here, area))
    }

    #[test]
    fn formulas_are_computed() -> Result<()> {
        let mut book = book()?;
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
            ("here!A2 * sum('over there'!A2:A3, 'over there'!A4)", 18.0),
        ] {
            assert_eq!(parse(&mut book, text)?.evaluate(), Ok(expected), "{text}");
        }
        Ok(())
    }

    #[test]
    fn a_tree_is_written_as_it_is_parsed() -> Result<()> {
        let mut book = book()?;
        for text in [
            "1 - (2 - 3)",
            "(1 + 2) * 3 / 4",
            "-(A1 + 2)",
            "round(mean(A1:B4) / 2, 1)",
            "--A1",
            "here!A1 + sum('over there'!A1:A1, 'over there'!B2)",
        ] {
            assert_eq!(parse(&mut book, text)?.to_string(), text);
        }
        Ok(())
    }

    #[test]
    fn errors_say_where() -> Result<()> {
        let mut book = book()?;
        for (text, expected) in [
            ("1 +", "the formula ends too early (at byte 3 of the formula)"),
            ("1 $ 2", "`$` was not expected (at byte 2 of the formula)"),
            ("(1", "`)` was expected (at byte 2 of the formula)"),
            ("1 + A1:A3", "`:` was not expected (at byte 6 of the formula)"),
            ("1.2.3", "`1.2.3` is no number (at byte 5 of the formula)"),
            ("here!sum(1)", "`sum` is no cell or range, such as `B3` or `A2:A51` (at byte 5 of the formula)"),
            ("there!A1", "there is no sheet `there`"),
            ("sum(A1:B5001)", "A1:B5001 has more than 10000 cells"),
        ] {
            let error = parse(&mut book, text).map(|tree| tree.to_string()).map_err(|error| error.to_string());
            assert_eq!(error, Err(expected.into()));
        }
        let error = parse(&mut book, "2 * maen(A1:A3)").expect_err("no such function").to_string();
        assert!(error.contains("`maen`") && error.contains("`mean`"), "{error}");
        Ok(())
    }

    #[test]
    fn what_nests_too_deep_is_refused() -> Result<()> {
        let mut book = book()?;
        for (open, close) in [("(", ")"), ("-", ""), ("sum(", ")"), ("1 + ", ""), ("1 - (", ")")] {
            let nested = |n| format!("{}1{}", open.repeat(n), close.repeat(n));
            let tree = parse(&mut book, &nested(MAX_DEPTH / 2 - 1))?;
            pickle_core::dumps(&tree)?;
            assert!(parse(&mut book, &nested(100_000)).is_err(), "{open}");
        }
        let deepest = format!("={}1", "1 + ".repeat(MAX_DEPTH - 1));
        let place = book.place("B1")?;
        book.enter(&place, &deepest)?;
        let back: Workbook = pickle_core::loads(&pickle_core::dumps(&book)?)?;
        assert_eq!(back.cell(&place).and_then(|cell| cell.value()), Some(Value::Number(50.0)));
        Ok(())
    }
}
