//! Training, saved and loaded within one process.

mod common;

use common::Folder;
use lenet5::data::Dataset;
use lenet5::file;
use lenet5::training::{PATIENCE, Training};
use pickle_core::{Value, dumps, loads};

fn trained(data: &Dataset, epochs: usize) -> Training {
    let mut training = Training::begin(data, 1).expect("first weights");
    go_on(&mut training, data, epochs);
    training
}

fn go_on(training: &mut Training, data: &Dataset, epochs: usize) {
    for _ in 0..epochs {
        training.epoch(data, |_, _| ()).expect("an epoch");
    }
}

#[test]
fn what_is_loaded_computes_the_same() {
    let folder = Folder::new();
    let data = Dataset::read(&folder.path("digits")).expect("digits");
    let training = trained(&data, 2);
    file::save(&training, &folder.path("a.pickle")).expect("saved");
    let loaded = file::open(&folder.path("a.pickle")).expect("loaded");

    let (before, after) = (training.kept().score(&data.test), loaded.kept().score(&data.test));
    let (before, after) = (before.expect("a score"), after.expect("a score"));
    assert_eq!(before, after);
    assert!(before.accuracy > 0.3, "{before}");
    assert_eq!(training.kept().read(&data.test).expect("readings"), loaded.kept().read(&data.test).expect("readings"));
    assert_eq!(training.history(), loaded.history());
    // What was written beside it has taken its place.
    assert!(!folder.path("a.pickle.new").exists());
}

#[test]
fn training_goes_on_as_if_it_had_never_been_interrupted() {
    let folder = Folder::new();
    let data = Dataset::read(&folder.path("digits")).expect("digits");
    let uninterrupted = trained(&data, 2);

    let mut interrupted = trained(&data, 0);
    for _ in 0..2 {
        file::save(&interrupted, &folder.path("a.pickle")).expect("saved");
        interrupted = file::open(&folder.path("a.pickle")).expect("loaded");
        go_on(&mut interrupted, &data, 1);
    }
    // Every weight, moment, random number and score.
    assert_eq!(dumps(&interrupted).expect("bytes"), dumps(&uninterrupted).expect("bytes"));

    let elsewhere = Training::begin(&data, 2).expect("first weights");
    assert_ne!(dumps(&elsewhere).expect("bytes"), dumps(&trained(&data, 0)).expect("bytes"));
}

#[test]
fn training_is_over_when_the_loss_falls_no_more_and_the_best_weights_are_kept() {
    let folder = Folder::new();
    let data = Dataset::read(&folder.path("digits")).expect("digits");
    let mut training = trained(&data, 1);
    assert!(training.is_over(1) && !training.is_over(2));

    // The file is looked into and changed without its types: no later loss is as low as this.
    let mut value: Value = loads(&dumps(&training).expect("bytes")).expect("a value");
    value.set("history[0].validation.loss", 0.0).expect("a loss");
    training = loads(&dumps(&value).expect("bytes")).expect("training");
    assert_eq!(training.best_epoch(), Some(1));
    let kept = dumps(training.kept()).expect("bytes");
    while !training.is_over(99) {
        go_on(&mut training, &data, 1);
    }
    assert_eq!((training.history().len(), training.best_epoch()), (1 + PATIENCE, Some(1)));
    assert_eq!(dumps(training.kept()).expect("bytes"), kept);
}

#[test]
fn training_goes_on_with_the_same_digits_and_seed_only() {
    let folder = Folder::new();
    let data = Dataset::read(&folder.path("digits")).expect("digits");
    let training = Training::begin(&data, 5).expect("first weights");
    assert!(training.check(&data, None).is_ok() && training.check(&data, Some(5)).is_ok());
    let says = |data, seed| training.check(data, seed).expect_err("a refusal").to_string();
    assert_eq!(says(&data, Some(6)), "it was begun with the seed 5");
    assert_eq!(says(&Dataset::shipped().expect("digits"), None), "it was begun with other digits");
}
