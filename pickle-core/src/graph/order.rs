//! The order of records: targets before what refers to them, and what to do where that can't be.
//!
//! Objects that reach each other form a strongly connected component (Tarjan, 1972; here without recursion). Components
//! come targets first. Within one, an edge out of a cell that can be vacant may point to a later record: that cell is
//! deferred. What remains are cycles through a plain `Weak`: the object that it points to is opened before the records
//! that need it, as `Rc::new_cyclic` allows.

/// A reference from one object to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    /// The number of the object, and `WEAK` where the reference is a weak one.
    pub(super) target: u32,
    /// The cell that it lies in, `HARD`, or `COMPLETE`.
    pub(super) unit: u32,
}

pub(super) const WEAK: u32 = 1 << 31;
/// The target must be built first.
pub(super) const HARD: u32 = u32::MAX;
/// The target must be built first, its cells filled: user code looks at it.
pub(super) const COMPLETE: u32 = u32::MAX - 1;
/// The target of a weak reference to what nothing keeps alive.
pub(crate) const NOWHERE: u32 = u32::MAX;

impl Edge {
    fn target(self) -> usize {
        (self.target & !WEAK) as usize
    }

    fn is_weak(self) -> bool {
        self.target & WEAK != 0
    }

    fn is_hard(self) -> bool {
        self.unit >= COMPLETE
    }
}

/// All references: those of object `i` are `edges[starts[i]..starts[i + 1]]`.
pub(super) struct Edges<'e> {
    pub(super) starts: &'e [u32],
    pub(super) edges: &'e [Edge],
}

impl Edges<'_> {
    fn of(&self, vertex: usize) -> impl Iterator<Item = Edge> {
        self.edges[self.range(vertex)].iter().copied().filter(|edge| edge.target != NOWHERE)
    }

    pub(super) fn range(&self, vertex: usize) -> std::ops::Range<usize> {
        self.starts[vertex] as usize..self.starts[vertex + 1] as usize
    }
}

/// One step of a loader.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    /// Build the object.
    Record(u32),
    /// Begin an object that the following records refer to weakly.
    Open(u32),
    /// Build the object that was opened last.
    Close(u32),
    /// Fill all cells that were deferred so far.
    Fill,
}

/// Why there is no order.
#[derive(Debug, PartialEq)]
pub(super) enum Refusal {
    /// User code would look at an object of its own cycle.
    Incomplete { from: u32, to: u32 },
    /// No cell of the cycle can be vacant.
    Solid { from: u32, to: u32 },
    /// An object that must be opened has no vacant value.
    NotVacant { object: u32 },
    /// More objects must be open at once than values may nest.
    Deep { object: u32 },
}

pub(super) struct Order {
    pub(super) steps: Vec<Step>,
    /// Whether each cell is deferred.
    pub(super) deferred: Vec<bool>,
}

/// Orders the records of all objects, which object 0 and the root reach.
pub(super) fn order(
    edges: &Edges<'_>,
    units: usize,
    max_open: usize,
    has_vacant: impl Fn(u32) -> bool,
) -> Result<Order, Refusal> {
    let count = edges.starts.len() - 1;
    let mut search = Search {
        edges,
        state: vec![WAITING; count],
        clock: 0,
        path: Vec::new(),
        left: Vec::new(),
        loops: Vec::new(),
        ties: Vec::new(),
        order: Order { steps: Vec::with_capacity(count + 1), deferred: vec![false; units] },
    };
    let mut sorter = None;
    for root in 0..count as u32 {
        if search.state[root as usize] != WAITING {
            continue;
        }
        let mut next = Some(search.meet(root));
        while let Some(component) = next.and_then(|here| search.next_component(here)) {
            let tied = sorter.get_or_insert_with(|| Sorter::new(count));
            search.arrange(&component, tied, max_open, &has_vacant)?;
            next = search.path.pop();
        }
    }
    Ok(search.order)
}

/// Not met yet. Other states: when a vertex, or the first one that it leads back to, was met, from 1, with `LEFT` once
/// the search is through with its edges; `OPEN`; `BUILT`.
const WAITING: u32 = 0;
const LEFT: u32 = 1 << 31;
const OPEN: u32 = u32::MAX - 1;
const BUILT: u32 = u32::MAX;

