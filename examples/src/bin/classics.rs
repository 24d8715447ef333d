//! The classic demonstrations of Python's `pickle`, in Rust: `classics [--dir DIR]`; the files stay in `DIR` if it is given.

use std::path::Path;
use std::process::ExitCode;

use pickle_examples::classics::{Shown, run};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match &arguments[..] {
        [] => in_passing(),
        [option, folder] if option == "--dir" => keep(Path::new(folder)),
        _ => {
            eprintln!("usage: classics [--dir DIR]");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn in_passing() -> Shown {
    run(tempfile::tempdir()?.path())
}

fn keep(folder: &Path) -> Shown {
    std::fs::create_dir_all(folder)?;
    run(folder)
}
