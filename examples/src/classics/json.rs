//! What a round trip through JSON loses, and one through a pickle keeps.

use std::collections::BTreeMap;
use std::path::Path;

use pickle_core::{dumps, loads};

use super::{Shown, ensure};

pub(super) fn losses(_: &Path) -> Shown {
    println!("send values through serde_json and through a pickle");

    let (pair, list) = ((1, 2), vec![1, 2]);
    let (pair_text, list_text) = (serde_json::to_string(&pair)?, serde_json::to_string(&list)?);
    let as_list = loads::<Vec<i32>>(&dumps(&pair)?);
    println!(
        "a tuple and a list: JSON {pair_text} and {list_text}, the same; the pickle of a tuple is no list: {}",
        as_list.is_err()
    );
    ensure(pair_text == list_text && as_list.is_err(), "JSON does not tell a tuple from a list")?;

    let large = (1u64 << 53) + 1;
    let read_as: f64 = serde_json::from_str(&serde_json::to_string(&large)?)?;
    let as_float = loads::<f64>(&dumps(&large)?);
    println!("{large} read as an f64: JSON gives {read_as}; a pickle does not round: {}", as_float.is_err());
    ensure(read_as as u64 != large && as_float.is_err(), "a pickle rounds nothing")?;

    let text = serde_json::to_string(&f64::NAN)?;
    let error = serde_json::from_str::<f64>(&text).err().map(|error| error.to_string()).unwrap_or_default();
    let back: f64 = loads(&dumps(&f64::NAN)?)?;
    println!("a NaN: JSON writes {text}, and reads \"{error}\"; the pickle gives {back}");
    ensure(!error.is_empty() && back.is_nan(), "JSON has no NaN")?;

    let text = serde_json::to_string(&Some(None::<u8>))?;
    let read: Option<Option<u8>> = serde_json::from_str(&text)?;
    let back: Option<Option<u8>> = loads(&dumps(&Some(None::<u8>))?)?;
    println!("Some(None): JSON writes {text}, and reads {read:?}; the pickle gives {back:?}");
    ensure(read.is_none() && back == Some(None), "JSON flattens options")?;

    let board = BTreeMap::from([((1, 2), "rook"), ((5, 8), "king")]);
    let error = serde_json::to_string(&board).err().map(|error| error.to_string()).unwrap_or_default();
    let bytes = dumps(&board)?;
    let back: BTreeMap<(i32, i32), &str> = loads(&bytes)?;
    println!("a map with tuples as keys: JSON refuses, \"{error}\"; the pickle gives {back:?}");
    ensure(!error.is_empty() && back == board, "JSON keys are strings")?;

    println!("shows: a pickle holds the value, JSON what is left of it in numbers, strings and lists");
    Ok(())
}
