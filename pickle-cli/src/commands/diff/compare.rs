//! Two values, compared part by part; objects are paired as they are met, those near the root first, and each is compared
//! once.

use std::collections::{HashMap, VecDeque};

use pickle_core::Value;
use pickle_core::inspect::{Reference, Scalar};
use pickle_core::value::{Data, Node};

use super::pairs::{self, Pairs};
use crate::brief::{behind_pointers, brief, differing};
use crate::path;

/// A difference.
#[derive(Debug, PartialEq)]
pub(super) enum Difference {
    Changed {
        old: String,
        new: String,
    },
    Removed {
        value: String,
    },
    Added {
        value: String,
    },
    /// Which object it is differs, whatever is in it.
    Sharing {
        old: String,
        new: String,
    },
    /// The schemas.
    Types {
        old: String,
        new: String,
    },
}

/// Parts of two composites that belong together, or one that has no partner.
pub(super) enum Item<'v> {
    Both(Label<'v>, Node<'v>, Node<'v>),
    Removed(Label<'v>, Node<'v>),
    Added(Label<'v>, Node<'v>),
}

/// The last step of a path.
pub(super) enum Label<'v> {
    Step(pickle_core::inspect::Step<'v>),
    /// The entry of a map or set with this key.
    Entry(String),
}

/// Characters of a value.
const SHOWN: usize = 60;
/// Bytes of a path that is kept: what is farther from the root is called by the number of its object.
const PATH: usize = 100;

enum Task<'v> {
    Pair(Node<'v>, Node<'v>),
    /// Parts, and how long the path to what they are parts of is.
    Parts(Pairs<'v>, usize),
}

/// An object's partner, and the path where the two were met.
type Partners = HashMap<u32, (u32, String)>;

pub(super) struct Compare<'v> {
    values: [&'v Value; 2],
    /// Of the objects of the one value in the other, and the other way round.
    partners: [Partners; 2],
    path: String,
    /// Objects that are still to be compared, and their paths.
    later: VecDeque<(Node<'v>, Node<'v>, String)>,
    tasks: Vec<Task<'v>>,
}

type Tell<'t> = dyn FnMut(&str, Difference) -> pickle_core::Result<()> + 't;

