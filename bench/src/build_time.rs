//! What a derive costs a build: compile time and binary size, `--only build`.
//!
//! The same 100 structs of 10 fields, in a program for each way of serializing them. What the programs depend on is built
//! first; then only the programs themselves, in rounds that alternate.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Result;
use crate::args::Args;
use crate::machine::processor_of_children;
use crate::measure::median;
use crate::report::{facts, render, thousands, version};

/// How many structs a program derives for.
const STRUCTS: usize = 100;

/// Rounds of builds, unless `--rounds` asks for fewer: one round takes a minute.
const MOST_ROUNDS: usize = 9;

/// One way of serializing the structs.
struct Way {
    /// The name of its package.
    package: &'static str,
    /// What the table calls it.
    label: &'static str,
    /// The lines under `[dependencies]`.
    dependencies: fn() -> String,
    /// What each struct derives.
    derives: &'static str,
    /// The bodies of `load` and `dump`.
    load: &'static str,
    dump: &'static str,
}

/// The program that the others are compared with: it does the same with bytes, and derives nothing.
const EMPTY: Way = Way {
    package: "with-nothing",
    label: "empty",
    dependencies: String::new,
    derives: "",
    load: "Ok(bytes.to_vec())",
    dump: "Ok(root.clone())",
};

const OURS: Way = Way {
    package: "with-pickle",
    label: "`pickle_core::Pickle`",
    dependencies: || {
        format!("pickle-core = {{ path = {:?} }}\n", Path::new(env!("CARGO_MANIFEST_DIR")).join("../pickle-core"))
    },
    derives: "pickle_core::Pickle",
    load: "Ok(pickle_core::loads(bytes)?)",
    dump: "Ok(pickle_core::dumps(root)?)",
};

/// The bar.
const BOTH: Way = Way {
    package: "with-both",
    label: "serde_derive and bincode's derive",
    dependencies: || format!("{}{}", serde(), bincode(&["derive", "serde"])),
    derives: "serde::Serialize, serde::Deserialize, bincode::Encode, bincode::Decode",
    load: OWN.load,
    dump: OWN.dump,
};

const SERDE: Way = Way {
    package: "with-serde",
    label: "serde_derive, with bincode",
    dependencies: || format!("{}{}", serde(), bincode(&["serde"])),
    derives: "serde::Serialize, serde::Deserialize",
    load: "Ok(bincode::serde::decode_from_slice(bytes, bincode::config::standard())?.0)",
    dump: "Ok(bincode::serde::encode_to_vec(root, bincode::config::standard())?)",
};

const OWN: Way = Way {
    package: "with-bincode",
    label: "bincode's derive",
    dependencies: || bincode(&["derive"]),
    derives: "bincode::Encode, bincode::Decode",
    load: "Ok(bincode::decode_from_slice(bytes, bincode::config::standard())?.0)",
    dump: "Ok(bincode::encode_to_vec(root, bincode::config::standard())?)",
};

/// In the order of the table; the last is no row.
const WAYS: [&Way; 5] = [&OURS, &BOTH, &SERDE, &OWN, &EMPTY];

fn serde() -> String {
    format!("serde = {{ version = \"={}\", features = [\"derive\"] }}\n", version("serde"))
}

fn bincode(features: &[&str]) -> String {
    format!(
        "bincode = {{ version = \"={}\", default-features = false, features = {:?} }}\n",
        version("bincode"),
        [&["std"], features].concat()
    )
}

impl Way {
    /// The program: the structs, and a `main` that a file goes through.
    fn program(&self) -> String {
        let Way { derives, load, dump, .. } = self;
        let (types, root) = if derives.is_empty() { (String::new(), "Vec<u8>") } else { (types(derives), "Type0") };
        format!(
            "type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;\n\n{types}\
             fn load(bytes: &[u8]) -> Result<{root}> {{\n    {load}\n}}\n\n\
             fn dump(root: &{root}) -> Result<Vec<u8>> {{\n    {dump}\n}}\n\n\
             fn main() -> Result<()> {{\n    \
             let path = std::env::args().nth(1).unwrap_or_default();\n    \
             let root = load(&std::fs::read(&path)?)?;\n    \
             Ok(std::fs::write(&path, dump(&root)?)?)\n}}\n"
        )
    }
}

