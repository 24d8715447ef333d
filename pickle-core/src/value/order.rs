//! The objects that a value still has, and the order in which a loader can build them: that of the stream which it was
//! read from, mended where a change asks for it.

use super::arena::{DANGLING, NOWHERE, STRONG, Slot, WEAK};
use super::{DEFERRED, Entry, Value};
use crate::schema::{Op, Primitive, TypeTable};

/// What is written, in order.
pub(super) struct Order {
    /// The number that each object gets; none for those that nothing refers to any more.
    pub(super) numbers: Vec<u32>,
    pub(super) count: u32,
    pub(super) steps: Vec<Step>,
}

pub(super) enum Step {
    /// An object, with the cells that are deferred: their slots and ordinals.
    Record {
        id: u32,
        opened: bool,
        deferred: Vec<(u32, u32)>,
    },
    Open(u32),
    /// The slots of the cells that are filled.
    Fill(Vec<u32>),
}

/// A reference that no order allows: from this object, in this slot.
pub(super) struct Unordered {
    pub(super) id: u32,
    pub(super) slot: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Waiting,
    Open,
    Built,
}

impl Value {
    pub(super) fn op(&self, slot: Slot) -> Op {
        self.held.tables[usize::from(slot.table)].layout(u32::from(slot.code)).op
    }

    /// Puts the slots of a slot's parts with `stack`, the first one on top.
    fn push_parts(&self, at: u32, stack: &mut Vec<u32>) {
        let node = super::Node { value: self, place: super::Place::Slot(at) };
        let slot = self.held.arena.slot(at);
        match self.op(slot) {
            Op::Option(_) if slot.a == 0 => {}
            Op::Option(_) | Op::Piece(_) | Op::Cell(_) | Op::Versioned(..) | Op::Dynamic => stack.push(slot.b as u32),
            Op::Fields(..) | Op::Enum(..) | Op::Set(_) | Op::Map(..) | Op::Array(..) | Op::Sequence(_) => {
                let kind = node.kind();
                if super::build::packed(kind.table, node.layout()).is_none() {
                    let start = slot.b as usize;
                    let parts = self.held.arena.parts.get(start..start + node.part_count()).unwrap_or_default();
                    stack.extend(parts.iter().rev().filter(|part| **part != NOWHERE));
                }
            }
            _ => {}
        }
    }

    /// Goes through a slot and all its parts, in the order in which they are written, not along pointers; `look` says
    /// whether to go on into the parts.
    pub(super) fn each(&self, at: u32, mut look: impl FnMut(u32, Slot, Op) -> bool) {
        let mut stack = vec![at];
        while let Some(at) = stack.pop() {
            let slot = self.held.arena.slot(at);
            if look(at, slot, self.op(slot)) {
                self.push_parts(at, &mut stack);
            }
        }
    }

    pub(super) fn root_reaches_objects(&self) -> bool {
        let mut found = false;
        if !self.held.objects.is_empty() {
            self.each(self.held.root, |_, slot, op| {
                found |= matches!(op, Op::Shared(_)) && slot.b == STRONG;
                !found
            });
        }
        found
    }

    /// The number of each object: as the root meets them, then each object in turn.
    fn numbers(&self) -> (Vec<u32>, u32) {
        let mut numbers = vec![NOWHERE; self.held.objects.len()];
        let mut queue: Vec<u32> = Vec::new();
        let mut at = self.held.root;
        let mut next = 0;
        loop {
            self.each(at, |_, slot, op| {
                if matches!(op, Op::Shared(_))
                    && let Some(number) = numbers.get_mut(slot.a as usize)
                    && *number == NOWHERE
                {
                    *number = queue.len() as u32;
                    queue.push(slot.a);
                }
                true
            });
            let Some(id) = queue.get(next) else { break };
            at = self.held.objects[*id as usize].slot;
            next += 1;
        }
        (numbers, queue.len() as u32)
    }

    pub(super) fn order(&self) -> Result<Order, Unordered> {
        let (numbers, count) = self.numbers();
        let mut state = vec![State::Waiting; self.held.objects.len()];
        let mut steps = Vec::with_capacity(self.held.script.len());
        let mut pending: Vec<u32> = Vec::new();
        let (mut cells, mut vacancies) = (Vec::new(), Vacancies(Vec::new()));
        let is_live = |id: u32| numbers.get(id as usize).is_some_and(|number| *number != NOWHERE);
        for entry in &self.held.script {
            match *entry {
                Entry::Record(id) | Entry::Close(id) if is_live(id) => {
                    let opened = matches!(entry, Entry::Close(_));
                    let deferred = self.deferred(id, &state, &numbers, (&mut cells, &mut vacancies))?;
                    pending.extend(deferred.iter().map(|(slot, _)| *slot));
                    steps.push(Step::Record { id, opened, deferred });
                    state[id as usize] = State::Built;
                }
                Entry::Open(id) if is_live(id) => {
                    state[id as usize] = State::Open;
                    steps.push(Step::Open(id));
                }
                // A fill fills all that waits, so it waits for the last of it.
                Entry::Fill
                    if !pending.is_empty() && pending.iter().all(|cell| self.is_ready(*cell, &state, &numbers)) =>
                {
                    steps.push(Step::Fill(std::mem::take(&mut pending)));
                }
                _ => {}
            }
        }
        if !pending.is_empty() {
            steps.push(Step::Fill(pending));
        }
        Ok(Order { numbers, count, steps })
    }

