//! A part of a value as a value of its own.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use super::arena::{Arena, DANGLING, NOWHERE, Slot, WEAK};
use super::edit::copy::Across;
use super::node::{Node, Place};
use super::{DEFERRED, Entry, Held, ObjectSlot, RootTypes, Value};
use crate::error::Result;
use crate::inspect::TypeTable;
use crate::schema::{Op, TypeSchema};
use crate::wire::Memory;

impl Value {
    /// The memory that a copy was charged to.
    pub(crate) fn memory(&self) -> Memory {
        self.held.arena.memory
    }
}

impl<'v> Node<'v> {
    /// What lies in a place that a reading has told.
    pub(crate) fn at_place(value: &'v Value, slot: u32) -> Node<'v> {
        Node { value, place: Place::Slot(slot) }
    }

    /// A `Value` that has this part as its root, with the objects that it reaches.
    ///
    /// Its stream is one of this part's type. Objects keep what they share among each other; a weak pointer to one that
    /// only the rest of the value keeps alive dangles.
    ///
    /// # Errors
    /// More types than a stream can have.
    ///
    /// ```
    /// use pickle_core::{Pickle, Value, dumps, loads};
    ///
    /// #[derive(Pickle, Debug, PartialEq)]
    /// struct Player { name: String }
    ///
    /// let file = dumps(&vec![Player { name: "Ann".into() }, Player { name: "Bo".into() }])?;
    /// let value: Value = loads(&file)?;
    /// let second = value.at("[1]").unwrap().to_value()?;
    /// assert_eq!(loads::<Player>(&dumps(&second)?)?, Player { name: "Bo".into() });
    /// # Ok::<(), pickle_core::Error>(())
    /// ```
    pub fn to_value(self) -> Result<Value> {
        let mut memory = Memory::UNLIMITED;
        let types = Arc::new(self.part_types(&mut memory)?);
        let schema = Arc::new(TypeSchema::of_table(&types));
        let steps = Steps::of(self.value, &mut memory)?;
        self.to_value_of((types, schema), &steps, memory)
    }

    /// The types of it alone. What lies in a version stays in it: older and newer ones are told apart by that.
    pub(crate) fn part_types(self, memory: &mut Memory) -> Result<TypeTable> {
        let kind = self.kind();
        let is_version = |code: &u32| matches!(kind.table.layout(*code).op, Op::Versioned(_, of) if of == kind.code);
        let version = (0..kind.table.len() as u32).map(TypeTable::code_of).find(is_version);
        kind.table.part(version.unwrap_or(kind.code), memory)
    }

    /// The same as [`to_value`](Node::to_value), where the types and the steps of the whole are known. The copy and all
    /// that it takes to make it are charged to the memory, which the copy goes on with.
    pub(crate) fn to_value_of(self, (types, schema): RootTypes, steps: &Steps, mut memory: Memory) -> Result<Value> {
        memory.charge(EMPTY)?;
        let (root, version) = match (types.layout(types.root).op, self.layout().op) {
            (Op::Versioned(_, of), own) if !matches!(own, Op::Versioned(..)) => (of, Some(types.root)),
            _ => (types.root, None),
        };
        let mut made = Value {
            held: Box::new(Held {
                schema,
                tables: vec![types],
                named: Vec::new(),
                arena: Arena::new(memory),
                objects: Vec::new(),
                script: Vec::new(),
                scopes: Vec::new(),
                classes: Vec::new(),
                root: NOWHERE,
                changed: self.value.held.changed,
            }),
        };
        let mut cut = Cut {
            source: self.value,
            numbers: HashMap::new(),
            waiting: VecDeque::new(),
            types: HashMap::new(),
            scopes: HashMap::from([(0, 0)]),
            classes: HashMap::new(),
            weak: Vec::new(),
        };
        made.held.root = match self.place {
            Place::Slot(slot) => made.copy_slot(Some(self.value), &mut cut, slot, 0, root)?,
            Place::Element(..) => {
                let scalar = self.as_scalar().unwrap_or(crate::inspect::Scalar::Unit);
                let bits = made.held.arena.number(scalar)?;
                made.held.arena.add(Slot { table: 0, code: root as u16, a: 0, b: bits })?
            }
        };
        if let Some(code) = version {
            let content = u64::from(made.held.root);
            made.held.root = made.held.arena.add(Slot { table: 0, code: code as u16, a: 1, b: content })?;
        }
        while let Some(Waiting { from, id, table, code }) = cut.waiting.pop_front() {
            let slot = made.copy_slot(Some(self.value), &mut cut, from, table, code)?;
            made.held.objects[id as usize].slot = slot;
        }
        cut.finish(&mut made, steps);
        Ok(made)
    }
}

/// What a copy of nothing takes, for itself and while it is made.
const EMPTY: usize = 1024;
/// What an object, and a type that values name, take beside what lies in them: in lists that double, in tables that do.
const OBJECT: usize = 256;
const NAMED: usize = 384;

/// Where the script of a value has what it says of each object.
pub(crate) struct Steps {
    /// Its record, or where it is opened and closed.
    of: Vec<[u32; 2]>,
    fills: Vec<u32>,
}

impl Steps {
    /// Those of a value, charged.
    pub(crate) fn of(value: &Value, memory: &mut Memory) -> Result<Self> {
        let (script, objects) = (&value.held.script, value.held.objects.len());
        let fills = script.iter().filter(|entry| **entry == Entry::Fill).count();
        let mut steps = Steps { of: Vec::new(), fills: Vec::new() };
        memory.room(&mut steps.of, objects)?;
        memory.room(&mut steps.fills, fills)?;
        steps.of.resize(objects, [NOWHERE; 2]);
        for (place, entry) in (0..).zip(script) {
            match *entry {
                Entry::Open(id) => steps.of[id as usize][0] = place,
                Entry::Record(id) | Entry::Close(id) => steps.of[id as usize][1] = place,
                Entry::Fill => steps.fills.push(place),
            }
        }
        Ok(steps)
    }