/// The types of one struct's fields, but for the two structs that it holds: `{}` stands for those.
const FIELDS: [[&str; 10]; 4] = [
    ["u64", "String", "{}", "Option<u32>", "bool", "Vec<u32>", "f64", "String", "u16", "Vec<{}>"],
    ["u32", "Vec<{}>", "i64", "Option<String>", "u8", "Vec<String>", "f32", "{}", "i32", "Option<f64>"],
    ["String", "u64", "{}", "Option<u64>", "bool", "Vec<{}>", "i16", "String", "u32", "f64"],
    ["i32", "{}", "String", "Option<{}>", "f64", "Vec<u8>", "bool", "Vec<String>", "Option<bool>", "u32"],
];

/// The structs: a binary tree, whose root holds all.
fn types(derives: &str) -> String {
    let mut out = String::new();
    for number in 0..STRUCTS {
        let mut held =
            (2 * number + 1..).map(|held| if held < STRUCTS { format!("Type{held}") } else { "u64".to_owned() });
        // Writing to a String cannot fail.
        let _ = writeln!(out, "#[derive({derives})]\npub struct Type{number} {{");
        for (number, ty) in FIELDS[number % FIELDS.len()].iter().enumerate() {
            let ty =
                if ty.contains("{}") { ty.replace("{}", &held.next().unwrap_or_default()) } else { (*ty).to_owned() };
            let _ = writeln!(out, "    pub field{number}: {ty},");
        }
        out.push_str("}\n\n");
    }
    out
}

/// How a program is built.
#[derive(Clone, Copy)]
struct Profile {
    name: &'static str,
    argument: Option<&'static str>,
}

const PROFILES: [Profile; 2] =
    [Profile { name: "debug", argument: None }, Profile { name: "release", argument: Some("--release") }];

/// Whether an environment variable has a say in how programs are compiled.
fn changes_builds(name: &str) -> bool {
    name.ends_with("RUSTFLAGS") || name.ends_with("WRAPPER") || name.starts_with("CARGO_PROFILE_")
}

/// The programs in a folder, which is removed at the end.
struct Workspace {
    folder: PathBuf,
}

impl Drop for Workspace {
    fn drop(&mut self) {
        // What is left there is the system's to remove.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Workspace {
    fn create(folder: PathBuf) -> Result<Self> {
        let workspace = Workspace { folder };
        let members: Vec<_> = WAYS.iter().map(|way| way.package).collect();
        fs::create_dir_all(&workspace.folder)?;
        fs::write(
            workspace.folder.join("Cargo.toml"),
            format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"),
        )?;
        // The same versions as those of the tables.
        fs::write(workspace.folder.join("Cargo.lock"), include_str!("../Cargo.lock"))?;
        for way in WAYS {
            let source = workspace.source(way);
            fs::create_dir_all(source.with_file_name(""))?;
            fs::write(&source, way.program())?;
            let (package, dependencies) = (way.package, (way.dependencies)());
            let manifest = format!(
                "[package]\nname = \"{package}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}"
            );
            fs::write(workspace.folder.join(package).join("Cargo.toml"), manifest)?;
        }
        Ok(workspace)
    }

    fn source(&self, way: &Way) -> PathBuf {
        self.folder.join(way.package).join("src").join("main.rs")
    }

    /// Builds a program, and what it depends on where that is not built yet.
    fn build(&self, way: &Way, profile: Profile, flags: &[&str]) -> Result<()> {
        let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.folder).args(["rustc", "--quiet", "--package", way.package]).args(profile.argument);
        // A whole build is what is measured, and none of what this one was called with.
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_str().is_some_and(changes_builds)) {
            command.env_remove(name);
        }
        command.env("CARGO_INCREMENTAL", "0").env("CARGO_TARGET_DIR", self.folder.join("target"));
        let output = command.arg("--").args(flags).stdin(Stdio::null()).output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!("{} does not build: {}", way.package, String::from_utf8_lossy(&output.stderr)).into())
    }

    /// Builds a program alone. Seconds by the clock, and of the processor where the system tells them.
    fn time(&self, way: &Way, profile: Profile) -> Result<(f64, Option<f64>)> {
        fs::File::options().append(true).open(self.source(way))?.set_modified(std::time::SystemTime::now())?;
        let (before, start) = (processor_of_children(), Instant::now());
        self.build(way, profile, &[])?;
        let wall = start.elapsed().as_secs_f64();
        let spent = processor_of_children().zip(before).map(|(after, before)| after - before);
        Ok((wall, spent))
    }

    fn size(&self, way: &Way, profile: Profile) -> Result<usize> {
        let name = format!("{}{}", way.package, env::consts::EXE_SUFFIX);
        Ok(fs::metadata(self.folder.join("target").join(profile.name).join(name))?.len() as usize)
    }
}

