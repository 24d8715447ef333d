//! Runs a target on a file, on stable Rust: `cargo run -p pickle-properties --example replay -- planned FILE`.

use std::{env, fs, io};

use peak_alloc::PeakAlloc;
use pickle_properties::targets;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [target, file] = &arguments[..] else { return Err(io::Error::other("a target and a file are expected")) };
    let input = fs::read(file)?;
    match target.as_str() {
        "bytes" | "sealed" => targets::bytes(&MEMORY, &input),
        "command" => targets::command(&MEMORY, &input),
        "edited" => targets::edited(&MEMORY, &input),
        "planned" => targets::planned(&MEMORY, &input),
        "round_trip" => targets::round_trip(&input),
        "value" => targets::value(&MEMORY, &input),
        _ => return Err(io::Error::other("there is no such target")),
    }
    Ok(())
}