/// The search for components (in the form of Pearce, 2016), which lets records out as soon as their component is known.
///
/// A vertex leaves the search after all that it leads to, but for what is on the path to it. So, where components are in
/// the order in which their vertices leave, only references back to the path point forward.
struct Search<'e> {
    edges: &'e Edges<'e>,
    state: Vec<u32>,
    clock: u32,
    path: Vec<Frame>,
    /// Vertices that have left and whose component is not complete.
    left: Vec<u32>,
    /// When the vertices were met that refer to themselves.
    loops: Vec<u32>,
    /// When those were met whose references the order within their component has to heed.
    ties: Vec<u32>,
    order: Order,
}

/// A vertex on the path, and which of its edges are still to be followed.
struct Frame {
    vertex: u32,
    met: u32,
    next: u32,
    end: u32,
}

impl Search<'_> {
    fn meet(&mut self, vertex: u32) -> Frame {
        self.clock += 1;
        self.state[vertex as usize] = self.clock;
        let std::ops::Range { start, end } = self.edges.range(vertex as usize);
        Frame { vertex, met: self.clock, next: start as u32, end: end as u32 }
    }

    /// Goes on from a vertex to the next component whose order is not as easy as that, and lets the others out.
    fn next_component(&mut self, mut here: Frame) -> Option<Vec<u32>> {
        loop {
            if let Some(below) = self.next_below(&mut here) {
                self.path.push(here);
                here = self.meet(below);
                continue;
            }
            let Frame { vertex, met, .. } = here;
            let first = self.state[vertex as usize];
            if first < met {
                self.leave(vertex, first);
            } else if let Some(component) = self.end_component(vertex, met) {
                return Some(component);
            }
            here = self.path.pop()?;
        }
    }

    /// Follows the edges of a vertex, up to one to a vertex that was not met before.
    #[inline]
    fn next_below(&mut self, here: &mut Frame) -> Option<u32> {
        let mut first = self.state[here.vertex as usize];
        let edges = &self.edges.edges[here.next as usize..here.end as usize];
        let mut below = None;
        for edge in edges {
            here.next += 1;
            if edge.target == NOWHERE {
                continue;
            }
            let there = self.state[edge.target()];
            if there == BUILT {
                continue;
            }
            if there == WAITING {
                below = Some(edge.target() as u32);
                break;
            }
            first = (there & !LEFT).min(first);
            if there < LEFT {
                if edge.is_hard() {
                    self.ties.push(here.met);
                } else {
                    self.order.deferred[edge.unit as usize] = true;
                }
                if edge.target() == here.vertex as usize {
                    self.loops.push(here.met);
                }
            } else if edge.unit == COMPLETE {
                self.ties.push(here.met);
            }
        }
        self.state[here.vertex as usize] = first;
        below
    }

    /// Leaves a vertex that leads back to the one that was met at `first`.
    #[inline]
    fn leave(&mut self, vertex: u32, first: u32) {
        self.left.push(vertex);
        self.state[vertex as usize] = first | LEFT;
        if let Some(above) = self.path.last() {
            let state = &mut self.state[above.vertex as usize];
            *state = first.min(*state);
            if self.edges.edges[above.next as usize - 1].unit == COMPLETE {
                self.ties.push(above.met);
            }
        }
    }

    /// Lets out the component of which `vertex` was met first, or gives it back where its order is not easy.
    fn end_component(&mut self, vertex: u32, met: u32) -> Option<Vec<u32>> {
        let own = |state: &[u32], other: &u32| state[*other as usize] & !LEFT >= met;
        let mut begin = self.left.len();
        while begin > 0 && own(&self.state, &self.left[begin - 1]) {
            begin -= 1;
        }
        let drop_own = |list: &mut Vec<u32>| {
            let before = list.len();
            while list.last().is_some_and(|other| *other >= met) {
                list.pop();
            }
            list.len() < before
        };
        let (looped, tied) = (drop_own(&mut self.loops), drop_own(&mut self.ties));
        if tied {
            let mut component = self.left.split_off(begin);
            component.push(vertex);
            return Some(component);
        }
        let is_cycle = looped || begin < self.left.len();
        for place in begin..self.left.len() {
            self.build(self.left[place]);
        }
        self.left.truncate(begin);
        self.build(vertex);
        if is_cycle {
            self.order.steps.push(Step::Fill);
        }
        None
    }

    /// Lets a vertex out.
    #[inline]
    fn build(&mut self, vertex: u32) {
        self.state[vertex as usize] = BUILT;
        self.order.steps.push(Step::Record(vertex));
    }

    /// Lets out a component whose hard references restrict its order.
    #[cold]
    fn arrange(
        &mut self,
        component: &[u32],
        sorter: &mut Sorter,
        max_open: usize,
        has_vacant: &impl Fn(u32) -> bool,
    ) -> Result<(), Refusal> {
        let edges = self.edges;
        let cells = |vertex: u32| edges.of(vertex as usize).filter(|edge| !edge.is_hard());
        for edge in component.iter().flat_map(|vertex| cells(*vertex)) {
            self.order.deferred[edge.unit as usize] = false;
        }
        let first = self.order.steps.len();
        arrange(edges, component, sorter, max_open, has_vacant, &mut self.order.steps)?;
        let mut fill = false;
        for step in &self.order.steps[first..] {
            let vertex = match *step {
                Step::Open(vertex) => {
                    self.state[vertex as usize] = OPEN;
                    continue;
                }
                Step::Record(vertex) | Step::Close(vertex) => vertex,
                Step::Fill => continue,
            };
            for edge in cells(vertex) {
                let there = self.state[edge.target()];
                if there != BUILT && !(there == OPEN && edge.is_weak()) {
                    self.order.deferred[edge.unit as usize] = true;
                    fill = true;
                }
            }
            self.state[vertex as usize] = BUILT;
        }
        if fill {
            self.order.steps.push(Step::Fill);
        }
        Ok(())
    }
}

