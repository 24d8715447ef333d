//! Writing the records of an old stream anew, in the reader's shape.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::numbers::{extended, is_signed, widen, write_integer};
use super::objects::{Old, Place};
use super::plan::{BodyStep, FieldsOp, HeadStep, Kind, OpId, Plan, Side, Source as FieldSource, Variant};
use crate::context::Context;
use crate::error::{Error, ErrorKind, Result, Step};
use crate::graph::{ForeignClass, NOWHERE, PointerClass, Source};
use crate::private::compact;
use crate::schema::{
    Alternative, DefaultValue, FieldDefault, Layout, Node, Numbering, Primitive, Ref, Schema, TypeSchema,
};
use crate::stack::deeper;
use crate::wire::{Header, Input, Limits, Reader, Writer, short};

/// Levels of pieces and variants that a type may have of its own, beside those that its values nest in.
const OWN_LEVELS: usize = 64;

/// Brings a stream into the shape that it was planned for; gives a stream that only this program reads, and how many bytes
/// follow the old one.
///
/// # Errors
/// Damage, limits, and what only a value can tell: an unknown variant, an object that is shared and no longer may be.
pub(crate) fn rewrite(
    plan: &Arc<Plan>,
    header: Header,
    (input, start, length): (Input<'_, '_>, usize, usize),
    limits: &Limits,
) -> Result<(Vec<u8>, usize)> {
    let limits = Limits { depth: limits.depth.saturating_add(OWN_LEVELS), ..*limits };
    let mut reader = Reader::new(input, start, length, header.embedded, &limits, None::<&Context>);
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
        begun: false,
        targets: HashMap::new(),
        next_key: 0,
        plans: HashMap::new(),
        inlined: HashSet::new(),
        defaults: Vec::new(),
        next_default: 0,
        budget: limits.memory,
    };
    rewriter.next_key = rewriter.old.objects.len() as u32;
    let mut writer = Writer::new(Vec::new());
    writer.set_options(Schema::Fingerprint, limits.depth, std::time::Duration::ZERO);
    writer.start_rewriting(plan.own);
    rewriter.root(&mut writer);
    if writer.has_graph() {
        writer.finish_graph(&mut rewriter);
    }
    let length = writer.finish()?;
    let mut rewritten = writer.take_buffer();
    rewritten.truncate(length);
    Ok((rewritten, rewriter.old.reader.after_blocks()))
}

struct Rewriter<'r, 'a> {
    old: Old<'r, 'a>,
    plan: Arc<Plan>,
    root: Place<'r, 'a>,
    begun: bool,
    /// Where the objects of the new stream come from: those of the old one by their numbers, then values that have
    /// become objects.
    targets: HashMap<u32, Target<'r, 'a>>,
    next_key: u32,
    /// The plans for objects and for types behind `dyn`.
    plans: HashMap<Route, Arc<Plan>>,
    /// Objects that have become part of what referred to them.
    inlined: HashSet<u32>,
    /// Defaults whose heads are written and whose bodies are not.
    defaults: Vec<Option<Box<dyn DefaultValue>>>,
    next_default: usize,
    /// How many bytes the new stream may take.
    budget: usize,
}

/// From which type to which.
#[derive(PartialEq, Eq, Hash)]
struct Route {
    old: *const Layout,
    from: Ref,
    own: *const TypeSchema,
    to: Ref,
}

#[derive(Clone)]
struct Target<'r, 'a> {
    plan: Arc<Plan>,
    op: OpId,
    place: Place<'r, 'a>,
    /// The head, where the place is behind it.
    head: Option<&'r [u8]>,
}

impl Source for Rewriter<'_, '_> {
    fn root(&mut self, writer: &mut Writer<'_>) {
        let (plan, root) = (self.plan.clone(), self.root.clone());
        self.old.go_to(&root);
        let mut written = self.value(&plan, plan.root, writer);
        if written.is_ok() && !std::mem::replace(&mut self.begun, true) {
            written = self.old.reader.used_up();
        }
        fail(written, writer);
    }

