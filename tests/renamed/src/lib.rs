//! A crate that knows the library as `pickling`, and hands it on to others: every attribute and macro takes its path.
//!
//! All lints are errors here, for public items too.

#![forbid(unsafe_code)]
#![deny(warnings, unused, missing_docs, missing_debug_implementations, unreachable_pub, unnameable_types)]
#![deny(clippy::all, clippy::pedantic, clippy::cargo, clippy::unwrap_used)]
#![allow(clippy::cargo_common_metadata, clippy::multiple_crate_versions, reason = "the crate is never published")]
#![allow(
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::unnecessary_wraps,
    reason = "the library says the signatures of hooks, adapters and rebuilders"
)]

/// What a crate that builds on the library hands on.
pub mod facade {
    pub use pickling as runtime;
}

use facade::runtime::{Context, External, Function, Pickle, Reduced, func, function, object, register};
use std::cell::RefCell;
use std::error::Error;
use std::num::ParseIntError;
use std::rc::{Rc, Weak};

/// Every attribute of a field.
#[derive(Debug, PartialEq, Eq, Pickle)]
#[pickle(crate = pickling, name = "Fields", alias = "OldFields", version = 2, migrate(1 => migrate::<T>))]
pub struct Fields<T> {
    /// Plain.
    pub plain: Vec<T>,
    /// Not saved.
    #[pickle(skip = 7)]
    pub skipped: u8,
    /// A varint.
    #[pickle(compact)]
    pub compact: i64,
    /// Through an adapter.
    #[pickle(with = text, rename = "adapted")]
    pub with: u16,
    /// Added later.
    #[pickle(default, alias = "old")]
    pub added: Option<T>,
}

/// The shape of version 1.
#[derive(Debug, PartialEq, Eq, Pickle)]
#[pickle(crate = facade::runtime, name = "Fields", version = 1)]
pub struct FieldsV1<T> {
    /// Plain.
    pub plain: Vec<T>,
}

/// Brings version 1 up.
///
/// # Errors
/// None.
pub fn migrate<T>(old: FieldsV1<T>) -> Result<Fields<T>, String> {
    Ok(Fields { plain: old.plain, skipped: 7, compact: 0, with: 0, added: None })
}

/// A number as text.
pub mod text {
    use super::ParseIntError;

    /// As text.
    #[must_use]
    pub fn dump(number: &u16) -> String {
        number.to_string()
    }

    /// From text.
    ///
    /// # Errors
    /// Text that is no number.
    pub fn load(text: String) -> Result<u16, ParseIntError> {
        text.parse()
    }
}

/// Variants, hooks, and a variant for those that are unknown.
#[derive(Debug, Pickle)]
#[pickle(crate = crate::facade::runtime, before_dump = Self::check, after_load = Self::wake)]
pub enum Variants {
    /// None.
    #[pickle(rename = "None")]
    Nothing,
    /// A cell that leads on.
    Next(RefCell<Option<Rc<Self>>>, Weak<Self>),
    /// A thing that is live.
    Live {
        /// The thing.
        #[pickle(external)]
        thing: Thing,
    },
    /// What this program does not know.
    #[pickle(other)]
    Unknown(pickling::Value),
}

impl Variants {
    fn check(&self) -> Result<(), String> {
        if matches!(self, Self::Unknown(_)) { Err("nothing is unknown here".into()) } else { Ok(()) }
    }

    fn wake(&mut self) -> Result<(), String> {
        self.check()
    }
}

/// Leads to itself, and has a vacant variant.
#[derive(Debug, Pickle)]
#[pickle(crate = crate::facade::runtime)]
pub enum Link {
    /// Leads on.
    Next(RefCell<Rc<Self>>),
    /// Leads nowhere.
    #[pickle(vacant)]
    End,
}

/// Found in a context.
#[derive(Debug, PartialEq, Eq)]
pub struct Thing(pub &'static str);

impl External for Thing {
    type Id = String;

    fn persist(&self, _: &Context) -> Result<String, Box<dyn Error + Send + Sync>> {
        Ok(self.0.to_owned())
    }

    fn restore(id: String, context: &Context) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let known = context.get::<&'static str>()?;
        if *known == id { Ok(Self(known)) } else { Err("no such thing".into()) }
    }
}

/// Saved as what it is made of.
#[derive(Debug, PartialEq, Eq, Pickle)]
#[pickle(crate = pickling, reduce = Self::number, rebuild = Self::from_number)]
pub struct Reduces(pub u8);

impl Reduces {
    const fn number(&self) -> u8 {
        self.0
    }

    fn from_number(number: u8) -> Result<Self, String> {
        Ok(Self(number))
    }
}

