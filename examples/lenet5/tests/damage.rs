//! Files that say what no training said: an error, and never a panic.

mod common;

use common::Folder;
use lenet5::data::Dataset;
use lenet5::training::Training;
use pickle_core::{Value, dumps, loads};

/// What loading the changed training, or reading digits with it, fails with.
fn refusal(data: &Dataset, training: &Training, change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = loads(&dumps(training).expect("bytes")).expect("a value");
    change(&mut value);
    match loads::<Training>(&dumps(&value).expect("bytes")) {
        Err(error) => error.to_string(),
        Ok(training) => training.kept().score(&data.test).expect_err("a refusal").to_string(),
    }
}

#[test]
fn weights_that_do_not_fit_are_refused() {
    let data = Dataset::read(&Folder::new().path("digits")).expect("digits");
    let training = Training::begin(&data, 1).expect("first weights");
    let says = |path: &str, number: u64| refusal(&data, &training, |value| value.set(path, number).expect("a change"));
    let error = says("network.layers[0].weights.dimensions[0]", 7);
    assert!(error.contains("a tensor of [7, 1, 5, 5] with 150 numbers"), "{error}");
    let error = says("network.layers[0].weights.dimensions[0]", u64::MAX);
    assert!(error.contains("a tensor of [18446744073709551615, 1, 5, 5] with 150 numbers"), "{error}");
    let error = says("network.layers[1].size", 29);
    assert!(error.contains("29"), "{error}");
}

#[test]
fn layers_that_do_not_fit_are_refused() {
    let data = Dataset::read(&Folder::new().path("digits")).expect("digits");
    let training = Training::begin(&data, 1).expect("first weights");
    let error = refusal(&data, &training, |value| {
        let original = value.clone();
        let pool = original.at("network.layers[1]").expect("a layer");
        value.insert("network.layers", 1, pool).expect("a change");
    });
    assert!(error.starts_with("a window of 5 on images of 1 by 1"), "{error}");

    for removed in 0..8 {
        refusal(&data, &training, |value| value.remove("network.layers", removed).expect("a change"));
    }
    refusal(&data, &training, |value| (0..8).for_each(|_| value.remove("network.layers", 0).expect("a change")));
}
