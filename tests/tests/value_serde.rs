//! A `Value` as JSON, with the feature `serde`.

#![cfg(feature = "serde")]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use pickle_core::{Pickle, Value, dumps, loads, object};
use pickle_tests::on_small_stack;

fn json<T: Pickle>(value: &T) -> String {
    serde_json::to_string(&loads::<Value>(&dumps(value).unwrap()).unwrap()).unwrap()
}

#[object]
trait Animal {}

#[derive(Pickle)]
struct Dog {
    name: String,
}

#[object]
impl Animal for Dog {}

#[derive(Pickle)]
enum Choice {
    Unit,
    New(u8),
    Pair(u8, bool),
    Named { x: f32 },
}

#[derive(Pickle)]
struct Everything {
    choices: Vec<Choice>,
    unit: (),
    option: [Option<Box<char>>; 2],
    map: BTreeMap<u16, String>,
    pairs: BTreeMap<(u8, u8), RefCell<i64>>,
    animal: Box<dyn Animal>,
    wrapped: std::num::Wrapping<u8>,
}

#[test]
fn values_look_as_if_their_types_derived_it() {
    let everything = Everything {
        choices: vec![Choice::Unit, Choice::New(1), Choice::Pair(2, true), Choice::Named { x: 0.5 }],
        unit: (),
        option: [Some(Box::new('x')), None],
        map: BTreeMap::from([(1, "one".into())]),
        pairs: BTreeMap::from([((1, 2), RefCell::new(-3))]),
        animal: Box::new(Dog { name: "Rex".into() }),
        wrapped: std::num::Wrapping(7),
    };
    assert_eq!(
        json(&everything),
        r#"{"choices":["Unit",{"New":1},{"Pair":[2,true]},{"Named":{"x":0.5}}],"unit":null,"option":["x",null],"map":{"1":"one"},"pairs":[[[1,2],-3]],"animal":{"Dog":{"name":"Rex"}},"wrapped":7}"#
    );
}

#[derive(Pickle)]
struct Node {
    next: RefCell<Option<Rc<Node>>>,
    own: RefCell<Weak<Node>>,
    nothing: Weak<Node>,
}

#[test]
fn a_cycle_ends() {
    let node = Rc::new(Node { next: RefCell::default(), own: RefCell::default(), nothing: Weak::new() });
    *node.next.borrow_mut() = Some(node.clone());
    *node.own.borrow_mut() = Rc::downgrade(&node);
    assert_eq!(
        json(&node),
        r#"{"$root":{"$ref":0},"$objects":[{"next":{"$ref":0},"own":{"$weak":0},"nothing":null}]}"#
    );
    node.next.take();
}

#[test]
fn what_nests_too_deep_is_an_error() {
    #[derive(Pickle)]
    struct Nested(Vec<Nested>);
    let mut nested = Nested(vec![]);
    for _ in 0..120 {
        nested = Nested(vec![nested]);
    }
    let value: Value = loads(&dumps(&nested).unwrap()).unwrap();
    let work = move || serde_json::to_string(&value).unwrap_err().to_string();
    let error = on_small_stack(work);
    assert!(error.contains("deeper than 128"), "{error}");
}
