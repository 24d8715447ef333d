//! The program `lenet5`, run as a user runs it.

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use common::Folder;

impl Folder {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lenet5"));
        command.args(arguments).arg("--data").arg("digits").current_dir(self.path(""));
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program")
    }

    /// What it prints.
    fn run(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// What it says as it fails.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
        String::from_utf8(output.stderr).expect("text")
    }
}

#[test]
fn killed_training_is_resumed_and_another_process_prints_the_same() {
    let folder = Folder::new();
    let train = |file| ["train", "--epochs", "2", "--output", file];
    let printed = folder.run(&train("whole.pickle"));

    let mut killed = folder.command(&train("resumed.pickle")).stdout(Stdio::piped()).spawn().expect("the program");
    let mut line = String::new();
    BufReader::new(killed.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    killed.kill().and_then(|()| killed.wait()).expect("its end");
    assert!(line.starts_with("epoch 1: loss "), "{line}");
    let resumed = folder.run(&train("resumed.pickle"));

    assert!(resumed.starts_with("goes on after epoch "), "{resumed}");
    assert_eq!(resumed.lines().last(), printed.lines().last());
    let bytes = |name| fs::read(folder.path(name)).expect("a file");
    assert!(bytes("resumed.pickle") == bytes("whole.pickle"), "the weights differ");

    let evaluated = folder.run(&["evaluate", "whole.pickle"]);
    assert!(evaluated.starts_with("loss 0.") && evaluated.contains(" accuracy 0."), "{evaluated}");
    assert_eq!(Some(evaluated.trim_end()), printed.lines().last());

    folder.run(&["plot", "whole.pickle", "--output", "a.svg"]);
    let picture = String::from_utf8(bytes("a.svg")).expect("text");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(picture.contains(">30 of the test digits, and what they are taken for<"));

    // Where there is nothing left to do, the answer is the same.
    let again = folder.run(&train("whole.pickle"));
    assert_eq!(again.lines().last(), printed.lines().last());
}

#[test]
fn files_that_are_no_training_are_refused_and_left_alone() {
    let folder = Folder::new();
    folder.run(&["train", "--epochs", "1", "--output", "whole.pickle"]);
    let whole = fs::read(folder.path("whole.pickle")).expect("a file");
    let mut changed = whole.clone();
    changed[whole.len() / 2] ^= 1;
    let files: [(&str, &[u8], &str); 5] = [
        ("text.pickle", b"hello", "a stream starts with the bytes"),
        ("other.pickle", &pickle_core::dumps(&vec![1, 2, 3]).expect("bytes"), "Training"),
        ("short.pickle", &whole[..whole.len() - 1000], "end"),
        ("changed.pickle", &changed, "checksum"),
        ("empty.pickle", b"", "no bytes"),
    ];
    for (name, bytes, says) in files {
        fs::write(folder.path(name), bytes).expect("a file");
        for arguments in [vec!["evaluate", name], vec!["plot", name], vec!["train", "--output", name]] {
            let error = folder.refused(&arguments);
            assert!(error.starts_with(&format!("error: can't load {name}: ")) && error.contains(says), "{error}");
        }
        assert_eq!(fs::read(folder.path(name)).expect("a file"), bytes);
    }
    let error = folder.refused(&["evaluate", "absent.pickle"]);
    assert!(error.starts_with("error: can't load absent.pickle: "), "{error}");
    let error = folder.refused(&["train", "--output", "whole.pickle", "--seed", "2"]);
    assert_eq!(error, "error: can't go on with whole.pickle: it was begun with the seed 1\n");
    let error = folder.refused(&["train", "--epochs", "1", "--output", "absent/a.pickle"]);
    assert!(error.starts_with("error: can't save absent/a.pickle: "), "{error}");
}

/// A file may not grow beyond a limit of the shell: to a program that is a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_old_file_as_it_was() {
    let folder = Folder::new();
    folder.run(&["train", "--epochs", "1", "--output", "a.pickle"]);
    let before = fs::read(folder.path("a.pickle")).expect("a file");
    let script = r#"trap '' XFSZ; ulimit -f 100; "$0" train --data digits --epochs 2 --output a.pickle"#;
    let mut shell = Command::new("sh");
    let shell = shell.args(["-c", script, env!("CARGO_BIN_EXE_lenet5")]).current_dir(folder.path(""));
    let output = shell.output().expect("a shell");
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(error.starts_with("error: can't save a.pickle: ") && error.contains("too large"), "{error}");
    assert_eq!(fs::read(folder.path("a.pickle")).expect("a file"), before);
    assert!(!folder.path("a.pickle.new").exists());
}
