//! The program `spreadsheet`, run as a user runs it.

mod common;

use common::{Folder, SHEET_CSV};
use pickle_examples::spreadsheet::{Error, Workbook};

#[test]
fn other_processes_print_the_same_and_construct_nothing() {
    let folder = Folder::new();
    let output = folder.spreadsheet(&["--dir", "demonstration"]).success();
    let parts: Vec<&str> = output.split("== ").collect();
    let [_, first, changed, second, third, _] = parts[..] else { panic!("{output}") };
    let after = |part: &str, start: &str| {
        let at = part.find(start).unwrap_or_else(|| panic!("{part}"));
        part[at..].trim_end().to_owned()
    };
    assert_eq!(after(first, "sheet iris\n  "), after(second, "sheet iris\n  "));
    assert!(first.contains("constructed the sheet iris"));
    assert!(first.contains("constructed the formula =mean(iris!A2:A51)"));
    for part in [second, third] {
        assert!(!part.contains("constructed"), "{part}");
        assert!(part.contains("reopened the data source iris.sqlite, table iris"));
    }
    // The means that Fisher's data are known for.
    assert!(second.lines().any(|line| {
        line.split_whitespace().collect::<Vec<_>>().join(" ").contains("setosa mean 5.006 3.428 1.462 0.246 █▅▃▁")
    }));
    assert!(second.contains("150 rows"));

    // What depends on the one cell, and nothing else, in one order before saving and after loading.
    let start = "summary!B11 is the cell iris!A2\n";
    assert_eq!(after(changed, start), after(third, start));
    let recomputed = third.lines().filter_map(|line| line.strip_prefix("recomputed summary!")?.split_once(':'));
    let recomputed: Vec<&str> = recomputed.map(|(cell, _)| cell).collect();
    assert_eq!(recomputed, ["B2", "F2", "B5", "F5", "B6", "B9", "B10"]);

    // Set through the summary, saved by the third process, seen in the data by a fourth.
    let shown = folder.spreadsheet(&["show", "demonstration/iris.sheet"]).success();
    let row = shown.lines().find(|line| line.starts_with(" 2 ")).expect("a row 2");
    assert!(row.split_whitespace().eq(["2", "9.9", "3.5", "1.4", "0.2", "setosa"]), "{row}");
}

#[test]
fn without_arguments_it_leaves_nothing_behind() {
    let folder = Folder::new();
    let output = folder.spreadsheet(&[]).success();
    assert!(output.contains("What the processes print is equal."));
    assert_eq!(std::fs::read_dir(folder.path("")).expect("the folder").count(), 0);
}

#[test]
fn edits_are_undone_after_loading() {
    let folder = Folder::imported();
    let original = folder.spreadsheet(&["show", "s.sheet", "99"]).success();
    assert_eq!(folder.last_line(&["set", "s.sheet", "P1", "7.5"]), "s!P1 is 7.5 and comes to 7.5");
    assert_eq!(
        folder.last_line(&["set", "s.sheet", "P2", "=round(P1/2, 1) + 1"]),
        "s!P2 is =round(P1 / 2, 1) + 1 and comes to 4.8"
    );
    assert_eq!(folder.last_line(&["set", "s.sheet", "P1", "note"]), "s!P1 is note and comes to note");
    assert!(folder.spreadsheet(&["show", "s.sheet"]).success().contains("#P1 is a text"));
    assert_eq!(folder.last_line(&["undo", "s.sheet"]), "s!P1 is 7.5 and comes to 7.5");
    assert!(folder.spreadsheet(&["show", "s.sheet"]).success().contains("4.8"));
    assert_eq!(folder.last_line(&["undo", "s.sheet"]), "s!P2 is empty");
    assert_eq!(folder.last_line(&["undo", "s.sheet"]), "s!P1 is empty");
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
    assert_eq!(error, "error: cells need each other: s!P3 -> s!P1 -> s!Q1 -> s!P3\n");
    let error = folder.spreadsheet(&["set", "s.sheet", "P1", "=P1"]).failure();
    assert_eq!(error, "error: cells need each other: s!P1 -> s!P1\n");
    assert_eq!(folder.spreadsheet(&["show", "s.sheet", "99"]).success(), before);
}

#[test]
fn a_shared_cell_is_one_cell_in_every_process() {
    let folder = Folder::imported();
    let original = folder.spreadsheet(&["show", "s.sheet", "99"]).success();
    assert_eq!(folder.last_line(&["share", "s.sheet", "A3", "summary!H1"]), "summary!H1 is 4.9 and comes to 4.9");
    let changed = folder.spreadsheet(&["set", "s.sheet", "summary!H1", "0"]).success();
    assert!(changed.contains("\nsummary!H1 is the cell s!A3\nrecomputed summary!B2: 3.6\n"), "{changed}");
    folder.spreadsheet(&["set", "s.sheet", "P1", "=2 + A3"]).success();
    assert_eq!(folder.last_line(&["set", "s.sheet", "A3", "5"]), "s!A3 is 5 and comes to 5");
    let shown = folder.spreadsheet(&["show", "s.sheet"]).success();
    assert!(shown.contains("H1 is s!A3") && shown.contains("P1  =2 + A3"), "{shown}");
    for expected in
        ["s!A3 is 0 and comes to 0", "s!P1 is empty", "summary!H1 is 4.9 and comes to 4.9", "summary!H1 is empty"]
    {
        assert_eq!(folder.last_line(&["undo", "s.sheet"]), expected);
    }
    assert_eq!(folder.spreadsheet(&["show", "s.sheet", "99"]).success(), original);
}

#[test]
fn a_kind_of_content_of_the_users_own_survives() {
    let folder = Folder::imported();
    assert_eq!(folder.last_line(&["set", "s.sheet", "P1", "~B2:B5"]), "s!P1 is ~B2:B5 and comes to ▇▇█▃");
    let shown = folder.spreadsheet(&["show", "s.sheet"]).success();
    assert!(shown.contains("▇▇█▃") && !shown.contains("constructed"), "{shown}");

    // This test does not know the kind: it is told its name.
    let error = Workbook::load(&folder.path("s.sheet")).expect_err("`Sparkline` is not registered here");
    let Error::Pickle(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), pickle_core::ErrorKind::UnknownName);
    assert!(error.to_string().contains("Sparkline"), "{error}");
}

#[test]
fn errors_are_printed_and_end_the_program() {
    let folder = Folder::imported();
    for (arguments, expected) in [
        (&["set", "s.sheet", "P1", "=maen(A1:A2)"][..], "`maen`"),
        (&["set", "s.sheet", "P1", "=1 +"], "the formula ends too early"),
        (&["set", "s.sheet", "11", "1"], "`11` is no cell"),
        (&["set", "s.sheet", "t!A1", "1"], "there is no sheet `t`"),
        (&["share", "s.sheet", "A2", "summary!B2"], "there is a cell at summary!B2 already"),
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

#[cfg(unix)]
#[test]
fn a_sheet_has_the_permissions_of_any_new_file_or_those_that_it_had() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    let folder = Folder::imported();
    let mode = |name| fs::metadata(folder.path(name)).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode("s.sheet"), mode("s.csv"));
    fs::set_permissions(folder.path("s.sheet"), Permissions::from_mode(0o640)).expect("it is ours");
    folder.spreadsheet(&["set", "s.sheet", "A2", "5"]).success();
    assert_eq!(mode("s.sheet"), 0o640);
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
