//! The types that only values name, as the stream defines and uses them.

use std::any::{Any, TypeId};

use super::Reader;
use crate::error::Result;
use crate::schema::MAX_TYPES;
use crate::schema::runtime::{self, RuntimeType};

impl<'r> Reader<'r, '_> {
    /// Takes note of the types that a block defines which starts at this byte; once, however often a reader comes back to
    /// a place before it.
    pub(super) fn define(&mut self, block: &'r [u8], start: u64) -> Result<()> {
        if start < self.extras().defined_to {
            return Ok(());
        }
        self.extras().defined_to = start + 1;
        for definition in runtime::definitions(block, self.embedded) {
            // The list that grows is copied to one of twice its size.
            self.charge(3 * size_of::<RuntimeType<'_>>())?;
            let types = &mut self.extras().types;
            if types.len() == MAX_TYPES {
                return Err(runtime::too_many());
            }
            types.push(definition?);
        }
        Ok(())
    }

    /// The type of this number that the stream has defined, which is used from now on.
    pub(crate) fn use_type(&mut self, index: usize) -> Result<RuntimeType<'r>> {
        let extras = self.extras();
        let Some(kept) = extras.types.get_mut(index) else {
            return Err(self.corrupt("a type behind `dyn` that the stream has not defined"));
        };
        let found = *kept;
        if !found.used {
            kept.used = true;
            extras.types_used += 1;
            self.check_allowed(found.name)?;
        }
        Ok(found)
    }

    pub(crate) fn set_allow(&mut self, allow: Option<&'r (dyn Fn(&str) -> bool + Send + Sync)>) {
        self.allow = allow;
    }

    /// Checks that a stream may use this name of something registered.
    #[inline]
    pub(crate) fn check_allowed(&self, name: &str) -> Result<()> {
        match self.allow {
            Some(allow) if !allow(name) => Err(self.not_allowed(name)),
            _ => Ok(()),
        }
    }

    /// What `find` answers for the type that is named by its index, kept for the next value of that type and `view`.
    pub(crate) fn resolve(
        &mut self,
        view: TypeId,
        find: impl FnOnce(&RuntimeType<'r>, &Self) -> Result<Option<&'static (dyn Any + Send + Sync)>>,
    ) -> Result<&'static (dyn Any + Send + Sync)> {
        let short = self.take(1)?[0];
        let index = self.length(short)?;
        let found = &self.use_type(index)?;
        match found.resolved {
            Some((resolved, answer)) if resolved == view => Ok(answer),
            _ => {
                let Some(answer) = find(found, self)? else {
                    return Err(self.corrupt("a type that can't stand here"));
                };
                self.extras().types[index].resolved = Some((view, answer));
                Ok(answer)
            }
        }
    }
}
