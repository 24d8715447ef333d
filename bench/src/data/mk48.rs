//! Updates of an online game of ships: small integers, short lists, options.

use crate::random::Random;

/// The name for `--only` and for the tables.
pub const NAME: &str = "mk48";

const UPDATES: usize = 1_000;

serializable! {
    /// The kinds of ships.
    #[derive(Copy)]
    #[repr(u8)]
    #[derive(fory::ForyEnum)]
    pub enum EntityType {
        ArleighBurke,
        Bismarck,
        Clemenceau,
        Fletcher,
        G5,
        Iowa,
        Kolkata,
        Osa,
        Yasen,
        Zubr,
    }

    /// Where a ship is and how it moves.
    #[derive(Copy)]
    #[derive(fory::ForyStruct)]
    pub struct Transform {
        pub altitude: i8,
        pub angle: u16,
        pub position: (f32, f32),
        pub velocity: i16,
    }

    /// Where a ship wants to go.
    #[derive(Copy)]
    #[derive(fory::ForyStruct)]
    pub struct Guidance {
        pub angle: u16,
        pub submerge: bool,
        pub velocity: i16,
    }

    /// What a player sees of one ship.
    #[derive(fory::ForyStruct)]
    pub struct Contact {
        pub damage: u8,
        pub entity_id: u32,
        pub entity_type: Option<EntityType>,
        pub guidance: Guidance,
        pub player_id: Option<u16>,
        pub reloads: Vec<bool>,
        pub transform: Transform,
        pub turret_angles: Vec<u16>,
    }

    /// New ground in one chunk of the world.
    #[derive(fory::ForyStruct)]
    pub struct TerrainUpdate {
        pub chunk_id: (i8, i8),
        pub data: Vec<u8>,
    }

    /// What one player gets in one step of the game.
    #[derive(fory::ForyStruct)]
    pub struct Update {
        pub contacts: Vec<Contact>,
        pub score: u32,
        pub world_radius: f32,
        pub terrain_updates: Vec<TerrainUpdate>,
    }

    /// The data set.
    #[derive(fory::ForyStruct)]
    pub struct Updates {
        pub updates: Vec<Update>,
    }
}

registered!(Updates: EntityType, Transform, Guidance, Contact, TerrainUpdate, Update, Updates);

/// What the generator knows of a kind of ship.
struct Ship {
    kind: EntityType,
    /// How often it is seen; these need not add up to anything.
    frequency: f64,
    turrets: usize,
    weapons: usize,
}

const fn ship(kind: EntityType, frequency: f64, turrets: usize, weapons: usize) -> Ship {
    Ship { kind, frequency, turrets, weapons }
}

const SHIPS: [Ship; 10] = [
    ship(EntityType::ArleighBurke, 2.14, 1, 20),
    ship(EntityType::Bismarck, 0.52, 4, 10),
    ship(EntityType::Clemenceau, 0.97, 4, 16),
    ship(EntityType::Fletcher, 1.46, 4, 18),
    ship(EntityType::G5, 13.16, 0, 2),
    ship(EntityType::Iowa, 1.55, 3, 28),
    ship(EntityType::Kolkata, 0.83, 1, 15),
    ship(EntityType::Osa, 7.25, 2, 6),
    ship(EntityType::Yasen, 4.06, 0, 14),
    ship(EntityType::Zubr, 12.92, 3, 11),
];

/// Updates with 20 to 39 contacts and 3 to 9 chunks of terrain each.
pub fn generate(random: &mut Random) -> Updates {
    Updates { updates: (0..UPDATES).map(|_| update(random)).collect() }
}

fn update(random: &mut Random) -> Update {
    let players: u16 = random.within(200..400);
    let world_radius = (f32::from(players) * 15_000.0).sqrt() + random.float_within(-50.0..50.0);
    let chunks = (world_radius / 1_600.0).ceil() as i8;
    Update {
        contacts: random.list(20..40, |random| contact(random, players)),
        score: (random.any::<f32>().powi(4) * 5_000.0) as u32 + random.within(0..50u32),
        world_radius,
        terrain_updates: random.list(3..10, |random| terrain_update(random, chunks)),
    }
}

fn contact(random: &mut Random, players: u16) -> Contact {
    let ship = any_ship(random);
    let visible = random.chance(0.7);
    Contact {
        damage: if visible && random.chance(0.6) { 0 } else { random.within(0..200) },
        entity_id: random.within(0..u32::from(players) * 20),
        entity_type: visible.then_some(ship.kind),
        guidance: Guidance { angle: random.any(), submerge: submerged(random, ship), velocity: velocity(random) },
        player_id: visible.then(|| random.within(0..players)),
        reloads: if visible { reloads(random, ship) } else { Vec::new() },
        transform: Transform {
            altitude: if submerged(random, ship) { random.within(-120..-35) } else { 0 },
            angle: random.any(),
            position: (random.float_within(-750.0..750.0), random.float_within(-750.0..750.0)),
            velocity: velocity(random),
        },
        turret_angles: if visible { turret_angles(random, ship) } else { Vec::new() },
    }
}

/// A ship, each kind as often as its frequency says.
fn any_ship(random: &mut Random) -> &'static Ship {
    let total: f64 = SHIPS.iter().map(|ship| ship.frequency).sum();
    let mut rest = random.any::<f64>() * total;
    SHIPS
        .iter()
        .find(|ship| {
            rest -= ship.frequency;
            rest < 0.0
        })
        // Rounding may leave a hair's breadth at the end.
        .unwrap_or(&SHIPS[SHIPS.len() - 1])
}

/// The only submarine is under water most of the time.
fn submerged(random: &mut Random, ship: &Ship) -> bool {
    ship.kind == EntityType::Yasen && random.chance(0.9)
}

/// Four in five go ahead, one in ten stands still, one in ten goes back.
fn velocity(random: &mut Random) -> i16 {
    match random.within(0..10u8) {
        0..8 => random.within(140..900),
        8 => 0,
        _ => random.within(-225..-35),
    }
}

fn reloads(random: &mut Random, ship: &Ship) -> Vec<bool> {
    let ready = random.any();
    (0..ship.weapons).map(|_| random.chance(ready)).collect()
}

/// Most turrets point about the same way.
fn turret_angles(random: &mut Random, ship: &Ship) -> Vec<u16> {
    let common: u16 = random.any();
    (0..ship.turrets)
        .map(|_| if random.chance(0.75) { common.wrapping_add_signed(random.within(-200..200)) } else { random.any() })
        .collect()
}

/// A few bytes of changes, or now and then a whole new chunk.
fn terrain_update(random: &mut Random, chunks: i8) -> TerrainUpdate {
    let lengths = if random.chance(0.02) { 900..1100 } else { 3..9 };
    TerrainUpdate {
        chunk_id: (random.within(-chunks..chunks), random.within(-chunks..chunks)),
        data: random.list(lengths, Random::any),
    }
}