enum Task {
    /// Objects that hard references may tie together, and how many are open around them.
    Arrange(Vec<u32>, usize),
    Step(Step),
}

/// Puts the objects of one component in an order that its hard references allow.
fn arrange(
    edges: &Edges<'_>,
    component: &[u32],
    sorter: &mut Sorter,
    max_open: usize,
    has_vacant: &impl Fn(u32) -> bool,
    steps: &mut Vec<Step>,
) -> Result<(), Refusal> {
    let whole = sorter.label(component);
    for from in component {
        let mut inside = edges.of(*from as usize).filter(|edge| sorter.region[edge.target()] == whole);
        if let Some(edge) = inside.find(|edge| edge.unit == COMPLETE) {
            return Err(Refusal::Incomplete { from: *from, to: edge.target() as u32 });
        }
    }
    let mut tasks = vec![Task::Arrange(component.to_vec(), 0)];
    while let Some(task) = tasks.pop() {
        let (vertices, open) = match task {
            Task::Step(step) => {
                steps.push(step);
                continue;
            }
            Task::Arrange(vertices, open) => (vertices, open),
        };
        let region = sorter.label(&vertices);
        let components = sorter.components(edges, &vertices, region, Edge::is_hard);
        let first = tasks.len();
        for tied in components.iter() {
            if let [vertex] = tied
                && !edges.of(*vertex as usize).any(|edge| edge.is_hard() && edge.target() == *vertex as usize)
            {
                let record = Step::Record(*vertex);
                // What nothing waits before goes straight out.
                if tasks.len() == first {
                    steps.push(record)
                } else {
                    tasks.push(Task::Step(record))
                }
                continue;
            }
            let owner = owner(edges, tied, sorter)?;
            if open >= max_open {
                return Err(Refusal::Deep { object: owner });
            }
            if !has_vacant(owner) {
                return Err(Refusal::NotVacant { object: owner });
            }
            let rest = tied.iter().copied().filter(|vertex| *vertex != owner).collect();
            tasks.push(Task::Step(Step::Open(owner)));
            tasks.push(Task::Arrange(rest, open + 1));
            tasks.push(Task::Step(Step::Close(owner)));
        }
        // A stack gives back last what was put first.
        tasks[first..].reverse();
    }
    Ok(())
}

