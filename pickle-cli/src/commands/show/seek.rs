//! The part of a stream that a path leads to, found while the stream is walked through.

use pickle_core::inspect::{self, Composite, DeferredCell, Kind, Reference, Run, Scalar, Span, Type, Visitor};

use super::tree::Tree;
use crate::path::{self, Path, Step};

/// Tells a tree only of the value at the end of a path.
pub(super) struct Seek<'o, 'w> {
    tree: Tree<'o, 'w>,
    path: Path,
    /// Steps that are taken.
    taken: usize,
    state: State,
    /// The last key, as a path has it.
    key: Option<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// In a value that the path leads into.
    OnTheWay,
    /// The next value is a key, and not looked for.
    Key,
    /// The next value is beside the way.
    Beside,
    /// In a value beside the way, or in so many more in it.
    BesideWithin(usize),
    /// The next value is what is looked for.
    There,
    /// In that, or in so many more in it.
    Within(usize),
    /// Nothing more is looked for.
    Found,
    Missing,
    /// What is looked for can't be told from what is beside it before all of it has passed.
    Unsure,
}

impl<'o, 'w> Seek<'o, 'w> {
    pub(super) fn new(path: &Path, tree: Tree<'o, 'w>) -> Seek<'o, 'w> {
        let state = if path.0.is_empty() { State::There } else { State::OnTheWay };
        Seek { tree, path: path.clone(), taken: 0, state, key: None }
    }

    /// Whether the path led to a value; `None` where only a gathered value can tell.
    pub(super) fn found(self) -> Option<bool> {
        (self.state != State::Unsure).then_some(self.state == State::Found)
    }

    fn wanted(&self) -> Option<&Step> {
        self.path.0.get(self.taken)
    }

    fn takes(&mut self, step: inspect::Step<'_>) -> bool {
        let takes = self.wanted().is_some_and(|wanted| wanted.is(step, self.key.as_deref()));
        if takes {
            self.taken += 1;
            self.key = None;
            self.state = if self.wanted().is_none() { State::There } else { State::OnTheWay };
        }
        takes
    }

    /// Whether the parts of a composite are told apart as they pass: elements of a set are keys, and may be found by those or
    /// by their places.
    fn is_clear(&self, composite: Composite<'_>) -> bool {
        match (self.wanted(), composite) {
            (Some(Step::Entry(_)), Composite::Map { kind, .. }) => {
                matches!(kind.kind(), Kind::Map(key, _) if path::is_text_or_number(key))
            }
            (Some(Step::Entry(_) | Step::Index(_)), Composite::Set { .. }) => false,
            _ => true,
        }
    }

    /// What a simple value is for.
    fn leaf(
        &mut self,
        name: impl FnOnce() -> String,
        tell: impl FnOnce(&mut Tree<'o, 'w>) -> pickle_core::Result<()>,
    ) -> pickle_core::Result<()> {
        match self.state {
            State::Key => {
                self.key = Some(name());
                self.state = State::OnTheWay;
            }
            State::Beside => self.state = State::OnTheWay,
            State::OnTheWay => self.state = State::Missing,
            State::There => {
                self.state = State::Found;
                self.tree.begin_title();
                tell(&mut self.tree)?;
            }
            State::Within(_) => tell(&mut self.tree)?,
            State::BesideWithin(_) | State::Found | State::Missing | State::Unsure => {}
        }
        Ok(())
    }

    fn tell(&mut self, tell: impl FnOnce(&mut Tree<'o, 'w>) -> pickle_core::Result<()>) -> pickle_core::Result<()> {
        if let State::Within(_) = self.state { tell(&mut self.tree) } else { Ok(()) }
    }
}

/// Only for streams without shared objects: pointers are not followed.
impl<'s> Visitor<'s> for Seek<'_, '_> {
    fn span(&mut self, span: Span) -> pickle_core::Result<()> {
        self.tree.span(span)
    }

    fn step(&mut self, step: inspect::Step<'_>) -> pickle_core::Result<()> {
        if self.state == State::OnTheWay {
            if !matches!(step, inspect::Step::Index(_)) {
                self.key = None;
            }
            if !self.takes(step) {
                self.state = if matches!(step, inspect::Step::Key(_)) { State::Key } else { State::Beside };
            }
        }
        self.tell(|tree| tree.step(step))
    }

    fn begin(&mut self, composite: Composite<'_>) -> pickle_core::Result<()> {
        match &mut self.state {
            State::Key | State::Beside => self.state = State::BesideWithin(0),
            State::There => {
                self.state = State::Within(0);
                self.tree.begin_title();
                return self.tree.begin(composite);
            }
            State::BesideWithin(more) => *more += 1,
            State::Within(more) => {
                *more += 1;
                return self.tree.begin(composite);
            }
            State::OnTheWay => {
                if !self.is_clear(composite) {
                    self.state = State::Unsure;
                }
            }
            State::Found | State::Missing | State::Unsure => {}
        }
        Ok(())
    }

    fn end(&mut self) -> pickle_core::Result<()> {
        match &mut self.state {
            State::BesideWithin(0) => self.state = State::OnTheWay,
            State::BesideWithin(more) => *more -= 1,
            State::Within(0) => {
                self.state = State::Found;
                return self.tree.end();
            }
            State::Within(more) => {
                *more -= 1;
                return self.tree.end();
            }
            // All that the path could lead to has passed.
            State::OnTheWay => self.state = State::Missing,
            State::Key | State::Beside | State::There | State::Found | State::Missing | State::Unsure => {}
        }
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar, kind: Type<'_>) -> pickle_core::Result<()> {
        self.leaf(|| scalar.to_string(), |tree| tree.scalar(scalar, kind))
    }

    fn string(&mut self, text: &'s str) -> pickle_core::Result<()> {
        self.leaf(|| path::name_of_text(text), |tree| tree.string(text))
    }

    fn function(&mut self, name: &'s str) -> pickle_core::Result<()> {
        self.leaf(String::new, |tree| tree.function(name))
    }

    fn run(&mut self, run: Run<'_, 's>) -> pickle_core::Result<()> {
        if self.state == State::OnTheWay
            && let Some(Step::Index(wanted)) = self.wanted()
            && let Some(place) = wanted.checked_sub(run.first)
            && let Some(scalar) = run.iter().nth(place)
            && self.takes(inspect::Step::Index(run.first + place))
        {
            return self.scalar(scalar, run.kind);
        }
        self.tell(|tree| tree.run(run))
    }

    fn reference(&mut self, reference: Reference, kind: Type<'_>) -> pickle_core::Result<()> {
        self.leaf(String::new, |tree| tree.reference(reference, kind))
    }

    fn deferred(&mut self, cell: DeferredCell, content: Type<'_>) -> pickle_core::Result<()> {
        self.tell(|tree| tree.deferred(cell, content))
    }
}
