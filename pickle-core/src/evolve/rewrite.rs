//! Writing the records of an old stream anew, in the reader's shape.
//!
//! A level of nesting takes little stack: what is rare, or large, is a function of its own that is left again before
//! the next level.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::keep::Origin;
use super::numbers::{extended, is_signed, widen, write_integer};
use super::objects::{Old, Place};
use super::plan::{Kind, OpId, Plan, Route, Side};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result, Step};
use crate::graph::{CellContent, Source};
use crate::private::compact;
use crate::schema::{DefaultValue, Node, Primitive, Schema};
use crate::stack::deeper;
use crate::wire::{Header, Input, Limits, Memory, Reader, Writer, short};

/// Levels of stack for each that counts toward the depth: not all do, as what hooks, adapters and reducers give.
const LEVELS: usize = 2;
/// Levels that a type may have of its own, beside those that its values nest in.
const OWN_LEVELS: usize = 64;

/// Brings a stream into the shape that it was planned for; gives a stream that only this program reads, and how many bytes
/// follow the old one.
///
/// # Errors
/// Damage, limits, and what only a value can tell: an unknown variant, an object that is shared and no longer may be.
pub(crate) fn rewrite(
    plan: &Arc<Plan>,
    header: Header,
    input: (Input<'_, '_>, usize, usize),
    (limits, memory): (&Limits, Memory),
    context: Option<&Context>,
) -> Result<Vec<u8>> {
    let (blocks, start, length) = input;
    let mut reader = Reader::new(blocks, start, length, header.embedded, limits, None::<&Context>);
    reader.set_memory_left(memory.left);
    reader.next()?;
    let mut old = Old::new(reader, plan.old.clone());
    if header.objects {
        old.find_objects()?;
    }
    let root = old.place();
    let mut rewriter = Rewriter {
        old,
        plan: plan.clone(),
        root,
        root_is_checked: false,
        targets: HashMap::new(),
        next_key: 0,
        plans: HashMap::new(),
        inlined: HashSet::new(),
        defaults: Vec::new(),
        next_default: 0,
        written: 0,
        left: usize::MAX,
        origin: Origin::new(blocks, start, length, header.objects),
        levels: limits.depth.saturating_mul(LEVELS).saturating_add(OWN_LEVELS),
    };
    rewriter.next_key = rewriter.old.objects.len() as u32;
    // As a rule the new stream is about as long as the old one; records with objects wait elsewhere.
    let left = rewriter.old.reader.memory().left;
    let room = if plan.own.may_share() { 0 } else { (length + length / 4).min(left) };
    let mut writer = Writer::new(Vec::with_capacity(room));
    writer.set_room(left);
    writer.set_options(Schema::Fingerprint, limits.depth, std::time::Duration::ZERO);
    writer.set_context(context);
    writer.start_rewriting(plan.own);
    rewriter.root(&mut writer);
    if writer.has_graph() {
        writer.finish_graph(&mut rewriter);
    }
    rewriter.within_memory(&mut writer)?;
    let length = writer.finish()?;
    let mut rewritten = writer.take_buffer();
    rewritten.truncate(length);
    Ok(rewritten)
}

pub(super) struct Rewriter<'r, 'a> {
    pub(super) old: Old<'r, 'a>,
    plan: Arc<Plan>,
    root: Place<'r, 'a>,
    /// Whether the end of the old stream was checked, once its root was read: objects may stand in blocks before the last.
    root_is_checked: bool,
    /// Where the objects of the new stream come from: those of the old one by their numbers, then values that have
    /// become objects.
    pub(super) targets: HashMap<u32, Target<'r, 'a>>,
    pub(super) next_key: u32,
    /// The plans for objects and for types behind `dyn`, where the plan of what refers to them has none.
    pub(super) plans: HashMap<Route, Arc<Plan>>,
    /// Objects that have become part of what referred to them.
    pub(super) inlined: HashSet<u32>,
    /// Defaults whose heads are written and whose bodies are not.
    pub(super) defaults: Vec<Option<Box<dyn DefaultValue>>>,
    pub(super) next_default: usize,
    /// What was charged for the new stream, and what that left.
    pub(super) written: usize,
    left: usize,
    /// The old stream as a whole.
    pub(super) origin: Origin<'r, 'a>,
    /// How much deeper it may go, whether that counts toward the depth or not.
    levels: usize,
}

