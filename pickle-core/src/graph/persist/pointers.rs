//! Meeting objects: the numbers that pointers are written as, and the cells that may be filled later.

use std::any::TypeId;
use std::hint::black_box;

use arrayvec::ArrayVec;

use super::super::class::{Pointers, address};
use super::super::order::{COMPLETE, Edge, NOWHERE, WEAK};
use super::super::{CellContent, Family, PointerClass, Target, Vacancy};
use super::addresses::Place;
use super::{FEW, ForeignClass, Graph, NO_UNIT, Objects, Patch, ROOT, RUN, Run, Scope, Unit, WrittenClass};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::TypeSchema;
use crate::traits::Shape;
use crate::wire::Writer;

impl Writer<'_> {
    /// Writes a pointer as the number of its object.
    #[inline]
    pub(crate) fn strong<F: Family, T: ?Sized + Target>(&mut self, pointer: &F::Strong<T>) {
        let Some(graph) = self.graph_mut() else { return self.fail(undescribed(F::STRONG)) };
        let address = address::<T>(pointer);
        let (place, known) = graph.found.find(address);
        let id = match known {
            Some(id) if id & WEAK == 0 => {
                // Where there is one class, the object is of it, and need not be looked at.
                let class = if graph.classes.len() == 1 { 0 } else { graph.objects[id as usize].class };
                if graph.classes[class as usize].concrete != T::concrete(pointer) {
                    return self.fail(two_types(F::STRONG));
                }
                id
            }
            _ => match self.meet::<F, T>(address, place, known, pointer) {
                Ok(id) => id,
                Err(error) => return self.fail(error),
            },
        };
        self.number_of(id, id);
    }

    /// Writes a weak pointer as the number of its object, or as that of none.
    #[inline]
    pub(crate) fn weak<F: Family, T: ?Sized + Target>(&mut self, pointer: &F::Weak<T>) {
        let Some(graph) = self.graph_mut() else { return self.fail(undescribed(F::WEAK)) };
        let address = F::weak_address::<T>(pointer);
        match graph.found.find(address) {
            // What was met is held, and so alive: it need not be looked at.
            (_, Some(known)) if known & WEAK == 0 => self.number_of(known, known | WEAK),
            (_, Some(known)) => self.weak_to_unmet(known),
            (place, None) => match F::upgrade(pointer) {
                None => self.nowhere(),
                Some(strong) => {
                    let known = graph.weak_place(Some(Box::new(strong)));
                    graph.found.set(place, address, known);
                    self.weak_to_unmet(known);
                }
            },
        }
    }

    /// Reads what `strong` will read.
    #[inline]
    pub(crate) fn touch_strong<F: Family, T: ?Sized + Target>(&self, pointer: &F::Strong<T>) {
        if let Some(graph) = self.graph()
            && !graph.found.touch(address::<T>(pointer))
        {
            // An object that is met is looked at.
            black_box(F::strong_count(pointer));
        }
    }

    /// Reads what `weak` will read.
    #[inline]
    pub(crate) fn touch_weak<F: Family, T: ?Sized + Target>(&self, pointer: &F::Weak<T>) {
        if let Some(graph) = self.graph() {
            graph.found.touch(F::weak_address(pointer));
        }
    }

    /// Writes the number of an object that was met, for a reference to `target`.
    #[inline]
    fn number_of(&mut self, id: u32, target: u32) {
        self.refer(id, target);
        self.reserve(4).copy_from_slice(&id.to_le_bytes());
    }

    /// Writes a weak reference to nothing.
    #[inline]
    fn nowhere(&mut self) {
        self.reserve(4).copy_from_slice(&NOWHERE.to_le_bytes());
    }

    /// Writes a weak reference to what may yet become an object.
    #[inline(never)]
    fn weak_to_unmet(&mut self, known: u32) {
        let edge = self.refer(NOWHERE, NOWHERE);
        self.nowhere();
        let (data, _) = self.position();
        if let Some(graph) = self.graph_mut() {
            let chunk = graph.scratch.chunks.len() as u32;
            graph.patches.push(Patch { chunk, offset: data as u32 - 4, edge, weak_only: known & !WEAK });
        }
    }

    /// Takes note of a reference from the record that is being written.
    #[inline]
    fn refer(&mut self, id: u32, target: u32) -> Option<u32> {
        let solid = self.is_solid();
        let graph = self.graph_mut()?;
        if graph.probe == Some(id) {
            self.fail(Error::new(ErrorKind::Cycle, String::new()));
            return None;
        }
        if graph.visiting == ROOT {
            return None;
        }
        let unit = if solid { COMPLETE } else { graph.unit };
        graph.edges.push(Edge { target, unit });
        Some(graph.edges.len() as u32 - 1)
    }

    /// Gives an object its number, and queues it.
    fn meet<F: Family, T: ?Sized + Target>(
        &mut self,
        address: usize,
        place: Place,
        known: Option<u32>,
        pointer: &F::Strong<T>,
    ) -> Result<u32> {
        let number = self.class_number::<F, T>(pointer)?;
        let Some(graph) = self.graph_mut() else { return Err(undescribed(F::STRONG)) };
        let id = graph.next_number()?;
        let class = &mut graph.classes[number as usize];
        let Objects::Live { table, .. } = &mut class.objects else { return Err(undescribed(F::STRONG)) };
        let Some(table) = table.any_mut().downcast_mut::<Pointers<F, T>>() else {
            return Err(undescribed(F::STRONG));
        };
        table.items.push(pointer.clone());
        graph.found.set(place, address, id);
        graph.number(known, number);
        Ok(id)
    }

    /// Writes a pointer to an object that is no live pointer; its class is asked for where it is met for the first time.
    pub(crate) fn strong_foreign(&mut self, key: u32, class: impl FnOnce(&mut Self) -> Result<ForeignClass>) {
        let Some(graph) = self.graph_mut() else { return self.fail(undescribed("pointer")) };
        let known = graph.found_foreign.get(&key).copied();
        let id = match known {
            Some(id) if id & WEAK == 0 => id,
            _ => match class(self).and_then(|class| self.meet_foreign(key, known, &class)) {
                Ok(id) => id,
                Err(error) => return self.fail(error),
            },
        };
        self.number_of(id, id);
    }

    fn meet_foreign(&mut self, key: u32, known: Option<u32>, class: &ForeignClass) -> Result<u32> {
        let scope = self.scope();
        let Some(graph) = self.graph_mut() else { return Err(undescribed("pointer")) };
        let id = graph.next_number()?;
        let &ForeignClass { class, node, behind } = class;
        let next = graph.classes.len() as u32;
        let number = behind.map(|(number, _)| number);
        let class_number = *graph.foreign_class_numbers.entry((scope, node, number)).or_insert(next);
        if class_number == next {
            graph.classes.push(WrittenClass {
                class,
                concrete: class.concrete(),
                scope,
                node,
                number,
                inner_scope: behind.map_or(scope, |(_, inner)| inner),
                objects: Objects::Foreign(Vec::new()),
                visited: 0,
            });
        }
        let Objects::Foreign(keys) = &mut graph.classes[class_number as usize].objects else {
            return Err(undescribed("pointer"));
        };
        keys.push(key);
        graph.found_foreign.insert(key, id);
        graph.number(known, class_number);
        Ok(id)
    }

    /// Writes a weak pointer to such an object, or to none.
    pub(crate) fn weak_foreign(&mut self, key: Option<u32>) {
        let Some(graph) = self.graph_mut() else { return self.fail(undescribed("`Weak`")) };
        let Some(key) = key else { return self.nowhere() };
        let known = match graph.found_foreign.get(&key) {
            Some(known) => *known,
            None => {
                let place = graph.weak_place(None);
                graph.found_foreign.insert(key, place);
                place
            }
        };
        if known & WEAK == 0 { self.number_of(known, known | WEAK) } else { self.weak_to_unmet(known) }
    }

    /// Whether anything has referred to the object that the source knows by this key.
    pub(crate) fn has_met(&mut self, key: u32) -> bool {
        self.graph_mut().is_some_and(|graph| graph.found_foreign.contains_key(&key))
    }

    /// The number of the class of an object that is met through `pointer`.
    #[inline]
    fn class_number<F: Family, T: ?Sized + Target>(&mut self, pointer: &F::Strong<T>) -> Result<u32> {
        let key = (TypeId::of::<F::Strong<T>>(), T::concrete(pointer));
        let Some(graph) = self.graph_mut() else { return Err(undescribed(F::STRONG)) };
        if let Some((last, number)) = graph.last_class
            && last == key
        {
            return Ok(number);
        }
        let number = match graph.class_numbers.get(&key) {
            Some(number) => *number,
            None => self.new_class::<F, T>(key, pointer)?,
        };
        if let Some(graph) = self.graph_mut() {
            graph.last_class = Some((key, number));
        }
        Ok(number)
    }

    #[cold]
    #[inline(never)]
    fn new_class<F: Family, T: ?Sized + Target>(
        &mut self,
        key: (TypeId, TypeId),
        pointer: &F::Strong<T>,
    ) -> Result<u32> {
        let (scope, numbering) = (self.scope(), self.numbering());
        let Some(graph) = self.graph_mut() else { return Err(undescribed(F::STRONG)) };
        let schema = graph.scopes[scope as usize].schema;
        let node = schema.pointer_node(key.0, numbering).ok_or_else(|| undescribed(F::STRONG))?;
        let (class, number, inner_scope) = match T::class::<F>() {
            PointerClass::Known(class) => (class, None, scope),
            PointerClass::Behind(_) => {
                let (number, entry, dynamic) = T::implementor(pointer, self)?.ok_or_else(|| undescribed(F::STRONG))?;
                let inner = self.scope_of(dynamic, number, (entry.schema)()?)?;
                (F::class(entry), Some(number as u32), inner)
            }
        };
        let Some(graph) = self.graph_mut() else { return Err(undescribed(F::STRONG)) };
        graph.classes.push(WrittenClass {
            class,
            concrete: key.1,
            scope,
            node,
            number,
            inner_scope,
            objects: Objects::Live { visit: visit::<F, T>, table: Box::new(Pointers::<F, T> { items: Vec::new() }) },
            visited: 0,
        });
        let number = graph.classes.len() as u32 - 1;
        graph.class_numbers.insert(key, number);
        Ok(number)
    }

    /// The scope of a type behind `dyn`, which stands at the part `dynamic` of the current scope's schema.
    pub(crate) fn scope_of(&mut self, dynamic: TypeId, number: usize, schema: &'static TypeSchema) -> Result<u32> {
        let (parent, numbering) = (self.scope(), self.numbering());
        let Some(graph) = self.graph_mut() else { return Ok(0) };
        let number = number as u32;
        let Some(node) = graph.scopes[parent as usize].schema.dynamic_node(dynamic, numbering) else {
            return Err(undescribed("trait object"));
        };
        // The type alone says what stands in its scope: where its values stand does not matter.
        let next = graph.scopes.len() as u32;
        let scope = *graph.scope_numbers.entry(number).or_insert(next);
        if scope == next {
            graph.scopes.push(Scope { parent, node, number, schema });
        }
        Ok(scope)
    }

    /// Writes what a cell holds; the cell may be filled after its object was built where `T` can be vacant.
    #[inline]
    pub(crate) fn cell<T: Shape>(&mut self, write: impl FnOnce(&mut Self)) {
        self.cell_of(const { &CellContent::of::<T>() }, write);
    }

    /// The same, for a type that is known at run time.
    #[inline]
    pub(crate) fn cell_of(&mut self, content: &CellContent, write: impl FnOnce(&mut Self)) {
        if self.graph_mut().is_none() {
            return write(self);
        }
        let begun = self.begin_unit(content);
        write(self);
        if begun {
            self.end_unit();
        }
    }

    #[inline]
    fn begin_unit(&mut self, content: &CellContent) -> bool {
        let (data, text) = self.position();
        let solid = self.is_solid();
        let Some(graph) = self.graph_mut() else { return false };
        graph.cells += 1;
        if solid || graph.visiting == ROOT || graph.unit != NO_UNIT || !graph.has_vacant(content) {
            return false;
        }
        graph.cut(data, text);
        graph.unit = graph.units.len() as u32;
        graph.units.push(Unit { ordinal: graph.cells - 1, nested: graph.cells });
        true
    }

    #[inline]
    fn end_unit(&mut self) {
        let (data, text) = self.position();
        let Some(graph) = self.graph_mut() else { return };
        graph.cut(data, text);
        graph.unit = NO_UNIT;
        let cells = graph.cells;
        if let Some(unit) = graph.units.last_mut() {
            unit.nested = cells - unit.nested;
        }
    }
}

