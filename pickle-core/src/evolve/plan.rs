//! How values of an older shape are brought into the reader's: one operation for each pair of types that meet.

use std::collections::HashMap;
use std::sync::Arc;

use super::numbers::widens;
use super::refuse::{Pair, Refusal};
use crate::error::{Error, ErrorKind, Result, Step};
use crate::graph::CellContent;
use crate::schema::{
    Details, FieldDefault, FieldDetails, Fields, Layout, Node, Other, Own, Primitive, Ref, Style, TypeSchema, TypeTable,
};
use crate::wire::Memory;

/// An operation of a plan.
pub(super) type OpId = usize;

/// How values of one type become values of another.
#[derive(Debug)]
pub(super) struct Op {
    pub(super) kind: Kind,
    pub(super) old: Ref,
    pub(super) from: Layout,
    pub(super) to: Layout,
    /// Whether its new head depends on its old body.
    pub(super) late: bool,
    /// Whether its head stays as it is.
    pub(super) copied: bool,
    /// Whether user code looks at it as soon as it is loaded.
    pub(super) solid: bool,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// All is head, and stays as it is.
    Copy,
    Widen(Primitive, Primitive),
    /// A number that was not zero, and need not be so any more.
    NonZero(Primitive, Primitive),
    /// A string, or the name of a function.
    Text,
    Compact(Primitive, Primitive),
    /// A number that was compact, and one that becomes so.
    Expand(Primitive, Primitive),
    Shorten(Primitive, Primitive),
    Option(OpId),
    Some(OpId),
    /// An option of the stream that must hold something.
    Unwrap(OpId),
    Sequence(OpId),
    FromArray(OpId, u64),
    Array(OpId, u64),
    Map(OpId, OpId),
    /// What lies in one piece on one side or on both, in a cell or not.
    Piece {
        content: OpId,
        old: Side,
        own: Side,
    },
    Fields(FieldsOp),
    Variants(Vec<Variant>),
    /// A value of a version that the reader's own code takes from there; `unwrap` where the stream tells the version.
    Version {
        version: u8,
        content: OpId,
        unwrap: bool,
        migrates: bool,
    },
    Dynamic {
        own: usize,
    },
    Shared {
        own: usize,
    },
    Weak,
    /// A value that becomes an object, and one that was an object.
    Share {
        content: OpId,
        own: usize,
    },
    Unshare {
        old: Ref,
        content: OpId,
    },
}

/// What a side of a piece is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    /// The content alone.
    Plain,
    Piece,
    /// A cell, with what a writer knows of its content.
    Cell(Option<CellContent>),
}

/// The parts of a struct, tuple or payload.
#[derive(Debug, Default)]
pub(super) struct FieldsOp {
    /// The reader's fields, in order.
    pub(super) fields: Vec<FieldOp>,
    /// The stream's fields, in order: their types, where their heads begin, and whether they have bodies.
    pub(super) old: Vec<(Ref, usize, bool)>,
    /// Those of them that nobody takes and whose heads may have bits that are no value.
    pub(super) checked: Vec<usize>,
    /// Whether a head depends on a body.
    pub(super) late: bool,
    /// Whether the bodies that are kept come in the reader's order.
    pub(super) in_order: bool,
    pub(super) heads: Vec<HeadStep>,
    /// What follows the heads, where it is in order.
    pub(super) bodies: Vec<BodyStep>,
    pub(super) from_head: usize,
    pub(super) to_head: usize,
}

#[derive(Debug)]
pub(super) struct FieldOp {
    pub(super) step: Step,
    pub(super) source: Source,
    /// Where its head lies among the reader's.
    pub(super) at: usize,
    pub(super) to: Layout,
}

/// Where a field comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// A field of the stream, by its number.
    Old(usize, OpId),
    Default(FieldDefault),
}

#[derive(Debug)]
pub(super) enum HeadStep {
    Copy { from: usize, to: usize, length: usize },
    Field(usize),
}

#[derive(Debug)]
pub(super) enum BodyStep {
    /// A body of the stream that nobody takes.
    Skip(usize),
    Field(usize),
}

