//! Changes of a schema.

use arbitrary::{Result, Unstructured};

use super::{Fields, Model, Node, PRIMITIVES, Ref, TYPE, code};

impl Model {
    /// Changes it in one place, as a later or earlier release of a program might, or nobody would.
    ///
    /// # Errors
    /// None but those of `u`.
    pub fn change(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        if u.ratio(1, 3)? {
            return self.change_reference(u);
        }
        if self.types.is_empty() {
            return Ok(());
        }
        let all = self.types.len() as u64;
        let index = u.choose_index(self.types.len())?;
        match &mut self.types[index] {
            Node::Struct(name, fields) => {
                if u.ratio(1, 8)? {
                    change_name(name, u)
                } else {
                    fields.change(all, u)
                }
            }
            Node::Enum(name, variants) => match u.int_in_range(0..=7)? {
                0 => change_name(name, u),
                1 if !variants.is_empty() => {
                    variants.remove(u.choose_index(variants.len())?);
                    Ok(())
                }
                2 => {
                    let new = (any_name(u)?, Fields::default());
                    variants.insert(u.choose_index(variants.len() + 1)?, new);
                    Ok(())
                }
                3 if variants.len() > 1 => {
                    let (a, b) = (u.choose_index(variants.len())?, u.choose_index(variants.len())?);
                    variants.swap(a, b);
                    Ok(())
                }
                4 if !variants.is_empty() => {
                    let index = u.choose_index(variants.len())?;
                    change_name(&mut variants[index].0, u)
                }
                _ if !variants.is_empty() => {
                    let index = u.choose_index(variants.len())?;
                    variants[index].1.change(all, u)
                }
                _ => Ok(()),
            },
            Node::Of(code, _) => {
                *code = *u.choose(&[
                    code::OPTION,
                    code::SEQUENCE,
                    code::SET,
                    code::PIECE,
                    code::NON_ZERO,
                    code::COMPACT,
                    code::SHARED,
                    code::CELL,
                ])?;
                Ok(())
            }
            Node::Map(key, value) => {
                std::mem::swap(key, value);
                Ok(())
            }
            Node::Array(_, length) => {
                *length = u.int_in_range(0..=8)?;
                Ok(())
            }
            Node::Tuple(parts) => {
                if parts.len() > 1 && u.arbitrary()? {
                    parts.remove(u.choose_index(parts.len())?);
                } else if parts.len() < 12 {
                    parts.push(any_reference(all, u)?);
                }
                Ok(())
            }
            Node::Dynamic(name) => change_name(name, u),
            Node::Versioned(version, _) => {
                *version = u.int_in_range(0..=3)?;
                Ok(())
            }
        }
    }

    /// Lets a reference be to another type: another of the table, one around it, or what it is of.
    fn change_reference(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let all = self.types.len() as u64;
        let count = self.references().len();
        let index = u.choose_index(count)?;
        let old = *self.references()[index];
        let new = match u.int_in_range(0..=2)? {
            0 => any_reference(all, u)?,
            1 => {
                let around = match u.int_in_range(0..=17)? {
                    code::MAP => Node::Map(old, any_reference(all, u)?),
                    code::ARRAY => Node::Array(old, u.int_in_range(0..=4)?),
                    code::TUPLE => Node::Tuple(vec![old]),
                    code::STRUCT => Node::Struct(any_name(u)?, Fields { style: 1, fields: vec![(String::new(), old)] }),
                    code::ENUM => Node::Of(code::OPTION, old),
                    code::DYNAMIC => Node::Dynamic((*u.choose(&["Animal", "Thing", "Part", "Handle"])?).to_owned()),
                    code::WEAK => {
                        self.types.push(Node::Of(code::SHARED, old));
                        Node::Of(code::WEAK, TYPE + all)
                    }
                    code::VERSIONED.. => Node::Versioned(u.int_in_range(0..=3)?, old),
                    code => Node::Of(code, old),
                };
                self.types.push(around);
                TYPE + self.types.len() as u64 - 1
            }
            _ => match self.node(old).cloned() {
                Some(mut node) => node.parts().first().map_or(old, |part| **part),
                // Wider or narrower, signed or not.
                None => (old + PRIMITIVES + u.int_in_range(0..=2)? - 1) % PRIMITIVES,
            },
        };
        *self.references()[index] = new;
        Ok(())
    }
}

impl Fields {
    fn change(&mut self, all: u64, u: &mut Unstructured<'_>) -> Result<()> {
        let count = self.fields.len();
        match u.int_in_range(0..=4)? {
            0 | 1 if count < 30 => {
                let field = (any_name(u)?, any_reference(all, u)?);
                if self.style == 0 {
                    self.style = u.int_in_range(1..=2)?;
                }
                self.fields.insert(u.choose_index(count + 1)?, field);
            }
            2 if count > 0 => {
                self.fields.remove(u.choose_index(count)?);
            }
            3 if count > 1 => {
                let (a, b) = (u.choose_index(count)?, u.choose_index(count)?);
                self.fields.swap(a, b);
            }
            _ if count > 0 => {
                let index = u.choose_index(count)?;
                change_name(&mut self.fields[index].0, u)?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Names that types of this crate have or had, and one that none has.
const NAMES: [&str; 20] = [
    "name", "label", "size", "parts", "next", "kind", "since", "why", "extra", "Old", "Part", "Wheel", "Person",
    "Mood", "Good", "Bad", "Car", "Unknown", "Circle", "zzz",
];

fn any_name(u: &mut Unstructured<'_>) -> Result<String> {
    u.choose(&NAMES).map(|name| (*name).to_owned())
}

fn change_name(name: &mut String, u: &mut Unstructured<'_>) -> Result<()> {
    *name = any_name(u)?;
    Ok(())
}

fn any_reference(all: u64, u: &mut Unstructured<'_>) -> Result<Ref> {
    let n = u.int_in_range(0..=PRIMITIVES + all - 1)?;
    Ok(if n < PRIMITIVES { n } else { n - PRIMITIVES + TYPE })
}