#[derive(Clone)]
pub(super) struct Target<'r, 'a> {
    pub(super) plan: Arc<Plan>,
    pub(super) op: OpId,
    /// Of a value that becomes an object, where its body is, and its head.
    pub(super) value: Option<Box<(Place<'r, 'a>, &'r [u8])>>,
}

/// What lies within pieces, versions and options.
struct Wrapped<'r> {
    content: OpId,
    head: &'r [u8],
    /// Where the defaults of the values around were left, if a head was written.
    outside: Option<(usize, usize)>,
    /// How many of them count.
    counted: usize,
}

impl Source for Rewriter<'_, '_> {
    fn root(&mut self, writer: &mut Writer<'_>) {
        let (plan, root) = (self.plan.clone(), self.root.clone());
        self.old.go_to(&root);
        let mut written = self.value(&plan, plan.root, writer);
        if written.is_ok() && !self.root_is_checked {
            written = self.old.reader.used_up().and_then(|()| self.old.reader.nothing_follows());
            self.root_is_checked = true;
        }
        fail(written, writer);
    }

    fn object(&mut self, key: u32, writer: &mut Writer<'_>) {
        let Some(target) = self.targets.get(&key).cloned() else { return };
        let written = match target.value.as_deref() {
            Some((place, head)) => {
                self.old.go_to(place);
                self.piece(&target.plan, target.op, head, writer)
            }
            None => match self.old.objects.get(key as usize).and_then(|object| object.place.clone()) {
                Some(place) => {
                    self.old.go_to(&place);
                    self.value(&target.plan, target.op, writer)
                }
                None => return,
            },
        };
        fail(written.and_then(|()| self.within_memory(writer)), writer);
    }
}

fn fail(written: Result<()>, writer: &mut Writer<'_>) {
    if let Err(error) = written {
        writer.fail(error);
    }
}

/// What a writer has kept, so that its path is told on the way out.
pub(super) fn kept(writer: &mut Writer<'_>) -> Result<()> {
    match writer.take_error() {
        None => Ok(()),
        Some(error) => Err(error),
    }
}