/// What becomes of a variant.
#[derive(Debug)]
pub(super) enum Variant {
    Kept {
        number: usize,
        payload: FieldsOp,
    },
    /// The reader has no such variant, and one that stands for it.
    Other {
        number: usize,
        other: Other,
    },
    Unknown(String),
}

/// How values of a stream's shape become values of the reader's.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(super) old: Arc<TypeTable>,
    pub(super) own: &'static TypeSchema,
    pub(super) root: OpId,
    pub(super) ops: Vec<Op>,
    known: HashMap<(Ref, Ref), OpId>,
    /// How many fields its operations have, themselves counted.
    parts: usize,
}

/// From which type to which.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Route {
    pub(super) old: *const TypeTable,
    pub(super) from: Ref,
    pub(super) own: *const TypeSchema,
    pub(super) to: Ref,
}

/// Fields of all operations of a plan, at the most: each type of the one side may meet each of the other.
const MAX_PARTS: usize = 1 << 18;

impl Plan {
    /// Plans for values of the type `old` that become values of the type `to` of `own`.
    ///
    /// # Errors
    /// The first difference, from the root on, that can't be bridged without user code or the loss of something; a plan
    /// beyond the memory.
    pub(crate) fn new(
        (old, from): (&Arc<TypeTable>, Ref),
        (own, to): (&'static TypeSchema, Ref),
        memory: &mut Memory,
    ) -> Result<Plan> {
        let mut planner = Planner {
            old,
            own: own.own(),
            known: HashMap::new(),
            pairs: Vec::new(),
            parts: 0,
            memory: *memory,
            exceeded: None,
        };
        let root = planner.pair(from, to, None, None);
        let mut ops = Vec::new();
        while ops.len() < planner.pairs.len() {
            let next = ops.len();
            let op = planner.room(1).and_then(|()| planner.op(next));
            if let Some(error) = planner.exceeded.take() {
                return Err(error);
            }
            ops.push(op.map_err(|refusal| refusal.into_error(old, own, &planner.pairs, next))?);
            if planner.parts > MAX_PARTS {
                return Err(too_large(old, from));
            }
        }
        let Planner { known, parts, .. } = planner;
        memory.charge(Plan::size_of(ops.len(), parts))?;
        finish(&mut ops);
        Ok(Plan { old: old.clone(), own, root, ops, known, parts })
    }

    /// The operation for values of one type that become values of another, if they meet.
    pub(super) fn between(&self, from: Ref, to: Ref) -> Option<OpId> {
        self.known.get(&(from, to)).copied()
    }

    /// How many bytes it takes at the most.
    pub(super) fn size(&self) -> usize {
        Plan::size_of(self.ops.len(), self.parts)
    }

    /// The same for so many operations, which have so many parts; lists are there twice while they grow.
    fn size_of(ops: usize, parts: usize) -> usize {
        const OP: usize = 3 * (size_of::<Op>() + size_of::<Pair>()) + 4 * size_of::<((Ref, Ref), OpId)>();
        const PART: usize = 256;
        ops * OP + parts * PART
    }

    pub(super) fn op(&self, op: OpId) -> &Op {
        &self.ops[op]
    }
}

struct Planner<'p> {
    old: &'p TypeTable,
    own: &'static Own,
    known: HashMap<(Ref, Ref), OpId>,
    /// The pair of types of each operation, in the order in which they were met: nearest to the root first.
    pairs: Vec<Pair>,
    /// Operations and their parts so far, and the memory that they may take.
    parts: usize,
    memory: Memory,
    /// That they would take more.
    exceeded: Option<Error>,
}

#[cold]
fn too_large(old: &TypeTable, from: Ref) -> Error {
    let message = format!("more than {MAX_PARTS} fields of `{}` would have to be brought up", old.model.name(from));
    Error::new(ErrorKind::Limit, message).with_remedy("load it with the build that wrote it")
}