impl Graph {
    #[inline]
    fn has_vacant(&mut self, content: &CellContent) -> bool {
        match self.last_vacancy {
            // One function gives the key of one type.
            Some((key, vacant)) if std::ptr::fn_addr_eq(key, content.key) => vacant,
            _ => self.ask_vacancy(content),
        }
    }

    #[inline(never)]
    fn ask_vacancy(&mut self, content: &CellContent) -> bool {
        let key = (content.key)();
        let vacant = match self.vacancies.get(&key) {
            Some(vacant) => *vacant,
            None => {
                let vacant = (content.has_vacant)(&mut Vacancy::default());
                if !vacant && self.not_vacant.len() < 3 {
                    self.not_vacant.push((content.name)());
                }
                self.vacancies.insert(key, vacant);
                vacant
            }
        };
        self.last_vacancy = Some((content.key, vacant));
        vacant
    }
}

/// Writes the records of a run of objects.
fn visit<F: Family, T: ?Sized + Target>(writer: &mut Writer<'_>, run: Run) {
    let objects = writer.graph_mut().map(|graph| &graph.classes[run.class as usize].objects);
    if let Some(Objects::Live { table, .. }) = objects
        && let Some(table) = table.any().downcast_ref::<Pointers<F, T>>()
    {
        // All at once: the processor fetches the objects, and then what they hold, side by side.
        let items = &table.items[run.index as usize..];
        let pointers: ArrayVec<F::Strong<T>, RUN> = items.iter().take(run.length).cloned().collect();
        let many = writer.graph().is_some_and(|graph| graph.objects.len() > FEW);
        if many && pointers.len() > 1 {
            pointers.iter().for_each(|pointer| T::touch(pointer, writer));
        }
        for (id, pointer) in (run.id..).zip(&pointers) {
            writer.begin_visit(id, run.scope);
            T::persist(pointer, writer);
            writer.end_record();
            if writer.failed() {
                break;
            }
        }
    }
}

#[cold]
fn undescribed(pointer: &str) -> Error {
    Error::new(ErrorKind::Unrepresentable, format!("the schema of the root does not tell of this {pointer}"))
        .with_remedy("derive `Pickle` for the type that holds it: its own `Shape` leaves it out")
}

#[cold]
fn two_types(pointer: &str) -> Error {
    Error::new(ErrorKind::Unrepresentable, format!("one object is behind an `{pointer}` as a slice and as an array"))
        .with_remedy("hold it as one of them")
}