    fn object(&mut self, key: u32, writer: &mut Writer<'_>) {
        let Some(target) = self.targets.get(&key).cloned() else { return };
        self.old.go_to(&target.place);
        let written = match target.head {
            None => self.value(&target.plan, target.op, writer),
            Some(head) => self.piece(&target.plan, target.op, head, writer),
        };
        fail(written, writer);
    }
}

fn fail(written: Result<()>, writer: &mut Writer<'_>) {
    if let Err(error) = written {
        writer.fail(error);
    }
}

/// What a writer has kept, so that its path is told on the way out.
fn kept(writer: &mut Writer<'_>) -> Result<()> {
    match writer.take_error() {
        None => Ok(()),
        Some(error) => Err(error),
    }
}

impl<'r, 'a: 'r> Rewriter<'r, 'a> {
    /// Brings a value up: its head, then its body.
    fn value(&mut self, plan: &Arc<Plan>, op: OpId, writer: &mut Writer<'_>) -> Result<()> {
        let head = self.old.reader.take(plan.op(op).from.head)?;
        self.piece(plan, op, head, writer)
    }

    /// The same for a value whose head was read.
    fn piece(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        let op = plan.op(id);
        let outside = (self.defaults.len(), self.next_default);
        self.next_default = outside.0;
        if op.late {
            let place = self.old.place();
            self.head(plan, id, head, writer.reserve(op.to.head))?;
            self.old.go_to(&place);
        } else {
            self.head(plan, id, head, writer.reserve(op.to.head))?;
        }
        self.body(plan, id, head, writer)?;
        self.defaults.truncate(outside.0);
        self.next_default = outside.1;
        Ok(())
    }

    /// Writes the new head. Where it comes late, it is read from the old body, which the reader is at.
    fn head(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], to: &mut [u8]) -> Result<()> {
        match &plan.op(id).kind {
            Kind::Copy | Kind::Text | Kind::Option(_) | Kind::Sequence(_) | Kind::Map(..) => to.copy_from_slice(head),
            Kind::Widen(from, primitive) => widen((*from, head), (*primitive, to)),
            Kind::Expand(from, primitive) => {
                let wide = self.old.compact(*from, is_signed(*from))?;
                write_integer(wide, (*primitive, to));
            }
            Kind::Some(_) => to[0] = 1,
            Kind::FromArray(_, count) => to[0] = short(usize::try_from(*count).unwrap_or(usize::MAX)),
            Kind::Version { version, .. } => to[0] = *version,
            Kind::Array(item, count) => {
                let (from, length) = (plan.op(*item).from.head, plan.op(*item).to.head);
                for i in 0..*count as usize {
                    let place = plan.op(*item).late.then(|| self.old.place());
                    let head = &head[i * from..(i + 1) * from];
                    self.head(plan, *item, head, &mut to[i * length..(i + 1) * length])
                        .map_err(|error| error.step(Step::Index(i)))?;
                    if let Some(place) = place {
                        self.old.go_to(&place);
                        self.old.skim(&plan.old, plan.op(*item).old, head)?;
                    }
                }
            }
            Kind::Piece { content, old: Side::Piece | Side::Cell(_), own: Side::Plain } => {
                return self.within(plan, id, |this| {
                    let head = this.old.reader.take(plan.op(*content).from.head)?;
                    this.head(plan, *content, head, to)
                });
            }
            Kind::Unshare { old, content } => {
                let place = self.record(plan, *old)?.1;
                self.old.go_to(&place);
                let head = self.old.reader.take(plan.op(*content).from.head)?;
                return self.head(plan, *content, head, to);
            }
            Kind::Fields(fields) => return self.field_heads(plan, fields, head, to),
            Kind::Variants(variants) => {
                let name = plan.old.node(plan.op(id).old).map(|_| plan.old.model.name(plan.op(id).old));
                let tag = self.old.tag(&name.unwrap_or_default(), variants.len(), head)?;
                let number = match &variants[tag] {
                    Variant::Kept { number, .. } | Variant::Other { number } => *number,
                    Variant::Unknown(variant) => return Err(unknown_variant(plan, id, variant, &self.old)),
                };
                to.copy_from_slice(&(number as u16).to_le_bytes()[..to.len()]);
            }
            Kind::Compact(..) | Kind::Shorten(..) | Kind::Piece { .. } => {}
            Kind::Dynamic { .. } | Kind::Shared { .. } | Kind::Weak | Kind::Share { .. } => {}
        }
        Ok(())
    }
}

