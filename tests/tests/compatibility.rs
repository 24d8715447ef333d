//! Files of released versions of an application open in all later ones: a game's state, as versions 1 and 2 wrote it.
//!
//! `PICKLE_BLESS=1 cargo test -p pickle-tests --test compatibility` writes the files anew.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use pickle_core::{ErrorKind, Pickle, UnpickleOwned, dumps, loads, object};

mod v1 {
    use super::*;

    #[derive(Pickle)]
    pub(super) struct Game {
        pub(super) title: String,
        pub(super) turn: u16,
        pub(super) map: Vec<Vec<Tile>>,
        pub(super) units: Vec<Rc<Unit>>,
        pub(super) selected: Option<Rc<Unit>>,
        pub(super) effects: Vec<Box<dyn Effect>>,
        pub(super) by_name: BTreeMap<String, Rc<Unit>>,
        pub(super) settings: Settings,
        pub(super) undo: Vec<Command>,
    }

    #[derive(Pickle, Clone)]
    pub(super) enum Tile {
        Grass,
        Water(u8),
        Town { name: String, people: u32 },
        Swamp { depth: u8, smell: String },
    }

    #[derive(Pickle)]
    pub(super) struct Unit {
        pub(super) name: String,
        pub(super) health: u8,
        pub(super) position: Position,
        pub(super) target: RefCell<Option<Rc<Unit>>>,
        pub(super) leader: RefCell<Weak<Unit>>,
        pub(super) inventory: Vec<(String, u8)>,
    }

    /// In polar coordinates, degrees.
    #[derive(Pickle, Clone)]
    pub(super) struct Position {
        pub(super) angle: u16,
        pub(super) distance: u32,
    }

    #[derive(Pickle)]
    pub(super) struct Settings {
        pub(super) volume: u8,
        pub(super) keys: HashMap<String, char>,
        pub(super) color: [u8; 3],
    }

    #[derive(Pickle)]
    pub(super) enum Command {
        Move { unit: Rc<Unit>, from: Position },
        Rename(String, String),
    }

    #[object]
    pub(super) trait Effect {}

    #[derive(Pickle)]
    pub(super) struct Poison {
        pub(super) on: Rc<Unit>,
        pub(super) strength: u8,
    }
    #[object]
    impl Effect for Poison {}

    #[derive(Pickle)]
    pub(super) struct Blessing(pub(super) u8);
    #[object]
    impl Effect for Blessing {}

    pub(super) fn game() -> Game {
        let unit = |name: &str, health, angle| {
            let position = Position { angle, distance: 10 };
            let inventory = vec![("sword".to_owned(), 1), (format!("map of {name}"), 2)];
            let (target, leader) = Default::default();
            Rc::new(Unit { name: name.into(), health, position, target, leader, inventory })
        };
        let (ann, bob) = (unit("Ann", 250, 0), unit("Bob", 3, 90));
        *ann.target.borrow_mut() = Some(bob.clone());
        *bob.target.borrow_mut() = Some(ann.clone());
        *bob.leader.borrow_mut() = Rc::downgrade(&ann);
        let town = Tile::Town { name: "Görlitz".into(), people: 56_000 };
        let swamp = Tile::Swamp { depth: 2, smell: "bad".into() };
        Game {
            title: "A long war".into(),
            turn: 40_000,
            map: vec![vec![Tile::Grass, Tile::Water(200)], vec![town, swamp]],
            units: vec![ann.clone(), bob.clone()],
            selected: Some(bob.clone()),
            effects: vec![Box::new(Poison { on: bob.clone(), strength: 7 }), Box::new(Blessing(3))],
            by_name: BTreeMap::from([("Ann".into(), ann.clone()), ("Bob".into(), bob.clone())]),
            settings: Settings { volume: 80, keys: HashMap::from([("jump".into(), 'j')]), color: [255, 128, 0] },
            undo: vec![
                Command::Rename("Al".into(), "Ann".into()),
                Command::Move { unit: ann, from: Position { angle: 180, distance: 4 } },
            ],
        }
    }
}

/// Fields and variants come and go, a type is renamed, numbers grow, positions are migrated.
mod v2 {
    use super::*;

    #[derive(Pickle)]
    pub(super) struct Game {
        pub(super) settings: Settings,
        #[pickle(alias = "title")]
        pub(super) name: Arc<str>,
        #[pickle(default = "normal".to_owned())]
        pub(super) difficulty: String,
        pub(super) turn: u64,
        pub(super) map: Vec<Vec<Tile>>,
        pub(super) effects: Vec<Box<dyn Effect>>,
        pub(super) selected: Option<Rc<Unit>>,
        pub(super) units: Vec<Rc<Unit>>,
        pub(super) by_name: HashMap<String, Rc<Unit>>,
        pub(super) undo: Vec<Command>,
    }

