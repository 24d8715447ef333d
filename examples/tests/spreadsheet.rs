//! The program `spreadsheet`, run as a user runs it.

mod common;

use common::{Folder, SHEET_CSV};
use pickle_examples::spreadsheet::{Error, Sheet};

#[test]
fn the_second_process_prints_the_same_table_and_constructs_nothing() {
    let folder = Folder::new();
    let output = folder.spreadsheet(&["--dir", "demonstration"]).success();
    let (first, second) = output.split_once("== A second process").expect("a second part");
    let (second, _) = second.split_once("== What this shows").expect("a third part");
    let table = |part: &str| {
        let lines: Vec<String> = part.lines().skip_while(|line| !line.contains("   A   ")).map(str::to_owned).collect();
        assert!(lines.len() > 12, "{part}");
        lines.join("\n").trim_end().to_owned()
    };
    assert_eq!(table(first), table(second));
    assert!(first.contains("constructed the sheet iris") && first.contains("constructed the formula =mean(A2:A51)"));
    assert!(!second.contains("constructed"), "{second}");
    assert!(second.contains("reopened the data source iris.sqlite, table iris"));
    // The means that Fisher's data are known for.
    assert!(second.lines().any(|line| {
        line.split_whitespace().collect::<Vec<_>>().join(" ").contains("setosa mean 5.006 3.428 1.462 0.246 █▅▃▁")
    }));
    assert!(second.contains("150 rows"));
}

#[test]
fn without_arguments_it_leaves_nothing_behind() {
    let folder = Folder::new();
    let output = folder.spreadsheet(&[]).success();
    assert!(output.contains("The two tables are equal."));
    assert_eq!(std::fs::read_dir(folder.path("")).expect("the folder").count(), 0);
}

#[test]
fn edits_are_undone_after_loading() {
    let folder = Folder::imported();
    let original = folder.spreadsheet(&["show", "s.sheet", "99"]).success();
    assert_eq!(folder.last_line(&["set", "s.sheet", "P1", "7.5"]), "P1 is 7.5 and comes to 7.5");
    assert_eq!(
        folder.last_line(&["set", "s.sheet", "P2", "=round(P1/2, 1) + 1"]),
        "P2 is =round(P1 / 2, 1) + 1 and comes to 4.8"
    );
    assert_eq!(folder.last_line(&["set", "s.sheet", "P1", "note"]), "P1 is note and comes to note");
    assert!(folder.spreadsheet(&["show", "s.sheet"]).success().contains("#P1 is a text"));
    assert_eq!(folder.last_line(&["undo", "s.sheet"]), "P1 is 7.5 and comes to 7.5");
    assert!(folder.spreadsheet(&["show", "s.sheet"]).success().contains("4.8"));
    assert_eq!(folder.last_line(&["undo", "s.sheet"]), "P2 is empty");
    assert_eq!(folder.last_line(&["undo", "s.sheet"]), "P1 is empty");
    assert_eq!(folder.spreadsheet(&["show", "s.sheet", "99"]).success(), original);
    assert_eq!(folder.spreadsheet(&["undo", "s.sheet"]).failure(), "error: there is nothing to undo\n");
}

#[test]
fn a_cycle_is_reported_by_its_cells_and_changes_nothing() {
    let folder = Folder::imported();
    folder.spreadsheet(&["set", "s.sheet", "P1", "=Q1 + 1"]).success();
    folder.spreadsheet(&["set", "s.sheet", "Q1", "=sum(P2:P3)"]).success();
    let before = folder.spreadsheet(&["show", "s.sheet", "99"]).success();
    let error = folder.spreadsheet(&["set", "s.sheet", "P3", "=P1"]).failure();
    assert_eq!(error, "error: cells need each other: P1 -> Q1 -> P3 -> P1\n");
    let error = folder.spreadsheet(&["set", "s.sheet", "P1", "=P1"]).failure();
    assert_eq!(error, "error: cells need each other: P1 -> P1\n");
    assert_eq!(folder.spreadsheet(&["show", "s.sheet", "99"]).success(), before);
}

#[test]
fn a_kind_of_cell_of_the_users_own_survives() {
    let folder = Folder::imported();
    assert_eq!(folder.last_line(&["set", "s.sheet", "P1", "~B2:B5"]), "P1 is ~B2:B5 and comes to ▇▇█▃");
    let shown = folder.spreadsheet(&["show", "s.sheet"]).success();
    assert!(shown.contains("▇▇█▃") && !shown.contains("constructed"), "{shown}");

    // This test does not know the kind: it is told its name, and where it met it.
    let error = Sheet::load(&folder.path("s.sheet")).expect_err("`Sparkline` is not registered here");
    let Error::Pickle(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), pickle_core::ErrorKind::UnknownName);
    assert!(error.to_string().contains("Sparkline") && error.path().contains("cells"), "{error}");
}

#[test]
fn errors_are_printed_and_end_the_program() {
    let folder = Folder::imported();
    for (arguments, expected) in [
        (&["set", "s.sheet", "P1", "=maen(A1:A2)"][..], "`maen`"),
        (&["set", "s.sheet", "P1", "=1 +"], "the formula ends too early"),
        (&["set", "s.sheet", "11", "1"], "`11` is no cell"),
        (&["show", "missing.sheet"], "No such file"),
        (&["show", "s.csv"], "error: "),
    ] {
        let error = folder.spreadsheet(arguments).failure();
        assert!(error.contains(expected), "{arguments:?}: {error}");
    }
}

#[test]
fn a_data_source_that_is_gone_is_not_made_anew() {
    let folder = Folder::imported();
    std::fs::remove_file(folder.path("s.sqlite")).expect("the data source was there");
    let error = folder.spreadsheet(&["show", "s.sheet"]).failure();
    assert!(error.starts_with("error: `source`") && error.contains("unable to open database file"), "{error}");
    assert!(!folder.path("s.sqlite").exists());
}

#[test]
fn texts_that_look_like_formulas_are_imported_as_texts() {
    let folder = Folder::new();
    folder.write("t.csv", "name,\"a \"\"quoted\"\" one\"\n=sum(A1:A9),\"x,y\"\n");
    folder.spreadsheet(&["import", "t.csv", "t.sheet"]).success();
    let shown = folder.spreadsheet(&["show", "t.sheet"]).success();
    assert!(shown.contains("=sum(A1:A9)") && shown.contains("x,y") && shown.contains("1 rows"), "{shown}");
    assert!(SHEET_CSV.starts_with("length,width,kind\n"));
}
