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
            rkyv::Archive, rkyv::Serialize, rkyv::Deserialize,
            savefile::prelude::Savefile,
            wincode::SchemaWrite, wincode::SchemaRead,
        )]
        $item
    )+};
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
        name: "log",
        contents: "10,000 log lines",
        enter: |plan| plan.enter("log", log::generate(&mut random())),
    },
    DataSet {
        name: "mesh",
        contents: "125,000 triangles",
        enter: |plan| plan.enter("mesh", mesh::generate(&mut random())),
    },
    DataSet {
        name: "minecraft_savedata",
        contents: "500 players",
        enter: |plan| plan.enter("minecraft_savedata", minecraft_savedata::generate(&mut random())),
    },
    DataSet {
        name: "mk48",
        contents: "1,000 updates",
        enter: |plan| plan.enter("mk48", mk48::generate(&mut random())),
    },
    DataSet { name: "small", contents: "one message", enter: |plan| plan.enter("small", small::generate()) },
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
