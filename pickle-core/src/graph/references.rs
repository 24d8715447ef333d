//! Which objects of a stream may be referred to where, for readers that build none.

/// What a reader knows of the objects while it goes through their records.
#[derive(Default)]
pub(crate) struct References {
    objects: Vec<Referred>,
    /// Those that are open, the last one last.
    open: Vec<u32>,
    built: u32,
    /// How many of those that were built first have no vacant cell.
    complete: u32,
    /// The object whose record is being read, from 1; 0 is the root.
    current: u32,
}

#[derive(Clone, Copy)]
struct Referred {
    state: State,
    /// The first object whose record refers to it, from 1; 0 is the root.
    met: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Waiting,
    Open,
    /// How many were built before it.
    Built(u32),
}

impl References {
    /// Bytes that those of so many objects take, but for what is open.
    pub(crate) fn memory(count: usize) -> usize {
        count.saturating_mul(size_of::<Referred>())
    }

    /// None of them is there yet.
    pub(crate) fn new(count: usize) -> Self {
        let waiting = Referred { state: State::Waiting, met: u32::MAX };
        References { objects: vec![waiting; count], ..References::default() }
    }

    /// Whether there is such an object, and nothing of it has come.
    pub(crate) fn is_new(&self, id: u32) -> bool {
        self.state(id) == Some(State::Waiting)
    }

    fn state(&self, id: u32) -> Option<State> {
        self.objects.get(id as usize).map(|object| object.state)
    }

    /// Those that are open, for a reader that has to make room for one more.
    pub(crate) fn open_list(&mut self) -> &mut Vec<u32> {
        &mut self.open
    }

    /// The object that was opened last.
    pub(crate) fn last_open(&self) -> Option<u32> {
        self.open.last().copied()
    }

    /// Opens an object that is new; `waiting` where cells are not filled yet.
    pub(crate) fn open(&mut self, id: u32, waiting: bool) {
        self.note_complete(waiting);
        self.objects[id as usize].state = State::Open;
        self.open.push(id);
    }

    /// Begins the value of an object that is new, or was opened last.
    pub(crate) fn begin(&mut self, id: u32, waiting: bool) {
        self.note_complete(waiting);
        self.current = id + 1;
    }

    /// Ends it.
    pub(crate) fn end(&mut self, id: u32) {
        if self.objects[id as usize].state == State::Open {
            self.open.pop();
        }
        self.objects[id as usize].state = State::Built(self.built);
        self.built += 1;
    }

    /// Begins what a cell of an object holds that was deferred.
    pub(crate) fn begin_fill(&mut self, id: u32) {
        self.current = id + 1;
    }

    /// Begins the root; false where an object has not come.
    pub(crate) fn begin_root(&mut self) -> bool {
        self.current = 0;
        self.complete = self.built;
        self.built as usize == self.objects.len()
    }

    fn note_complete(&mut self, waiting: bool) {
        if self.open.is_empty() && !waiting {
            self.complete = self.built;
        }
    }

    /// Takes note of a shared pointer; false where its object can't be had there. `solid` is where user code looks at it as
    /// soon as it is loaded.
    pub(crate) fn strong(&mut self, id: u32, solid: bool) -> bool {
        let (current, complete) = (self.current, self.complete);
        let Some(object) = self.objects.get_mut(id as usize) else { return false };
        object.met = object.met.min(current);
        matches!(object.state, State::Built(rank) if !solid || rank < complete)
    }

    /// The same for a weak one.
    pub(crate) fn weak(&self, id: u32, solid: bool) -> bool {
        match self.state(id) {
            Some(State::Built(rank)) => !solid || rank < self.complete,
            Some(State::Open) => !solid,
            Some(State::Waiting) | None => false,
        }
    }

    /// What a stream has that refers to an object which can't be had there.
    #[cold]
    pub(crate) fn not_there(&self, id: u32) -> String {
        if (id as usize) < self.objects.len() {
            format!("a reference to object {id} where that is not built or not complete")
        } else if self.objects.is_empty() {
            "a reference to an object, of which it has none".to_owned()
        } else {
            format!("a reference to object {id}, which it does not have")
        }
    }

    /// What a stream has where no shared pointer in the root or in an object of a lower number leads to an object.
    pub(crate) fn unreached(&self) -> Option<String> {
        let id = self.objects.iter().enumerate().position(|(id, object)| object.met as usize > id)?;
        Some(format!("the root does not reach object {id}"))
    }
}
