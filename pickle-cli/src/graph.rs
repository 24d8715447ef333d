//! A value told as a walk tells a stream, but from the root on, each shared object where it is first met.

use std::collections::VecDeque;

use pickle_core::Value;
use pickle_core::inspect::{Composite, Kind, Object, Reference, Run, Step, Type, Visitor};
use pickle_core::value::{Data, Node};

/// What is told of a value.
pub(crate) trait Sink<'v>: Visitor<'v> {
    /// A pointer. Where it is `met` here for the first time, the object follows.
    fn pointer(&mut self, reference: Reference, kind: Type<'_>, met: bool) -> pickle_core::Result<()>;

    /// Whether objects that are met now may be told here; else they wait for a place where they may.
    fn takes_objects(&self) -> bool {
        true
    }
}

/// Objects that are told in each other; the next ones come after the root, so that a long list does not nest without end.
const NESTED: usize = 12;

enum Task<'v> {
    Value(Node<'v>),
    /// The parts of a composite from this one on.
    Parts(Node<'v>, Parts, usize),
    End,
    EndObject,
}

#[derive(Clone, Copy)]
enum Parts {
    Fields,
    Elements,
    Keys,
    Entries,
}

/// Tells all that a node holds, then the objects that were left over. Nothing recurses.
pub(crate) fn tell<'v, S: Sink<'v>>(value: &'v Value, from: Node<'v>, sink: &mut S) -> pickle_core::Result<()> {
    let mut telling =
        Telling { value, sink, met: vec![false; value.object_count()], later: VecDeque::new(), nested: 0 };
    telling.sink.begin_root(from.kind())?;
    telling.run(from)?;
    telling.sink.end_root()?;
    while let Some(id) = telling.later.pop_front() {
        if !std::mem::replace(&mut telling.met[id as usize], true)
            && let Some(object) = value.object(id)
        {
            telling.nested = 1;
            telling.sink.begin_object(described(id, object))?;
            telling.run(object)?;
            telling.sink.end_object()?;
        }
    }
    Ok(())
}

struct Telling<'t, 'v, S> {
    value: &'v Value,
    sink: &'t mut S,
    /// The objects that were told.
    met: Vec<bool>,
    later: VecDeque<u32>,
    nested: usize,
}

fn described(id: u32, object: Node<'_>) -> Object<'_> {
    Object { id, class: 0, kind: object.kind(), behind: None, opened: false }
}

impl<'v, S: Sink<'v>> Telling<'_, 'v, S> {
    fn run(&mut self, from: Node<'v>) -> pickle_core::Result<()> {
        let mut tasks = vec![Task::Value(from)];
        while let Some(task) = tasks.pop() {
            match task {
                Task::End => self.sink.end()?,
                Task::EndObject => {
                    self.nested -= 1;
                    self.sink.end_object()?;
                }
                Task::Value(node) => self.begin(node, &mut tasks)?,
                Task::Parts(node, parts, next) => {
                    let Some((step, part)) = part(node, parts, next) else {
                        self.sink.end()?;
                        continue;
                    };
                    self.sink.step(step)?;
                    tasks.push(Task::Parts(node, parts, next + 1));
                    tasks.push(Task::Value(part));
                }
            }
        }
        Ok(())
    }

    fn begin(&mut self, node: Node<'v>, tasks: &mut Vec<Task<'v>>) -> pickle_core::Result<()> {
        let kind = node.kind();
        let (composite, parts) = match node.data() {
            Data::Scalar(scalar) => return self.sink.scalar(scalar, kind),
            Data::Text(text) => return self.sink.string(text),
            Data::FunctionName(name) => return self.sink.function(name),
            Data::Reference(reference) => return self.pointer(reference, kind, tasks),
            Data::Absent => {
                self.sink.begin(Composite::Absent(kind))?;
                return self.sink.end();
            }
            Data::Present(content) => (Composite::Present(kind), Err(content)),
            Data::Piece(content) => (Composite::Piece(kind), Err(content)),
            Data::InCell(content) => (Composite::InCell(kind), Err(content)),
            Data::Versioned(_, content) => (Composite::Versioned(kind), Err(content)),
            Data::Dynamic(name, content) => {
                let composite = Composite::Dynamic { kind, number: 0, name, content: content.kind() };
                (composite, Err(content))
            }
            Data::Struct(_) => (Composite::Struct(kind), Ok(Parts::Fields)),
            Data::Tuple => (Composite::Tuple(kind), Ok(Parts::Fields)),
            Data::Variant(name) => {
                let number = match kind.kind() {
                    Kind::Enum(_, variants) => variants.iter().position(|variant| variant.name == name).unwrap_or(0),
                    _ => 0,
                };
                (Composite::Variant(kind, number), Ok(Parts::Fields))
            }
            Data::Array => (Composite::Array { kind, length: node.len() }, Ok(Parts::Elements)),
            Data::Sequence => (Composite::Sequence { kind, length: node.len() }, Ok(Parts::Elements)),
            Data::Set => (Composite::Set { kind, length: node.len() }, Ok(Parts::Keys)),
            Data::Map => (Composite::Map { kind, length: node.len() }, Ok(Parts::Entries)),
            _ => return Ok(()),
        };
        self.sink.begin(composite)?;
        match parts {
            Err(content) => tasks.extend([Task::End, Task::Value(content)]),
            Ok(parts) => match (node.as_run(), kind.kind()) {
                (Some((primitive, bytes)), Kind::Sequence(kind) | Kind::Array(kind, _)) => {
                    if !bytes.is_empty() {
                        self.sink.run(Run { kind, primitive, first: 0, bytes })?;
                    }
                    self.sink.end()?;
                }
                _ => tasks.push(Task::Parts(node, parts, 0)),
            },
        }
        Ok(())
    }

    fn pointer(
        &mut self,
        reference: Reference,
        kind: Type<'v>,
        tasks: &mut Vec<Task<'v>>,
    ) -> pickle_core::Result<()> {
        let Reference::Strong(id) = reference else { return self.sink.pointer(reference, kind, false) };
        let object = match (self.met.get_mut(id as usize), self.value.object(id)) {
            (Some(met), Some(object)) if !*met => {
                if self.nested < NESTED && self.sink.takes_objects() {
                    *met = true;
                    Some(object)
                } else {
                    if self.sink.takes_objects() {
                        self.later.push_back(id);
                    }
                    None
                }
            }
            _ => None,
        };
        self.sink.pointer(reference, kind, object.is_some())?;
        if let Some(object) = object {
            self.nested += 1;
            self.sink.begin_object(described(id, object))?;
            tasks.extend([Task::EndObject, Task::Value(object)]);
        }
        Ok(())
    }
}

/// A part of a composite, by its place. That of a struct is looked for, of which there are few.
fn part<'v>(node: Node<'v>, parts: Parts, place: usize) -> Option<(Step<'v>, Node<'v>)> {
    match parts {
        Parts::Fields => node.parts().nth(place),
        Parts::Elements => Some((Step::Index(place), node.get(place)?)),
        Parts::Keys => Some((Step::Key(place), node.get(place)?)),
        Parts::Entries if place.is_multiple_of(2) => {
            Some((Step::Key(place / 2), node.at(&format!("[key {}]", place / 2))?))
        },
        Parts::Entries => Some((Step::Index(place / 2), node.get(place / 2)?)),
    }
}