    /// The part of the script that is of these objects. A fill that follows another has nothing to fill.
    fn of_objects(&self, value: &Value, objects: impl ExactSizeIterator<Item = u32>) -> Vec<Entry> {
        let mut places = Vec::with_capacity(2 * objects.len());
        places.extend(objects.flat_map(|id| self.of[id as usize]).filter(|place| *place != NOWHERE));
        places.sort_unstable();
        let mut script = Vec::with_capacity(2 * places.len());
        let mut next_fill = 0;
        for place in places {
            let fills = self.fills.partition_point(|fill| *fill < place);
            if fills > next_fill && !script.is_empty() {
                script.push(Entry::Fill);
            }
            next_fill = fills;
            script.push(value.held.script[place as usize]);
        }
        if self.fills.len() > next_fill && !script.is_empty() {
            script.push(Entry::Fill);
        }
        script
    }
}

/// An object that is still to be copied, as this type.
struct Waiting {
    from: u32,
    id: u32,
    table: u16,
    code: u32,
}

/// Follows the copy of a part to what it reaches.
struct Cut<'v> {
    source: &'v Value,
    /// The number that each object of the source has here.
    numbers: HashMap<u32, u32>,
    /// In the order in which they were met, which says by which pointer an object is known.
    waiting: VecDeque<Waiting>,
    /// The number here of each type that values name, by its table there.
    types: HashMap<u16, u32>,
    /// The scope of each table.
    scopes: HashMap<u16, u32>,
    classes: HashMap<[u32; 3], u32>,
    /// Weak pointers, with what they point to in the source.
    weak: Vec<(u32, u32)>,
}