// Heads. Where one comes late, it is read from the old body, which the reader is at; the reader comes back there.
impl<'r, 'a: 'r> Rewriter<'r, 'a> {
    /// Brings a value up: its head, then its body.
    pub(super) fn value(&mut self, plan: &Arc<Plan>, op: OpId, writer: &mut Writer<'_>) -> Result<()> {
        let head = self.old.reader.take(plan.op(op).from.head)?;
        self.piece(plan, op, head, writer)
    }

    /// The same for a value whose head was read.
    pub(super) fn piece(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        let outside = self.begin_defaults();
        self.head(plan, id, head, writer.reserve(plan.op(id).to.head))?;
        self.body(plan, id, head, writer)?;
        self.end_defaults(outside);
        Ok(())
    }

    /// Sets the defaults of the values around apart from those of the next one.
    pub(super) fn begin_defaults(&mut self) -> (usize, usize) {
        let outside = (self.defaults.len(), self.next_default);
        self.next_default = outside.0;
        outside
    }

    pub(super) fn end_defaults(&mut self, outside: (usize, usize)) {
        self.defaults.truncate(outside.0);
        self.next_default = outside.1;
    }

    /// Writes the new head.
    pub(super) fn head(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], to: &mut [u8]) -> Result<()> {
        match &plan.op(id).kind {
            Kind::Copy | Kind::Text | Kind::Option(_) | Kind::Sequence(_) | Kind::Map(..) => to.copy_from_slice(head),
            Kind::Widen(from, primitive) => widen((*from, head), (*primitive, to)),
            Kind::NonZero(from, primitive) => return self.no_zero((*from, head), (*primitive, to)),
            Kind::Expand(from, primitive) => return self.expanded_head((*from, *primitive), to),
            Kind::Some(_) => to[0] = 1,
            Kind::FromArray(_, count) => to[0] = short(usize::try_from(*count).unwrap_or(usize::MAX)),
            Kind::Version { version, .. } => to[0] = *version,
            Kind::Array(item, count) => return self.array_heads(plan, (*item, *count), head, to),
            Kind::Piece { content, old: Side::Piece | Side::Cell(_), own: Side::Plain } => {
                return self.head_within(plan, id, *content, to);
            }
            Kind::Unshare { old, content } => return self.head_of_object(plan, *old, *content, to),
            Kind::Unwrap(content) => return self.head_of_some(plan, id, *content, head, to),
            Kind::Fields(fields) if fields.late => return self.late_field_heads(plan, fields, head, to),
            Kind::Fields(fields) => return self.field_heads(plan, fields, head, &[], to),
            Kind::Variants(variants) => return self.variant_head(plan, id, variants, head, to),
            Kind::Compact(..) | Kind::Shorten(..) | Kind::Piece { .. } => {}
            Kind::Dynamic { .. } | Kind::Shared { .. } | Kind::Weak | Kind::Share { .. } => {}
        }
        Ok(())
    }

    fn no_zero(&self, from: (Primitive, &[u8]), to: (Primitive, &mut [u8])) -> Result<()> {
        if from.1.iter().all(|byte| *byte == 0) {
            return Err(self.old.reader.unwritten(ErrorKind::InvalidValue, "a `NonZero` is zero"));
        }
        widen(from, to);
        Ok(())
    }

    fn expanded_head(&mut self, (from, own): (Primitive, Primitive), to: &mut [u8]) -> Result<()> {
        let place = self.old.place();
        let wide = self.old.compact(from, is_signed(from))?;
        write_integer(wide, (own, to));
        self.old.go_to(&place);
        Ok(())
    }

    fn array_heads(
        &mut self,
        plan: &Arc<Plan>,
        (item, count): (OpId, u64),
        head: &'r [u8],
        to: &mut [u8],
    ) -> Result<()> {
        let of_item = plan.op(item);
        let (from, length) = (of_item.from.head, of_item.to.head);
        if length == 0 && !of_item.to.body {
            return Ok(());
        }
        let place = of_item.late.then(|| self.old.place());
        for i in 0..count as usize {
            let head = &head[i * from..(i + 1) * from];
            let mut written = self.head(plan, item, head, &mut to[i * length..(i + 1) * length]);
            if of_item.late && written.is_ok() {
                written = self.old.skim(&plan.old, of_item.old, head);
            }
            written.map_err(|error| error.step(Step::Index(i)))?;
        }
        if let Some(place) = place {
            self.old.go_to(&place);
        }
        Ok(())
    }

    /// The head of what lies within a piece, cell or option. The schema of a stream may have pieces without an end: they are
    /// levels.
    fn head_within(&mut self, plan: &Arc<Plan>, id: OpId, content: OpId, to: &mut [u8]) -> Result<()> {
        let here = self.old.here()?;
        let within = self.go_within(plan, id)?;
        let written = self.inner_head(plan, content, to);
        if let Some(within) = within {
            self.old.come_back(within);
        }
        self.old.come_back(here);
        written
    }

    /// The head of what an option holds.
    fn head_of_some(&mut self, plan: &Arc<Plan>, id: OpId, content: OpId, head: &[u8], to: &mut [u8]) -> Result<()> {
        match self.old.option(head)? {
            true => self.head_within(plan, id, content, to),
            false => Err(self.is_none(plan, content)),
        }
    }

    #[cold]
    fn is_none(&self, plan: &Plan, content: OpId) -> Error {
        let name = plan.old.model.name(plan.op(content).old);
        let message = format!("it is `None` here, and this program has no `Option<{name}>` in this place any more");
        self.old.reader.error(ErrorKind::WrongType, message).with_remedy(
            "give it the type `Option` again, or the type around it a `version` and a `migrate` from the old one",
        )
    }

    /// The head of a value that the reader is at.
    pub(super) fn inner_head(&mut self, plan: &Arc<Plan>, content: OpId, to: &mut [u8]) -> Result<()> {
        let head = self.old.reader.take(plan.op(content).from.head)?;
        self.begin_levels(1)?;
        deeper(|| self.head(plan, content, head, to))?;
        self.levels += 1;
        Ok(())
    }
}

