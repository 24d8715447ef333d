//! Which types have a blank value, of which variant and how large: found over their table, before any is made.
//!
//! A type needs the blank values of its parts, so types that need each other form strongly connected components (Tarjan,
//! 1972; here without recursion). They come in the order in which what one needs is known before it.

use std::collections::VecDeque;

use super::super::build::packed;
use crate::schema::{Op, Primitive, TypeTable};

/// Values that a blank one is made of, at the most.
pub(super) const MOST: usize = 1 << 16;
/// Bytes of numbers side by side that count as one value.
const BYTES: usize = 256;

/// What is found of types that one reaches.
pub(super) struct Blanks<'t> {
    types: &'t TypeTable,
    found: Vec<Found>,
    met: u32,
    components: u32,
}

#[derive(Clone, Copy, Default)]
struct Found {
    /// When it was met, from 1.
    met: u32,
    /// The number of its component, from 1, once that is known.
    component: u32,
    blank: Option<Blank>,
}

/// The blank value that a type has.
#[derive(Clone, Copy)]
pub(super) struct Blank {
    /// Its variant, where the type is an enum.
    pub(super) variant: usize,
    /// Of how many values it is made.
    pub(super) size: usize,
}

/// A type on the way of the search.
struct Step {
    code: u32,
    /// Which of its parts is next.
    next: usize,
    /// When the first type was met that it leads back to.
    first: u32,
}

/// One way to make a value of a type, of a component whose types wait for each other.
#[derive(Clone, Copy)]
struct Way {
    code: u32,
    variant: usize,
    /// How many of its parts are not known yet.
    waits: usize,
}

/// The types of the parts that a blank value has.
pub(super) fn parts(types: &TypeTable, code: u32, variant: usize) -> &[u32] {
    let layout = types.layout(code);
    match &layout.op {
        Op::Piece(content) | Op::Cell(content) | Op::Versioned(_, content) => std::slice::from_ref(content),
        Op::Array(element, count) if *count > 0 && packed(types, layout).is_none() => std::slice::from_ref(element),
        Op::Fields(start, end) => &types.parts[*start as usize..*end as usize],
        Op::Enum(start, ..) => {
            let (first, end) = types.variants[*start as usize + variant].parts;
            &types.parts[first as usize..end as usize]
        }
        _ => &[],
    }
}

/// In how many ways a blank value can be made.
fn ways(op: Op) -> usize {
    match op {
        Op::Primitive(Primitive::FunctionName) | Op::Dynamic | Op::Shared(_) => 0,
        Op::Enum(_, count, _) => count as usize,
        _ => 1,
    }
}

impl<'t> Blanks<'t> {
    pub(super) fn new(types: &'t TypeTable) -> Self {
        let found = vec![Found::default(); TypeTable::code_of(types.len() as u32) as usize];
        Blanks { types, found, met: 0, components: 0 }
    }

    /// The blank value of a type.
    pub(super) fn of(&mut self, code: u32) -> Option<Blank> {
        self.search(code);
        self.found[code as usize].blank
    }

    /// The size of a value of a type and variant whose parts are blank.
    pub(super) fn size(&mut self, code: u32, variant: usize) -> Option<usize> {
        parts(self.types, code, variant).iter().for_each(|part| self.search(*part));
        self.size_of_known(code, variant)
    }

    fn size_of_known(&self, code: u32, variant: usize) -> Option<usize> {
        let layout = self.types.layout(code);
        let mut sum = 0usize;
        for part in parts(self.types, code, variant) {
            sum = sum.saturating_add(self.found[*part as usize].blank?.size);
        }
        let times = match (layout.op, packed(self.types, layout)) {
            (Op::Array(_, count), Some((_, size))) => return Some(1 + count.saturating_mul(size) / BYTES),
            (Op::Array(_, count), None) => count,
            _ => 1,
        };
        Some(sum.saturating_mul(times).saturating_add(1))
    }

