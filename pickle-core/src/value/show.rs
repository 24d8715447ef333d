//! A value as Rust would write it, each shared object in full once.

use std::collections::HashSet;
use std::fmt::{self, Write};

use super::node::{Data, Node};
use crate::inspect::{Reference, Step};

/// What is still to be written, the next one last.
enum Task<'v> {
    Node(Node<'v>),
    /// The parts from this one on.
    Parts(Node<'v>, usize, Brackets),
    Text(&'static str),
}

#[derive(Clone, Copy)]
enum Brackets {
    Round,
    Square,
    Braces,
}

impl Brackets {
    fn ends(self) -> (char, char) {
        match self {
            Brackets::Round => ('(', ')'),
            Brackets::Square => ('[', ']'),
            Brackets::Braces => ('{', '}'),
        }
    }
}

pub(super) fn show(node: Node<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let pretty = f.alternate();
    let mut shown = HashSet::new();
    let mut tasks = vec![Task::Node(node)];
    let mut indent = 0;
    while let Some(task) = tasks.pop() {
        match task {
            Task::Text(text) => f.write_str(text)?,
            Task::Node(node) => begin(node, &mut tasks, &mut shown, f)?,
            Task::Parts(node, index, brackets) => {
                let (open, close) = brackets.ends();
                let space = matches!(brackets, Brackets::Braces) && !pretty;
                if index == node.part_count() {
                    if pretty && index > 0 {
                        indent -= 1;
                        new_line(indent, f)?;
                    } else if space && index > 0 {
                        f.write_char(' ')?;
                    } else if index == 1 && matches!(node.data(), Data::Tuple) {
                        f.write_char(',')?;
                    }
                    f.write_char(close)?;
                    continue;
                }
                // The value of an entry stands behind its key.
                let entry = matches!(node.data(), Data::Map) && index % 2 == 1;
                if entry {
                    f.write_str(": ")?;
                } else if index == 0 {
                    f.write_char(open)?;
                    if pretty {
                        indent += 1;
                    } else if space {
                        f.write_char(' ')?;
                    }
                } else {
                    f.write_str(if pretty { "," } else { ", " })?;
                }
                if pretty && !entry {
                    new_line(indent, f)?;
                }
                if let Step::Field(name) = node.step(index) {
                    write!(f, "{}: ", name.escape_debug())?;
                }
                tasks.push(Task::Parts(node, index + 1, brackets));
                match node.part(index) {
                    Some(part) => tasks.push(Task::Node(part)),
                    None => tasks.push(Task::Text("?")),
                }
            }
        }
    }
    Ok(())
}

fn new_line(indent: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('\n')?;
    (0..indent).try_for_each(|_| f.write_str("    "))
}

/// Begins a value: what has parts leaves them as a task.
fn begin<'v>(
    node: Node<'v>,
    tasks: &mut Vec<Task<'v>>,
    shown: &mut HashSet<u32>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut parts = |brackets: Brackets, f: &mut fmt::Formatter<'_>| {
        if node.part_count() == 0 {
            let (open, close) = brackets.ends();
            f.write_char(open)?;
            return f.write_char(close);
        }
        tasks.push(Task::Parts(node, 0, brackets));
        Ok(())
    };
    match node.data() {
        Data::Scalar(scalar) => write!(f, "{scalar}"),
        Data::Text(text) => write!(f, "{text:?}"),
        Data::FunctionName(name) => write!(f, "fn {}", name.escape_debug()),
        Data::Absent => f.write_str("None"),
        Data::Present(content) => {
            f.write_str("Some(")?;
            tasks.extend([Task::Text(")"), Task::Node(content)]);
            Ok(())
        }
        Data::Piece(content) | Data::InCell(content) | Data::Versioned(_, content) | Data::Dynamic(_, content) => {
            tasks.push(Task::Node(content));
            Ok(())
        }
        Data::Reference(Reference::Dangling) => f.write_str("Weak()"),
        Data::Reference(Reference::Weak(id)) => write!(f, "Weak(#{id})"),
        Data::Reference(Reference::Strong(id)) => {
            write!(f, "#{id}")?;
            if shown.insert(id)
                && let Some(object) = node.value.object(id)
            {
                f.write_char(' ')?;
                tasks.push(Task::Node(object));
            }
            Ok(())
        }
        Data::Struct(name) | Data::Variant(name) => {
            write!(f, "{}", name.escape_debug())?;
            if node.part_count() == 0 {
                return Ok(());
            }
            if matches!(node.step(0), Step::Field(_)) {
                f.write_char(' ')?;
                return parts(Brackets::Braces, f);
            }
            parts(Brackets::Round, f)
        }
        Data::Tuple => parts(Brackets::Round, f),
        Data::Array | Data::Sequence => parts(Brackets::Square, f),
        Data::Set | Data::Map => parts(Brackets::Braces, f),
    }
}
