//! The command as a function: what it reads from and writes to is anything, which may fail.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

mod common;

use std::fs;
use std::io::{self, ErrorKind, Read, Write};

use common::{EVERY, Said, golden_stream, pickle, with_input};
use pickle_cli::{Console, run};
use pickle_core::dumps;

fn said(arguments: &[&str], input: impl Read) -> Said {
    let (mut out, mut errors) = (Vec::new(), Vec::new());
    let whole = ["pickle"].iter().chain(arguments);
    let code = run(whole, Console::new(input, &mut out, &mut errors));
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: code.into(), out: text(out), err: text(errors) }
}

/// Takes so many bytes, then fails.
struct Full(usize, ErrorKind);

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.min(bytes.len()) {
            0 => Err(self.1.into()),
            taken => {
                self.0 -= taken;
                Ok(taken)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fails at once.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(ErrorKind::PermissionDenied.into())
    }
}

#[test]
fn the_function_says_what_the_program_says() {
    let file = golden_stream("everything");
    let help = [&["--help"][..], &["--version"], &["show"], &["frobnicate"], &["completions", "bash"]];
    let of_file = EVERY.iter().map(|command| [*command, &[&file]].concat());
    for arguments in of_file.chain(help.map(<[&str]>::to_vec)) {
        assert_eq!(said(&arguments, io::empty()), pickle(&arguments), "{arguments:?}");
    }
}

#[test]
fn colours_are_only_where_they_are_asked_for() {
    let file = golden_stream("everything");
    for (color, is_colored) in [("always", true), ("auto", false), ("never", false)] {
        assert_eq!(said(&["show", &file, "--color", color], io::empty()).out.contains('\u{1b}'), is_colored, "{color}");
    }
}

#[test]
fn an_output_that_fails_is_told_unless_its_reader_left() {
    let file = golden_stream("everything");
    let whole = pickle(&["show", &file]).out.len();
    for command in EVERY.iter().filter(|command| !command.contains(&"--path")) {
        for room in [0, 1, 100] {
            for (kind, code) in [(ErrorKind::StorageFull, 2), (ErrorKind::BrokenPipe, 0)] {
                let (mut full, mut errors) = (Full(room, kind), Vec::new());
                let arguments = [&["pickle"], *command, &[&file]].concat();
                assert_eq!(run(arguments, Console::new(io::empty(), &mut full, &mut errors)), code, "{command:?}");
                assert_eq!(errors.starts_with(b"pickle: cannot write: "), code == 2, "{command:?}, {kind}");
            }
        }
    }
    let mut enough = Full(whole, ErrorKind::StorageFull);
    assert_eq!(run(["pickle", "show", &file], Console::new(io::empty(), &mut enough, io::sink())), 0);
    // Nobody hears of an error where errors can't be written.
    let mut full = Full(0, ErrorKind::StorageFull);
    assert_eq!(run(["pickle", "show", "no such file"], Console::new(io::empty(), io::sink(), &mut full)), 2);
}

#[test]
fn what_was_found_is_so_without_a_reader() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("other.pickle");
    fs::write(&file, dumps(&2u8).unwrap()).unwrap();
    let file = file.to_str().unwrap();
    let one = dumps(&1u8).unwrap();
    let damaged = [&one[..], &one[..one.len() - 1]].concat();
    let many = [&one.repeat(40)[..], &damaged].concat();
    for (arguments, input, room, code) in [
        (&["diff", "-", file][..], &one, 0, 1),
        (&["diff", "-", file, "--format", "json"], &one, 10, 1),
        (&["verify", "-"], &damaged, 0, 1),
        (&["verify", "-", "--format", "json"], &damaged, 0, 1),
        // The output fails when all is done,
        (&["show", "-"], &many, 1200, 1),
        // or ends the work before the damage is met.
        (&["show", "-"], &many, 0, 0),
    ] {
        for (kind, code) in [(ErrorKind::BrokenPipe, code), (ErrorKind::StorageFull, 2)] {
            let mut full = Full(room, kind);
            let console = Console::new(&input[..], &mut full, io::sink());
            let arguments = [&["pickle"], arguments].concat();
            assert_eq!(run(&arguments, console), code, "{arguments:?}, {room}, {kind}");
        }
    }
}

#[test]
fn an_input_that_fails_or_has_no_end_is_told() {
    let refused = said(&["verify", "-"], Broken);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.starts_with("pickle: cannot read standard input: "), "{}", refused.err);
    // Of what is no pickle only the beginning is read.
    assert_eq!(said(&["verify", "-"], io::repeat(7)).code, 1);
    let endless = dumps(&1u8).unwrap();
    let refused = said(&["verify", "-", "--max-memory", "1K"], endless.as_slice().chain(io::repeat(7)));
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("longer than --max-memory"), "{}", refused.err);
}

#[test]
fn no_more_is_read_than_the_memory_that_is_given() {
    let whole = dumps(&vec![7u8; 3_000_000]).unwrap();
    let mut rest = &whole[..];
    let refused = said(&["verify", "-", "--max-memory", "1K"], &mut rest);
    assert!(refused.code == 2 && refused.err.contains("longer than --max-memory"), "{}", refused.err);
    // One byte more tells that there is more.
    assert_eq!(whole.len() - rest.len(), 1025);
    // A pipe by its name tells no length either.
    if cfg!(unix) {
        let refused = with_input(&["verify", "/dev/stdin", "--max-memory", "1K"], &whole);
        assert!(refused.code == 2 && refused.err.contains("longer than --max-memory"), "{}", refused.err);
    }
    let small = dumps(&[7u8; 10_000]).unwrap();
    for (memory, code) in [(small.len(), 0), (small.len() - 1, 2)] {
        assert_eq!(said(&["verify", "-", "--max-memory", &memory.to_string()], &small[..]).code, code);
    }
}