impl<'r, 'a: 'r> Rewriter<'r, 'a> {
    /// Brings up what follows a head that is written.
    fn body(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        let op = plan.op(id);
        match &op.kind {
            Kind::Copy | Kind::Widen(..) => Ok(()),
            Kind::Text => {
                let length = self.old.reader.length(head[0])?;
                writer.length(length);
                writer.text(self.old.reader.text(length)?);
                Ok(())
            }
            Kind::Expand(from, _) => self.old.compact(*from, is_signed(*from)).map(drop),
            Kind::Compact(from, to) => {
                let wide = self.old.compact(*from, is_signed(*from))?;
                write_compact(wide, *to, writer);
                Ok(())
            }
            Kind::Shorten(from, to) => {
                write_compact(extended(*from, head), *to, writer);
                Ok(())
            }
            Kind::Fields(fields) => self.field_bodies(plan, fields, head, writer),
            Kind::Array(item, count) => {
                let of_item = plan.op(*item);
                if !of_item.from.body && !of_item.to.body {
                    return Ok(());
                }
                let length = of_item.from.head;
                for i in 0..*count as usize {
                    self.body(plan, *item, &head[i * length..(i + 1) * length], writer)
                        .map_err(|error| error.step(Step::Index(i)))?;
                }
                Ok(())
            }
            Kind::Shared { own } => self.shared(plan, *own, writer),
            Kind::Weak => self.weak(writer),
            Kind::Share { content, own } => self.share(plan, (*content, head), *own, writer),
            _ => {
                self.old.reader.enter()?;
                let written = deeper(|| self.nested(plan, id, head, writer));
                self.old.reader.leave();
                written
            }
        }
    }

    fn nested(&mut self, plan: &Arc<Plan>, id: OpId, head: &'r [u8], writer: &mut Writer<'_>) -> Result<()> {
        match &plan.op(id).kind {
            Kind::Option(content) => match self.old.option(head)? {
                true => self.value(plan, *content, writer),
                false => Ok(()),
            },
            Kind::Some(content) => self.piece(plan, *content, head, writer),
            Kind::Sequence(item) => {
                let count = self.old.reader.length(head[0])?;
                self.items(plan, *item, count, writer)
            }
            Kind::FromArray(item, count) => {
                let length = plan.op(*item).from.head;
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                if length == 0 {
                    self.old.reader.claimed_heads(count, 0)?;
                }
                writer.length(count);
                for i in 0..count {
                    self.piece(plan, *item, &head[i * length..(i + 1) * length], writer)
                        .map_err(|error| error.step(Step::Index(i)))?;
                }
                Ok(())
            }
            Kind::Map(key, value) => {
                let count = self.old.reader.length(head[0])?;
                self.entries(plan, (*key, *value), count, writer)
            }
            Kind::Piece { content, old, own } => self.in_piece(plan, id, (*content, *old, *own), head, writer),
            Kind::Variants(variants) => {
                let tag = self.old.tag("the enum", variants.len(), head)?;
                match &variants[tag] {
                    Variant::Kept { payload, .. } => self.payload(plan, payload, writer),
                    _ => self.old.skim(&plan.old, plan.op(id).old, head),
                }
            }
            Kind::Version { content, unwrap, migrates, version } => {
                let mut written = Ok(());
                let mut write = |writer: &mut Writer<'_>| {
                    written = if *unwrap {
                        self.old.check_version(*version, head).and_then(|()| self.value(plan, *content, writer))
                    } else {
                        self.piece(plan, *content, head, writer)
                    };
                };
                if *migrates {
                    writer.solid(write)
                } else {
                    write(writer)
                }
                written
            }
            Kind::Dynamic { own } => self.dynamic(plan, *own, writer),
            Kind::Unshare { old, content } => {
                let (id, place) = self.record(plan, *old)?;
                if writer.has_met(id) || !self.inlined.insert(id) {
                    return Err(shared(id, &self.old));
                }
                let here = self.old.place();
                self.old.go_to(&place);
                let head = self.old.reader.take(plan.op(*content).from.head)?;
                self.body(plan, *content, head, writer)?;
                self.old.go_to(&here);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Reads what lies within a piece or cell of the old stream, wherever its content is.
    fn within<R>(&mut self, plan: &Arc<Plan>, id: OpId, read: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        if let Some(Node::Cell(content)) = plan.old.node(plan.op(id).old)
            && let Some(elsewhere) = self.old.next_cell(&plan.old, *content)
        {
            let Some(place) = elsewhere else { return Err(self.old.reader.corrupt("a cell that is never filled")) };
            let here = self.old.place();
            self.old.go_to(&place);
            let value = read(self)?;
            self.old.go_to(&here);
            return Ok(value);
        }
        read(self)
    }

    fn in_piece(
        &mut self,
        plan: &Arc<Plan>,
        id: OpId,
        (content, old, own): (OpId, Side, Side),
        head: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let mut write = |writer: &mut Writer<'_>| match (old, own) {
            (Side::Plain, _) => self.piece(plan, content, head, writer),
            (_, Side::Plain) => self.within(plan, id, |this| {
                let head = this.old.reader.take(plan.op(content).from.head)?;
                this.body(plan, content, head, writer)
            }),
            _ => self.within(plan, id, |this| this.value(plan, content, writer)),
        };
        let Side::Cell(Some(of_cell)) = own else { return write(writer) };
        let mut written = Ok(());
        writer.cell_of(&of_cell, |writer| written = write(writer));
        written
    }

    fn items(&mut self, plan: &Arc<Plan>, item: OpId, count: usize, writer: &mut Writer<'_>) -> Result<()> {
        let op = plan.op(item);
        self.old.reader.claimed_heads(count, op.from.head)?;
        writer.length(count);
        if op.from.empty && op.to.empty {
            return Ok(());
        }
        if let Kind::Copy = op.kind {
            let mut left = count;
            while left > 0 {
                let run = self.old.reader.run(op.from.head, left)?;
                left -= run.len() / op.from.head;
                writer.run(run, op.from.head);
            }
            return Ok(());
        }
        for i in 0..count {
            let written = self.value(plan, item, writer).and_then(|()| self.within_budget(writer));
            written.map_err(|error| error.step(Step::Index(i)))?;
        }
        Ok(())
    }

    fn entries(
        &mut self,
        plan: &Arc<Plan>,
        (key, value): (OpId, OpId),
        count: usize,
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let (of_key, of_value) = (plan.op(key), plan.op(value));
        let length = of_key.from.head.saturating_add(of_value.from.head);
        self.old.reader.claimed_heads(count, length)?;
        writer.length(count);
        for i in 0..count {
            let (key_head, value_head) = self.old.reader.take(length)?.split_at(of_key.from.head);
            let outside = (self.defaults.len(), self.next_default);
            self.next_default = outside.0;
            let late = (of_key.late || of_value.late).then(|| self.old.place());
            let heads = writer.reserve(of_key.to.head + of_value.to.head);
            let (new_key, new_value) = heads.split_at_mut(of_key.to.head);
            let in_key = |error: Error| error.step(Step::Key(i));
            self.head(plan, key, key_head, new_key).map_err(in_key)?;
            if let Some(place) = &late {
                self.old.go_to(place);
                self.old.skim(&plan.old, of_key.old, key_head).map_err(in_key)?;
            }
            self.head(plan, value, value_head, new_value).map_err(|error| error.step(Step::Index(i)))?;
            if let Some(place) = &late {
                self.old.go_to(place);
            }
            self.body(plan, key, key_head, writer).map_err(in_key)?;
            let written = self.body(plan, value, value_head, writer).and_then(|()| self.within_budget(writer));
            written.map_err(|error| error.step(Step::Index(i)))?;
            self.defaults.truncate(outside.0);
            self.next_default = outside.1;
        }
        Ok(())
    }

    /// The fields of a variant.
    fn payload(&mut self, plan: &Arc<Plan>, fields: &FieldsOp, writer: &mut Writer<'_>) -> Result<()> {
        let head = self.old.reader.take(fields.from_head)?;
        let outside = (self.defaults.len(), self.next_default);
        self.next_default = outside.0;
        let place = (!fields.in_order).then(|| self.old.place());
        self.field_heads(plan, fields, head, writer.reserve(fields.to_head))?;
        if let Some(place) = place {
            self.old.go_to(&place);
        }
        self.field_bodies(plan, fields, head, writer)?;
        self.defaults.truncate(outside.0);
        self.next_default = outside.1;
        Ok(())
    }

    /// The head of a field of the old stream.
    fn old_head(plan: &Plan, fields: &FieldsOp, number: usize, heads: &'r [u8]) -> &'r [u8] {
        let (part, at) = fields.old[number];
        &heads[at..at + plan.old.of(part).head]
    }

    /// Where the body of each field of the old stream begins; the reader is left behind the last one.
    fn places(&mut self, plan: &Arc<Plan>, fields: &FieldsOp, heads: &'r [u8]) -> Result<Vec<Place<'r, 'a>>> {
        let mut places = Vec::with_capacity(fields.old.len());
        for (number, (part, _)) in fields.old.iter().enumerate() {
            places.push(self.old.place());
            self.old.skim(&plan.old, *part, Self::old_head(plan, fields, number, heads))?;
        }
        Ok(places)
    }

    fn field_heads(&mut self, plan: &Arc<Plan>, fields: &FieldsOp, heads: &'r [u8], to: &mut [u8]) -> Result<()> {
        let is_late = |field: usize| matches!(fields.fields[field].source, FieldSource::Old(_, op) if plan.op(op).late);
        let late = (0..fields.fields.len()).any(is_late);
        let places = if late { self.places(plan, fields, heads)? } else { Vec::new() };
        for step in &fields.heads {
            let number = match step {
                HeadStep::Copy { from, to: place, length } => {
                    to[*place..*place + *length].copy_from_slice(&heads[*from..*from + *length]);
                    continue;
                }
                HeadStep::Field(number) => *number,
            };
            let field = &fields.fields[number];
            let to = &mut to[field.at..field.at + field.to.head];
            match field.source {
                FieldSource::Old(old, op) => {
                    if let Some(place) = places.get(old) {
                        self.old.go_to(place);
                    }
                    self.head(plan, op, Self::old_head(plan, fields, old, heads), to)
                        .map_err(|error| error.step(field.step.clone()))?;
                }
                FieldSource::Default(FieldDefault::Head(write)) => write(to),
                FieldSource::Default(FieldDefault::Value(make)) => {
                    let value = make();
                    value.head(to);
                    self.defaults.push(Some(value));
                }
            }
        }
        Ok(())
    }

    fn field_bodies(
        &mut self,
        plan: &Arc<Plan>,
        fields: &FieldsOp,
        heads: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        if fields.in_order {
            for step in &fields.bodies {
                match *step {
                    BodyStep::Skip(old) => {
                        let head = Self::old_head(plan, fields, old, heads);
                        self.old.skim(&plan.old, fields.old[old].0, head)?;
                    }
                    BodyStep::Field(number) => self.field_body(plan, fields, number, heads, writer)?,
                }
            }
            return Ok(());
        }
        let places = self.places(plan, fields, heads)?;
        let end = self.old.place();
        for (number, field) in fields.fields.iter().enumerate() {
            if let FieldSource::Old(old, _) = field.source {
                self.old.go_to(&places[old]);
            }
            self.field_body(plan, fields, number, heads, writer)?;
        }
        self.old.go_to(&end);
        Ok(())
    }

    fn field_body(
        &mut self,
        plan: &Arc<Plan>,
        fields: &FieldsOp,
        number: usize,
        heads: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let field = &fields.fields[number];
        let written = match field.source {
            FieldSource::Old(old, op) => self.body(plan, op, Self::old_head(plan, fields, old, heads), writer),
            FieldSource::Default(FieldDefault::Head(_)) => return Ok(()),
            FieldSource::Default(FieldDefault::Value(_)) => {
                let next = self.next_default;
                self.next_default += 1;
                if let Some(value) = self.defaults.get_mut(next).and_then(Option::take) {
                    value.body(writer);
                }
                kept(writer)
            }
        };
        written.map_err(|error| error.step(field.step.clone()))
    }

    fn dynamic(&mut self, plan: &Arc<Plan>, own: usize, writer: &mut Writer<'_>) -> Result<()> {
        let number = self.old.type_number()?;
        let layout = self.old.runtime_type(number)?;
        let name = self.old.reader.use_type(number)?.name;
        let Some(dynamic) = plan.own.dynamic(own as u32, Numbering::Own) else {
            return Err(self.old.reader.corrupt("a type behind `dyn` that its schema does not have"));
        };
        let Alternative { name, schema, kind, entry } =
            (dynamic.find)(name).map_err(|error| self.old.reader.place(error))?;
        let inner = self.route(&layout, layout.model.root, schema, schema.own().layout.model.root)?;
        let number = writer.runtime_type_number(entry, kind, || name, schema);
        writer.runtime_type(number);
        let mut written = Ok(());
        writer.in_scope(dynamic.key, number, schema, |writer| written = self.value(&inner, inner.root, writer));
        written.and_then(|()| kept(writer))
    }

    /// The plan from one type to another, beside that from root to root.
    fn route(&mut self, old: &Arc<Layout>, from: Ref, own: &'static TypeSchema, to: Ref) -> Result<Arc<Plan>> {
        let route = Route { old: Arc::as_ptr(old), from, own, to };
        if let Some(known) = self.plans.get(&route) {
            return Ok(known.clone());
        }
        let plan = Arc::new(Plan::new(old, from, own, to)?);
        self.plans.insert(route, plan.clone());
        Ok(plan)
    }

    fn within_budget(&self, writer: &Writer<'_>) -> Result<()> {
        if writer.taken() <= self.budget {
            return Ok(());
        }
        let message = format!("brought into the reader's shape, it takes more than max_memory, {} bytes", self.budget);
        Err(self
            .old
            .reader
            .error(ErrorKind::Limit, message)
            .with_remedy("raise it with `Unpickler::max_memory` if the stream is to be trusted"))
    }
}

// Objects.
impl<'r, 'a: 'r> Rewriter<'r, 'a> {
    /// Reads the number of an object.
    fn object_number(&mut self) -> Result<u32> {
        let id = self.old.reader.take(4)?.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        if id != NOWHERE && id as usize >= self.old.objects.len() {
            return Err(self.old.reader.corrupt(&format!("a reference to object {id}, which it does not have")));
        }
        Ok(id)
    }

    fn shared(&mut self, plan: &Arc<Plan>, own: usize, writer: &mut Writer<'_>) -> Result<()> {
        let id = self.object_number()?;
        if id == NOWHERE || self.inlined.contains(&id) {
            return Err(shared(id, &self.old));
        }
        writer.strong_foreign(id, |writer| self.meet(plan, own, id, writer));
        kept(writer)
    }

    fn weak(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        let id = self.object_number()?;
        if self.inlined.contains(&id) {
            return Err(shared(id, &self.old));
        }
        writer.weak_foreign((id != NOWHERE).then_some(id));
        kept(writer)
    }

    /// Finds out what an object becomes behind the reader's pointer `own`.
    fn meet(&mut self, plan: &Arc<Plan>, own: usize, id: u32, writer: &mut Writer<'_>) -> Result<ForeignClass> {
        let class = &self.old.classes[self.old.objects[id as usize].class];
        let (layout, part, name) = (class.layout.clone(), class.part, class.name);
        let damaged = |this: &Self| this.old.reader.corrupt("an object that its schema does not have");
        let of_own = &plan.own.own().layout;
        let (Some(pointer), Some(Node::Shared(target))) =
            (plan.own.pointer(own as u32, Numbering::Own), of_own.node(Ref::Type(own)))
        else {
            return Err(damaged(self));
        };
        let (class, behind, inner) = match pointer {
            PointerClass::Known(class) => (class, None, self.route(&layout, part, plan.own, *target)?),
            PointerClass::Behind(find) => {
                let name = name.map_or_else(|| layout.model.stored_name(part), str::to_owned);
                let dynamic = match target {
                    Ref::Type(node) => plan.own.dynamic(*node as u32, Numbering::Own),
                    Ref::Primitive(_) => None,
                };
                let Some(dynamic) = dynamic else { return Err(damaged(self)) };
                let found = (dynamic.find)(&name).map_err(|error| self.old.reader.place(error))?;
                let (class, schema) = find(&found.name)?;
                let inner = self.route(&layout, part, schema, schema.own().layout.model.root)?;
                let number = writer.runtime_type_number(found.entry, found.kind, || found.name, schema);
                let scope = writer.scope_of(dynamic.key, number, schema)?;
                (class, Some((number as u32, scope)), inner)
            }
        };
        let Some(place) = self.old.objects[id as usize].place.clone() else { return Err(damaged(self)) };
        self.targets.insert(id, Target { op: inner.root, plan: inner, place, head: None });
        Ok(ForeignClass { class, node: own as u32, behind })
    }

    /// Makes an object of a value.
    fn share(
        &mut self,
        plan: &Arc<Plan>,
        (content, head): (OpId, &'r [u8]),
        own: usize,
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let Some(PointerClass::Known(class)) = plan.own.pointer(own as u32, Numbering::Own) else {
            return Err(self.old.reader.corrupt("an object that its schema does not have"));
        };
        let key = self.next_key;
        self.next_key = key.wrapping_add(1);
        self.old.reader.charge(size_of::<Target<'_, '_>>())?;
        let target = Target { plan: plan.clone(), op: content, place: self.old.place(), head: Some(head) };
        self.targets.insert(key, target);
        writer.strong_foreign(key, |_| Ok(ForeignClass { class, node: own as u32, behind: None }));
        self.old.skim(&plan.old, plan.op(content).old, head)?;
        kept(writer)
    }

    /// The object that a pointer of the old stream points to, and where its record is.
    fn record(&mut self, plan: &Arc<Plan>, target: Ref) -> Result<(u32, Place<'r, 'a>)> {
        let id = self.object_number()?;
        if let Some(object) = self.old.objects.get(id as usize)
            && let class = &self.old.classes[object.class]
            && Arc::ptr_eq(&class.layout, &plan.old)
            && class.part == target
            && let Some(place) = &object.place
        {
            return Ok((id, place.clone()));
        }
        Err(self.old.reader.corrupt("an object of another class"))
    }
}

fn write_compact(wide: [u8; 16], to: Primitive, writer: &mut Writer<'_>) {
    let bits = if is_signed(to) { compact::zigzag(i128::from_le_bytes(wide)) } else { u128::from_le_bytes(wide) };
    compact::write(bits, writer);
}

#[cold]
fn unknown_variant(plan: &Plan, id: OpId, variant: &str, old: &Old<'_, '_>) -> Error {
    let name = plan.old.model.name(plan.op(id).old);
    let variant = variant.escape_debug();
    old.reader
        .error(ErrorKind::WrongType, format!("`{name}` has the variant `{variant}` here, which this program does not know"))
        .with_remedy(format!(
            "give the variant its old name, `#[pickle(alias = \"{variant}\")]`, or mark one that stands for all that are unknown: `#[pickle(other)]`"
        ))
}

#[cold]
fn shared(id: u32, old: &Old<'_, '_>) -> Error {
    old.reader
        .error(ErrorKind::WrongType, format!("object {id} is shared, and can't become part of each that refers to it"))
        .with_remedy("keep the pointer: `Rc` or `Arc`")
}