    #[derive(Pickle, Debug, PartialEq, Clone)]
    pub(super) enum Tile {
        #[pickle(other)]
        Unknown,
        #[pickle(alias = "Grass")]
        Meadow {
            #[pickle(default = 1)]
            height: u8,
        },
        Water(u32, #[pickle(default)] Option<String>),
        Town {
            people: u64,
            name: String,
            #[pickle(default)]
            mayor: Option<Box<str>>,
        },
    }

    #[derive(Pickle)]
    pub(super) struct Unit {
        pub(super) leader: RefCell<Weak<Unit>>,
        pub(super) target: RefCell<Option<Rc<Unit>>>,
        pub(super) name: String,
        pub(super) position: Position,
        pub(super) health: f32,
        #[pickle(default = Rc::new(RefCell::new(vec!["born".to_owned()])))]
        pub(super) log: Rc<RefCell<Vec<String>>>,
        pub(super) inventory: Vec<(String, u32)>,
    }

    #[derive(Pickle, Debug, PartialEq, Clone)]
    #[pickle(version = 1, migrate(0 => Self::from_polar))]
    pub(super) struct Position(pub(super) i32, pub(super) i32);

    #[derive(Pickle)]
    #[pickle(name = "Position")]
    pub(super) struct Polar {
        angle: u16,
        distance: i64,
    }

    impl Position {
        fn from_polar(old: Polar) -> Result<Position, String> {
            let distance = i32::try_from(old.distance).map_err(|error| error.to_string())?;
            match old.angle {
                0 => Ok(Position(distance, 0)),
                90 => Ok(Position(0, distance)),
                180 => Ok(Position(-distance, 0)),
                angle => Err(format!("no square in the direction {angle}")),
            }
        }
    }

    #[derive(Pickle)]
    pub(super) struct Settings {
        #[pickle(compact)]
        pub(super) volume: u32,
        pub(super) color: Vec<u8>,
        pub(super) keys: BTreeMap<String, char>,
        #[pickle(default = true)]
        pub(super) music: bool,
    }

    #[derive(Pickle)]
    #[pickle(alias = "Command")]
    pub(super) enum Action {
        Rename(String, String),
        Move { from: Position, unit: Rc<Unit> },
        Wait,
    }
    type Command = Action;

    #[object]
    pub(super) trait Effect {
        fn describe(&self) -> String;
        fn target(&self) -> Option<Rc<Unit>> {
            None
        }
    }

    #[derive(Pickle)]
    #[pickle(alias = "Poison")]
    pub(super) struct Venom {
        #[pickle(default = 2)]
        pub(super) turns: u8,
        pub(super) strength: u16,
        pub(super) on: Rc<Unit>,
    }
    #[object]
    impl Effect for Venom {
        fn describe(&self) -> String {
            format!("venom {} for {}", self.strength, self.turns)
        }
        fn target(&self) -> Option<Rc<Unit>> {
            Some(self.on.clone())
        }
    }

