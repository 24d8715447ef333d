//! Vacant values: what a cell holds between the building of its object and its own turn.

use std::any::TypeId;

use crate::traits::Shape;

/// What keeps [`Shape::vacant`] from asking a recursive type for ever.
///
/// ```
/// // It only passes from one `Shape::vacant` to another.
/// use pickle_core::{Shape, Vacancy};
/// assert_eq!(<(u8, Option<String>)>::vacant(&mut Vacancy::default()), Some((0, None)));
/// ```
#[derive(Debug, Default)]
pub struct Vacancy {
    asked: Vec<TypeId>,
}

impl Vacancy {
    /// Asks for a vacant value, unless this is within the question for another of the same type.
    #[doc(hidden)]
    pub fn of<T: ?Sized, R>(&mut self, vacant: impl FnOnce(&mut Self) -> Option<R>) -> Option<R> {
        let key = typeid::of::<T>();
        if self.asked.contains(&key) {
            return None;
        }
        self.asked.push(key);
        let value = vacant(self);
        self.asked.pop();
        value
    }
}

/// What a writer must know of a cell's content to say whether the cell can wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CellContent {
    pub(super) key: fn() -> TypeId,
    pub(super) has_vacant: fn(&mut Vacancy) -> bool,
    pub(super) name: fn() -> String,
}

impl CellContent {
    pub(crate) const fn of<T: Shape>() -> Self {
        CellContent { key: typeid::of::<T>, has_vacant: T::has_vacant, name: T::name }
    }
}
