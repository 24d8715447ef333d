//! Saved players of a game: wide structs, optional parts, many short strings.

use crate::codecs;
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

    /// A stack of items in a slot.
    #[derive(fory::ForyStruct)]
    pub struct Item {
        pub count: i8,
        pub slot: u8,
        pub id: String,
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

    /// A creature.
    #[derive(fory::ForyStruct)]
    pub struct Entity {
        pub id: String,
        pub pos: (f64, f64, f64),
        pub motion: (f64, f64, f64),
        pub rotation: (f32, f32),
        pub fall_distance: f32,
        pub fire: u16,
        pub air: u16,
        pub on_ground: bool,
        pub no_gravity: bool,
        pub invulnerable: bool,
        pub portal_cooldown: i32,
        pub uuid: [u32; 4],
        pub custom_name: Option<String>,
        pub custom_name_visible: bool,
        pub silent: bool,
        pub glowing: bool,
    }

    /// The recipes a player knows, and the state of the book's pages.
    #[derive(fory::ForyStruct)]
    pub struct RecipeBook {
        pub recipes: Vec<String>,
        pub to_be_displayed: Vec<String>,
        pub is_filtering_craftable: bool,
        pub is_gui_open: bool,
        pub is_furnace_filtering_craftable: bool,
        pub is_furnace_gui_open: bool,
        pub is_blasting_furnace_filtering_craftable: bool,
        pub is_blasting_furnace_gui_open: bool,
        pub is_smoker_filtering_craftable: bool,
        pub is_smoker_gui_open: bool,
    }

    /// Everything saved of one player.
    #[derive(fory::ForyStruct)]
    pub struct Player {
        pub game_type: GameType,
        pub previous_game_type: GameType,
        pub score: i64,
        pub dimension: String,
        pub selected_item_slot: u32,
        pub selected_item: Item,
        pub spawn_dimension: Option<String>,
        pub spawn_x: i64,
        pub spawn_y: i64,
        pub spawn_z: i64,
        pub spawn_forced: Option<bool>,
        pub sleep_timer: u16,
        pub food_exhaustion_level: f32,
        pub food_saturation_level: f32,
        pub food_tick_timer: u32,
        pub xp_level: u32,
        pub xp_p: f32,
        pub xp_total: i32,
        pub xp_seed: i32,
        pub inventory: Vec<Item>,
        pub ender_items: Vec<Item>,
        pub abilities: Abilities,
        pub entered_nether_position: Option<(f64, f64, f64)>,
        pub root_vehicle: Option<([u32; 4], Entity)>,
        pub shoulder_entity_left: Option<Entity>,
        pub shoulder_entity_right: Option<Entity>,
        pub seen_credits: bool,
        pub recipe_book: RecipeBook,
    }

    /// The data set.
    #[derive(fory::ForyStruct)]
    pub struct Players {
        pub players: Vec<Player>,
    }
}

registered!(Players: GameType, Item, Abilities, Entity, RecipeBook, Player, Players);

lent! {
    /// [`Item`], lent.
    #[pickle(name = "Item")]
    pub struct ItemLent<'a> {
        pub count: i8,
        pub slot: u8,
        pub id: &'a str,
    }

    /// [`Entity`], lent.
    #[pickle(name = "Entity")]
    pub struct EntityLent<'a> {
        pub id: &'a str,
        pub pos: (f64, f64, f64),
        pub motion: (f64, f64, f64),
        pub rotation: (f32, f32),
        pub fall_distance: f32,
        pub fire: u16,
        pub air: u16,
        pub on_ground: bool,
        pub no_gravity: bool,
        pub invulnerable: bool,
        pub portal_cooldown: i32,
        pub uuid: [u32; 4],
        #[serde(borrow)]
        pub custom_name: Option<&'a str>,
        pub custom_name_visible: bool,
        pub silent: bool,
        pub glowing: bool,
    }

    /// [`RecipeBook`], lent.
    #[pickle(name = "RecipeBook")]
    pub struct RecipeBookLent<'a> {
        #[serde(borrow)]
        pub recipes: Vec<&'a str>,
        #[serde(borrow)]
        pub to_be_displayed: Vec<&'a str>,
        pub is_filtering_craftable: bool,
        pub is_gui_open: bool,
        pub is_furnace_filtering_craftable: bool,
        pub is_furnace_gui_open: bool,
        pub is_blasting_furnace_filtering_craftable: bool,
        pub is_blasting_furnace_gui_open: bool,
        pub is_smoker_filtering_craftable: bool,
        pub is_smoker_gui_open: bool,
    }

    /// [`Player`], lent.
    #[pickle(name = "Player")]
    pub struct PlayerLent<'a> {
        pub game_type: GameType,
        pub previous_game_type: GameType,
        pub score: i64,
        pub dimension: &'a str,
        pub selected_item_slot: u32,
        #[serde(borrow)]
        pub selected_item: ItemLent<'a>,
        #[serde(borrow)]
        pub spawn_dimension: Option<&'a str>,
        pub spawn_x: i64,
        pub spawn_y: i64,
        pub spawn_z: i64,
        pub spawn_forced: Option<bool>,
        pub sleep_timer: u16,
        pub food_exhaustion_level: f32,
        pub food_saturation_level: f32,
        pub food_tick_timer: u32,
        pub xp_level: u32,
        pub xp_p: f32,
        pub xp_total: i32,
        pub xp_seed: i32,
        #[serde(borrow)]
        pub inventory: Vec<ItemLent<'a>>,
        #[serde(borrow)]
        pub ender_items: Vec<ItemLent<'a>>,
        pub abilities: Abilities,
        pub entered_nether_position: Option<(f64, f64, f64)>,
        #[serde(borrow)]
        pub root_vehicle: Option<([u32; 4], EntityLent<'a>)>,
        #[serde(borrow)]
        pub shoulder_entity_left: Option<EntityLent<'a>>,
        #[serde(borrow)]
        pub shoulder_entity_right: Option<EntityLent<'a>>,
        pub seen_credits: bool,
        #[serde(borrow)]
        pub recipe_book: RecipeBookLent<'a>,
    }

    /// [`Players`], lent.
    #[pickle(name = "Players")]
    pub struct PlayersLent<'a> {
        #[serde(borrow)]
        pub players: Vec<PlayerLent<'a>>,
    }
}