    #[derive(Pickle)]
    pub(super) struct Blessing(pub(super) u8, #[pickle(default = "nobody".to_owned())] pub(super) String);
    #[object]
    impl Effect for Blessing {
        fn describe(&self) -> String {
            format!("blessing {} by {}", self.0, self.1)
        }
    }

    pub(super) fn check(game: &Game) {
        assert_eq!((&*game.name, game.turn, game.difficulty.as_str()), ("A long war", 40_000, "normal"));
        let town = Tile::Town { name: "Görlitz".into(), people: 56_000, mayor: None };
        let map = vec![vec![Tile::Meadow { height: 1 }, Tile::Water(200, None)], vec![town, Tile::Unknown]];
        assert_eq!(game.map, map);
        let [ann, bob] = &game.units[..] else { panic!("two units") };
        assert_eq!((ann.name.as_str(), ann.health, &ann.position), ("Ann", 250.0, &Position(10, 0)));
        assert_eq!((bob.name.as_str(), bob.health, &bob.position), ("Bob", 3.0, &Position(0, 10)));
        assert_eq!(bob.inventory, [("sword".to_owned(), 1), ("map of Bob".to_owned(), 2)]);
        assert!(Rc::ptr_eq(ann.target.borrow().as_ref().unwrap(), bob));
        assert!(Rc::ptr_eq(bob.target.borrow().as_ref().unwrap(), ann));
        assert!(Rc::ptr_eq(&bob.leader.borrow().upgrade().unwrap(), ann) && ann.leader.borrow().upgrade().is_none());
        assert!(!Rc::ptr_eq(&ann.log, &bob.log) && *ann.log.borrow() == ["born"]);
        assert!(Rc::ptr_eq(game.selected.as_ref().unwrap(), bob));
        assert!(Rc::ptr_eq(&game.by_name["Ann"], ann) && Rc::ptr_eq(&game.by_name["Bob"], bob));
        let effects: Vec<_> = game.effects.iter().map(|effect| effect.describe()).collect();
        assert_eq!(effects, ["venom 7 for 2", "blessing 3 by nobody"]);
        assert!(Rc::ptr_eq(&game.effects[0].target().unwrap(), bob));
        let Settings { volume, color, keys, music } = &game.settings;
        assert_eq!((*volume, &color[..], *music), (80, &[255, 128, 0][..], true));
        assert_eq!(*keys, BTreeMap::from([("jump".to_owned(), 'j')]));
        assert!(matches!(&game.undo[0], Action::Rename(old, new) if old == "Al" && new == "Ann"));
        assert!(matches!(&game.undo[1], Action::Move { from: Position(-4, 0), unit } if Rc::ptr_eq(unit, ann)));
    }

    pub(super) fn end(game: &Game) {
        game.units.iter().for_each(|unit| drop(unit.target.take()));
    }
}

/// What version 2 renamed is renamed again; units have a version of their own, and know both older ones.
mod v3 {
    use super::*;

    #[derive(Pickle)]
    #[pickle(alias = "Game")]
    pub(super) struct Campaign {
        #[pickle(alias = "title", alias = "name")]
        pub(super) label: String,
        pub(super) undo: Vec<Step>,
        pub(super) units: Vec<Rc<Unit>>,
        #[pickle(default = "unknown".to_owned())]
        pub(super) difficulty: String,
        pub(super) turn: i128,
        pub(super) map: Vec<Vec<Tile>>,
        pub(super) effects: Vec<Box<dyn Effect>>,
    }

    #[derive(Pickle, Debug, PartialEq, Clone)]
    pub(super) enum Tile {
        #[pickle(alias = "Grass")]
        Meadow {
            #[pickle(default = 5)]
            height: u16,
        },
        Water(Option<u32>, #[pickle(default)] Option<Rc<str>>),
        #[pickle(other)]
        Other,
    }

    /// Its health is a share now, and its old target a list.
    #[derive(Pickle)]
    #[pickle(version = 2, migrate(0 => Self::from_old))]
    pub(super) struct Unit {
        pub(super) name: Rc<str>,
        pub(super) health: f64,
        pub(super) place: (i64, i64),
        pub(super) items: BTreeMap<String, u64>,
    }

    /// What versions 1 and 2 of the game have in common.
    #[derive(Pickle)]
    #[pickle(name = "Unit")]
    pub(super) struct OldUnit {
        name: Rc<str>,
        position: Position,
        health: f64,
        inventory: Vec<(String, u64)>,
    }

    impl Unit {
        fn from_old(old: OldUnit) -> Result<Unit, String> {
            let items = old.inventory.into_iter().collect();
            Ok(Unit { name: old.name, health: old.health / 250.0, place: (old.position.0, old.position.1), items })
        }
    }

    #[derive(Pickle, Debug, PartialEq, Clone)]
    #[pickle(version = 1, migrate(0 => Self::from_polar))]
    pub(super) struct Position(pub(super) i64, pub(super) i64);

    #[derive(Pickle)]
    #[pickle(name = "Position")]
    pub(super) struct Polar {
        angle: u32,
        distance: u32,
    }

    impl Position {
        fn from_polar(old: Polar) -> Result<Position, String> {
            let distance = i64::from(old.distance);
            match old.angle {
                0 => Ok(Position(distance, 0)),
                90 => Ok(Position(0, distance)),
                180 => Ok(Position(-distance, 0)),
                angle => Err(format!("no square in the direction {angle}")),
            }
        }
    }

    #[derive(Pickle)]
    #[pickle(alias = "Command", alias = "Action")]
    pub(super) enum Step {
        Move { unit: Rc<Unit>, from: Box<Position> },
        Rename(String, String),
        Wait,
    }

    #[object]
    pub(super) trait Effect {
        fn describe(&self) -> String;
    }

    #[derive(Pickle)]
    #[pickle(alias = "Poison", alias = "Venom")]
    pub(super) struct Toxin {
        pub(super) on: Rc<Unit>,
        pub(super) strength: u32,
        #[pickle(default = 9)]
        pub(super) turns: u32,
    }
    #[object]
    impl Effect for Toxin {
        fn describe(&self) -> String {
            format!("toxin {} for {} on {}", self.strength, self.turns, self.on.name)
        }
    }

