//! Saved players of a game: wide structs, optional parts, many short strings.

use crate::random::Random;

/// The name for `--only` and for the tables.
pub const NAME: &str = "minecraft_savedata";

const PLAYERS: usize = 500;

const ITEMS: [&str; 8] = ["dirt", "stone", "pickaxe", "sand", "gravel", "shovel", "chestplate", "steak"];
const ENTITIES: [&str; 8] = ["cow", "sheep", "zombie", "skeleton", "spider", "creeper", "parrot", "bee"];
const NAMES: [&str; 8] = ["rainbow", "princess", "steve", "johnny", "missy", "coward", "fairy", "howard"];
const RECIPES: [&str; 8] = ["pickaxe", "torch", "bow", "crafting table", "furnace", "shears", "arrow", "tnt"];
const DIMENSIONS: [&str; 3] = ["overworld", "nether", "end"];

serializable! {
    /// How a player plays.
    #[derive(Copy)]
    #[repr(u8)]
    #[derive(fory::ForyEnum)]
    pub enum GameType {
        Survival,
        Creative,
        Adventure,
        Spectator,
    }

    /// What a player can do.
    #[derive(Copy)]
    #[derive(fory::ForyStruct)]
    pub struct Abilities {
        pub walk_speed: f32,
        pub fly_speed: f32,
        pub may_fly: bool,
        pub flying: bool,
        pub invulnerable: bool,
        pub may_build: bool,
        pub instabuild: bool,
    }
}

lendable! {
    Players, 'a:

    /// A stack of items in a slot.
    pub struct Item {
        count: i8,
        slot: u8,
        id: String => &'a str,
    }

    /// A creature.
    pub struct Entity {
        id: String => &'a str,
        pos: (f64, f64, f64),
        motion: (f64, f64, f64),
        rotation: (f32, f32),
        fall_distance: f32,
        fire: u16,
        air: u16,
        on_ground: bool,
        no_gravity: bool,
        invulnerable: bool,
        portal_cooldown: i32,
        uuid: [u32; 4],
        custom_name: Option<String> => Option<&'a str>,
        custom_name_visible: bool,
        silent: bool,
        glowing: bool,
    }

    /// The recipes a player knows, and the state of the book's pages.
    pub struct RecipeBook {
        recipes: Vec<String> => Vec<&'a str>,
        to_be_displayed: Vec<String> => Vec<&'a str>,
        is_filtering_craftable: bool,
        is_gui_open: bool,
        is_furnace_filtering_craftable: bool,
        is_furnace_gui_open: bool,
        is_blasting_furnace_filtering_craftable: bool,
        is_blasting_furnace_gui_open: bool,
        is_smoker_filtering_craftable: bool,
        is_smoker_gui_open: bool,
    }

    /// Everything saved of one player.
    pub struct Player {
        game_type: GameType,
        previous_game_type: GameType,
        score: i64,
        dimension: String => &'a str,
        selected_item_slot: u32,
        selected_item: Item => Item<'a>,
        spawn_dimension: Option<String> => Option<&'a str>,
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
        xp_seed: i32,
        inventory: Vec<Item> => Vec<Item<'a>>,
        ender_items: Vec<Item> => Vec<Item<'a>>,
        abilities: Abilities,
        entered_nether_position: Option<(f64, f64, f64)>,
        root_vehicle: Option<([u32; 4], Entity)> => Option<([u32; 4], Entity<'a>)>,
        shoulder_entity_left: Option<Entity> => Option<Entity<'a>>,
        shoulder_entity_right: Option<Entity> => Option<Entity<'a>>,
        seen_credits: bool,
        recipe_book: RecipeBook => RecipeBook<'a>,
    }

    /// The data set.
    pub struct Players {
        players: Vec<Player> => Vec<Player<'a>>,
    }
}

registered!(Players: GameType, Item, Abilities, Entity, RecipeBook, Player, Players);

/// Players with up to 39 items, up to 26 items in the chest, and half of the
/// optional parts.
pub fn generate(random: &mut Random) -> Players {
    Players { players: (0..PLAYERS).map(|_| player(random)).collect() }
}

fn player(random: &mut Random) -> Player {
    Player {
        game_type: game_type(random),
        previous_game_type: game_type(random),
        score: random.any(),
        dimension: random.pick(&DIMENSIONS).to_owned(),
        selected_item_slot: random.any(),
        selected_item: item(random),
        spawn_dimension: random.maybe(|random| random.pick(&DIMENSIONS).to_owned()),
        spawn_x: random.any(),
        spawn_y: random.any(),
        spawn_z: random.any(),
        spawn_forced: random.maybe(Random::coin),
        sleep_timer: random.any(),
        food_exhaustion_level: random.any(),
        food_saturation_level: random.any(),
        food_tick_timer: random.any(),
        xp_level: random.any(),
        xp_p: random.any(),
        xp_total: random.any(),
        xp_seed: random.any(),
        inventory: random.list(0..40, item),
        ender_items: random.list(0..27, item),
        abilities: Abilities {
            walk_speed: random.any(),
            fly_speed: random.any(),
            may_fly: random.coin(),
            flying: random.coin(),
            invulnerable: random.coin(),
            may_build: random.coin(),
            instabuild: random.coin(),
        },
        entered_nether_position: random.maybe(point),
        root_vehicle: random.maybe(|random| (uuid(random), entity(random))),
        shoulder_entity_left: random.maybe(entity),
        shoulder_entity_right: random.maybe(entity),
        seen_credits: random.coin(),
        recipe_book: recipe_book(random),
    }
}

fn game_type(random: &mut Random) -> GameType {
    random.pick(&[GameType::Survival, GameType::Creative, GameType::Adventure, GameType::Spectator])
}

fn item(random: &mut Random) -> Item {
    Item { count: random.any(), slot: random.any(), id: random.pick(&ITEMS).to_owned() }
}

fn entity(random: &mut Random) -> Entity {
    Entity {
        id: random.pick(&ENTITIES).to_owned(),
        pos: point(random),
        motion: point(random),
        rotation: (random.any(), random.any()),
        fall_distance: random.any(),
        fire: random.any(),
        air: random.any(),
        on_ground: random.coin(),
        no_gravity: random.coin(),
        invulnerable: random.coin(),
        portal_cooldown: random.any(),
        uuid: uuid(random),
        custom_name: random.maybe(|random| random.pick(&NAMES).to_owned()),
        custom_name_visible: random.coin(),
        silent: random.coin(),
        glowing: random.coin(),
    }
}

fn recipe_book(random: &mut Random) -> RecipeBook {
    let recipe = |random: &mut Random| random.pick(&RECIPES).to_owned();
    RecipeBook {
        recipes: random.list(0..30, recipe),
        to_be_displayed: random.list(0..10, recipe),
        is_filtering_craftable: random.coin(),
        is_gui_open: random.coin(),
        is_furnace_filtering_craftable: random.coin(),
        is_furnace_gui_open: random.coin(),
        is_blasting_furnace_filtering_craftable: random.coin(),
        is_blasting_furnace_gui_open: random.coin(),
        is_smoker_filtering_craftable: random.coin(),
        is_smoker_gui_open: random.coin(),
    }
}

fn point(random: &mut Random) -> (f64, f64, f64) {
    (random.any(), random.any(), random.any())
}

fn uuid(random: &mut Random) -> [u32; 4] {
    [random.any(), random.any(), random.any(), random.any()]
}
