//! Objects and what is behind `dyn`: which type of the reader's they become, and by which plan.

use std::sync::Arc;

use super::objects::Place;
use super::plan::{OpId, Plan, Route};
use super::rewrite::{Rewriter, Target, kept};
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{ForeignClass, NOWHERE, PointerClass};
use crate::schema::{Alternative, Node, Numbering, Ref, TypeSchema, TypeTable};
use crate::wire::Writer;

impl<'r, 'a: 'r> Rewriter<'r, 'a> {
    pub(super) fn dynamic(&mut self, plan: &Arc<Plan>, own: usize, writer: &mut Writer<'_>) -> Result<()> {
        let number = self.old.type_number()?;
        let (inner, number, dynamic, schema) = self.implementor(plan, own, number, writer)?;
        writer.runtime_type(number);
        let counts = inner.old.counts_behind();
        if counts {
            self.old.reader.enter()?;
        }
        let mut written = Ok(());
        writer.in_scope(dynamic, number, schema, |writer| written = self.value(&inner, inner.root, writer));
        if counts {
            self.old.reader.leave();
        }
        written.and_then(|()| kept(writer))
    }

    /// The plan for a type behind `dyn`, its number in the new stream, and where it stands there.
    fn implementor(
        &mut self,
        plan: &Plan,
        own: usize,
        number: usize,
        writer: &mut Writer<'_>,
    ) -> Result<(Arc<Plan>, usize, std::any::TypeId, &'static TypeSchema)> {
        let types = self.old.runtime_type(number)?;
        let name = self.old.reader.use_type(number)?.name;
        let Some(dynamic) = plan.own.dynamic(own as u32, Numbering::Own) else {
            return Err(self.old.reader.corrupt("a type behind `dyn` that its schema does not have"));
        };
        let Alternative { name, schema, kind, entry } =
            (dynamic.find)(name).map_err(|error| self.old.reader.place(error))?;
        let inner = self.route(&types, types.model.root, schema, schema.own().types.model.root)?;
        let number = writer.runtime_type_number(entry, kind, || name, schema);
        Ok((inner, number, dynamic.key, schema))
    }

    /// The plan from one type to another, beside that from root to root.
    fn route(&mut self, old: &Arc<TypeTable>, from: Ref, own: &'static TypeSchema, to: Ref) -> Result<Arc<Plan>> {
        let route = Route { old: Arc::as_ptr(old), from, own, to };
        if let Some(known) = self.plans.get(&route) {
            return Ok(known.clone());
        }
        let plan = Arc::new(self.old.reader.allocate(|memory| Plan::new((old, from), (own, to), memory))?);
        self.plans.insert(route, plan.clone());
        Ok(plan)
    }

    /// The same for an object that a value of `plan` refers to: as a rule that plan has gone there already.
    fn route_from(&mut self, plan: &Arc<Plan>, old: &Arc<TypeTable>, from: Ref, to: Ref) -> Result<(Arc<Plan>, OpId)> {
        if Arc::ptr_eq(old, &plan.old)
            && let Some(op) = plan.between(from, to)
        {
            return Ok((plan.clone(), op));
        }
        let plan = self.route(old, from, plan.own, to)?;
        let root = plan.root;
        Ok((plan, root))
    }

    /// Reads the number of an object.
    fn object_number(&mut self) -> Result<u32> {
        let id = self.old.reader.take(4)?.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        if id != NOWHERE && id as usize >= self.old.objects.len() {
            return Err(self.old.reader.corrupt(&format!("a reference to object {id}, which it does not have")));
        }
        Ok(id)
    }

    pub(super) fn shared(&mut self, plan: &Arc<Plan>, own: usize, writer: &mut Writer<'_>) -> Result<()> {
        let id = self.object_number()?;
        if id == NOWHERE {
            return Err(self.old.reader.corrupt("a reference to no object"));
        }
        if self.inlined.contains(&id) {
            return Err(self.is_shared(id));
        }
        writer.strong_foreign(id, |writer| self.meet(plan, own, id, writer));
        kept(writer)
    }

    pub(super) fn weak(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        let id = self.object_number()?;
        if self.inlined.contains(&id) {
            return Err(self.is_shared(id));
        }
        writer.weak_foreign((id != NOWHERE).then_some(id));
        kept(writer)
    }

    /// Finds out what an object becomes behind the reader's pointer `own`.
    fn meet(&mut self, plan: &Arc<Plan>, own: usize, id: u32, writer: &mut Writer<'_>) -> Result<ForeignClass> {
        let class = &self.old.classes[self.old.objects[id as usize].class];
        let (types, part, name) = (class.types.clone(), class.part, class.name);
        let damaged = |this: &Self| this.old.reader.corrupt("an object that its schema does not have");
        let of_own = &plan.own.own().types;
        let (Some(pointer), Some(Node::Shared(target))) =
            (plan.own.pointer(own as u32, Numbering::Own), of_own.node_of(Ref::Type(own)))
        else {
            return Err(damaged(self));
        };
        let (class, behind, (inner, op)) = match pointer {
            PointerClass::Known(class) => (class, None, self.route_from(plan, &types, part, *target)?),
            PointerClass::Behind(find) => {
                let name = name.map_or_else(|| types.model.stored_name(part), str::to_owned);
                let dynamic = match target {
                    Ref::Type(node) => plan.own.dynamic(*node as u32, Numbering::Own),
                    Ref::Primitive(_) => None,
                };
                let Some(dynamic) = dynamic else { return Err(damaged(self)) };
                let found = (dynamic.find)(&name).map_err(|error| self.old.reader.place(error))?;
                let (class, schema) = find(&found.name)?;
                let inner = self.route(&types, part, schema, schema.own().types.model.root)?;
                let number = writer.runtime_type_number(found.entry, found.kind, || found.name, schema);
                let scope = writer.scope_of(dynamic.key, number, schema)?;
                let root = inner.root;
                (class, Some((number as u32, scope)), (inner, root))
            }
        };
        self.target(id, Target { plan: inner, op, value: None })?;
        Ok(ForeignClass { class, node: own as u32, behind })
    }

    /// Takes note of where an object comes from.
    fn target(&mut self, key: u32, target: Target<'r, 'a>) -> Result<()> {
        // A table is half full at the worst, and there twice while it grows.
        self.old.reader.charge(4 * size_of::<(u32, Target<'_, '_>)>())?;
        self.targets.insert(key, target);
        Ok(())
    }

    /// Makes an object of a value.
    pub(super) fn share(
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
        self.old.reader.charge(size_of::<(Place<'_, '_>, &[u8])>())?;
        let value = Box::new((self.old.place(), head));
        self.target(key, Target { plan: plan.clone(), op: content, value: Some(value) })?;
        writer.strong_foreign(key, |_| Ok(ForeignClass { class, node: own as u32, behind: None }));
        self.old.skim(&plan.old, plan.op(content).old, head)?;
        kept(writer)
    }

    /// Makes an object a part of what refers to it: its body, whose head is written.
    pub(super) fn unshare(&mut self, plan: &Arc<Plan>, old: Ref, content: OpId, writer: &mut Writer<'_>) -> Result<()> {
        let (back, head) = self.go_inline(plan, (old, content), writer)?;
        let written = self.body(plan, content, head, writer);
        self.old.come_back(back);
        written
    }

    /// Goes to the record of an object that nothing else refers to, behind its head; gives the place to come back to,
    /// and the head.
    fn go_inline(
        &mut self,
        plan: &Arc<Plan>,
        (old, content): (Ref, OpId),
        writer: &mut Writer<'_>,
    ) -> Result<(Box<Place<'r, 'a>>, &'r [u8])> {
        let (id, place) = self.record(plan, old)?;
        self.old.reader.charge(4 * size_of::<(u32, u8)>())?;
        if writer.has_met(id) || !self.inlined.insert(id) {
            return Err(self.is_shared(id));
        }
        let here = self.old.here()?;
        self.old.go_to(&place);
        Ok((here, self.old.reader.take(plan.op(content).from.head)?))
    }

    /// Its head.
    pub(super) fn head_of_object(&mut self, plan: &Arc<Plan>, old: Ref, content: OpId, to: &mut [u8]) -> Result<()> {
        let here = self.old.here()?;
        self.go_to_object(plan, old)?;
        self.inner_head(plan, content, to)?;
        self.old.come_back(here);
        Ok(())
    }

    fn go_to_object(&mut self, plan: &Arc<Plan>, old: Ref) -> Result<()> {
        let (_, place) = self.record(plan, old)?;
        self.old.go_to(&place);
        Ok(())
    }

    /// The object that a pointer of the old stream points to, and where its record is.
    fn record(&mut self, plan: &Arc<Plan>, target: Ref) -> Result<(u32, Place<'r, 'a>)> {
        let id = self.object_number()?;
        if let Some(object) = self.old.objects.get(id as usize)
            && let class = &self.old.classes[object.class]
            && Arc::ptr_eq(&class.types, &plan.old)
            && class.part == target
            && let Some(place) = &object.place
        {
            return Ok((id, place.clone()));
        }
        Err(self.old.reader.corrupt("an object of another class"))
    }

    #[cold]
    fn is_shared(&self, id: u32) -> Error {
        self.old
            .reader
            .error(
                ErrorKind::WrongType,
                format!("object {id} is shared, and can't become part of each that refers to it"),
            )
            .with_remedy("keep the pointer: `Rc` or `Arc`")
    }
}