impl<'v> Compare<'v> {
    pub(super) fn new(a: &'v Value, b: &'v Value) -> Compare<'v> {
        Compare {
            values: [a, b],
            partners: Default::default(),
            path: String::new(),
            later: VecDeque::new(),
            tasks: vec![Task::Pair(a.root(), b.root())],
        }
    }

    /// Tells of all differences. Nothing recurses.
    pub(super) fn run(mut self, tell: &mut Tell<'_>) -> pickle_core::Result<()> {
        loop {
            while let Some(task) = self.tasks.pop() {
                match task {
                    Task::Pair(a, b) => self.pair(a, b, tell)?,
                    Task::Parts(mut parts, base) => {
                        self.path.truncate(base);
                        let Some(item) = parts.next() else { continue };
                        self.tasks.push(Task::Parts(parts, base));
                        self.item(item, tell)?;
                    }
                }
            }
            let Some((a, b, path)) = self.later.pop_front() else { return Ok(()) };
            self.path = path;
            self.tasks.push(Task::Pair(a, b));
        }
    }

    fn item(&mut self, item: Item<'v>, tell: &mut Tell<'_>) -> pickle_core::Result<()> {
        let (Item::Both(label, ..) | Item::Removed(label, _) | Item::Added(label, _)) = &item;
        match label {
            Label::Step(step) => path::push(&mut self.path, *step),
            Label::Entry(key) if key.starts_with('"') => self.path.extend(["[", key, "]"]),
            Label::Entry(key) => self.path.extend(["{", key, "}"]),
        }
        match item {
            Item::Both(_, a, b) => self.tasks.push(Task::Pair(a, b)),
            Item::Removed(_, a) => tell(&self.path, Difference::Removed { value: brief(a, SHOWN) })?,
            Item::Added(_, b) => tell(&self.path, Difference::Added { value: brief(b, SHOWN) })?,
        }
        Ok(())
    }

    fn pair(&mut self, a: Node<'v>, b: Node<'v>, tell: &mut Tell<'_>) -> pickle_core::Result<()> {
        let (a, b) = (bare(a), bare(b));
        let (a, b) = match (a.data(), b.data()) {
            (Data::Absent, Data::Absent) => return Ok(()),
            (Data::Absent, _) | (_, Data::Absent) => return self.changed(a, b, tell),
            (Data::Dynamic(x, _), Data::Dynamic(y, _)) if x != y => return self.changed(a, b, tell),
            (Data::Dynamic(_, x), Data::Dynamic(_, y)) | (Data::Present(x), Data::Present(y)) => (x, y),
            // What became optional, or is behind a trait now, is what it was.
            (Data::Present(x) | Data::Dynamic(_, x), _) => (x, b),
            (_, Data::Present(y) | Data::Dynamic(_, y)) => (a, y),
            _ => return self.bare_pair(a, b, tell),
        };
        self.tasks.push(Task::Pair(a, b));
        Ok(())
    }

    /// Two values that wrap nothing.
    fn bare_pair(&mut self, a: Node<'v>, b: Node<'v>, tell: &mut Tell<'_>) -> pickle_core::Result<()> {
        let base = self.path.len();
        let parts = match (a.data(), b.data()) {
            (Data::Scalar(x), Data::Scalar(y)) => {
                return match scalars(x, y) {
                    Some([old, new]) => tell(&self.path, Difference::Changed { old, new }),
                    None => Ok(()),
                };
            }
            (Data::Text(x), Data::Text(y)) if x == y => return Ok(()),
            (Data::Text(x), Data::Text(y)) => {
                let [old, new] = differing(x, y, SHOWN);
                return tell(&self.path, Difference::Changed { old, new });
            }
            (Data::FunctionName(x), Data::FunctionName(y)) if x == y => return Ok(()),
            (Data::Reference(x), Data::Reference(y)) => return self.references(x, y, tell),
            (Data::Variant(x), Data::Variant(y)) if x == y => pairs::fields(a, b),
            (Data::Struct(_) | Data::Tuple, Data::Struct(_) | Data::Tuple) => pairs::fields(a, b),
            (Data::Sequence | Data::Array, Data::Sequence | Data::Array) => pairs::elements(a, b),
            (Data::Set, Data::Set) | (Data::Map, Data::Map) => pairs::entries(a, b),
            (Data::Reference(_), _) | (_, Data::Reference(_)) => {
                // Text or a number that is shared now, or was, is what it was.
                let (x, y) = (behind_pointers(a), behind_pointers(b));
                match (x.data(), y.data()) {
                    (Data::Text(_), Data::Text(_)) | (Data::Scalar(_), Data::Scalar(_)) => {
                        self.tasks.push(Task::Pair(x, y));
                        return Ok(());
                    }
                    _ => return self.changed(a, b, tell),
                }
            }
            _ => return self.changed(a, b, tell),
        };
        self.tasks.push(Task::Parts(parts, base));
        Ok(())
    }

    fn changed(&self, a: Node<'_>, b: Node<'_>, tell: &mut Tell<'_>) -> pickle_core::Result<()> {
        let [mut old, mut new] = [a, b].map(|node| brief(node, SHOWN));
        if old == new {
            // They begin alike, or differ in their types.
            [old, new] = [a, b].map(|node| format!("{} {}", node.kind().name(), brief(node, SHOWN)));
        }
        tell(&self.path, Difference::Changed { old, new })
    }

    fn references(&mut self, x: Reference, y: Reference, tell: &mut Tell<'_>) -> pickle_core::Result<()> {
        let (Reference::Strong(i) | Reference::Weak(i), Reference::Strong(j) | Reference::Weak(j)) = (x, y) else {
            return match (x, y) {
                (Reference::Dangling, Reference::Dangling) => Ok(()),
                _ => {
                    let [old, new] = [x, y].map(|reference| match reference {
                        Reference::Strong(id) | Reference::Weak(id) => format!("a pointer to #{id}"),
                        Reference::Dangling => "a pointer to nothing".to_owned(),
                    });
                    tell(&self.path, Difference::Changed { old, new })
                }
            };
        };
        let [a, b] = &mut self.partners;
        let is_new = match (a.get(&i), b.get(&j)) {
            (Some((partner, _)), Some((back, _))) if *partner == j && *back == i => return Ok(()),
            (None, None) => true,
            (old, new) => {
                let describe = |met: Option<&(u32, String)>| match met {
                    Some((_, path)) => format!("the object at `{}`", if path.is_empty() { "(root)" } else { path }),
                    None => "an object not met before".to_owned(),
                };
                let is_new = old.is_none() || new.is_none();
                tell(&self.path, Difference::Sharing { old: describe(old), new: describe(new) })?;
                is_new
            }
        };
        if !is_new {
            return Ok(());
        }
        let path = match (self.path.len(), i == j) {
            (..=PATH, _) => self.path.clone(),
            (_, true) => format!("#{i}"),
            (_, false) => format!("#{i} (in B #{j})"),
        };
        // An object that was met keeps its partner.
        a.entry(i).or_insert_with(|| (j, path.clone()));
        b.entry(j).or_insert_with(|| (i, path.clone()));
        if let (Some(a), Some(b)) = (self.values[0].object(i), self.values[1].object(j)) {
            self.later.push_back((a, b, path));
        }
        Ok(())
    }
}

/// The value behind boxes, cells and versions, which are for the schemas to tell of.
fn bare(mut node: Node<'_>) -> Node<'_> {
    while let Data::Piece(inner) | Data::InCell(inner) | Data::Versioned(_, inner) = node.data() {
        node = inner;
    }
    node
}

/// The texts of two numbers that differ. Those of two types are compared by their texts.
fn scalars(x: Scalar, y: Scalar) -> Option<[String; 2]> {
    let bits = |scalar| match scalar {
        Scalar::F32(x) => Some(u64::from(x.to_bits())),
        Scalar::F64(x) => Some(x.to_bits()),
        _ => None,
    };
    let (old, new) = (x.to_string(), y.to_string());
    match (bits(x), bits(y)) {
        (Some(a), Some(b)) if std::mem::discriminant(&x) == std::mem::discriminant(&y) && old == new && a != b => {
            Some([format!("{old} ({a:#x})"), format!("{new} ({b:#x})")])
        }
        // `250` that became `250.0` is for the schemas to tell.
        _ => (old.trim_end_matches(".0") != new.trim_end_matches(".0")).then_some([old, new]),
    }
}
