//! What the limits of a load cost, next to a load without them: `--only limits`.

use pickle_core::{Pickle, UnpickleOwned, Unpickler, dumps};

use crate::Result;
use crate::data::{log, mesh, minecraft_savedata, mk48};
use crate::machine;
use crate::paired;
use crate::random::Random;

/// Measures and prints.
pub fn run(rounds: usize) -> Result<()> {
    let random = || Random::new(0x5049_434b_4c45);
    println!("{}\n{}\n", machine::description(), machine::COMPILER);
    println!("| data set | trusted µs | default limits µs | ratio |\n|:--|--:|--:|--:|");
    compare("log", &log::generate(&mut random()), rounds)?;
    compare("mesh", &mesh::generate(&mut random()), rounds)?;
    compare("minecraft_savedata", &minecraft_savedata::generate(&mut random()), rounds)?;
    compare("mk48", &mk48::generate(&mut random()), rounds)
}

fn compare<T: Pickle + UnpickleOwned>(set: &str, value: &T, rounds: usize) -> Result<()> {
    let bytes = dumps(value)?;
    let sample = |unpickler: &Unpickler<'_>| paired::sample(&bytes, |bytes| Ok(unpickler.loads::<T>(bytes)?));
    let (trusted, limited) = paired::medians(rounds, || sample(&Unpickler::trusted()), || sample(&Unpickler::new()))?;
    println!("| `{set}` | {trusted:.1} | {limited:.1} | {:.3} |", limited / trusted);
    Ok(())
}
