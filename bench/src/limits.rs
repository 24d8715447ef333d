//! What the default limits of a load cost, next to those of `Unpickler::trusted()`: `--only limits`.
//!
//! Both sides run the same checks, against other numbers.

use pickle_core::{Pickle, UnpickleOwned, Unpickler, dumps};

use crate::Result;
use crate::args::Args;
use crate::data::{log, mesh, minecraft_savedata, mk48, random};
use crate::measure::Plan;
use crate::paired;
use crate::report::{facts, times};

const TRUSTED: &str = "trusted";
const LIMITED: &str = "default limits";

/// Measures and prints.
pub fn run(args: &Args) -> Result<()> {
    let mut plan = Plan::of_short_samples();
    enter(&mut plan, log::NAME, &log::generate(&mut random()))?;
    enter(&mut plan, mesh::NAME, &mesh::generate(&mut random()))?;
    enter(&mut plan, minecraft_savedata::NAME, &minecraft_savedata::generate(&mut random()))?;
    enter(&mut plan, mk48::NAME, &mk48::generate(&mut random()))?;
    plan.run("limits", args.rounds)?;
    let format = args.format();
    let contents = "default limits next to those of `Unpickler::trusted()`";
    let table = paired::table(format, ("limits", contents), [TRUSTED, LIMITED], plan.rows());
    print!("{}\n{table}", facts(format, ["pickle-core"], &[times(args.rounds, "in microseconds")]));
    Ok(())
}

fn enter<T: Pickle + UnpickleOwned + 'static>(plan: &mut Plan, set: &'static str, value: &T) -> Result<()> {
    let bytes = dumps(value)?;
    for (way, unpickler) in [(TRUSTED, Unpickler::trusted()), (LIMITED, Unpickler::new())] {
        plan.add_load(set, way, &bytes, move |bytes| Ok(unpickler.loads::<T>(bytes)?));
    }
    Ok(())
}