impl Op {
    /// Whether the value of the stream with this head counts toward the depth, as in a walk: where this is the operation
    /// that goes into it. What is behind `dyn` counts where its type is known.
    #[inline]
    pub(super) fn counts(&self, head: &[u8]) -> bool {
        self.from.counts
            && match self.kind {
                Kind::Option(_) => head != [0],
                Kind::Some(_) | Kind::Share { .. } | Kind::Piece { old: Side::Plain, .. } => false,
                Kind::Version { unwrap, .. } => unwrap,
                Kind::Dynamic { .. } => false,
                _ => true,
            }
    }
}

impl Kind {
    /// How many levels deeper what it does goes in the stack: what takes more of it counts as more than one.
    pub(super) fn levels(&self) -> usize {
        match self {
            Kind::Copy | Kind::Widen(..) | Kind::NonZero(..) | Kind::Text => 0,
            Kind::Compact(..) | Kind::Expand(..) | Kind::Shorten(..) => 0,
            Kind::Array(..) | Kind::Fields(_) | Kind::Shared { .. } | Kind::Weak | Kind::Share { .. } => 0,
            Kind::Option(_) | Kind::Sequence(_) | Kind::FromArray(..) | Kind::Map(..) | Kind::Variants(_) => 1,
            Kind::Some(_) | Kind::Unwrap(_) | Kind::Version { .. } => 1,
            Kind::Piece { .. } | Kind::Unshare { .. } => 2,
            Kind::Dynamic { .. } => 3,
        }
    }

    /// Whether it has one part, which is brought up in its place.
    pub(super) fn wraps(&self) -> bool {
        match self {
            Kind::Some(_) | Kind::Unwrap(_) | Kind::Version { .. } => true,
            Kind::Piece { old, own, .. } => !matches!((old, own), (Side::Cell(_), _) | (_, Side::Cell(_))),
            _ => false,
        }
    }
}