impl Cut<'_> {
    /// The number here of the type that has this table in the source.
    fn type_of(&mut self, to: &mut Value, table: u16) -> Result<u32> {
        if let Some(known) = self.types.get(&table) {
            return Ok(*known);
        }
        let named = &self.source.held.named;
        let number = named.iter().position(|named| named.table == table).unwrap_or(0);
        to.held.arena.memory.charge(named[number].name.len().saturating_add(NAMED))?;
        let own = to.named_as(self.source, number as u32)?;
        self.types.insert(table, own);
        Ok(own)
    }

    /// The scope of the types that are named behind a trait of this table.
    fn scope(&mut self, to: &mut Value, number: u32, table: u16, code: u32) {
        let inner = to.held.named[number as usize].table;
        if !self.scopes.contains_key(&inner) {
            let parent = self.scopes.get(&table).copied().unwrap_or(0);
            to.held.scopes.push([parent, TypeTable::number_of(code), number]);
            self.scopes.insert(inner, to.held.scopes.len() as u32);
        }
    }

    /// The number here of an object that a pointer of this type leads to.
    fn object(&mut self, to: &mut Value, id: u32, table: u16, code: u32) -> Result<u32> {
        if let Some(known) = self.numbers.get(&id) {
            return Ok(*known);
        }
        to.held.arena.memory.charge(OBJECT)?;
        let from = self.source.held.objects[id as usize].slot;
        let types = to.held.tables[usize::from(table)].clone();
        let target = match types.layout(code).op {
            Op::Shared(target) => target,
            _ => code,
        };
        let (number, place) = match types.layout(target).op {
            Op::Dynamic => {
                let of_source = self.source.held.arena.slot(from).table;
                let number = self.type_of(to, of_source)?;
                self.scope(to, number, table, target);
                let inner = to.held.named[number as usize].table;
                (number + 1, (inner, to.held.tables[usize::from(inner)].root))
            }
            _ => (0, (table, target)),
        };
        let row = [self.scopes.get(&table).copied().unwrap_or(0), TypeTable::number_of(code), number];
        let class = *self.classes.entry(row).or_insert_with(|| {
            to.held.classes.push(row);
            to.held.classes.len() as u32 - 1
        });
        let own = to.held.objects.len() as u32;
        to.held.objects.push(ObjectSlot { class, slot: NOWHERE });
        self.numbers.insert(id, own);
        self.waiting.push_back(Waiting { from, id: own, table: place.0, code: place.1 });
        Ok(own)
    }

    /// Finishes what could be told only when all objects were met.
    fn finish(self, made: &mut Value, steps: &Steps) {
        for (slot, id) in self.weak {
            let slot = &mut made.held.arena.slots[slot as usize];
            (slot.a, slot.b) = match self.numbers.get(&id) {
                Some(own) => (*own, WEAK),
                None => (NOWHERE, DANGLING),
            };
        }
        made.held.script = steps.of_objects(self.source, self.numbers.keys().copied());
        for entry in &mut made.held.script {
            if let Entry::Record(id) | Entry::Open(id) | Entry::Close(id) = entry {
                *id = self.numbers.get(id).copied().unwrap_or(NOWHERE);
            }
        }
    }
}

impl Across for Cut<'_> {
    fn pointer(&mut self, to: &mut Value, original: Slot, table: u16, code: u32) -> Result<Slot> {
        let slot = |a: u32, b: u64| Slot { table, code: code as u16, a, b };
        Ok(match original.b {
            DANGLING => slot(NOWHERE, DANGLING),
            WEAK => {
                to.held.arena.memory.room(&mut self.weak, 1)?;
                self.weak.push((to.held.arena.slots.len() as u32, original.a));
                slot(NOWHERE, DANGLING)
            }
            strong => slot(self.object(to, original.a, table, code)?, strong),
        })
    }

    fn named(&mut self, to: &mut Value, number: u32, table: u16, code: u32) -> Result<u32> {
        let own = self.type_of(to, self.source.held.named[number as usize].table)?;
        self.scope(to, own, table, code);
        Ok(own)
    }

    fn filling(&self, original: Slot) -> u32 {
        if original.a == DEFERRED { DEFERRED } else { 1 }
    }
}