/// [`Players`], lent.
pub enum Lent {}

impl codecs::Lent for Lent {
    type Owned = Players;
    type Of<'a> = PlayersLent<'a>;

    fn to_owned(lent: PlayersLent<'_>) -> Players {
        Players { players: lent.players.into_iter().map(Self::player).collect() }
    }
}

impl Lent {
    fn item(lent: ItemLent<'_>) -> Item {
        Item { count: lent.count, slot: lent.slot, id: lent.id.to_owned() }
    }

    fn entity(lent: EntityLent<'_>) -> Entity {
        Entity {
            id: lent.id.to_owned(),
            pos: lent.pos,
            motion: lent.motion,
            rotation: lent.rotation,
            fall_distance: lent.fall_distance,
            fire: lent.fire,
            air: lent.air,
            on_ground: lent.on_ground,
            no_gravity: lent.no_gravity,
            invulnerable: lent.invulnerable,
            portal_cooldown: lent.portal_cooldown,
            uuid: lent.uuid,
            custom_name: lent.custom_name.map(str::to_owned),
            custom_name_visible: lent.custom_name_visible,
            silent: lent.silent,
            glowing: lent.glowing,
        }
    }

    fn recipe_book(lent: RecipeBookLent<'_>) -> RecipeBook {
        RecipeBook {
            recipes: lent.recipes.into_iter().map(str::to_owned).collect(),
            to_be_displayed: lent.to_be_displayed.into_iter().map(str::to_owned).collect(),
            is_filtering_craftable: lent.is_filtering_craftable,
            is_gui_open: lent.is_gui_open,
            is_furnace_filtering_craftable: lent.is_furnace_filtering_craftable,
            is_furnace_gui_open: lent.is_furnace_gui_open,
            is_blasting_furnace_filtering_craftable: lent.is_blasting_furnace_filtering_craftable,
            is_blasting_furnace_gui_open: lent.is_blasting_furnace_gui_open,
            is_smoker_filtering_craftable: lent.is_smoker_filtering_craftable,
            is_smoker_gui_open: lent.is_smoker_gui_open,
        }
    }

    fn player(lent: PlayerLent<'_>) -> Player {
        Player {
            game_type: lent.game_type,
            previous_game_type: lent.previous_game_type,
            score: lent.score,
            dimension: lent.dimension.to_owned(),
            selected_item_slot: lent.selected_item_slot,
            selected_item: Self::item(lent.selected_item),
            spawn_dimension: lent.spawn_dimension.map(str::to_owned),
            spawn_x: lent.spawn_x,
            spawn_y: lent.spawn_y,
            spawn_z: lent.spawn_z,
            spawn_forced: lent.spawn_forced,
            sleep_timer: lent.sleep_timer,
            food_exhaustion_level: lent.food_exhaustion_level,
            food_saturation_level: lent.food_saturation_level,
            food_tick_timer: lent.food_tick_timer,
            xp_level: lent.xp_level,
            xp_p: lent.xp_p,
            xp_total: lent.xp_total,
            xp_seed: lent.xp_seed,
            inventory: lent.inventory.into_iter().map(Self::item).collect(),
            ender_items: lent.ender_items.into_iter().map(Self::item).collect(),
            abilities: lent.abilities,
            entered_nether_position: lent.entered_nether_position,
            root_vehicle: lent.root_vehicle.map(|(uuid, entity)| (uuid, Self::entity(entity))),
            shoulder_entity_left: lent.shoulder_entity_left.map(Self::entity),
            shoulder_entity_right: lent.shoulder_entity_right.map(Self::entity),
            seen_credits: lent.seen_credits,
            recipe_book: Self::recipe_book(lent.recipe_book),
        }
    }
}

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