impl Planner<'_> {
    /// The operation for a pair of types, which is worked out in its turn.
    fn pair(&mut self, old: Ref, own: Ref, parent: Option<OpId>, step: Option<Step>) -> OpId {
        let next = self.pairs.len();
        let id = *self.known.entry((old, own)).or_insert(next);
        if id == next {
            self.pairs.push(Pair { old, own, parent, step });
        }
        id
    }

    /// Checks that there is memory for so many more parts; the refusal is not what is told.
    fn room(&mut self, parts: usize) -> Result<(), Refusal> {
        self.parts += parts;
        self.exceeded = self.memory.allows(Plan::size_of(self.pairs.len(), self.parts)).err();
        if self.exceeded.is_some() { Err(Refusal::Types) } else { Ok(()) }
    }

    fn op(&mut self, id: OpId) -> Result<Op, Refusal> {
        let Pair { old, own, .. } = self.pairs[id];
        let kind = self.kind(id, old, own)?;
        let (from, to) = (self.old.of(old), self.own.types.of(own));
        let solid = match own {
            Ref::Type(own) => self.details(own).solid || matches!(kind, Kind::Version { migrates: true, .. }),
            Ref::Primitive(_) => false,
        };
        Ok(Op { kind, old, from, to, late: false, copied: false, solid })
    }

    fn kind(&mut self, id: OpId, old: Ref, own: Ref) -> Result<Kind, Refusal> {
        let own_node = own_type(own);
        // Not borrowed from `self`: both outlive it.
        let (of_old, of_own) = (self.old, &self.own.types);
        let kind = match (of_old.node_of(old), of_own.node_of(own)) {
            (None, None) => primitive(old, own)?,
            (Some(Node::Compact(from)), Some(Node::Compact(to))) => number(*from, *to, Kind::Compact)?,
            (Some(Node::Compact(from)), None) => number(*from, own, Kind::Expand)?,
            (None, Some(Node::Compact(to))) => number(old, *to, Kind::Shorten)?,
            (Some(Node::NonZero(from)), Some(Node::NonZero(to))) => number(*from, *to, Kind::Widen)?,
            (Some(Node::NonZero(from)), None) => number(*from, own, Kind::NonZero)?,
            (Some(Node::Versioned(version, content)), Some(Node::Versioned(own_version, own_content))) => {
                self.version(id, (*version, *content, true), (*own_version, *own_content), own_node)?
            }
            (Some(Node::Struct(..) | Node::Enum(..)), Some(Node::Versioned(own_version, own_content))) => {
                self.version(id, (0, old, false), (*own_version, *own_content), own_node)?
            }
            (Some(Node::Versioned(version, _)), Some(Node::Struct(..) | Node::Enum(..))) => {
                return Err(Refusal::Newer { found: *version, own: 0 });
            }
            (Some(Node::Option(from)), Some(Node::Option(to))) => Kind::Option(self.pair(*from, *to, Some(id), None)),
            (Some(Node::Piece(from) | Node::Cell(from)), Some(Node::Piece(to) | Node::Cell(to))) => {
                self.piece(id, (*from, self.old_side(old)), (*to, self.own_side(own)))
            }
            // The pointers beside it say whether its objects can be brought up, but there may be none.
            (Some(Node::Weak(from)), Some(Node::Weak(to))) => {
                self.pair(*from, *to, Some(id), None);
                Kind::Weak
            }
            (Some(Node::Shared(from)), Some(Node::Shared(to))) => {
                // Objects have records of their own; that they can be brought up is asked here, before any is built.
                self.target(id, *from, *to);
                Kind::Shared { own: own_node }
            }
            (Some(Node::Piece(from) | Node::Cell(from)), _) => {
                self.piece(id, (*from, self.old_side(old)), (own, Side::Plain))
            }
            (_, Some(Node::Piece(to) | Node::Cell(to))) => {
                self.piece(id, (old, Side::Plain), (*to, self.own_side(own)))
            }
            (_, Some(Node::Option(to))) => Kind::Some(self.pair(old, *to, Some(id), None)),
            (_, Some(Node::Shared(to))) if !self.is_dynamic(*to) => {
                Kind::Share { content: self.pair(old, *to, Some(id), None), own: own_node }
            }
            (Some(Node::Shared(from)), _) if !matches!(of_old.node_of(*from), Some(Node::Dynamic(_))) => {
                Kind::Unshare { old: *from, content: self.pair(*from, own, Some(id), None) }
            }
            (Some(Node::Option(from)), _) => Kind::Unwrap(self.pair(*from, own, Some(id), None)),
            (Some(Node::Sequence(from)), Some(Node::Sequence(to)))
            | (Some(Node::Set(from)), Some(Node::Set(to) | Node::Sequence(to))) => {
                Kind::Sequence(self.pair(*from, *to, Some(id), Some(Step::Each)))
            }
            (Some(Node::Array(from, count)), Some(Node::Sequence(to))) => {
                Kind::FromArray(self.pair(*from, *to, Some(id), Some(Step::Each)), *count)
            }
            (Some(Node::Array(from, count)), Some(Node::Array(to, own_count))) if count == own_count => {
                Kind::Array(self.pair(*from, *to, Some(id), Some(Step::Each)), *count)
            }
            (Some(Node::Map(key, value)), Some(Node::Map(own_key, own_value))) => Kind::Map(
                self.pair(*key, *own_key, Some(id), Some(Step::EachKey)),
                self.pair(*value, *own_value, Some(id), Some(Step::Each)),
            ),
            (Some(Node::Tuple(from)), Some(Node::Tuple(to))) if from.len() == to.len() => {
                let fields = |parts: &[Ref]| Fields {
                    style: Style::Tuple,
                    fields: parts.iter().map(|part| (String::new(), *part)).collect(),
                };
                Kind::Fields(self.fields(id, &fields(from), &fields(to), &[])?)
            }
            (Some(Node::Struct(name, from)), Some(Node::Struct(own_name, to))) => {
                let details = self.details(own_node);
                is_named(name, own_name, details.names)?;
                Kind::Fields(self.fields(id, from, to, &details.fields)?)
            }
            (Some(Node::Enum(name, from)), Some(Node::Enum(own_name, to))) => {
                is_named(name, own_name, self.details(own_node).names)?;
                Kind::Variants(self.variants(id, from, to, own_node)?)
            }
            (Some(Node::Dynamic(name)), Some(Node::Dynamic(own_name))) => {
                is_named(name, own_name, self.details(own_node).names)?;
                Kind::Dynamic { own: own_node }
            }
            _ => return Err(Refusal::Types),
        };
        Ok(kind)
    }

    fn old_side(&self, old: Ref) -> Side {
        match self.old.node_of(old) {
            Some(Node::Cell(_)) => Side::Cell(None),
            _ => Side::Piece,
        }
    }

    fn own_side(&self, own: Ref) -> Side {
        match self.own.types.node_of(own) {
            Some(Node::Cell(_)) => Side::Cell(self.details(own_type(own)).cell),
            _ => Side::Piece,
        }
    }

    fn is_dynamic(&self, own: Ref) -> bool {
        matches!(self.own.types.node_of(own), Some(Node::Dynamic(_)))
    }

    fn details(&self, own: usize) -> &'static Details {
        &self.own.details[own]
    }

    fn piece(&mut self, id: OpId, (from, old): (Ref, Side), (to, own): (Ref, Side)) -> Kind {
        Kind::Piece { content: self.pair(from, to, Some(id), None), old, own }
    }

    /// Meets the types that two pointers point to, where these say more than that they are behind a trait.
    fn target(&mut self, id: OpId, from: Ref, to: Ref) {
        if matches!(self.old.node_of(from), Some(Node::Dynamic(_))) == self.is_dynamic(to) {
            self.pair(from, to, Some(id), None);
        }
    }

    /// A value of version `version`, whose content is of the type `content`; `unwrap` where its version stands before it.
    fn version(
        &mut self,
        id: OpId,
        (version, content, unwrap): (u8, Ref, bool),
        (own_version, own_content): (u8, Ref),
        own: usize,
    ) -> Result<Kind, Refusal> {
        if version > own_version {
            return Err(Refusal::Newer { found: version, own: own_version });
        }
        let migrations = &self.details(own).migrations;
        let target = match migrations.iter().find(|(from, _)| *from == version) {
            Some((_, target)) => *target,
            None if version == own_version => own_content,
            None => return Err(Refusal::NoMigration { found: version, own: own_version }),
        };
        // An older type may tell its version itself.
        let whole = self.pairs[id].old;
        let (content, unwrap) = match self.own.types.node_of(target) {
            Some(Node::Versioned(..)) => (whole, false),
            _ => (content, unwrap),
        };
        let migrates = migrations.iter().any(|(from, _)| *from == version);
        Ok(Kind::Version { version, content: self.pair(content, target, Some(id), None), unwrap, migrates })
    }

    fn fields(&mut self, id: OpId, from: &Fields, to: &Fields, details: &[FieldDetails]) -> Result<FieldsOp, Refusal> {
        self.room(to.fields.len() + from.fields.len())?;
        let mut op = FieldsOp {
            fields: Vec::with_capacity(to.fields.len()),
            old: Vec::with_capacity(from.fields.len()),
            ..FieldsOp::default()
        };
        for (_, part) in &from.fields {
            op.old.push((*part, op.from_head, self.old.of(*part).body));
            op.from_head = op.from_head.saturating_add(self.old.of(*part).head);
        }
        // A variant or struct without fields may get some; else the styles must agree.
        if from.style != to.style && !from.fields.is_empty() && !to.fields.is_empty() {
            return Err(Refusal::Style { old: from.clone(), own: to.clone() });
        }
        if to.style == Style::Tuple && from.fields.len() > to.fields.len() {
            return Err(Refusal::Style { old: from.clone(), own: to.clone() });
        }
        for (number, (name, part)) in to.fields.iter().enumerate() {
            let details = details.get(number);
            let found = match to.style {
                Style::Named => {
                    let is = |wanted: &str| from.fields.iter().position(|(old, _)| old == wanted);
                    let aliases = details.map_or(&[][..], |details| details.names.get(1..).unwrap_or_default());
                    is(name).or_else(|| aliases.iter().find_map(|alias| is(alias)))
                }
                Style::Tuple | Style::Unit => Some(number).filter(|number| *number < from.fields.len()),
            };
            let step = if to.style == Style::Named { Step::Field(name.clone().into()) } else { Step::Position(number) };
            let source = match (found, details.and_then(|details| details.default)) {
                (Some(found), _) => {
                    Source::Old(found, self.pair(from.fields[found].1, *part, Some(id), Some(step.clone())))
                }
                (None, Some(default)) => Source::Default(default),
                (None, None) => {
                    return Err(Refusal::Missing { field: name.clone(), old: from.clone(), own: to.clone() });
                }
            };
            let layout = self.own.types.of(*part);
            op.fields.push(FieldOp { step, source, at: op.to_head, to: layout });
            op.to_head += layout.head;
        }
        let mut checked: Vec<bool> = from.fields.iter().map(|(_, part)| self.old.of(*part).fallible).collect();
        for field in &op.fields {
            if let Source::Old(taken, _) = field.source {
                checked[taken] = false;
            }
        }
        op.checked = (0..checked.len()).filter(|old| checked[*old]).collect();
        Ok(op)
    }

    fn variants(
        &mut self,
        id: OpId,
        from: &[(String, Fields)],
        to: &[(String, Fields)],
        own: usize,
    ) -> Result<Vec<Variant>, Refusal> {
        let details = &self.details(own).variants;
        let other = details.iter().enumerate().find_map(|(number, variant)| Some((number, variant.other?)));
        self.room(from.len())?;
        let mut variants = Vec::with_capacity(from.len());
        for (name, fields) in from {
            let by_alias =
                || details.iter().position(|variant| variant.names.iter().skip(1).any(|alias| alias == name));
            let found = to.iter().position(|(own, _)| own == name).or_else(by_alias);
            variants.push(match (found, other) {
                (Some(number), _) => {
                    let of_fields = details.get(number).map_or(&[][..], |variant| &variant.fields);
                    let payload = self.fields(id, fields, &to[number].1, of_fields);
                    Variant::Kept { number, payload: payload.map_err(|refusal| refusal.in_variant(name))? }
                }
                (None, Some((number, other))) => Variant::Other { number, other },
                (None, None) => Variant::Unknown(name.clone()),
            });
        }
        Ok(variants)
    }
}

