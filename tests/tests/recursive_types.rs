//! Types that contain themselves, directly or through each other.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, HashMap};

use pickle_core::Pickle;
use pickle_tests::same;

#[derive(Pickle, Debug, PartialEq, Default)]
struct Folder {
    name: String,
    parent: Option<Box<Folder>>,
    children: Vec<Folder>,
    by_name: HashMap<String, Folder>,
    sorted: BTreeMap<u8, Folder>,
    pair: Option<Box<(Folder, Folder)>>,
}

#[test]
fn recursive_structs() {
    let leaf = || Folder { name: "leaf".into(), ..Folder::default() };
    same(Folder {
        name: "root".into(),
        parent: Some(Box::new(Folder { parent: Some(Box::new(leaf())), ..leaf() })),
        children: vec![leaf(), Folder { children: vec![leaf()], ..leaf() }],
        by_name: HashMap::from([("a".into(), leaf()), ("b".into(), leaf())]),
        sorted: BTreeMap::from([(1, leaf()), (2, leaf())]),
        pair: Some(Box::new((leaf(), leaf()))),
    });
}

#[derive(Pickle, Debug, PartialEq)]
struct Person {
    name: String,
    homes: Vec<Home>,
}

#[derive(Pickle, Debug, PartialEq)]
struct Home {
    address: Address,
    people: Vec<Person>,
}

#[derive(Pickle, Debug, PartialEq)]
enum Address {
    Of(Box<Person>),
    Street(String),
}

#[test]
fn types_that_contain_each_other() {
    let person = |name: &str, homes| Person { name: name.into(), homes };
    let home = Home { address: Address::Of(Box::new(person("Ann", vec![]))), people: vec![person("Bob", vec![])] };
    same(person("Cid", vec![home, Home { address: Address::Street("Elm".into()), people: vec![] }]));
}

#[derive(Pickle, Debug, PartialEq)]
struct Tree<T> {
    value: T,
    children: Vec<Tree<T>>,
}

#[derive(Pickle, Debug, PartialEq)]
enum List<T> {
    Nil,
    Cons(T, Box<List<T>>),
}

#[test]
fn generic_recursive_types() {
    let leaf = |n: u8| Tree { value: Some(n), children: vec![] };
    same(Tree { value: None, children: vec![leaf(1), Tree { value: Some(2), children: vec![leaf(3)] }] });
    same(List::Cons("a".to_owned(), Box::new(List::Cons("b".to_owned(), Box::new(List::Nil)))));
    same(List::Cons(List::Cons(1u8, Box::new(List::Nil)), Box::new(List::Nil)));
}
