//! The program `classics`, run as a user runs it.

mod common;

use common::Folder;

#[test]
fn every_demonstration_shows_what_it_says() {
    let folder = Folder::new();
    let output = folder.classics(&["--dir", "files"]).success();
    assert_eq!(output.matches("\n== ").count() + 1, 11);
    assert_eq!(output.matches("\nshows: ").count(), 11);
    for expected in [
        "dictionary.pickle",
        "(3, \"three values\", [('a', true), ('b', false)])",
        "no copy made: true",
        "calls both on 3: 36",
        "is no `fn(i32) -> i32`",
        "areas 3.14 and 6.00",
        "`[2]`: `pickle_examples::classics::objects::Point` is not registered",
        "JSON writes null",
        "key must be a string",
        "the next word is \"me\"",
        "the account of Bob is overdrawn",
        "160 percent is more than all",
        "`Dog`",
    ] {
        assert!(output.contains(expected), "{expected}\n{output}");
    }
    assert_eq!(output.matches("constructed Ann").count(), 1);
    assert!(folder.path("files/shapes.pickle").exists());
}

#[test]
fn without_arguments_it_leaves_nothing_behind() {
    let folder = Folder::new();
    folder.classics(&[]).success();
    assert_eq!(std::fs::read_dir(folder.path("")).expect("the folder").count(), 0);
}
