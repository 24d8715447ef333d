//! Types of other crates: large arrays next to a copy of their bytes, and types that know only serde next to bincode and JSON
//! by serde's traits and to our own derive: `--only foreign`.

use std::rc::Rc;

use bincode::config::{Configuration, Fixint, LittleEndian, standard};
use bincode::serde::{decode_from_slice, encode_into_slice, encode_to_vec};
use ndarray::Array3;
use pickle_core::{Pickle, UnpickleOwned};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::Result;
use crate::args::Args;
use crate::codecs::{Codec, PickleCodec, Role};
use crate::data::random;
use crate::measure::{Plan, of_set};
use crate::random::Random;
use crate::report::{facts, table, times};

/// The name of a table, what is in it, and whose best figure the others are compared with.
type Table = (&'static str, &'static str, Role);

const ARRAYS: Table = ("arrays", "4,000,000 `f32`", Role::Memcpy);
const RECORDS: Table = ("records", "10,000 records of six fields", Role::Peer);
const WEIGHTS: Table = ("weights", "100 lists of 10,000 `f64`", Role::Peer);
const FOREST: Table = ("forest", "100 decision trees of 1,000 nodes", Role::Peer);

/// Measures and prints.
pub fn run(args: &Args) -> Result<()> {
    let mut random = random();
    let mut plan = Plan::of_short_samples();
    arrays(&mut plan, &mut random)?;
    bridge(&mut plan, RECORDS, records(&mut random))?;
    bridge(&mut plan, WEIGHTS, weights(&mut random))?;
    bridge(&mut plan, FOREST, forest(&mut random))?;
    plan.run("foreign", args.rounds)?;
    let format = args.format();
    let base = "the ratio to the copy, where there is one, and else to the better of bincode and serde_json";
    let how = [times(args.rounds, "in microseconds"), ("In brackets", base.to_owned())];
    print!("{}", facts(format, ["pickle-core", "ndarray", "serde", "bincode", "serde_json"], &how));
    for (name, contents, base) in [ARRAYS, RECORDS, WEIGHTS, FOREST] {
        print!("\n{}", table(format, (name, contents), &of_set(name, plan.rows()), base));
    }
    Ok(())
}

/// Our own, with the schema in the stream.
type Ours = PickleCodec<true>;

fn arrays(plan: &mut Plan, random: &mut Random) -> Result<()> {
    let (set, ..) = ARRAYS;
    let list: Vec<f32> = (0..4_000_000).map(|_| random.any()).collect();
    let array = Array3::from_shape_vec((200, 200, 100), list.clone())?;
    let columns = array.view().reversed_axes().to_owned();
    plan.add_as::<_, Ours>(set, "`Vec<f32>`", &Rc::new(list))?;
    plan.add_as::<_, Ours>(set, "`ndarray::Array3<f32>`", &Rc::new(array))?;
    plan.add_as::<_, Ours>(set, "the same, another order in memory", &Rc::new(columns))?;
    plan.add_memcpy(set)
}

/// A type by our own derive, and the same by what it knows of serde.
trait Both: Pickle + UnpickleOwned + Serialize + DeserializeOwned + PartialEq + Clone + 'static {}

impl<T: Pickle + UnpickleOwned + Serialize + DeserializeOwned + PartialEq + Clone + 'static> Both for T {}