    /// The part of a type at this place, those of all variants in a row.
    fn part(&self, code: u32, place: usize) -> Option<u32> {
        match self.types.layout(code).op {
            Op::Enum(start, count, _) if count > 0 => {
                let (first, last) = (start as usize, (start + count - 1) as usize);
                let (first, end) = (self.types.variants[first].parts.0, self.types.variants[last].parts.1);
                self.types.parts[first as usize..end as usize].get(place).copied()
            }
            Op::Enum(..) => None,
            _ => parts(self.types, code, 0).get(place).copied(),
        }
    }

    /// Finds the blank values of all types that one needs.
    fn search(&mut self, code: u32) {
        let mut way = Vec::new();
        // Those that were met and whose component is not known yet.
        let mut open = Vec::new();
        if self.found[code as usize].met == 0 {
            way.push(self.meet(code, &mut open));
        }
        while let Some(mut step) = way.pop() {
            if let Some(part) = self.part(step.code, step.next) {
                let Found { met, component, .. } = self.found[part as usize];
                step.next += 1;
                if component == 0 && met != 0 {
                    step.first = step.first.min(met);
                }
                way.push(step);
                if met == 0 {
                    way.push(self.meet(part, &mut open));
                }
                continue;
            }
            if step.first < self.found[step.code as usize].met {
                if let Some(before) = way.last_mut() {
                    before.first = before.first.min(step.first);
                }
            } else if let Some(start) = open.iter().rposition(|code| *code == step.code) {
                self.choose(open.split_off(start));
            }
        }
    }

    fn meet(&mut self, code: u32, open: &mut Vec<u32>) -> Step {
        self.met += 1;
        self.found[code as usize].met = self.met;
        open.push(code);
        Step { code, next: 0, first: self.met }
    }

    /// Chooses the blank values of a component: of each type the first variant that leads back to none of them, or else
    /// the one that is known to end first.
    fn choose(&mut self, mut component: Vec<u32>) {
        self.components += 1;
        // Which is first must not depend on where the search began.
        component.sort_unstable();
        component.iter().for_each(|code| self.found[*code as usize].component = self.components);
        for code in &component {
            let way = (0..ways(self.types.layout(*code).op)).find_map(|variant| {
                let leads_back = |part: &u32| self.found[*part as usize].component == self.components;
                if parts(self.types, *code, variant).iter().any(leads_back) {
                    return None;
                }
                let size = self.size_of_known(*code, variant).filter(|size| *size <= MOST)?;
                Some(Blank { variant, size })
            });
            self.found[*code as usize].blank = way;
        }
        component.retain(|code| self.found[*code as usize].blank.is_none());
        self.choose_others(&component);
    }

    fn choose_others(&mut self, undecided: &[u32]) {
        let next = |ways: &mut VecDeque<usize>, fits| ways.pop_front().map(|way| (way, fits));
        let mut all = Vec::new();
        let mut waited_for = vec![Vec::new(); undecided.len()];
        let mut ready = VecDeque::new();
        for code in undecided {
            for variant in 0..ways(self.types.layout(*code).op) {
                let mut waits = 0;
                for part in parts(self.types, *code, variant) {
                    if self.found[*part as usize].blank.is_some() {
                        continue;
                    }
                    // What waits for a type that has none waits for ever.
                    waits += 1;
                    if let Ok(place) = undecided.binary_search(part) {
                        waited_for[place].push(all.len());
                    }
                }
                if waits == 0 {
                    ready.push_back(all.len());
                }
                all.push(Way { code: *code, variant, waits });
            }
        }
        // What is too large is chosen where there is nothing else, to say so.
        let mut large = VecDeque::new();
        while let Some((way, fits)) = next(&mut ready, true).or_else(|| next(&mut large, false)) {
            let Way { code, variant, .. } = all[way];
            let Some(size) = self.size_of_known(code, variant) else { continue };
            if fits && size > MOST {
                large.push_back(way);
                continue;
            }
            if self.found[code as usize].blank.is_some() {
                continue;
            }
            self.found[code as usize].blank = Some(Blank { variant, size });
            if let Ok(place) = undecided.binary_search(&code) {
                for waiting in std::mem::take(&mut waited_for[place]) {
                    all[waiting].waits -= 1;
                    if all[waiting].waits == 0 {
                        ready.push_back(waiting);
                    }
                }
            }
        }
    }
}
