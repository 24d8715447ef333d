//! Folders to run the program in, and mutants of its files.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::PathBuf;
use std::process::{Command, Output};

/// A table of eight rows, whose workbook is small enough to try every change of a bit.
pub(crate) const SHEET_CSV: &str =
    "length,width,kind\n5.1,3.5,a\n4.9,3.4,a\n4.7,3.6,a\n4.6,1.5,a\n7,2,b\n6.4,2.5,b\n6.9,2,b\n5.5,1,b\n";

/// A folder for one test.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    /// A folder where the table of eight rows is imported as `s.sheet`.
    pub(crate) fn imported() -> Self {
        let folder = Folder::new();
        folder.write("s.csv", SHEET_CSV);
        folder.spreadsheet(&["import", "s.csv", "s.sheet"]).success();
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("the folder takes files");
    }

    pub(crate) fn spreadsheet(&self, arguments: &[&str]) -> Done {
        self.run(env!("CARGO_BIN_EXE_spreadsheet"), arguments)
    }

    pub(crate) fn classics(&self, arguments: &[&str]) -> Done {
        self.run(env!("CARGO_BIN_EXE_classics"), arguments)
    }

    /// The last line that a command prints.
    pub(crate) fn last_line(&self, arguments: &[&str]) -> String {
        self.spreadsheet(arguments).success().lines().last().unwrap_or_default().to_owned()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Done {
        Done(Command::new(program).args(arguments).current_dir(self.0.path()).output().expect("the program starts"))
    }
}

/// A program that has ended.
pub(crate) struct Done(Output);

impl Done {
    /// What it printed; it must have succeeded.
    pub(crate) fn success(self) -> String {
        let errors = String::from_utf8_lossy(&self.0.stderr);
        assert!(self.0.status.success(), "{errors}");
        String::from_utf8(self.0.stdout).expect("text")
    }

    /// What it printed as its error; it must have ended with code 1.
    pub(crate) fn failure(self) -> String {
        assert_eq!(self.0.status.code(), Some(1));
        String::from_utf8(self.0.stderr).expect("text")
    }
}
