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

/// The same for the forms of the items that borrow, which are only read. All have a lifetime `'a`.
macro_rules! lent {
    ($($item:item)+) => {$(
        #[derive(pickle_core::Pickle, bincode::BorrowDecode, bitcode::Decode, serde::Deserialize, speedy::Readable, wincode::SchemaRead)]
        $item
    )+};
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
