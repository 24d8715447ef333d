//! What can't be restored, with the way to it.

use super::super::order::Refusal;
use super::{ROOT, Source};
use crate::error::{Error, ErrorKind};
use crate::wire::Writer;

/// Objects between the root and a refused one, up to which its path is told.
const LONGEST_PATH: usize = 64;

impl Writer<'_> {
    /// Puts the way to an object before the path of the error that its record gave.
    pub(super) fn lead_to(&mut self, id: u32, source: &mut dyn Source) {
        let Some(mut error) = self.take_error() else { return };
        let mut way = vec![id];
        if let Some(graph) = self.graph_mut() {
            while let Some(object) = way.last().and_then(|id| graph.objects.get(*id as usize)) {
                way.push(object.parent);
            }
        }
        // Of a long way, the end that is near the object.
        way.truncate(LONGEST_PATH);
        for step in way.windows(2) {
            if let Some(found) = self.probe(step[1], step[0], source) {
                error = error.within(found);
            }
        }
        self.fail(error);
    }

    /// An error whose path is the way from the record `from` to its first mention of `to`.
    fn probe(&mut self, from: u32, to: u32, source: &mut dyn Source) -> Option<Error> {
        self.graph_mut()?.probe = Some(to);
        if from == ROOT {
            self.graph_mut()?.visiting = ROOT;
            self.begin_record(0);
            source.root(self);
        } else {
            let index = self.graph_mut()?.place(from);
            self.visit(from, index, 1, source);
        }
        self.graph_mut()?.probe = None;
        self.take_error()
    }

    pub(super) fn refuse(&mut self, refusal: &Refusal, source: &mut dyn Source) {
        let names = self.graph_mut().map_or(String::new(), |graph| graph.not_vacant.join("`, `"));
        let (from, to, error) = match *refusal {
            Refusal::Incomplete { from, to } => {
                let message = "a map's key, or what a hook, an adapter or a reducer works on, holds an object of its own cycle, which is not complete when it is needed";
                let error = Error::new(ErrorKind::Cycle, message).with_remedy(
                    "keep that reference out of it: as an id, or as a field that is skipped and set afterwards",
                );
                (from, Some(to), error)
            }
            Refusal::Solid { from, to } => {
                let cells = if names.is_empty() {
                    String::new()
                } else {
                    format!(": there is none of `{names}` to put in a cell until then")
                };
                let message = format!(
                    "this reference is part of a cycle that can't be restored, because no cell of it can be vacant for a while{cells}"
                );
                let error = Error::new(ErrorKind::Cycle, message)
                    .with_remedy("hold an `Option` in one of its cells, or mark a variant without references with `#[pickle(vacant)]`");
                (from, Some(to), error)
            }
            Refusal::NotVacant { object } => {
                let error = Error::new(
                    ErrorKind::Cycle,
                    "an object that a plain `Weak` within it points back to has no vacant value, and can't be restored without one",
                )
                .with_remedy("put the `Weak` in a cell: `RefCell<Weak<T>>`");
                (object, None, error)
            }
            Refusal::Deep { object } => {
                let most = self.max_depth();
                let message = format!("plain `Weak`s point back along more owners than max_depth, {most}");
                let error = Error::new(ErrorKind::Limit, message)
                    .with_remedy("put the `Weak`s in cells, `RefCell<Weak<T>>`, or raise the limit with `Pickler::max_depth` and `Unpickler::max_depth`");
                (object, None, error)
            }
        };
        let found = to.and_then(|to| self.probe(from, to, source));
        self.fail(match found {
            Some(found) => error.within(found),
            None => error,
        });
        self.lead_to(from, source);
    }
}
