//! Plain values: to files, one after the other, and in memory.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use pickle_core::{Unpickler, dump, dumps, load, loads};

use super::{Shown, ensure};

/// The dictionary of the first demonstration.
#[must_use]
pub fn dictionary() -> HashMap<String, Vec<f64>> {
    let entry = |name: &str, values: &[f64]| (name.to_owned(), values.to_vec());
    HashMap::from([entry("apples", &[1.5, 2.0]), entry("pears", &[]), entry("plums", &[f64::INFINITY])])
}

pub(super) fn file(folder: &Path) -> Shown {
    let prices = dictionary();
    let path = folder.join("dictionary.pickle");
    dump(&prices, File::create(&path)?)?;
    let back: HashMap<String, Vec<f64>> = load(File::open(&path)?)?;
    println!("dump a HashMap<String, Vec<f64>> to {}, load it again", name(&path));
    println!("shows: it comes back equal, in {} bytes that name its type: {}", path.metadata()?.len(), back == prices);
    ensure(back == prices, "the dictionary comes back equal")
}

/// The three values of the second demonstration.
pub type Several = (u32, String, Vec<(char, bool)>);

pub(super) fn several(folder: &Path) -> Shown {
    let path = folder.join("several.pickle");
    let mut file = File::create(&path)?;
    let values: Several = (3, "three values".to_owned(), vec![('a', true), ('b', false)]);
    dump(&values.0, &mut file)?;
    dump(&values.1, &mut file)?;
    dump(&values.2, &mut file)?;
    let back = read_several(File::open(&path)?)?;
    println!("dump a u32, a String and a Vec to {}, load them one by one: {back:?}", name(&path));

    let log = folder.join("log.pickle");
    let mut file = File::create(&log)?;
    for line in ["started", "worked", "stopped"] {
        dump(line, &mut file)?;
    }
    let lines = Unpickler::new().iter(File::open(&log)?).collect::<pickle_core::Result<Vec<String>>>()?;
    println!("dump three lines to {}, load until the file ends: {lines:?}", name(&log));
    println!("shows: each load takes exactly one value and leaves what follows");
    ensure(back == values && lines.len() == 3, "all values come back")
}

/// Reads the three values of the second demonstration, one after the other.
///
/// # Errors
/// Those of [`load`].
pub fn read_several(mut reader: impl Read) -> pickle_core::Result<Several> {
    Ok((load(&mut reader)?, load(&mut reader)?, load(&mut reader)?))
}

pub(super) fn in_memory(_: &Path) -> Shown {
    let nested = (1, Some("two"), [3.0, 4.0]);
    let bytes = dumps(&nested)?;
    let back: (i32, Option<&str>, [f64; 2]) = loads(&bytes)?;
    println!("dumps {nested:?}\nloads {back:?} from {} bytes", bytes.len());
    let within = back.1.is_some_and(|text| bytes.as_ptr_range().contains(&text.as_ptr()));
    println!("shows: the same value, and its &str points into the bytes, no copy made: {within}");
    ensure(back == nested && within, "the value comes back, its text borrowed")
}

pub(super) fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
