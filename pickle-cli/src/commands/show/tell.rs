//! A `Value` told to a tree from its root on, each shared object where the way to it from the root is shortest.

use std::collections::VecDeque;

use pickle_core::Value;
use pickle_core::inspect::{Composite, Kind, Reference, Run, Step, Type, Visitor};
use pickle_core::value::{Data, Node};

use super::tree::{Shown, Tree};
use crate::brief::unwrapped;

/// Objects that are told in each other; the next ones come after the root, so that a long list does not nest without end.
const NESTED: usize = 12;

enum Task<'v> {
    Value(Node<'v>),
    Parts(Box<dyn Iterator<Item = (Step<'v>, Node<'v>)> + 'v>),
    End,
    EndObject,
}

/// Tells all that a node holds, which may lie in an object, then the objects that were left over. Nothing recurses.
pub(super) fn tell<'v>(
    value: &'v Value,
    from: Node<'v>,
    object: Option<u32>,
    tree: &mut Tree<'_, '_>,
) -> pickle_core::Result<()> {
    let (mut homes, within) = (homes(value), object.unwrap_or(ROOT));
    // What was asked for is told, wherever else it would be.
    if let Data::Reference(Reference::Strong(id)) = unwrapped(from).data()
        && let Some(home) = homes.get_mut(id as usize)
    {
        *home = within;
    }
    if let Some(told) = object.and_then(|id| homes.get_mut(id as usize)) {
        *told = TOLD;
    }
    let mut telling = Telling { value, tree, homes, later: VecDeque::new(), within: vec![within] };
    telling.tree.begin_title();
    telling.run(from)?;
    while let Some(id) = telling.later.pop_front() {
        if let Some(object) = value.object(id) {
            telling.within = vec![id];
            telling.tree.heading(&format!("#{id}"));
            telling.run(object)?;
        }
    }
    Ok(())
}

/// In place of the number of an object: the root; and of one that is told already, or never.
const ROOT: u32 = u32::MAX;
const TOLD: u32 = u32::MAX - 1;

/// For each object the one in which the pointer stands at which it is met first, object by object from the root on.
fn homes(value: &Value) -> Vec<u32> {
    let mut homes = vec![TOLD; value.object_count()];
    let mut queue = VecDeque::from([(ROOT, value.root())]);
    while let Some((home, node)) = queue.pop_front() {
        let mut left = vec![Box::new(std::iter::once(node)) as Box<dyn Iterator<Item = Node<'_>>>];
        while let Some(nodes) = left.last_mut() {
            let Some(node) = nodes.next().map(unwrapped) else {
                left.pop();
                continue;
            };
            match node.data() {
                Data::Scalar(_) | Data::Text(_) | Data::FunctionName(_) | Data::Absent => {}
                Data::Reference(Reference::Strong(id)) => {
                    if let Some(met @ &mut TOLD) = homes.get_mut(id as usize) {
                        *met = home;
                        queue.extend(value.object(id).map(|object| (id, object)));
                    }
                }
                Data::Reference(_) => {}
                _ if node.as_run().is_some() => {}
                _ => left.push(Box::new(node.parts().map(|(_, part)| part))),
            }
        }
    }
    homes
}

struct Telling<'t, 'o, 'w, 'v> {
    value: &'v Value,
    tree: &'t mut Tree<'o, 'w>,
    /// Where each object is told.
    homes: Vec<u32>,
    later: VecDeque<u32>,
    /// The objects that are told in each other now.
    within: Vec<u32>,
}

impl<'v> Telling<'_, '_, '_, 'v> {
    fn run(&mut self, from: Node<'v>) -> pickle_core::Result<()> {
        let mut tasks = vec![Task::Value(from)];
        while let Some(task) = tasks.pop() {
            match task {
                Task::End => self.tree.end()?,
                Task::EndObject => {
                    self.within.pop();
                }
                Task::Value(node) => self.begin(node, &mut tasks)?,
                Task::Parts(mut parts) => match parts.next() {
                    None => self.tree.end()?,
                    Some((step, part)) => {
                        self.tree.step(step)?;
                        tasks.extend([Task::Parts(parts), Task::Value(part)]);
                    }
                },
            }
        }
        Ok(())
    }

    fn begin(&mut self, node: Node<'v>, tasks: &mut Vec<Task<'v>>) -> pickle_core::Result<()> {
        let kind = node.kind();
        let (composite, content) = match node.data() {
            Data::Scalar(scalar) => return self.tree.scalar(scalar, kind),
            Data::Text(text) => return self.tree.string(text),
            Data::FunctionName(name) => return self.tree.function(name),
            Data::Reference(reference) => return self.pointer(reference, kind, tasks),
            Data::Absent => {
                self.tree.begin(Composite::Absent(kind))?;
                return self.tree.end();
            }
            Data::Present(content) => (Composite::Present(kind), Some(content)),
            Data::Piece(content) => (Composite::Piece(kind), Some(content)),
            Data::InCell(content) => (Composite::InCell(kind), Some(content)),
            Data::Versioned(_, content) => (Composite::Versioned(kind), Some(content)),
            Data::Dynamic(name, content) => {
                (Composite::Dynamic { kind, number: 0, name, content: content.kind() }, Some(content))
            }
            Data::Struct(_) => (Composite::Struct(kind), None),
            Data::Tuple => (Composite::Tuple(kind), None),
            Data::Variant(name) => (Composite::Variant(kind, number_of(kind, name)), None),
            Data::Array => (Composite::Array { kind, length: node.len() }, None),
            Data::Sequence => (Composite::Sequence { kind, length: node.len() }, None),
            Data::Set => (Composite::Set { kind, length: node.len() }, None),
            Data::Map => (Composite::Map { kind, length: node.len() }, None),
            _ => return Ok(()),
        };
        self.tree.begin(composite)?;
        if let Some(content) = content {
            tasks.extend([Task::End, Task::Value(content)]);
            return Ok(());
        }
        match (node.as_run(), kind.kind()) {
            (Some((primitive, bytes)), Kind::Sequence(kind) | Kind::Array(kind, _)) => {
                self.tree.run(Run { kind, primitive, first: 0, bytes })?;
                self.tree.end()?;
            }
            _ => tasks.push(Task::Parts(Box::new(node.parts()))),
        }
        Ok(())
    }

    fn pointer(&mut self, reference: Reference, kind: Type<'v>, tasks: &mut Vec<Task<'v>>) -> pickle_core::Result<()> {
        if let Reference::Strong(id) = reference
            && self.tree.shows()
            && let Some(home) = self.homes.get_mut(id as usize)
            && self.within.last() == Some(home)
            && let Some(object) = self.value.object(id)
        {
            *home = TOLD;
            if self.within.len() <= NESTED {
                self.within.push(id);
                tasks.extend([Task::EndObject, Task::Value(object)]);
                let is_trait = matches!(kind.kind(), Kind::Shared(target) if matches!(target.kind(), Kind::Dynamic(_)));
                return self.tree.pointer(reference, kind, Shown::Here, is_trait.then(|| object.kind()));
            }
            self.later.push_back(id);
        }
        self.tree.pointer(reference, kind, Shown::Elsewhere, None)
    }
}

/// The number of a variant, by its name.
fn number_of(kind: Type<'_>, name: &str) -> usize {
    match kind.kind() {
        Kind::Enum(_, variants) => variants.iter().position(|variant| variant.name == name).unwrap_or(usize::MAX),
        _ => usize::MAX,
    }
}
