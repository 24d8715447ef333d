//! What is found by name: trait objects, functions, rebuilders; and what user code looks at while it loads.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::rc::Rc;

use arbitrary::{Arbitrary, Result, Unstructured};
use pickle_core::{Function, Pickle, Reduced, func, function, object, register};

#[object]
pub trait Animal: Debug {
    fn legs(&self) -> u32;
}

#[derive(Pickle, Arbitrary, Debug)]
pub struct Dog {
    name: String,
    good: bool,
}

#[object]
impl Animal for Dog {
    fn legs(&self) -> u32 {
        u32::from(self.good) * 4 + self.name.len() as u32
    }
}

#[derive(Pickle, Arbitrary, Debug)]
pub struct Worm;

#[object(name = "Earthworm")]
impl Animal for Worm {
    fn legs(&self) -> u32 {
        0
    }
}

#[derive(Pickle, Debug)]
pub struct Cage(Vec<Box<dyn Animal>>, Option<Unary>);

#[object]
impl Animal for Cage {
    fn legs(&self) -> u32 {
        self.0.iter().fold(0, |legs, animal| legs.wrapping_add(animal.legs()))
    }
}

#[derive(Pickle, Debug)]
pub struct Tagged<T>(T, BTreeMap<String, T>);

impl<T: Debug + 'static> Animal for Tagged<T> {
    fn legs(&self) -> u32 {
        self.1.len() as u32
    }
}
register!(Tagged<u16> as dyn Animal);
register!(Tagged<String> as dyn Animal);

type Unary = Function<fn(f64) -> f64>;

#[function]
fn fuzz_half(x: f64) -> f64 {
    x / 2.0
}

#[function]
fn fuzz_square(x: f64) -> f64 {
    x * x
}

/// Chooses its rebuilder as it is saved.
#[derive(Pickle, Arbitrary, Debug)]
#[pickle(reduce = Self::reduce)]
pub struct Handle {
    name: String,
    open: bool,
}

impl Handle {
    fn reduce(&self) -> Reduced<Handle> {
        if self.open {
            Reduced::new(func!(fuzz_open), self.name.clone())
        } else {
            Reduced::new(func!(fuzz_closed), (self.name.clone(), self.name.len() as u32))
        }
    }
}

#[function]
fn fuzz_open(name: String) -> Result<Handle, String> {
    Ok(Handle { name, open: true })
}

#[function]
fn fuzz_closed(parts: (String, u32)) -> Result<Handle, String> {
    let (name, length) = parts;
    if name.len() == length as usize { Ok(Handle { name, open: false }) } else { Err("another length".into()) }
}

#[derive(Pickle, Arbitrary, Debug)]
#[pickle(reduce = Self::parts, rebuild = Self::from_parts)]
pub struct Reducing {
    parts: (String, u16),
}

impl Reducing {
    fn parts(&self) -> (&str, u16) {
        (&self.parts.0, self.parts.1)
    }

    fn from_parts(parts: (String, u16)) -> Result<Self, String> {
        Ok(Reducing { parts })
    }
}

#[derive(Pickle, Debug)]
#[pickle(before_dump = Self::check, after_load = Self::check_loaded)]
pub struct Even {
    number: u32,
    shared: Rc<str>,
}

impl Even {
    fn check(&self) -> Result<(), String> {
        if self.number.is_multiple_of(2) { Ok(()) } else { Err(format!("{} is odd", self.number)) }
    }

    fn check_loaded(&mut self) -> Result<(), String> {
        self.check()
    }
}

#[allow(clippy::ptr_arg, reason = "an adapter is a `fn` of the field's type")]
mod reversed {
    pub(super) fn dump(list: &Vec<u16>) -> Vec<u16> {
        list.iter().rev().copied().collect()
    }
    pub(super) fn load(list: Vec<u16>) -> Result<Vec<u16>, String> {
        Ok(list.into_iter().rev().collect())
    }
}

/// What is not saved.
#[derive(Debug)]
struct Skipped;

/// One of each.
#[derive(Pickle, Debug)]
pub struct Zoo {
    animals: Vec<Box<dyn Animal>>,
    function: Unary,
    handles: Vec<Handle>,
    reducing: Option<Reducing>,
    even: Vec<Even>,
    #[pickle(with = reversed)]
    adapted: Vec<u16>,
    #[pickle(skip = Skipped)]
    _skipped: Skipped,
    named: BTreeMap<u8, Box<dyn Animal>>,
}

fn animal(u: &mut Unstructured<'_>, depth: usize) -> Result<Box<dyn Animal>> {
    Ok(match u.int_in_range(0..=4)? {
        0 => Box::new(Worm),
        1 => Box::new(Tagged(u.arbitrary::<u16>()?, u.arbitrary()?)),
        2 => Box::new(Tagged(u.arbitrary::<String>()?, u.arbitrary()?)),
        3 if depth < 40 && !u.is_empty() => Box::new(Cage(animals(u, depth + 1)?, Some(function(u)?))),
        _ => Box::new(u.arbitrary::<Dog>()?),
    })
}

fn animals(u: &mut Unstructured<'_>, depth: usize) -> Result<Vec<Box<dyn Animal>>> {
    (0..u.int_in_range(0..=4)?).map(|_| animal(u, depth)).collect()
}

fn function(u: &mut Unstructured<'_>) -> Result<Unary> {
    Ok(if u.arbitrary()? { func!(fuzz_half) } else { func!(fuzz_square) })
}

impl<'a> Arbitrary<'a> for Zoo {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Zoo> {
        let shared: Rc<str> = u.arbitrary()?;
        let even = (0..u.int_in_range(0..=3)?)
            .map(|_| {
                let shared = if u.arbitrary()? { shared.clone() } else { u.arbitrary()? };
                Ok(Even { number: u.arbitrary::<u32>()? & !1, shared })
            })
            .collect::<Result<_>>()?;
        Ok(Zoo {
            animals: animals(u, 0)?,
            function: function(u)?,
            handles: u.arbitrary()?,
            reducing: u.arbitrary()?,
            even,
            adapted: u.arbitrary()?,
            _skipped: Skipped,
            named: (0..u.int_in_range(0..=3)?).map(|key| Ok((key, animal(u, 0)?))).collect::<Result<_>>()?,
        })
    }
}