// Bodies.
impl<'r, 'a: 'r> Rewriter<'r, 'a> {
    /// Brings up what follows a head that is written.
    pub(super) fn body(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        let op = plan.op(id);
        if op.solid && !writer.is_solid() {
            return self.solid_body(plan, id, head, writer);
        }
        if op.kind.wraps() {
            return self.wrapped(plan, id, head, writer);
        }
        let counts = op.counts(head);
        if counts {
            self.old.reader.enter()?;
        }
        let written = match &op.kind {
            Kind::Fields(fields) => self.field_bodies(plan, fields, head, writer),
            kind if kind.levels() > 0 => self.level(plan, id, head, writer),
            _ => self.flat_body(plan, id, head, writer),
        };
        if counts {
            self.old.reader.leave();
        }
        written
    }

    fn level(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        let mut written = self.begin_levels(plan.op(id).kind.levels());
        if written.is_ok() {
            written = deeper(|| self.nested(plan, id, head, writer));
            self.levels += plan.op(id).kind.levels();
        }
        written
    }

    /// Brings up what lies within pieces, versions and options that only one side has: one level, however many there are.
    fn wrapped(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        let mut found = Wrapped { content: id, head, outside: None, counted: 0 };
        let mut written = self.unwrap_all(plan, &mut found, writer);
        if written.is_ok() {
            written = self.body(plan, found.content, found.head, writer);
            self.end_wrapped(&found);
        }
        written
    }

    fn end_wrapped(&mut self, found: &Wrapped<'_>) {
        if let Some(outside) = found.outside {
            self.end_defaults(outside);
        }
        (0..found.counted).for_each(|_| self.old.reader.leave());
        self.levels += 1;
    }

    fn unwrap_all(&mut self, plan: &Arc<Plan>, found: &mut Wrapped<'r>, writer: &mut Writer<'_>) -> Result<()> {
        self.begin_levels(1)?;
        let mut passed = 0;
        loop {
            let op = plan.op(found.content);
            if !op.kind.wraps() || passed > 0 && op.solid && !writer.is_solid() {
                return Ok(());
            }
            // More than there are: they hold themselves.
            passed += 1;
            if passed > plan.ops.len() {
                return Err(self.old.reader.too_deep());
            }
            if op.counts(found.head) {
                self.old.reader.enter()?;
                found.counted += 1;
            }
            let (content, is_here, has_head) = match op.kind {
                Kind::Version { version, content, unwrap: true, .. } => {
                    self.old.check_version(version, found.head)?;
                    (content, false, false)
                }
                // Its head stands among those of what it is a part of now.
                Kind::Piece { content, own: Side::Plain, .. } | Kind::Unwrap(content) => (content, false, true),
                Kind::Piece { content, old: Side::Piece, .. } => (content, false, false),
                Kind::Piece { content, .. } | Kind::Version { content, .. } | Kind::Some(content) => {
                    (content, true, false)
                }
                _ => return Ok(()),
            };
            if !is_here {
                found.head = self.old.reader.take(plan.op(content).from.head)?;
            }
            if !has_head {
                let outside = self.begin_defaults();
                found.outside.get_or_insert(outside);
                self.head(plan, content, found.head, writer.reserve(plan.op(content).to.head))?;
            }
            found.content = content;
        }
    }

    fn begin_levels(&mut self, count: usize) -> Result<()> {
        match self.levels.checked_sub(count) {
            Some(levels) => self.levels = levels,
            None => return Err(self.old.reader.too_deep()),
        }
        Ok(())
    }

    fn solid_body(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        let mut written = Ok(());
        writer.solid(|writer| written = self.body(plan, id, head, writer));
        written
    }

    /// The same for what nests no deeper.
    fn flat_body(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        match &plan.op(id).kind {
            Kind::Text => self.text(head, writer),
            Kind::Expand(from, _) => self.pass_compact(*from),
            Kind::Compact(from, to) => self.compact(*from, *to, writer),
            Kind::Shorten(from, to) => self.shorten(*from, *to, head, writer),
            Kind::Array(item, count) => self.array_bodies(plan, (*item, *count), head, writer),
            Kind::Shared { own } => self.shared(plan, *own, writer),
            Kind::Weak => self.weak(writer),
            Kind::Share { content, own } => self.share(plan, (*content, head), *own, writer),
            _ => Ok(()),
        }
    }

    fn nested(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        match &plan.op(id).kind {
            Kind::Option(content) => match self.old.option(head)? {
                true => self.value(plan, *content, writer),
                false => Ok(()),
            },
            Kind::Sequence(item) => self.items(plan, *item, head, writer),
            Kind::FromArray(item, count) => self.array_items(plan, (*item, *count), head, writer),
            Kind::Map(key, value) => self.entries(plan, (*key, *value), head, writer),
            Kind::Piece { content, own: Side::Cell(Some(cell)), .. } => {
                self.in_cell(plan, (id, *content), cell, head, writer)
            }
            Kind::Piece { content, .. } => self.in_piece(plan, (id, *content), head, writer),
            Kind::Variants(variants) => self.variant_body(plan, id, variants, head, writer),
            Kind::Dynamic { own } => self.dynamic(plan, *own, writer),
            Kind::Unshare { old, content } => self.unshare(plan, *old, *content, writer),
            _ => Ok(()),
        }
    }

    fn text(&mut self, head: &[u8], writer: &mut Writer<'_>) -> Result<()> {
        let length = self.old.reader.length(head[0])?;
        writer.length(length);
        writer.text(self.old.reader.text(length)?);
        Ok(())
    }

    fn pass_compact(&mut self, from: Primitive) -> Result<()> {
        self.old.compact(from, is_signed(from)).map(drop)
    }

    fn shorten(&self, from: Primitive, to: Primitive, head: &[u8], writer: &mut Writer<'_>) -> Result<()> {
        write_compact(extended(from, head), to, writer);
        Ok(())
    }

    fn compact(&mut self, from: Primitive, to: Primitive, writer: &mut Writer<'_>) -> Result<()> {
        let wide = self.old.compact(from, is_signed(from))?;
        write_compact(wide, to, writer);
        Ok(())
    }

    /// Goes to what lies within a piece or cell of the old stream, wherever that is; gives the place to come back to,
    /// if that is elsewhere.
    fn go_within(&mut self, plan: &Arc<Plan>, id: OpId) -> Result<Option<Box<Place<'r, 'a>>>> {
        let Some(Node::Cell(content)) = plan.old.node_of(plan.op(id).old) else { return Ok(None) };
        match self.old.next_cell(&plan.old, *content) {
            None => Ok(None),
            Some(None) => Err(self.old.reader.corrupt("a cell that is never filled")),
            Some(Some(place)) => {
                let here = self.old.here()?;
                self.old.go_to(&place);
                Ok(Some(here))
            }
        }
    }

    fn in_cell(
        &mut self,
        plan: &Arc<Plan>,
        of: (OpId, OpId),
        cell: &CellContent,
        head: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let mut written = Ok(());
        writer.cell_of(cell, |writer| written = self.in_piece(plan, of, head, writer));
        written
    }

    fn in_piece(
        &mut self,
        plan: &Arc<Plan>,
        (id, content): (OpId, OpId),
        head: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        match plan.op(id).kind {
            Kind::Piece { old: Side::Plain, .. } => self.piece(plan, content, head, writer),
            // Its head stands among those of what it is a part of now.
            Kind::Piece { own: Side::Plain, .. } => self.unwrapped(plan, (id, content), true, writer),
            _ => self.unwrapped(plan, (id, content), false, writer),
        }
    }

    /// What lies within a piece or cell of the old stream; `has_head` where its new head is written.
    fn unwrapped(
        &mut self,
        plan: &Arc<Plan>,
        (id, content): (OpId, OpId),
        has_head: bool,
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let back = self.go_within(plan, id)?;
        let head = self.old.reader.take(plan.op(content).from.head)?;
        if has_head {
            self.body(plan, content, head, writer)?;
        } else {
            self.piece(plan, content, head, writer)?;
        }
        if let Some(place) = back {
            self.old.come_back(place);
        }
        Ok(())
    }

    fn array_bodies(
        &mut self,
        plan: &Arc<Plan>,
        (item, count): (OpId, u64),
        head: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let of_item = plan.op(item);
        if !of_item.from.body && !of_item.to.body {
            return Ok(());
        }
        let length = of_item.from.head;
        for i in 0..count as usize {
            self.body(plan, item, &head[i * length..(i + 1) * length], writer)
                .map_err(|error| error.step(Step::Index(i)))?;
        }
        Ok(())
    }

    fn array_items(
        &mut self,
        plan: &Arc<Plan>,
        (item, count): (OpId, u64),
        head: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let from = plan.op(item).from;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        // The heads of others are at hand already.
        if from.empty && self.begin_items(plan, item, count, writer)? {
            return Ok(());
        }
        if !from.empty {
            writer.length(count);
        }
        for i in 0..count {
            let written = self.piece(plan, item, &head[i * from.head..(i + 1) * from.head], writer);
            written.and_then(|()| self.within_memory(writer)).map_err(|error| error.step(Step::Index(i)))?;
        }
        Ok(())
    }

    fn items(&mut self, plan: &Arc<Plan>, item: OpId, head: &[u8], writer: &mut Writer<'_>) -> Result<()> {
        let count = self.old.reader.length(head[0])?;
        if self.begin_items(plan, item, count, writer)? {
            return Ok(());
        }
        let op = plan.op(item);
        if op.copied && !op.from.body && !op.to.body && op.from.head > 0 {
            return self.run(op.from.head, count, writer);
        }
        for i in 0..count {
            let written = self.value(plan, item, writer).and_then(|()| self.within_memory(writer));
            written.map_err(|error| error.step(Step::Index(i)))?;
        }
        Ok(())
    }

    /// Writes the number of elements, checked; true where there is nothing more to them.
    fn begin_items(&mut self, plan: &Plan, item: OpId, count: usize, writer: &mut Writer<'_>) -> Result<bool> {
        let op = plan.op(item);
        let nothing = op.from.is_nothing() && op.to.is_nothing();
        match nothing {
            // They are charged where they are built.
            true => self.old.reader.claimed_heads(count, 0)?,
            false => self.old.claim_elements(count, op.from)?,
        }
        writer.length(count);
        Ok(nothing)
    }

    /// Elements that are all head, and stay as they are.
    fn run(&mut self, head: usize, mut count: usize, writer: &mut Writer<'_>) -> Result<()> {
        while count > 0 {
            let run = self.old.reader.run(head, count)?;
            count -= run.len() / head;
            self.has_memory(writer, run.len())?;
            writer.run(run, head);
        }
        Ok(())
    }

    fn entries(
        &mut self,
        plan: &Arc<Plan>,
        (key, value): (OpId, OpId),
        head: &[u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let count = self.old.reader.length(head[0])?;
        let (of_key, of_value) = (plan.op(key).from.head, plan.op(value).from.head);
        self.old.reader.claimed_heads(count, of_key.saturating_add(of_value))?;
        writer.length(count);
        for i in 0..count {
            let outside = self.begin_defaults();
            let (key_head, value_head) = self.old.reader.take(of_key.saturating_add(of_value))?.split_at(of_key);
            self.entry_heads(plan, (key, key_head), (value, value_head), i, writer)?;
            // A key is compared as soon as it is loaded.
            self.solid_body(plan, key, key_head, writer).map_err(|error| error.step(Step::Key(i)))?;
            let written = self.body(plan, value, value_head, writer).and_then(|()| self.within_memory(writer));
            written.map_err(|error| error.step(Step::Index(i)))?;
            self.end_defaults(outside);
        }
        Ok(())
    }

    fn entry_heads(
        &mut self,
        plan: &Arc<Plan>,
        (key, key_head): (OpId, &'r [u8]),
        (value, value_head): (OpId, &'r [u8]),
        i: usize,
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let (of_key, of_value) = (plan.op(key), plan.op(value));
        let heads = writer.reserve(of_key.to.head + of_value.to.head);
        let (new_key, new_value) = heads.split_at_mut(of_key.to.head);
        let in_key = |error: Error| error.step(Step::Key(i));
        self.head(plan, key, key_head, new_key).map_err(in_key)?;
        let place = of_value.late.then(|| self.old.place());
        if of_value.late {
            self.old.skim(&plan.old, of_key.old, key_head).map_err(in_key)?;
        }
        self.head(plan, value, value_head, new_value).map_err(|error| error.step(Step::Index(i)))?;
        if let Some(place) = place {
            self.old.go_to(&place);
        }
        Ok(())
    }

    /// Charges what the new stream has taken so far.
    #[inline]
    pub(super) fn within_memory(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        // As a rule neither side has taken more since the last look.
        match (writer.memory(), self.old.reader.memory().left) == (self.written, self.left) {
            true => Ok(()),
            false => self.has_memory(writer, 0),
        }
    }

    /// The same before so many bytes more.
    pub(super) fn has_memory(&mut self, writer: &mut Writer<'_>, more: usize) -> Result<()> {
        let reader = &mut self.old.reader;
        reader.give_back(std::mem::take(&mut self.written));
        let (left, taken) = (reader.memory().left, writer.memory());
        writer.set_room(left);
        let bytes = taken.saturating_add(more);
        if bytes > left {
            return Err(reader.out_of_memory(bytes));
        }
        self.written = taken;
        self.left = left - taken;
        reader.charge(taken)
    }
}

fn write_compact(wide: [u8; 16], to: Primitive, writer: &mut Writer<'_>) {
    let bits = if is_signed(to) { compact::zigzag(i128::from_le_bytes(wide)) } else { u128::from_le_bytes(wide) };
    writer.varint(bits);
}
