//! Fields and variants, brought from the old order into the reader's.

use std::sync::Arc;

use super::objects::Place;
use super::plan::{BodyStep, FieldsOp, HeadStep, OpId, Plan, Source, Variant};
use super::rewrite::{Rewriter, kept};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::FieldDefault;
use crate::wire::Writer;

impl<'r, 'a: 'r> Rewriter<'r, 'a> {
    pub(super) fn variant_head(
        &mut self,
        plan: &Arc<Plan>,
        id: OpId,
        variants: &[Variant],
        head: &[u8],
        to: &mut [u8],
    ) -> Result<()> {
        let tag = self.tag(plan, id, variants, head)?;
        let number = match &variants[tag] {
            Variant::Kept { number, .. } | Variant::Other { number, .. } => *number,
            Variant::Unknown(variant) => return Err(self.unknown_variant(plan, id, variant)),
        };
        to.copy_from_slice(&(number as u16).to_le_bytes()[..to.len()]);
        Ok(())
    }

    pub(super) fn variant_body(
        &mut self,
        plan: &Arc<Plan>,
        id: OpId,
        variants: &[Variant],
        head: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let tag = self.tag(plan, id, variants, head)?;
        let payload = match &variants[tag] {
            Variant::Kept { payload, .. } => payload,
            Variant::Other { other, .. } if other.keeps => {
                self.keep_variant(head, writer)?;
                return self.old.skim(&plan.old, plan.op(id).old, head);
            }
            _ => return self.old.skim(&plan.old, plan.op(id).old, head),
        };
        let outside = self.begin_defaults();
        let head = self.old.reader.take(payload.from_head)?;
        let to = writer.reserve(payload.to_head);
        match payload.late {
            true => self.late_field_heads(plan, payload, head, to)?,
            false => self.field_heads(plan, payload, head, &[], to)?,
        }
        self.field_bodies(plan, payload, head, writer)?;
        self.end_defaults(outside);
        Ok(())
    }

    fn tag(&self, plan: &Plan, id: OpId, variants: &[Variant], head: &[u8]) -> Result<usize> {
        self.old.tag(|| plan.old.model.name(plan.op(id).old), variants.len(), head)
    }

    #[cold]
    fn unknown_variant(&self, plan: &Plan, id: OpId, variant: &str) -> Error {
        let name = plan.old.model.name(plan.op(id).old);
        let variant = variant.escape_debug();
        self.old
            .reader
            .error(ErrorKind::WrongType, format!("`{name}` has the variant `{variant}` here, which this program does not know"))
            .with_remedy(format!(
                "give the variant its old name, `#[pickle(alias = \"{variant}\")]`, or mark one that stands for all that are unknown, `#[pickle(other)]`: one that holds a `Value` keeps them"
            ))
    }

    /// The head of a field of the old stream.
    fn old_head(plan: &Plan, fields: &FieldsOp, number: usize, heads: &'r [u8]) -> &'r [u8] {
        let (part, at, _) = fields.old[number];
        &heads[at..at + plan.old.of(part).head]
    }

    /// Where the body of each field of the old stream begins, and where the last one ends, which the reader is left at.
    fn places(&mut self, plan: &Arc<Plan>, fields: &FieldsOp, heads: &'r [u8]) -> Result<Vec<Place<'r, 'a>>> {
        let mut places = Vec::with_capacity(fields.old.len() + 1);
        for (number, (part, ..)) in fields.old.iter().enumerate() {
            places.push(self.old.place());
            self.old.skim(&plan.old, *part, Self::old_head(plan, fields, number, heads))?;
        }
        places.push(self.old.place());
        Ok(places)
    }

    /// Heads of which some are read from bodies. The reader comes back to where they begin.
    pub(super) fn late_field_heads(
        &mut self,
        plan: &Arc<Plan>,
        fields: &FieldsOp,
        heads: &'r [u8],
        to: &mut [u8],
    ) -> Result<()> {
        let places = self.places(plan, fields, heads)?;
        self.field_heads(plan, fields, heads, &places, to)?;
        self.old.go_to(&places[0]);
        Ok(())
    }

    /// The new heads; `places` are where the bodies begin, if one is asked for.
    pub(super) fn field_heads(
        &mut self,
        plan: &Arc<Plan>,
        fields: &FieldsOp,
        heads: &'r [u8],
        places: &[Place<'r, 'a>],
        to: &mut [u8],
    ) -> Result<()> {
        for old in &fields.checked {
            self.old.check_head(&plan.old, fields.old[*old].0, Self::old_head(plan, fields, *old, heads))?;
        }
        for step in &fields.heads {
            match *step {
                HeadStep::Copy { from, to: place, length } => {
                    to[place..place + length].copy_from_slice(&heads[from..from + length]);
                }
                HeadStep::Field(number) => self.field_head(plan, fields, number, heads, places, to)?,
            }
        }
        Ok(())
    }

    fn field_head(
        &mut self,
        plan: &Arc<Plan>,
        fields: &FieldsOp,
        number: usize,
        heads: &'r [u8],
        places: &[Place<'r, 'a>],
        to: &mut [u8],
    ) -> Result<()> {
        let field = &fields.fields[number];
        let to = &mut to[field.at..field.at + field.to.head];
        match field.source {
            Source::Old(old, op) => {
                if let Some(place) = places.get(old) {
                    self.old.go_to(place);
                }
                return self
                    .head(plan, op, Self::old_head(plan, fields, old, heads), to)
                    .map_err(|error| error.step(field.step.clone()));
            }
            Source::Default(FieldDefault::Head(write)) => write(to),
            Source::Default(FieldDefault::Value(make)) => {
                let value = make();
                value.head(to);
                self.defaults.push(Some(value));
            }
        }
        Ok(())
    }

    pub(super) fn field_bodies(
        &mut self,
        plan: &Arc<Plan>,
        fields: &FieldsOp,
        heads: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        if !fields.in_order {
            return self.moved_bodies(plan, fields, heads, writer);
        }
        for step in &fields.bodies {
            match *step {
                BodyStep::Skip(old) => {
                    let head = Self::old_head(plan, fields, old, heads);
                    self.old.skim(&plan.old, fields.old[old].0, head)?;
                }
                BodyStep::Field(number) => self.field_body(plan, fields, number, heads, writer)?,
            }
        }
        Ok(())
    }

    /// Bodies that do not come in the order in which the reader takes them.
    fn moved_bodies(
        &mut self,
        plan: &Arc<Plan>,
        fields: &FieldsOp,
        heads: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let places = self.places(plan, fields, heads)?;
        for (number, field) in fields.fields.iter().enumerate() {
            if let Source::Old(old, _) = field.source {
                self.old.go_to(&places[old]);
            }
            self.field_body(plan, fields, number, heads, writer)?;
        }
        self.old.go_to(&places[fields.old.len()]);
        Ok(())
    }

    fn field_body(
        &mut self,
        plan: &Arc<Plan>,
        fields: &FieldsOp,
        number: usize,
        heads: &'r [u8],
        writer: &mut Writer<'_>,
    ) -> Result<()> {
        let field = &fields.fields[number];
        let written = match field.source {
            Source::Old(old, op) => self.body(plan, op, Self::old_head(plan, fields, old, heads), writer),
            Source::Default(FieldDefault::Head(_)) => return Ok(()),
            Source::Default(FieldDefault::Value(_)) => self.default_body(writer),
        };
        written.map_err(|error| error.step(field.step.clone()))
    }

    /// The body of the next default whose head was written.
    fn default_body(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        let next = self.next_default;
        self.next_default += 1;
        if let Some(value) = self.defaults.get_mut(next).and_then(Option::take) {
            value.body(writer);
        }
        kept(writer)?;
        self.within_memory(writer)
    }
}
