//! The libraries under measurement, one module each; two whose calls are the same share one.
//!
//! To add a library: a module here which implements [`Codec`] for every type
//! with the library's traits, and [`Lender`] if it can lend; a line in the list
//! of `codecs!` below; and the library's derives in the `serializable!` and
//! `lent!` of the data sets.

mod bincode;
mod bitcode;
mod borsh;
mod fory;
mod pickle;
mod rkyv;
mod savefile;
mod serde_slice;
mod speedy;
mod wincode;

use std::fmt::Debug;
use std::rc::Rc;

use crate::Result;
use crate::data::Borrowed;
use crate::measure::Plan;

pub use fory::Registered;
pub use pickle::PickleCodec;

/// One library, set up to carry values of type `T` again and again.
///
/// An implementation keeps whatever buffers its library can reuse, and makes
/// the fastest calls which the library documents for data of unknown origin.
pub trait Codec<T>: Sized + 'static {
    /// The name of the library's package, as in the lock file.
    const PACKAGE: &'static str;

    /// Which of several ways of using the library this is, if there are more.
    const VARIANT: &'static str = "";

    /// Whose library it is.
    const ROLE: Role = Role::Peer;

    /// Makes the buffers, large enough for `value`.
    fn prepare(value: &T) -> Result<Self>;

    /// Serializes `value` into a kept buffer.
    fn serialize(&mut self, value: &T) -> Result<&[u8]>;

    /// Deserializes an owned value; `bytes` are aligned to 16 bytes.
    fn deserialize(&mut self, bytes: &[u8]) -> Result<T>;
}

/// A form of a type whose strings are borrowed from the bytes.
pub trait Lent: 'static {
    /// The type whose serialized values are read.
    type Owned: 'static;
    /// The form that borrows.
    type Of<'a>: Borrowed<Owned = Self::Owned>;
}

/// A library that can lend strings from its input.
pub trait Lender<L: Lent>: Codec<L::Owned> {
    /// Deserializes a value whose strings lie in `bytes`, which are aligned to 16 bytes.
    fn lend<'a>(&mut self, bytes: &'a [u8]) -> Result<L::Of<'a>>;

    /// Adds its case for a value to `plan`, which has its row.
    fn enter(plan: &mut Plan, set: &'static str, value: &L::Owned) -> Result<()>
    where
        L::Owned: PartialEq,
    {
        plan.add_lender::<L, Self>(set, value)
    }
}

/// What a row of the tables stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The library of this repository.
    Ours,
    /// A library to compare with.
    Peer,
    /// Copying the bytes: what no library can beat by much.
    Memcpy,
    /// What no library that keeps identity can do without.
    Floor,
}

/// Declares the codecs, in the order of the rows of the tables, and which of them lend.
macro_rules! codecs {
    ($($codec:ty $(: $lender:ident)?),+ $(,)?) => {
        /// Values which every codec can carry.
        pub trait Subject: Clone + Debug + PartialEq + Sized + 'static {
            /// Adds the cases of every codec for this value to `plan`.
            fn enter_all(self: Rc<Self>, set: &'static str, plan: &mut Plan) -> Result<()>;
        }

        impl<T> Subject for T
        where
            T: Clone + Debug + PartialEq + 'static,
            $($codec: Codec<T>,)+
        {
            fn enter_all(self: Rc<Self>, set: &'static str, plan: &mut Plan) -> Result<()> {
                $(plan.add::<T, $codec>(set, &self)?;)+
                Ok(())
            }
        }

        /// Values which all that lend can lend from.
        pub trait Lendable: Lent {
            /// Adds the cases of all of them for this value to `plan`, which has their rows.
            fn enter_all(plan: &mut Plan, set: &'static str, value: &Self::Owned) -> Result<()>;
        }

        impl<L: Lent> Lendable for L
        where
            L::Owned: PartialEq,
            $($($codec: $lender<L>,)?)+
        {
            fn enter_all(plan: &mut Plan, set: &'static str, value: &Self::Owned) -> Result<()> {
                $($(<$codec as $lender<L>>::enter(plan, set, value)?;)?)+
                Ok(())
            }
        }

        /// The package of every codec; one with two variants is there twice.
        pub const PACKAGES: &[&str] = &[
            $(<$codec as Codec<crate::data::small::Small>>::PACKAGE,)+
        ];
    };
}

codecs! {
    pickle::PickleCodec<true>: Lender,
    pickle::PickleCodec<false>: Lender,
    bitcode::Bitcode: Lender,
    wincode::Wincode: Lender,
    bincode::Bincode<bincode::Varint>: Lender,
    bincode::Bincode<bincode::Fixed>: Lender,
    rkyv::Rkyv,
    savefile::Savefile,
    serde_slice::SerdeZap: Lender,
    speedy::Speedy: Lender,
    borsh::Borsh,
    serde_slice::Postcard: Lender,
    fory::Fory,
}