/// The object that no other of the component owns: once it is open, nothing there waits for it.
fn owner(edges: &Edges<'_>, tied: &[u32], sorter: &mut Sorter) -> Result<u32, Refusal> {
    let label = sorter.label(tied);
    let mut cycle = None;
    for vertex in tied {
        for edge in edges.of(*vertex as usize).filter(|edge| edge.is_hard() && !edge.is_weak()) {
            if sorter.region[edge.target()] == label {
                sorter.owned[edge.target()] = label;
                cycle = Some((*vertex, edge.target() as u32));
            }
        }
    }
    match (tied.iter().find(|vertex| sorter.owned[**vertex as usize] != label), cycle) {
        (Some(owner), _) => Ok(*owner),
        (None, Some((from, to))) => Err(Refusal::Solid { from, to }),
        (None, None) => Err(Refusal::Solid { from: tied[0], to: tied[0] }),
    }
}

/// Finds components, with its memory kept from one search to the next.
struct Sorter {
    /// The set that a vertex is in, by the label it was given last.
    region: Vec<u32>,
    labels: u32,
    owned: Vec<u32>,
    /// When a vertex was met, from 1; 0 before that, `DONE` once its component is known.
    met: Vec<u32>,
    low: Vec<u32>,
    component: Vec<u32>,
}

const DONE: u32 = u32::MAX;

/// Components, targets first, and the vertices of each in the order in which a search leaves them.
struct Components {
    members: Vec<u32>,
    ends: Vec<u32>,
}

impl Components {
    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.members[start as usize..*end as usize])
    }
}

impl Sorter {
    fn new(count: usize) -> Self {
        Sorter {
            region: vec![0; count],
            labels: 0,
            owned: vec![0; count],
            met: vec![0; count],
            low: vec![0; count],
            component: vec![0; count],
        }
    }

    fn label(&mut self, vertices: &[u32]) -> u32 {
        self.labels += 1;
        for vertex in vertices {
            self.region[*vertex as usize] = self.labels;
        }
        self.labels
    }

    fn components(&mut self, edges: &Edges<'_>, vertices: &[u32], region: u32, follow: fn(Edge) -> bool) -> Components {
        for vertex in vertices {
            self.met[*vertex as usize] = 0;
        }
        let mut left = Vec::with_capacity(vertices.len());
        let mut sizes: Vec<u32> = Vec::new();
        let mut clock = 0;
        let mut path = Vec::new();
        let mut stack = Vec::new();
        for root in vertices {
            if self.met[*root as usize] != 0 {
                continue;
            }
            self.meet(*root, &mut clock);
            stack.push(*root);
            path.push((*root, edges.range(*root as usize).start));
            while let Some((vertex, next)) = path.last_mut() {
                let here = *vertex as usize;
                if *next < edges.range(here).end {
                    let edge = edges.edges[*next];
                    *next += 1;
                    if edge.target == NOWHERE || !follow(edge) || self.region[edge.target()] != region {
                        continue;
                    }
                    let there = edge.target();
                    if self.met[there] == 0 {
                        self.meet(there as u32, &mut clock);
                        stack.push(there as u32);
                        path.push((there as u32, edges.range(there).start));
                    } else if self.met[there] != DONE {
                        self.low[here] = self.low[here].min(self.met[there]);
                    }
                    continue;
                }
                left.push(here as u32);
                path.pop();
                if let Some((above, _)) = path.last() {
                    let above = *above as usize;
                    self.low[above] = self.low[above].min(self.low[here]);
                }
                if self.low[here] == self.met[here] {
                    let number = sizes.len() as u32;
                    let mut size = 0;
                    while let Some(member) = stack.pop() {
                        self.met[member as usize] = DONE;
                        self.component[member as usize] = number;
                        size += 1;
                        if member as usize == here {
                            break;
                        }
                    }
                    sizes.push(size);
                }
            }
        }
        // The vertices, as the search left them, each to its component.
        let mut place = 0;
        let begin = |size: &u32| {
            place += size;
            place - size
        };
        let mut places: Vec<u32> = sizes.iter().map(begin).collect();
        let mut members = vec![0; left.len()];
        for vertex in left {
            let place = &mut places[self.component[vertex as usize] as usize];
            members[*place as usize] = vertex;
            *place += 1;
        }
        Components { members, ends: places }
    }