    #[derive(Pickle)]
    pub(super) struct Blessing(pub(super) u64, #[pickle(default = "someone".to_owned())] pub(super) String);
    #[object]
    impl Effect for Blessing {
        fn describe(&self) -> String {
            format!("blessing {} by {}", self.0, self.1)
        }
    }

    /// `since` is the version that wrote the file.
    pub(super) fn check(game: &Campaign, since: u8) {
        let (difficulty, height, turns, by) = match since {
            1 => ("unknown", 5, 9, "someone"),
            _ => ("normal", 1, 2, "nobody"),
        };
        assert_eq!((game.label.as_str(), game.turn, game.difficulty.as_str()), ("A long war", 40_000, difficulty));
        let map = vec![vec![Tile::Meadow { height }, Tile::Water(Some(200), None)], vec![Tile::Other, Tile::Other]];
        assert_eq!(game.map, map);
        let [ann, bob] = &game.units[..] else { panic!("two units") };
        assert_eq!((&*ann.name, ann.health, ann.place), ("Ann", 1.0, (10, 0)));
        assert_eq!((&*bob.name, bob.health, bob.place), ("Bob", 3.0 / 250.0, (0, 10)));
        assert_eq!(ann.items, BTreeMap::from([("sword".to_owned(), 1), ("map of Ann".to_owned(), 2)]));
        let effects: Vec<_> = game.effects.iter().map(|effect| effect.describe()).collect();
        assert_eq!(effects, [format!("toxin 7 for {turns} on Bob"), format!("blessing 3 by {by}")]);
        assert!(matches!(&game.undo[0], Step::Rename(old, new) if old == "Al" && new == "Ann"));
        let Step::Move { unit, from } = &game.undo[1] else { panic!("a move") };
        assert!(Rc::ptr_eq(unit, ann) && **from == Position(-4, 0));
        assert_eq!(Rc::strong_count(bob), 2);
    }
}

/// The file of this name, written anew from `value` where that is asked for.
fn golden(name: &str, value: &impl Pickle) -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "golden", "compatibility", name].iter().collect();
    if std::env::var_os("PICKLE_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, dumps(value).unwrap()).unwrap();
    }
    fs::read(path).unwrap()
}

fn open<T: UnpickleOwned>(bytes: &[u8]) -> T {
    drop(pickle_core::load::<T, _>(bytes).unwrap());
    loads(bytes).unwrap()
}

#[test]
fn a_file_of_version_1() {
    let own = v1::game();
    let file = golden("game-v1.pickle", &own);
    own.units.iter().for_each(|unit| drop(unit.target.take()));
    let game: v1::Game = open(&file);
    assert_eq!((game.title.as_str(), game.units.len()), ("A long war", 2));
    game.units.iter().for_each(|unit| drop(unit.target.take()));
    let game: v2::Game = open(&file);
    v2::check(&game);
    v2::end(&game);
    v3::check(&open(&file), 1);
}

/// Which is what version 2 made of that of version 1.
#[test]
fn a_file_of_version_2() {
    let own = v1::game();
    let upgraded: v2::Game = loads(&dumps(&own).unwrap()).unwrap();
    let file = golden("game-v2.pickle", &upgraded);
    own.units.iter().for_each(|unit| drop(unit.target.take()));
    v2::end(&upgraded);
    let game: v2::Game = open(&file);
    v2::check(&game);
    v2::end(&game);
    v3::check(&open(&file), 2);
}

/// An older program says that it is too old, rather than lose what it does not know.
#[test]
fn a_file_of_a_later_version() {
    let own = v1::game();
    let bytes = dumps(&own).unwrap();
    own.units.iter().for_each(|unit| drop(unit.target.take()));
    let game: v2::Game = loads(&bytes).unwrap();
    let newer = dumps(&game.units[0]).unwrap();
    v2::end(&game);
    let error = loads::<Rc<v1::Unit>>(&newer).map(drop).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Version | ErrorKind::WrongType), "{error}");
    let campaign: v3::Campaign = loads(&bytes).unwrap();
    let error = loads::<v2::Game>(&dumps(&campaign).unwrap()).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WrongType);
    let error = loads::<Vec<v2::Position>>(&dumps(&[v3::Position(1, 2)]).unwrap()).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::WrongType, "[].0"));
    let error = loads::<v1::Position>(&dumps(&v2::Position(1, 2)).unwrap()).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Version);
}
