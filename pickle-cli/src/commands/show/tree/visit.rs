//! What a tree is told, as a visitor of a walk.

use pickle_core::inspect::{Composite, DeferredCell, Object, Reference, Run, Scalar, Span, Step, Type, Visitor};

use super::{Frame, Hidden, Shown, Tree};
use crate::output::Ink;
use crate::text;

impl<'s> Visitor<'s> for Tree<'_, '_> {
    fn span(&mut self, span: Span) -> pickle_core::Result<()> {
        self.progress.at(span.offset);
        Ok(())
    }

    fn begin_object(&mut self, object: Object<'_>) -> pickle_core::Result<()> {
        self.heading(&format!("#{}", object.id));
        Ok(())
    }

    fn begin_fill(&mut self, cell: DeferredCell, _: Type<'_>) -> pickle_core::Result<()> {
        self.heading(&format!("#{}, cell {}", cell.object, cell.ordinal));
        Ok(())
    }

    fn begin_root(&mut self, _: Type<'_>) -> pickle_core::Result<()> {
        self.begin_title();
        Ok(())
    }

    fn step(&mut self, step: Step<'_>) -> pickle_core::Result<()> {
        if self.shows() {
            self.step_shown(step);
        }
        Ok(())
    }

    fn begin(&mut self, composite: Composite<'_>) -> pickle_core::Result<()> {
        match &mut self.hidden {
            Hidden::Nothing => return self.begin_shown(composite),
            Hidden::Next => self.hidden = Hidden::Within(0),
            Hidden::Within(more) => *more += 1,
        }
        Ok(())
    }

    fn end(&mut self) -> pickle_core::Result<()> {
        match &mut self.hidden {
            Hidden::Within(0) => self.hidden = Hidden::Nothing,
            Hidden::Within(more) => *more -= 1,
            Hidden::Nothing | Hidden::Next => return self.end_shown(),
        }
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar, kind: Type<'_>) -> pickle_core::Result<()> {
        if self.hides() {
            return Ok(());
        }
        if let Some(Frame::Numbers { .. }) = self.frames.last() {
            return self.number(scalar);
        }
        self.line.kind(kind);
        self.leaf(if matches!(scalar, Scalar::Char(_)) { Ink::Text } else { Ink::Value }, &scalar.to_string())
    }

    fn string(&mut self, text: &'s str) -> pickle_core::Result<()> {
        if self.hides() {
            return Ok(());
        }
        self.line.type_text(true, || "String".to_owned());
        self.leaf(Ink::Text, &text::quoted(text, self.extent.text))
    }

    fn function(&mut self, name: &'s str) -> pickle_core::Result<()> {
        if self.hides() {
            return Ok(());
        }
        self.line.type_text(true, || "Function".to_owned());
        self.leaf(Ink::Value, &format!("fn {}", text::name(name)))
    }

    fn run(&mut self, run: Run<'_, 's>) -> pickle_core::Result<()> {
        if !self.shows() {
            return Ok(());
        }
        for scalar in run.iter() {
            if !matches!(self.frames.last(), Some(Frame::Numbers { full: false, .. })) {
                break;
            }
            self.number(scalar)?;
        }
        Ok(())
    }

    fn reference(&mut self, reference: Reference, kind: Type<'_>) -> pickle_core::Result<()> {
        self.pointer(reference, kind, Shown::Elsewhere, None)
    }

    fn deferred(&mut self, cell: DeferredCell, content: Type<'_>) -> pickle_core::Result<()> {
        if self.hides() {
            return Ok(());
        }
        self.line.kind(content);
        self.leaf(Ink::Note, &format!("cell {}, below", cell.ordinal))
    }
}