/// Each value chooses what it is made by.
#[derive(Debug, PartialEq, Eq, Pickle)]
#[pickle(crate = pickling, reduce = Self::choose)]
pub struct Chooses(pub u8);

impl Chooses {
    fn choose(&self) -> Reduced<Self> {
        Reduced::new(func!(make), self.0)
    }
}

/// Makes one.
///
/// # Errors
/// None.
#[function(crate = pickling, name = "renamed::make")]
pub fn make(number: u8) -> Result<Chooses, String> {
    Ok(Chooses(number))
}

/// Looks like its field.
#[derive(Debug, PartialEq, Eq, Pickle)]
#[pickle(crate = pickling, transparent)]
pub struct Transparent(pub u32);

/// What stands behind `dyn`.
#[object(crate = facade::runtime)]
pub trait Shape {
    /// How large it is.
    fn area(&self) -> u32;
}

/// Has sides.
#[derive(Debug, Pickle)]
#[pickle(crate = pickling)]
pub struct Square(pub u32);

#[object(crate = facade::runtime, name = "renamed::Square")]
impl Shape for Square {
    fn area(&self) -> u32 {
        self.0 * self.0
    }
}

/// Of any unit.
#[derive(Debug, Pickle)]
#[pickle(crate = pickling)]
pub struct Circle<T>(pub T);

impl Shape for Circle<u32> {
    fn area(&self) -> u32 {
        3 * self.0 * self.0
    }
}

pickling::register!(Circle<u32> as dyn Shape);
register!(Square::area_of as fn(&Square) -> u32);

impl Square {
    /// How large one is.
    #[must_use]
    pub fn area_of(&self) -> u32 {
        self.area()
    }
}

/// The function that is registered above.
#[must_use]
pub fn area() -> Function<fn(&Square) -> u32> {
    pickling::func!(Square::area_of)
}

#[cfg(test)]
mod tests {
    use super::{Chooses, Circle, Fields, FieldsV1, Link, Reduces, Shape, Square, Thing, Transparent, Variants, area};
    use crate::facade::runtime::{Context, Pickle, Pickler, Result, UnpickleOwned, Unpickler, dumps, loads};
    use std::cell::RefCell;
    use std::rc::{Rc, Weak};

    fn same<T: Pickle + UnpickleOwned + PartialEq + std::fmt::Debug>(value: &T) -> Result<()> {
        let back: T = loads(&dumps(value)?)?;
        assert_eq!(back, *value);
        Ok(())
    }

    #[test]
    fn attributes_of_fields_and_types() -> Result<()> {
        let fields = |added| Fields { plain: vec![1u8, 2], skipped: 7, compact: -5, with: 300, added };
        same(&[fields(Some(9)), fields(None)])?;
        let old = dumps(&FieldsV1 { plain: vec![1u8] })?;
        let new: Fields<u8> = loads(&old)?;
        assert_eq!(new, Fields { plain: vec![1], skipped: 7, compact: 0, with: 0, added: None });
        same(&[Reduces(1), Reduces(2)])?;
        same(&[Chooses(1), Chooses(2)])?;
        same(&Transparent(9))
    }

    #[test]
    fn variants_of_an_enum_in_a_cycle() -> Result<()> {
        let context = Context::new().with("sun");
        let live = Variants::Live { thing: Thing("sun") };
        let bytes = Pickler::new().context(&context).dumps(&live)?;
        let back: Variants = Unpickler::new().context(&context).loads(&bytes)?;
        assert!(matches!(back, Variants::Live { thing: Thing("sun") }));
        let nothing: Rc<Variants> = loads(&dumps(&Rc::new(Variants::Nothing))?)?;
        let next = Variants::Next(RefCell::new(Some(nothing)), Weak::new());
        assert!(matches!(loads::<Variants>(&dumps(&next)?)?, Variants::Next(next, _) if next.borrow().is_some()));
        let link = Rc::new(Link::Next(RefCell::new(Rc::new(Link::End))));
        if let Link::Next(next) = &*link {
            *next.borrow_mut() = Rc::clone(&link);
        }
        let back: Rc<Link> = loads(&dumps(&link)?)?;
        for link in [link, back] {
            let Link::Next(next) = &*link else { panic!("it leads nowhere") };
            assert!(Rc::ptr_eq(&next.borrow(), &link));
            *next.borrow_mut() = Rc::new(Link::End);
        }
        Ok(())
    }

    #[test]
    fn trait_objects_and_functions() -> Result<()> {
        let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Square(2)), Box::new(Circle(2u32))];
        let back: Vec<Box<dyn Shape>> = loads(&dumps(&shapes)?)?;
        assert!(back.iter().map(|shape| shape.area()).eq([4, 12]));
        same(&area())?;
        assert_eq!(area()(&Square(3)), 9);
        Ok(())
    }
}