    fn meet(&mut self, vertex: u32, clock: &mut u32) {
        *clock += 1;
        self.met[vertex as usize] = *clock;
        self.low[vertex as usize] = *clock;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(objects: &[&[Edge]]) -> Result<Vec<Step>, Refusal> {
        let mut starts = vec![0];
        let edges: Vec<Edge> = objects.iter().flat_map(|edges| edges.iter().copied()).collect();
        for object in objects {
            starts.push(starts[starts.len() - 1] + object.len() as u32);
        }
        let units = edges.iter().filter(|edge| !edge.is_hard()).map(|edge| edge.unit as usize + 1).max().unwrap_or(0);
        order(&Edges { starts: &starts, edges: &edges }, units, 8, |_| true).map(|order| order.steps)
    }

    fn hard(target: u32) -> Edge {
        Edge { target, unit: HARD }
    }

    fn weak(target: u32) -> Edge {
        Edge { target: target | WEAK, unit: HARD }
    }

    #[test]
    fn targets_come_first() {
        assert_eq!(ordered(&[&[hard(1), hard(2)], &[hard(2)], &[]]), Ok([2, 1, 0].map(Step::Record).to_vec()));
    }

    #[test]
    fn one_cell_of_a_ring_is_deferred() {
        let cell = |target, unit| Edge { target, unit };
        let steps = ordered(&[&[cell(1, 0)], &[cell(2, 1)], &[cell(0, 2)]]);
        let mut expected = [2, 1, 0].map(Step::Record).to_vec();
        expected.push(Step::Fill);
        assert_eq!(steps, Ok(expected));
    }

    #[test]
    fn a_plain_weak_to_an_owner_opens_it_around_what_it_owns() {
        use Step::{Close, Open, Record};
        // 0 owns 1 and 2; 2 owns 3; each points back.
        let steps = ordered(&[&[hard(1), hard(2)], &[weak(0)], &[weak(0), hard(3)], &[weak(2)]]);
        assert_eq!(steps, Ok(vec![Open(0), Open(2), Record(3), Close(2), Record(1), Close(0)]));
    }

    /// The order where each component is arranged by its hard references, whether that is needed or not.
    fn arranged(edges: &Edges<'_>) -> Result<Vec<Step>, Refusal> {
        let count = edges.starts.len() - 1;
        let mut sorter = Sorter::new(count);
        let all: Vec<u32> = (0..count as u32).collect();
        let components = sorter.components(edges, &all, 0, |_| true);
        let mut steps = Vec::new();
        for component in components.iter() {
            let alone = component.len() == 1
                && edges.of(component[0] as usize).all(|edge| edge.target() != component[0] as usize);
            if alone {
                steps.push(Step::Record(component[0]));
            } else {
                arrange(edges, component, &mut sorter, 8, &|_| true, &mut steps)?;
            }
        }
        Ok(steps)
    }

    #[test]
    fn the_easy_order_is_the_arranged_one() {
        let mut state = 1u64;
        let mut below = |bound: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u32 % bound
        };
        for round in 0..2000 {
            let objects = 1 + below(12);
            let (mut starts, mut list) = (vec![0], Vec::new());
            for object in 0..objects {
                for _ in 0..below(4) {
                    let unit = match below(8 + round % 16) {
                        0 => HARD,
                        1 => COMPLETE,
                        _ => object,
                    };
                    let weak = if below(4) == 0 { WEAK } else { 0 };
                    list.push(Edge { target: below(objects) | weak, unit });
                }
                starts.push(list.len() as u32);
            }
            let edges = Edges { starts: &starts, edges: &list };
            let easy = order(&edges, objects as usize, 8, |_| true);
            let without_fills = |order: Order| order.steps.into_iter().filter(|step| *step != Step::Fill).collect();
            assert_eq!(easy.map(without_fills), arranged(&edges), "{list:?}");
        }
    }

    #[test]
    fn what_user_code_looks_at_is_never_of_its_own_cycle() {
        let steps = ordered(&[&[Edge { target: 1, unit: COMPLETE }], &[Edge { target: 0, unit: 0 }]]);
        assert_eq!(steps, Err(Refusal::Incomplete { from: 0, to: 1 }));
    }

    #[test]
    fn a_cycle_without_a_cell_is_refused() {
        assert!(matches!(ordered(&[&[hard(1)], &[hard(0)]]), Err(Refusal::Solid { .. })));
    }
}
