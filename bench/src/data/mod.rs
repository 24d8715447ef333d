//! The data sets.
//!
//! `log`, `mesh`, `minecraft_savedata` and `mk48` have the fields, the types,
//! the counts and the value ranges of the data sets of the public Rust
//! serialization benchmark; `small` is one little message.

/// Gives items the derives of every codec, and what the checks need.
///
/// A codec is added to all the data sets by adding its derives here.
macro_rules! serializable {
    ($($item:item)+) => {$(
        #[derive(
            Clone, Debug, PartialEq,
            pickle_core::Pickle,
            bincode::Encode, bincode::Decode,
            bitcode::Encode, bitcode::Decode,
            borsh::BorshSerialize, borsh::BorshDeserialize,
            rkyv::Archive, rkyv::Serialize, rkyv::Deserialize,
            savefile::prelude::Savefile,
            serde::Serialize, serde::Deserialize,
            speedy::Readable, speedy::Writable,
            wincode::SchemaWrite, wincode::SchemaRead,
        )]
        $item
    )+};
}

/// Declares the structs of a root, and in a module `lent` the same with strings that lie in the bytes.
///
/// A field whose type is another one there has that after an arrow.
macro_rules! lendable {
    ($root:ident, $a:tt: $(
        $(#[$attribute:meta])*
        pub struct $name:ident { $($field:ident: $type:tt $(<$of:tt>)? $(=> $lent:ty)?,)+ }
    )+) => {
        serializable! {$(
            $(#[$attribute])*
            #[derive(fory::ForyStruct)]
            pub struct $name {
                $(pub $field: $type $(<$of>)?,)+
            }
        )+}

        /// The same, with strings that lie in the bytes.
        pub mod lent {
            use super::*;
            use crate::data::Borrowed;

            $(lent! { $(#[$attribute])* $name $a {} $($field: $type $(<$of>)? $(=> $lent)?,)+ })+

            $(impl<$a> Borrowed for $name<$a> {
                type Owned = super::$name;

                fn into_owned(self) -> super::$name {
                    super::$name { $($field: $(<$lent as Borrowed>::into_owned)?(self.$field),)+ }
                }
            })+
        }

        /// [`$root`], lent.
        pub enum Lent {}

        impl crate::codecs::Lent for Lent {
            type Owned = $root;
            type Of<$a> = lent::$root<$a>;
        }
    };
}

/// Gives a struct of a module `lent` its fields one by one, then its derives: it is only read.
macro_rules! lent {
    ($(#[$attribute:meta])* $name:ident $a:tt { $($fields:tt)* }) => {
        $(#[$attribute])*
        #[derive(
            pickle_core::Pickle,
            bincode::BorrowDecode,
            bitcode::Decode,
            serde::Deserialize,
            speedy::Readable,
            wincode::SchemaRead,
        )]
        pub struct $name<$a> {
            $($fields)*
        }
    };
    (
        $(#[$attribute:meta])* $name:ident $a:tt { $($fields:tt)* }
        $field:ident: $type:tt $(<$of:tt>)?, $($rest:tt)*
    ) => {
        lent! { $(#[$attribute])* $name $a { $($fields)* pub $field: $type $(<$of>)?, } $($rest)* }
    };
    (
        $(#[$attribute:meta])* $name:ident $a:tt { $($fields:tt)* }
        $field:ident: $type:tt $(<$of:tt>)? => $lent:ty, $($rest:tt)*
    ) => {
        lent! { $(#[$attribute])* $name $a { $($fields)* #[serde(borrow)] pub $field: $lent, } $($rest)* }
    };
}

/// Gives Fory the types of a root, by numbers, as it asks for.
macro_rules! registered {
    ($root:ident: $($type:ident),+) => {
        impl crate::codecs::Registered for $root {
            fn register(fory: &mut fory::Fory) -> std::result::Result<(), fory::Error> {
                let mut number = 0;
                $(
                    number += 1;
                    fory.register::<$type>(number)?;
                )+
                Ok(())
            }
        }
    };
}

pub mod log;
pub mod mesh;
pub mod minecraft_savedata;
pub mod mk48;
pub mod small;

use crate::Result;
use crate::measure::Plan;
use crate::random::Random;

/// What borrows from the bytes.
pub trait Borrowed {
    /// What it is elsewhere.
    type Owned;

    fn into_owned(self) -> Self::Owned;
}

impl Borrowed for &str {
    type Owned = String;

    fn into_owned(self) -> String {
        self.to_owned()
    }
}

impl<T: Borrowed> Borrowed for Option<T> {
    type Owned = Option<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.map(T::into_owned)
    }
}

impl<T: Borrowed> Borrowed for Vec<T> {
    type Owned = Vec<T::Owned>;

    fn into_owned(self) -> Self::Owned {
        self.into_iter().map(T::into_owned).collect()
    }
}

impl<K, T: Borrowed> Borrowed for (K, T) {
    type Owned = (K, T::Owned);

    fn into_owned(self) -> Self::Owned {
        (self.0, self.1.into_owned())
    }
}

/// One data set: its name, what it holds, and how it enters a plan.
pub struct DataSet {
    /// The name for `--only` and for the tables.
    pub name: &'static str,
    /// How many of what it holds.
    pub contents: &'static str,
    /// Generates the values and adds the cases of every codec.
    pub enter: fn(&mut Plan) -> Result<()>,
}

/// Every data set, in the order of the tables.
pub const ALL: [DataSet; 5] = [
    DataSet {
        name: log::NAME,
        contents: "10,000 log lines",
        enter: |plan| plan.enter_lent::<log::Lent>(log::NAME, log::generate(&mut random())),
    },
    DataSet {
        name: mesh::NAME,
        contents: "125,000 triangles",
        enter: |plan| plan.enter(mesh::NAME, mesh::generate(&mut random())),
    },
    DataSet {
        name: minecraft_savedata::NAME,
        contents: "500 players",
        enter: |plan| {
            plan.enter_lent::<minecraft_savedata::Lent>(
                minecraft_savedata::NAME,
                minecraft_savedata::generate(&mut random()),
            )
        },
    },
    DataSet {
        name: mk48::NAME,
        contents: "1,000 updates",
        enter: |plan| plan.enter(mk48::NAME, mk48::generate(&mut random())),
    },
    DataSet { name: small::NAME, contents: "one message", enter: |plan| plan.enter(small::NAME, small::generate()) },
];

/// Every data set and graph starts from the same seed, so that `--only` changes nothing.
pub fn random() -> Random {
    Random::new(0x5049_434b_4c45)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_codec_gives_back_every_data_set() {
        let mut plan = Plan::default();
        for set in &ALL {
            (set.enter)(&mut plan).expect(set.name);
        }
        assert!(plan.rows().iter().all(|row| row.size > 0));
    }
}
