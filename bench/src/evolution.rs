//! Loading streams of an older shape, next to those of the type's own: `--only evolution`.

use pickle_core::{Pickle, UnpickleOwned, dumps, loads};

use crate::Result;
use crate::data::{log, minecraft_savedata};
use crate::machine;
use crate::paired;
use crate::random::Random;

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

/// Measures and prints.
pub fn run(rounds: usize) -> Result<()> {
    let random = || Random::new(0x5049_434b_4c45);
    println!("{}\n{}\n", machine::description(), machine::COMPILER);
    println!("| data set | equal shape µs | older shape µs | ratio |\n|:--|--:|--:|--:|");
    compare::<_, Logs>("log", &log::generate(&mut random()), rounds)?;
    compare::<_, Players>("minecraft_savedata", &minecraft_savedata::generate(&mut random()), rounds)?;
    check_of_the_shape(rounds)
}

fn compare<Old: Pickle, New: Pickle + UnpickleOwned>(set: &str, old: &Old, rounds: usize) -> Result<()> {
    let older = dumps(old)?;
    let equal = dumps(&loads::<New>(&older)?)?;
    let load = |bytes: &[u8]| Ok(loads::<New>(bytes)?);
    let (equal, older) = paired::medians(rounds, || paired::sample(&equal, load), || paired::sample(&older, load))?;
    println!("| `{set}` | {equal:.1} | {older:.1} | {:.2} |", older / equal);
    Ok(())
}

/// What it costs to see that the shape is equal: all of loading a `u8` is more than that.
fn check_of_the_shape(rounds: usize) -> Result<()> {
    let bytes = dumps(&7u8)?;
    let sample = || paired::sample(&bytes, |bytes| Ok(loads::<u8>(bytes)?));
    let (time, _) = paired::medians(rounds, sample, sample)?;
    println!("\nLoading one `u8`, its schema embedded and checked: {:.1} ns", time * 1e3);
    Ok(())
}