/// The number of a type of the table.
fn own_type(part: Ref) -> usize {
    match part {
        Ref::Type(index) => index,
        Ref::Primitive(_) => usize::MAX,
    }
}

fn is_named(old: &str, own: &str, names: &[&str]) -> Result<(), Refusal> {
    if old == own || names.iter().skip(1).any(|alias| *alias == old) { Ok(()) } else { Err(Refusal::Types) }
}

fn primitive(old: Ref, own: Ref) -> Result<Kind, Refusal> {
    match (old, own) {
        (Ref::Primitive(Primitive::Text), Ref::Primitive(Primitive::Text))
        | (Ref::Primitive(Primitive::FunctionName), Ref::Primitive(Primitive::FunctionName)) => Ok(Kind::Text),
        (Ref::Primitive(from), Ref::Primitive(to)) if from == to => Ok(Kind::Copy),
        _ => number(old, own, Kind::Widen),
    }
}

/// An operation on numbers, where the one type widens into the other.
fn number(old: Ref, own: Ref, kind: fn(Primitive, Primitive) -> Kind) -> Result<Kind, Refusal> {
    match (old, own) {
        (Ref::Primitive(from), Ref::Primitive(to)) if widens(from, to) => Ok(kind(from, to)),
        _ => Err(Refusal::Types),
    }
}

