//! Sessions with the command, as people see them: those in `tests/sessions`, on golden streams, and that in README.md.
//!
//! `TRYCMD=overwrite cargo test -p pickle-cli --test sessions` writes the outputs anew.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::collections::HashMap;
use std::{env, fs};

use pickle_core::{Pickle, dumps};

#[derive(Pickle)]
struct World {
    name: String,
    players: Vec<Player>,
    scores: HashMap<String, i64>,
}

#[derive(Pickle)]
enum Player {
    Human { name: String, position: (f64, f64) },
    Robot(u32),
}

/// The world of the first example in README.md.
fn world() -> World {
    World {
        name: "Terra".into(),
        players: vec![Player::Robot(7), Player::Human { name: "Ann".into(), position: (1.5, -2.0) }],
        scores: HashMap::from([("Ann".into(), 250)]),
    }
}

// One test, because the second session needs a working folder of its own, which a process has one of.
#[test]
fn sessions_are_as_they_are_written_down() {
    let cases = trycmd::TestCases::new();
    cases.env("NO_COLOR", "1").case("tests/sessions/*.md").run();

    let folder = tempfile::tempdir().unwrap();
    let mut later = world();
    later.players[0] = Player::Robot(8);
    later.scores.extend([("Ann".to_owned(), 300), ("Bob".to_owned(), 20)]);
    fs::write(folder.path().join("world.pickle"), dumps(&world()).unwrap()).unwrap();
    fs::write(folder.path().join("later.pickle"), dumps(&later).unwrap()).unwrap();
    env::set_current_dir(folder.path()).unwrap();
    let cases = trycmd::TestCases::new();
    cases.env("NO_COLOR", "1").case(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).run();
    env::set_current_dir(env!("CARGO_MANIFEST_DIR")).unwrap();
}
