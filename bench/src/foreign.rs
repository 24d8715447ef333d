//! Types of other crates: large arrays next to a copy of their bytes, and types that know only serde next to bincode's serde
//! and to our own derive: `--only foreign`.

use std::hint::black_box;

use ndarray::Array3;
use pickle_core::{Pickle, Pickler, UnpickleOwned, loads};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::Result;
use crate::machine;
use crate::paired;
use crate::random::Random;

/// Measures and prints.
pub fn run(rounds: usize) -> Result<()> {
    let mut random = Random::new(0x5049_434b_4c45);
    println!("{}\n{}\n", machine::description(), machine::COMPILER);
    arrays(&mut random, rounds)?;
    println!("\n| value | | size | dump µs | load µs |\n|:--|:--|--:|--:|--:|");
    bridge("records", &records(&mut random), rounds)?;
    bridge("numbers", &numbers(&mut random), rounds)?;
    bridge("forest", &forest(&mut random), rounds)
}

fn arrays(random: &mut Random, rounds: usize) -> Result<()> {
    println!("| 4,000,000 `f32` | dump µs | ratio | load µs | ratio |\n|:--|--:|--:|--:|--:|");
    let list: Vec<f32> = (0..4_000_000).map(|_| (random.bits() >> 40) as f32).collect();
    let array = Array3::from_shape_vec((200, 200, 100), list.clone())?;
    let columns = array.view().reversed_axes().to_owned();
    let bytes: Vec<u8> = list.iter().flat_map(|number| number.to_le_bytes()).collect();
    let mut buffer = vec![0u8; bytes.len()];
    let copy_over = |buffer: &mut Vec<u8>| {
        paired::sample(&bytes, |bytes| {
            buffer.copy_from_slice(black_box(bytes));
            Ok(())
        })
    };
    let copy_out = || paired::sample(&bytes, |bytes| Ok(bytes.to_vec()));
    let mut row =
        |name: &str, dump: &mut dyn FnMut() -> Result<f64>, load: &mut dyn FnMut() -> Result<f64>| -> Result<()> {
            let (copied, dumped) = paired::medians(rounds, || copy_over(&mut buffer), dump)?;
            let (copied_out, loaded) = paired::medians(rounds, copy_out, load)?;
            println!("| {name} | {dumped:.0} | {:.2} | {loaded:.0} | {:.2} |", dumped / copied, loaded / copied_out);
            Ok(())
        };
    let copied = &mut || paired::sample(&bytes, |bytes| Ok(bytes.to_vec()));
    row("a copy into a new buffer", copied, &mut || paired::sample(&bytes, |bytes| Ok(bytes.to_vec())))?;
    measured("`Vec<f32>`", &list, &mut row)?;
    measured("`ndarray::Array3<f32>`", &array, &mut row)?;
    measured("the same, another order in memory", &columns, &mut row)
}

/// Takes a name, and what dumps and loads.
type Row<'r> = dyn FnMut(&str, &mut dyn FnMut() -> Result<f64>, &mut dyn FnMut() -> Result<f64>) -> Result<()> + 'r;

fn measured<T: Pickle + UnpickleOwned + PartialEq>(name: &str, value: &T, row: &mut Row<'_>) -> Result<()> {
    let mut pickler = Pickler::new();
    let bytes = pickler.dumps(value)?;
    if loads::<T>(&bytes)? != *value {
        return Err(format!("{name} did not come back").into());
    }
    let mut dump = || paired::sample(&bytes, |_| Ok(pickler.dump_slice(black_box(value))?.len()));
    row(name, &mut dump, &mut || paired::sample(&bytes, |bytes| Ok(loads::<T>(bytes)?)))
}

/// A type by our own derive, and the same by what it knows of serde.
trait Both: Pickle + UnpickleOwned + Serialize + DeserializeOwned + PartialEq + Clone {}

impl<T: Pickle + UnpickleOwned + Serialize + DeserializeOwned + PartialEq + Clone> Both for T {}

#[derive(Pickle, Clone, PartialEq)]
#[pickle(transparent)]
struct BySerde<T: Serialize + DeserializeOwned>(#[pickle(serde)] T);

fn bridge<T: Both>(name: &str, value: &T, rounds: usize) -> Result<()> {
    let config = bincode::config::standard().with_fixed_int_encoding();
    let bincode = bincode::serde::encode_to_vec(value, config)?;
    let json = serde_json::to_vec(value)?;
    let by_serde = BySerde(value.clone());
    let (mut bridged, mut derived) = (Pickler::new(), Pickler::new());
    let (bridge, derive) = (bridged.dumps(&by_serde)?, derived.dumps(value)?);
    let came_back = [
        loads::<BySerde<T>>(&bridge)? == by_serde,
        loads::<T>(&derive)? == *value,
        serde_json::from_slice::<T>(&json)? == *value,
    ];
    if came_back != [true; 3] {
        return Err(format!("{name} did not come back: {came_back:?}").into());
    }
    let print = |codec: &str, size: usize, (dump, load): (f64, f64)| {
        println!("| {name} | {codec} | {size} | {dump:.1} | {load:.1} |");
    };
    let times = paired::medians(
        rounds,
        || paired::sample(&bridge, |_| Ok(bridged.dumps(black_box(&by_serde))?)),
        || paired::sample(&bridge, |bytes| Ok(loads::<BySerde<T>>(bytes)?)),
    )?;
    print("`#[pickle(serde)]`", bridge.len(), times);
    let times = paired::medians(
        rounds,
        || paired::sample(&bincode, |_| Ok(bincode::serde::encode_to_vec(black_box(value), config)?)),
        || paired::sample(&bincode, |bytes| Ok(bincode::serde::decode_from_slice::<T, _>(bytes, config)?.0)),
    )?;
    print("bincode with serde", bincode.len(), times);
    let times = paired::medians(
        rounds,
        || paired::sample(&json, |_| Ok(serde_json::to_vec(black_box(value))?)),
        || paired::sample(&json, |bytes| Ok(serde_json::from_slice::<T>(bytes)?)),
    )?;
    print("serde_json", json.len(), times);
    let times = paired::medians(
        rounds,
        || paired::sample(&derive, |_| Ok(derived.dumps(black_box(value))?)),
        || paired::sample(&derive, |bytes| Ok(loads::<T>(bytes)?)),
    )?;
    print("`derive(Pickle)`", derive.len(), times);
    Ok(())
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
            score: (random.bits() >> 40) as f64,
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

/// 100 lists of 10,000 numbers: the weights of a model.
fn numbers(random: &mut Random) -> Vec<Vec<f64>> {
    (0..100).map(|_| (0..10_000).map(|_| (random.bits() >> 40) as f64).collect()).collect()
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
        split_value: random.coin().then(|| (random.bits() >> 40) as f64),
        true_child: random.coin().then(|| random.bits() as usize % 1000),
        false_child: random.coin().then(|| random.bits() as usize % 1000),
    };
    (0..100).map(|_| (0..1000).map(|_| node()).collect()).collect()
}