/// Works out what depends on more than one operation: which heads come late, which stay as they are, and which fields
/// stay in order.
fn finish(ops: &mut [Op]) {
    // Heads hold heads only so deep as types nest: each round settles one more level.
    loop {
        let found: Vec<(bool, bool)> = ops.iter().map(|op| (is_late(&op.kind, ops), is_copied(op, ops))).collect();
        let settled = ops.iter().zip(&found).all(|(op, found)| (op.late, op.copied) == *found);
        ops.iter_mut().zip(found).for_each(|(op, found)| (op.late, op.copied) = found);
        if settled {
            break;
        }
    }
    let measures: Vec<OpMeasure> =
        ops.iter().map(|op| OpMeasure { from: op.from, late: op.late, copied: op.copied }).collect();
    for op in ops {
        match &mut op.kind {
            Kind::Fields(fields) => fields.finish(&measures),
            Kind::Variants(variants) => {
                for variant in variants {
                    if let Variant::Kept { payload, .. } = variant {
                        payload.finish(&measures);
                    }
                }
            }
            _ => {}
        }
    }
}

struct OpMeasure {
    from: Layout,
    late: bool,
    copied: bool,
}

fn is_late(kind: &Kind, ops: &[Op]) -> bool {
    match kind {
        Kind::Piece { old: Side::Piece | Side::Cell(_), own: Side::Plain, .. } => true,
        Kind::Expand(..) | Kind::Unshare { .. } | Kind::Unwrap(_) => true,
        Kind::Array(item, _) => ops[*item].late,
        Kind::Fields(fields) => fields.fields.iter().any(|field| match field.source {
            Source::Old(_, op) => ops[op].late,
            Source::Default(_) => false,
        }),
        _ => false,
    }
}

