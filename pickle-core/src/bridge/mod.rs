//! `#[pickle(serde)]`: a type that knows only serde, as the tree of serde's data model.
//!
//! One type, [`Data`], has the schema of the tree: so a stream tells what is in it without the type. Values are written
//! into the stream and read from it without making the tree, but where a value does not say how long it is.

/// Passes the two methods of a compound of serde to ours.
macro_rules! compound {
    ($of:ty => $ok:ty: $($trait:ident $method:ident $push:ident $(, $key:ident: $key_type:ty)?;)*) => {$(
        impl $trait for $of {
            type Ok = $ok;
            type Error = Failure;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self $(, $key: $key_type)?, value: &T) -> Result<(), Failure> {
                self.$push($($key,)? value)
            }

            fn end(self) -> Result<$ok, Failure> {
                self.finish()
            }
        }
    )*};
}

mod asking;
mod data;
mod number;
mod read;
mod tree;
mod write;

use std::convert::Infallible;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result, Step};
use crate::graph::Vacancy;
use crate::{Describer, Pickle, Reader, Shape, TypeRef, Unpickle, Writer};
use data::Data;

/// What a type must know: a bound that generated code names.
pub trait Both: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Both for T {}

/// What an adapter gives for a value: its tree.
#[derive(Debug)]
pub struct Lent<'v, T: ?Sized>(&'v T);

/// What an adapter takes: a value that was made of its tree.
#[derive(Debug)]
pub struct Owned<T>(T);

/// The adapter's first function.
pub fn dump<T: Serialize + ?Sized>(value: &T) -> Lent<'_, T> {
    Lent(value)
}

/// The adapter's second function.
pub fn load<T: DeserializeOwned>(value: Owned<T>) -> Result<T, Infallible> {
    Ok(value.0)
}

/// Both look like the tree. They stand in one piece, in an adapter alone: so the tag of the tree can wait for the body,
/// where the value tells what it is.
macro_rules! looks_like_data {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> Shape for $type {
            const HEAD: usize = 0;
            const BODY: bool = true;
            const NESTS: bool = true;

            fn name() -> String {
                <Data<'_>>::name()
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                <Data<'_>>::describe(schema)
            }

            fn vacant(_: &mut Vacancy) -> Option<Self> {
                None
            }
        }
    };
}
looks_like_data!([T: ?Sized] Lent<'_, T>);
looks_like_data!([T] Owned<T>);

impl<T: Serialize + ?Sized> Pickle for Lent<'_, T> {
    const FALLIBLE: bool = true;

    fn head(&self, _: &mut [u8]) {}

    fn body(&self, writer: &mut Writer<'_>) {
        write::whole(self.0, writer);
    }
}

impl<'a, T: DeserializeOwned> Unpickle<'a> for Owned<T> {
    fn build<'r>(_: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        read::whole(reader).map(Owned)
    }
}

/// An error on the way through serde: ours, or the words of the type's own code; none where the writer has it already.
#[derive(Debug)]
struct Failure(Option<Error>);

impl Failure {
    #[cold]
    fn step(self, step: Step) -> Self {
        Failure(self.0.map(|error| error.step(step)))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure(Some(error))
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(error) => error.fmt(f),
            None => f.write_str("the dump has failed"),
        }
    }
}

impl std::error::Error for Failure {}

impl serde::ser::Error for Failure {
    #[cold]
    fn custom<M: std::fmt::Display>(message: M) -> Self {
        Error::hook("the `Serialize` of a `#[pickle(serde)]` value", message.to_string().into()).into()
    }
}

impl serde::de::Error for Failure {
    #[cold]
    fn custom<M: std::fmt::Display>(message: M) -> Self {
        Error::hook("the `Deserialize` of a `#[pickle(serde)]` value", message.to_string().into()).into()
    }
}

/// The error of a value that says how many parts it has, and has another number of them.
#[cold]
fn miscounted(said: usize, written: usize) -> Failure {
    let message = format!("a `Serialize` that said {said} parts wrote {written}");
    let error = Error::new(ErrorKind::Unrepresentable, message);
    error.with_remedy("let it say the number that it writes, or none").into()
}

/// The error of a map that gives a value before its key.
#[cold]
fn no_key() -> Failure {
    serde::ser::Error::custom("a map gives a value without its key")
}