/// What came of one way in one profile.
#[derive(Default)]
struct Outcome {
    wall: Vec<f64>,
    spent: Vec<f64>,
    size: usize,
    stripped: usize,
}

/// Measures and prints.
pub fn run(args: &Args) -> Result<()> {
    let rounds = args.rounds.min(MOST_ROUNDS);
    let workspace = Workspace::create(env::temp_dir().join(format!("pickle-bench-{}", std::process::id())))?;
    let mut outcomes: BTreeMap<(&str, &str), Outcome> = BTreeMap::new();
    for profile in PROFILES {
        for way in WAYS {
            eprint!("\r{}, {}: what it depends on\u{1b}[K", way.package, profile.name);
            workspace.build(way, profile, &["-Cstrip=symbols"])?;
            let outcome = outcomes.entry((profile.name, way.package)).or_default();
            outcome.stripped = workspace.size(way, profile)?;
            workspace.build(way, profile, &[])?;
            outcome.size = workspace.size(way, profile)?;
        }
        for round in 1..=rounds {
            for way in WAYS {
                eprint!("\r{}, {}: round {round} of {rounds}\u{1b}[K", way.package, profile.name);
                let (wall, spent) = workspace.time(way, profile)?;
                let outcome = outcomes.entry((profile.name, way.package)).or_default();
                outcome.wall.push(wall);
                outcome.spent.extend(spent);
            }
        }
    }
    eprintln!();
    print(args, rounds, &outcomes);
    Ok(())
}

fn print(args: &Args, rounds: usize, outcomes: &BTreeMap<(&str, &str), Outcome>) {
    let format = args.format();
    let conditions = facts(
        format,
        ["pickle-core", "serde", "bincode"],
        &[
            ("Times", format!("medians of {rounds} alternating rounds, in seconds, those of `main` alone taken off")),
            ("Sizes", "in bytes, those of `main` alone taken off".to_owned()),
            ("In brackets", "how many times ours, of the first row; above 1 is slower or larger than ours".to_owned()),
        ],
    );
    print!("{conditions}");
    for profile in PROFILES {
        let figures = |way: &Way| {
            let outcome = outcomes.get(&(profile.name, way.package))?;
            let (wall, spent) = (median(&outcome.wall)?, median(&outcome.spent));
            Some([Some(wall), spent, Some(outcome.size as f64), Some(outcome.stripped as f64)])
        };
        let (empty, ours) = (figures(&EMPTY), figures(&OURS));
        let mut lines = vec![["derives", "wall s", "processor s", "size", "stripped"].map(str::to_owned).to_vec()];
        for way in WAYS.iter().filter(|way| way.package != EMPTY.package) {
            let mut line = vec![way.label.to_owned()];
            for column in 0..4 {
                let beyond = |of: Option<[Option<f64>; 4]>| Some(of?[column]? - empty?[column]?);
                line.push(match (beyond(figures(way)), beyond(ours)) {
                    (Some(value), Some(ours)) => {
                        let shown = if column < 2 { format!("{value:.2}") } else { thousands(value as usize) };
                        format!("{shown} ({:.2})", value / ours)
                    }
                    _ => "-".to_owned(),
                });
            }
            lines.push(line);
        }
        let contents = format!("a program of {STRUCTS} structs of 10 fields");
        print!("\n{}", render(format, profile.name, &contents, &lines));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_not_changed_from_outside() {
        for name in [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_BUILD_RUSTFLAGS",
            "CARGO_PROFILE_RELEASE_LTO",
            "RUSTC_WRAPPER",
            "RUSTC_WORKSPACE_WRAPPER",
        ] {
            assert!(changes_builds(name), "{name}");
        }
        // Cargo needs them to find what it builds, and with what.
        for name in ["CARGO", "CARGO_HOME", "CARGO_NET_OFFLINE", "RUSTUP_TOOLCHAIN", "PATH"] {
            assert!(!changes_builds(name), "{name}");
        }
    }

    #[test]
    fn the_structs_have_ten_fields_each() {
        let source = types("Derived");
        assert_eq!(source.matches("#[derive(Derived)]").count(), STRUCTS);
        assert_eq!(source.matches("    pub field").count(), 10 * STRUCTS);
        for number in 1..STRUCTS {
            let held = [format!(": Type{number},"), format!("<Type{number}>,")];
            assert_eq!(held.iter().map(|held| source.matches(held).count()).sum::<usize>(), 1, "Type{number}");
        }
        assert!(!source.contains("{}"), "what is held has a name");
    }
}