#[derive(Pickle, Clone, PartialEq)]
#[pickle(transparent)]
struct BySerde<T: Serialize + DeserializeOwned>(#[pickle(serde)] T);

fn bridge<T: Both>(plan: &mut Plan, (set, ..): Table, value: T) -> Result<()> {
    plan.add_as::<_, Ours>(set, "`#[pickle(serde)]`", &Rc::new(BySerde(value.clone())))?;
    let value = Rc::new(value);
    plan.add_as::<_, Ours>(set, "`derive(Pickle)`", &value)?;
    plan.add::<_, Bincode>(set, &value)?;
    plan.add::<_, Json>(set, &value)
}

/// bincode by serde's traits.
struct Bincode {
    buffer: Vec<u8>,
}

const CONFIG: Configuration<LittleEndian, Fixint> = standard().with_fixed_int_encoding();

impl<T: Serialize + DeserializeOwned> Codec<T> for Bincode {
    const PACKAGE: &'static str = "bincode";
    const VARIANT: &'static str = "serde, fixed integers";

    fn prepare(value: &T) -> Result<Self> {
        Ok(Self { buffer: encode_to_vec(value, CONFIG)? })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        let length = encode_into_slice(value, &mut self.buffer, CONFIG)?;
        Ok(&self.buffer[..length])
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        let (value, _) = decode_from_slice(bytes, CONFIG)?;
        Ok(value)
    }
}

/// JSON without spaces.
struct Json {
    buffer: Vec<u8>,
}

impl<T: Serialize + DeserializeOwned> Codec<T> for Json {
    const PACKAGE: &'static str = "serde_json";

    fn prepare(_: &T) -> Result<Self> {
        Ok(Self { buffer: Vec::new() })
    }

    fn serialize(&mut self, value: &T) -> Result<&[u8]> {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, value)?;
        Ok(&self.buffer)
    }

    fn deserialize(&mut self, bytes: &[u8]) -> Result<T> {
        Ok(serde_json::from_slice(bytes)?)
    }
}

#[derive(Pickle, Serialize, Deserialize, Clone, PartialEq)]
struct Record {
    id: u64,
    name: String,
    score: f64,
    tags: Vec<String>,
    state: State,
    parent: Option<u32>,
}

#[derive(Pickle, Serialize, Deserialize, Clone, PartialEq)]
enum State {
    New,
    Open { since: u32 },
    Closed(u32, String),
}

/// 10,000 records of six fields.
fn records(random: &mut Random) -> Vec<Record> {
    let word = |random: &mut Random| format!("word{}", random.bits() % 1000);
    (0..10_000)
        .map(|id| Record {
            id,
            name: word(random),
            score: random.signed(),
            tags: (0..random.bits() % 4).map(|_| word(random)).collect(),
            state: match random.bits() % 3 {
                0 => State::New,
                1 => State::Open { since: random.bits() as u32 },
                _ => State::Closed(random.bits() as u32, word(random)),
            },
            parent: random.coin().then_some(random.bits() as u32),
        })
        .collect()
}

/// The weights of a model: 100 lists of 10,000.
fn weights(random: &mut Random) -> Vec<Vec<f64>> {
    (0..100).map(|_| (0..10_000).map(|_| random.signed()).collect()).collect()
}

#[derive(Pickle, Serialize, Deserialize, Clone, PartialEq)]
struct Node {
    output: u32,
    split_feature: usize,
    split_value: Option<f64>,
    true_child: Option<usize>,
    false_child: Option<usize>,
}

/// 100 decision trees of 1,000 nodes each.
fn forest(random: &mut Random) -> Vec<Vec<Node>> {
    let mut node = || Node {
        output: random.bits() as u32 % 10,
        split_feature: random.bits() as usize % 100,
        split_value: random.maybe(Random::signed),
        true_child: random.coin().then(|| random.bits() as usize % 1000),
        false_child: random.coin().then(|| random.bits() as usize % 1000),
    };
    (0..100).map(|_| (0..1000).map(|_| node()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::label;

    #[test]
    fn all_four_give_back_the_digits_of_floats() {
        let mut plan = Plan::default();
        let mut random = random();
        let floats: Vec<f64> = (0..10_000).map(|_| random.signed()).collect();
        bridge(&mut plan, WEIGHTS, floats).expect("they come back");
        let labels: Vec<_> = plan.rows().iter().map(|row| label((row.codec, row.variant))).collect();
        let named = ["`#[pickle(serde)]`", "`derive(Pickle)`", "serde, fixed integers", "serde_json"];
        assert_eq!(labels.len(), named.len());
        for (label, name) in labels.iter().zip(named) {
            assert!(label.contains(name), "{label} is not {name}");
        }
    }
}