fn is_copied(op: &Op, ops: &[Op]) -> bool {
    match &op.kind {
        Kind::Copy | Kind::Text | Kind::Option(_) | Kind::Sequence(_) | Kind::Map(..) => true,
        Kind::Array(item, _) => ops[*item].copied,
        Kind::Fields(fields) => {
            let stays = |field: &FieldOp| match field.source {
                Source::Old(old, op) => ops[op].copied && fields.old[old].1 == field.at,
                Source::Default(_) => false,
            };
            fields.from_head == fields.to_head && fields.fields.iter().all(stays)
        }
        _ => false,
    }
}

impl FieldsOp {
    fn finish(&mut self, ops: &[OpMeasure]) {
        self.late = self.fields.iter().any(|field| matches!(field.source, Source::Old(_, op) if ops[op].late));
        let kept: Vec<(usize, usize)> = self
            .fields
            .iter()
            .enumerate()
            .filter_map(|(i, field)| match field.source {
                Source::Old(old, _) => Some((old, i)),
                Source::Default(_) => None,
            })
            .collect();
        let with_body = kept.iter().filter(|(_, i)| match self.fields[*i].source {
            Source::Old(_, op) => ops[op].from.body,
            Source::Default(_) => false,
        });
        self.in_order = with_body.map(|(old, _)| *old).is_sorted();
        for (i, field) in self.fields.iter().enumerate() {
            let copied = match field.source {
                Source::Old(old, op) if ops[op].copied => Some(self.old[old].1),
                _ => None,
            };
            match (copied, self.heads.last_mut()) {
                (Some(from), Some(HeadStep::Copy { from: before, to, length }))
                    // A hostile head may be longer than any number tells; no block holds it.
                    if before.checked_add(*length) == Some(from) && *to + *length == field.at =>
                {
                    *length += field.to.head;
                }
                (Some(from), _) => self.heads.push(HeadStep::Copy { from, to: field.at, length: field.to.head }),
                (None, _) => self.heads.push(HeadStep::Field(i)),
            }
        }
        if self.in_order {
            let has_body = |old: usize| self.old[old].2;
            let mut next = 0;
            for (i, field) in self.fields.iter().enumerate() {
                match field.source {
                    Source::Old(old, op) if ops[op].from.body => {
                        self.bodies.extend((next..old).filter(|old| has_body(*old)).map(BodyStep::Skip));
                        next = old + 1;
                        self.bodies.push(BodyStep::Field(i));
                    }
                    _ if field.to.body => self.bodies.push(BodyStep::Field(i)),
                    _ => {}
                }
            }
            self.bodies.extend((next..self.old.len()).filter(|old| has_body(*old)).map(BodyStep::Skip));
        }
    }
}
