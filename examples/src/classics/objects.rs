//! Objects, functions and trait objects.

use std::fmt;
use std::path::Path;

use pickle_core::{Function, Pickle, dumps, func, function, load, loads, object};

use super::{Shown, ensure};

/// A player, whose constructor says that it ran.
#[derive(Pickle, Debug, Clone, PartialEq)]
pub struct Player {
    name: String,
    score: u32,
    #[pickle(skip)]
    selected: bool,
}

impl Player {
    /// A player with no points.
    #[must_use]
    pub fn new(name: &str) -> Self {
        println!("constructed {name}");
        Player { name: name.to_owned(), score: 0, selected: false }
    }
}

pub(super) fn without_constructor(_: &Path) -> Shown {
    let mut player = Player::new("Ann");
    player.score = 7;
    player.selected = true;
    let back: Player = loads(&dumps(&player)?)?;
    println!("dumps {player:?}\nloads {back:?}");
    println!(
        "shows: \"constructed\" is printed once, the fields were restored directly; the skipped one is its default"
    );
    ensure(back == Player { selected: false, ..player }, "all but the skipped field comes back")
}

/// A step of a calculation.
type Step = Function<fn(f64) -> f64>;

#[function]
fn double(x: f64) -> f64 {
    2.0 * x
}

#[function]
fn square(x: f64) -> f64 {
    x * x
}

pub(super) fn function_by_name(_: &Path) -> Shown {
    let steps = vec![func!(double), func!(square)];
    let back: Vec<Step> = loads(&dumps(&steps)?)?;
    println!("dumps a list of functions, {steps:?}; loads them and calls both on 3: {}", back[1](back[0](3.0)));
    let error = dumps(&func!(square as fn(f64) -> f64)).and_then(|bytes| loads::<Function<fn(i32) -> i32>>(&bytes));
    let error = error.err().map(|error| error.to_string()).unwrap_or_default();
    println!("loads `square` as a fn(i32) -> i32: {error}");
    println!("shows: the stream holds names; they select among registered functions of the same type, nothing else");
    ensure(back == steps && !error.is_empty(), "functions come back by name and type")
}

/// Anything with an area.
#[object]
pub trait Shape: fmt::Debug {
    /// The area.
    fn area(&self) -> f64;
}

/// A circle.
#[derive(Pickle, Debug)]
pub struct Circle {
    /// Half its diameter.
    pub radius: f64,
}

#[object]
impl Shape for Circle {
    fn area(&self) -> f64 {
        std::f64::consts::PI * self.radius * self.radius
    }
}

/// A rectangle.
#[derive(Pickle, Debug)]
pub struct Rectangle {
    /// Left to right.
    pub width: f64,
    /// Top to bottom.
    pub height: f64,
}

#[object]
impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.width * self.height
    }
}

/// The shapes of the demonstration.
#[must_use]
pub fn shapes() -> Vec<Box<dyn Shape>> {
    vec![Box::new(Circle { radius: 1.0 }), Box::new(Rectangle { width: 2.0, height: 3.0 })]
}

/// A shape that nobody registered.
#[derive(Pickle, Debug)]
struct Point;

impl Shape for Point {
    fn area(&self) -> f64 {
        0.0
    }
}

pub(super) fn trait_objects(folder: &Path) -> Shown {
    let path = folder.join("shapes.pickle");
    std::fs::write(&path, dumps(&shapes())?)?;
    let back: Vec<Box<dyn Shape>> = load(std::fs::File::open(&path)?)?;
    let areas: Vec<String> = back.iter().map(|shape| format!("{:.2}", shape.area())).collect();
    println!("dumps a Vec<Box<dyn Shape>>; loads {back:?}, areas {}", areas.join(" and "));
    let mut more = shapes();
    more.push(Box::new(Point));
    let error = dumps(&more).err().map(|error| error.to_string()).unwrap_or_default();
    println!("dumps a shape that is not registered: {error}");
    println!("shows: each object comes back as its own type; what could not be loaded is refused when it is dumped");
    ensure(
        format!("{back:?}") == format!("{:?}", shapes()) && !error.is_empty(),
        "each shape comes back as its own type",
    )
}