    /// Whether all that is referred to within a slot is there.
    fn is_ready(&self, at: u32, state: &[State], numbers: &[u32]) -> bool {
        let mut ready = true;
        self.each(at, |_, slot, op| {
            ready &= is_there(slot, op, state, numbers);
            ready
        });
        ready
    }

    /// The cells of an object that must wait, each with its number among the cells of its record.
    fn deferred(
        &self,
        id: u32,
        state: &[State],
        numbers: &[u32],
        (stack, vacancies): (&mut Vec<u32>, &mut Vacancies),
    ) -> Result<Vec<(u32, u32)>, Unordered> {
        let mut deferred = Vec::new();
        let mut ordinal = 0;
        stack.clear();
        stack.push(self.held.objects[id as usize].slot);
        while let Some(at) = stack.pop() {
            let slot = self.held.arena.slot(at);
            let op = self.op(slot);
            if let Op::Cell(content) = op {
                let here = ordinal;
                ordinal += 1;
                let waits = slot.a == DEFERRED
                    || !self.is_ready(at, state, numbers) && vacancies.has(self, slot.table, content);
                if waits {
                    deferred.push((at, here));
                    continue;
                }
            }
            if !is_there(slot, op, state, numbers) {
                return Err(Unordered { id, slot: at });
            }
            self.push_parts(at, stack);
        }
        Ok(deferred)
    }
}

/// The types that have a value without references, as far as a schema can say, by table and code.
struct Vacancies(Vec<Option<Vec<bool>>>);

impl Vacancies {
    fn has(&mut self, value: &Value, table: u16, code: u32) -> bool {
        let tables = &value.held.tables;
        self.0.resize(tables.len(), None);
        let table = usize::from(table);
        self.0[table].get_or_insert_with(|| vacant_types(&tables[table]))[code as usize]
    }
}

/// Goes through the types until nothing more is found. What holds others mostly comes before them, so that few rounds do;
/// what takes more is no schema that a program writes, and is left at none.
fn vacant_types(types: &TypeTable) -> Vec<bool> {
    const ROUNDS: usize = 64;
    let count = TypeTable::code_of(types.len() as u32);
    let mut vacant = vec![false; count as usize];
    for _ in 0..ROUNDS {
        let mut found = false;
        for code in (0..count).rev().filter(|code| !vacant[*code as usize]).collect::<Vec<_>>() {
            if is_vacant(types, code, &vacant) {
                vacant[code as usize] = true;
                found = true;
            }
        }
        if !found {
            break;
        }
    }
    vacant
}

fn is_vacant(types: &TypeTable, code: u32, vacant: &[bool]) -> bool {
    let all =
        |(start, end): (u32, u32)| types.parts[start as usize..end as usize].iter().all(|part| vacant[*part as usize]);
    match types.layout(code).op {
        Op::Primitive(primitive) => primitive != Primitive::FunctionName,
        Op::Piece(content) | Op::Cell(content) | Op::Array(content, _) => vacant[content as usize],
        Op::Fields(start, end) => all((start, end)),
        Op::Enum(start, count, _) => {
            types.variants[start as usize..(start + count) as usize].iter().any(|variant| all(variant.parts))
        }
        Op::Shared(_) | Op::Dynamic | Op::Versioned(..) => false,
        _ => true,
    }
}

/// Whether what a slot refers to, if anything, can be referred to by now.
fn is_there(slot: Slot, op: Op, state: &[State], numbers: &[u32]) -> bool {
    if !matches!(op, Op::Shared(_) | Op::Weak(_)) || slot.b == DANGLING {
        return true;
    }
    let (state, number) = (state.get(slot.a as usize), numbers.get(slot.a as usize));
    match state {
        Some(State::Built) => true,
        Some(State::Open) => slot.b == WEAK,
        // What nothing keeps alive any more is written as nothing.
        _ => slot.b == WEAK && number.is_none_or(|number| *number == NOWHERE),
    }
}
