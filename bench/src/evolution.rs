//! Loading streams of an older shape, next to those of the type's own: `--only evolution`.

use pickle_core::{Pickle, UnpickleOwned, dumps, loads};

use crate::Result;
use crate::args::Args;
use crate::data::{log, minecraft_savedata, random};
use crate::measure::{Op, Plan};
use crate::paired;
use crate::report::{facts, times};

/// Two fields added, one removed (`identity`), one renamed.
#[derive(Pickle)]
struct Log {
    address: log::Address,
    #[pickle(alias = "userid")]
    user: String,
    date: String,
    request: String,
    code: u16,
    size: u64,
    #[pickle(default)]
    referrer: Option<String>,
    #[pickle(default = 1)]
    attempts: u32,
}

#[derive(Pickle)]
struct Logs {
    logs: Vec<Log>,
}

/// Two fields added, one removed (`xp_seed`), one renamed.
#[derive(Pickle)]
struct Player {
    game_type: minecraft_savedata::GameType,
    previous_game_type: minecraft_savedata::GameType,
    #[pickle(alias = "score")]
    points: i64,
    dimension: String,
    selected_item_slot: u32,
    selected_item: minecraft_savedata::Item,
    spawn_dimension: Option<String>,
    spawn_x: i64,
    spawn_y: i64,
    spawn_z: i64,
    spawn_forced: Option<bool>,
    sleep_timer: u16,
    food_exhaustion_level: f32,
    food_saturation_level: f32,
    food_tick_timer: u32,
    xp_level: u32,
    xp_p: f32,
    xp_total: i32,
    inventory: Vec<minecraft_savedata::Item>,
    ender_items: Vec<minecraft_savedata::Item>,
    abilities: minecraft_savedata::Abilities,
    entered_nether_position: Option<(f64, f64, f64)>,
    root_vehicle: Option<([u32; 4], minecraft_savedata::Entity)>,
    shoulder_entity_left: Option<minecraft_savedata::Entity>,
    shoulder_entity_right: Option<minecraft_savedata::Entity>,
    seen_credits: bool,
    recipe_book: minecraft_savedata::RecipeBook,
    #[pickle(default)]
    achievements: Vec<String>,
    #[pickle(default = 20.0)]
    health: f32,
}

#[derive(Pickle)]
struct Players {
    players: Vec<Player>,
}

const EQUAL: &str = "equal shape";
const OLDER: &str = "older shape";

/// Loading it is little more than to see that the shape is equal.
const BYTE: &str = "u8";

/// Measures and prints.
pub fn run(args: &Args) -> Result<()> {
    let mut plan = Plan::of_short_samples();
    enter::<_, Logs>(&mut plan, log::NAME, &log::generate(&mut random()))?;
    enter::<_, Players>(&mut plan, minecraft_savedata::NAME, &minecraft_savedata::generate(&mut random()))?;
    let pairs = plan.rows().len();
    plan.add_load(BYTE, EQUAL, &dumps(&7u8)?, |bytes| Ok(loads::<u8>(bytes)?));
    plan.run("evolution", args.rounds)?;
    let (format, (pairs, byte)) = (args.format(), plan.rows().split_at(pairs));
    let contents = "an older shape next to the reader's own";
    let table = paired::table(format, ("evolution", contents), [EQUAL, OLDER], pairs);
    print!("{}\n{table}", facts(format, ["pickle-core"], &[times(args.rounds, "in microseconds")]));
    for time in byte.iter().filter_map(|row| row.median(Op::Deserialize)) {
        println!("\nLoading one `u8`, its schema embedded and checked: {:.1} ns", time * 1e3);
    }
    Ok(())
}

fn enter<Old: Pickle, New: Pickle + UnpickleOwned + 'static>(
    plan: &mut Plan,
    set: &'static str,
    old: &Old,
) -> Result<()> {
    let older = dumps(old)?;
    let equal = dumps(&loads::<New>(&older)?)?;
    for (way, bytes) in [(EQUAL, equal), (OLDER, older)] {
        plan.add_load(set, way, &bytes, |bytes| Ok(loads::<New>(bytes)?));
    }
    Ok(())
}
