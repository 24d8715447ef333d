//! A damaged stream is an error or a `Value`, and what is a `Value` can be shown, compared, changed and written, on a
//! small stack.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use std::rc::{Rc, Weak};

use pickle_core::value::New;
use pickle_core::{ErrorKind, Pickle, Unpickler, Value, dumps, loads};
use pickle_tests::animals::Owner;
use pickle_tests::by_hand::{
    LAST, STRING, TYPE, TYPES, U8, block, definition, dynamic, header, long, piece, schema, sequence, stream,
    structure, tuple,
};
use pickle_tests::{damaged, golden, on_small_stack};

/// Does with a value whatever can be done.
fn use_up(value: &Value) {
    assert!(*value == value.clone());
    assert!(value.to_string().len() < 1 << 24);
    let bytes = dumps(value).unwrap();
    let back: Value = loads(&bytes).unwrap();
    assert!(back == *value, "{value} came back as {back}");
    let mut changed = value.clone();
    for path in ["", "0", "[0]", "name", "children[0]", "left"] {
        let _ = changed.set(path, New::Blank);
        let _ = changed.push(path, 1u8);
        let _ = changed.remove(path, 0);
    }
    if let Ok(bytes) = dumps(&changed) {
        assert!(loads::<Value>(&bytes).unwrap() == changed);
    }
}

fn damage(bytes: &[u8]) -> (u32, u32) {
    let (mut values, mut errors) = (0, 0);
    let changes = |byte| [byte ^ 1, byte ^ 0x40, 0, 255];
    damaged(bytes, changes, |bytes| match loads::<Value>(bytes) {
        Ok(value) => {
            use_up(&value);
            values += 1;
        }
        Err(error) => {
            assert!(error.offset().is_none_or(|offset| offset <= bytes.len() as u64), "{error}");
            errors += 1;
        }
    });
    (values, errors)
}

#[test]
fn damaged_golden_files() {
    on_small_stack(|| {
        for name in ["everything", "named"] {
            let (values, errors) = damage(&golden::read(name));
            assert!(values > 10 && errors > 500, "{values} values, {errors} errors");
        }
    });
}

#[derive(Pickle)]
struct Tree {
    parent: Weak<Tree>,
    children: Vec<Rc<Tree>>,
}

#[test]
fn damaged_graphs() {
    let leaf = |parent: &Weak<Tree>| Rc::new(Tree { parent: parent.clone(), children: vec![] });
    let tree = Rc::new_cyclic(|weak| Tree { parent: Weak::new(), children: vec![leaf(weak), leaf(weak)] });
    let owner = Owner::with_dogs(|dog| Box::new(dog));
    let bytes = dumps(&(&owner, tree)).unwrap();
    owner.let_go();
    on_small_stack(move || {
        let (values, errors) = damage(&bytes);
        assert!(values > 50 && errors > 500, "{values} values, {errors} errors");
    });
}

#[derive(Pickle)]
struct Nested(Vec<Option<Box<Nested>>>);

#[test]
fn the_deepest_values_take_no_stack() {
    let mut nested = Nested(vec![]);
    for _ in 0..63 {
        nested = Nested(vec![Some(Box::new(nested))]);
    }
    let bytes = dumps(&nested).unwrap();
    on_small_stack(move || use_up(&loads(&bytes).unwrap()));
}

#[test]
fn values_nest_no_deeper_than_max_depth() {
    let bytes = dumps(&vec![vec![vec!["x"]]]).unwrap();
    assert!(Unpickler::new().max_depth(3).loads::<Value>(&bytes).is_ok());
    assert_eq!(Unpickler::new().max_depth(2).loads::<Value>(&bytes).unwrap_err().kind(), ErrorKind::Limit);
}

#[test]
fn a_value_that_takes_too_much_is_refused_with_the_limit_to_raise() {
    let bytes = dumps(&vec!["x"; 1000]).unwrap();
    let error = Unpickler::new().max_memory(8000).loads::<Value>(&bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Limit);
    let error = error.to_string();
    assert!(error.contains("exceed max_memory, 8000 bytes"), "{error}");
    assert!(error.ends_with("; raise it with `Unpickler::max_memory` if the stream is to be trusted"), "{error}");
}

#[test]
fn values_of_thousands_of_types_keep_theirs() {
    const TYPES_IN_ALL: usize = 4000;
    let definitions: Vec<u8> = (0..TYPES_IN_ALL)
        .flat_map(|i| definition(&i.to_string(), &schema(&[structure(&format!("T{i}"), &[("a", U8)])])))
        .collect();
    let values = (0..TYPES_IN_ALL).flat_map(|number| match number {
        0..255 => vec![number as u8, 7],
        _ => [long(number as u64), vec![7]].concat(),
    });
    let data: Vec<u8> = long(TYPES_IN_ALL as u64).into_iter().chain(values).collect();
    let header = header(&schema(&[sequence(TYPE + 1), dynamic("T")]), 0);
    let bytes = [header, block(&definitions, &[], TYPES), block(&data, &[], LAST)].concat();
    let value: Value = loads(&bytes).unwrap();
    for i in [0, 255, TYPES_IN_ALL - 1] {
        let path = format!("[{i}]");
        assert_eq!(value.at(&path).unwrap().to_string(), format!("T{i} {{ a: 7 }}"));
    }
    assert!(loads::<Value>(&dumps(&value).unwrap()).unwrap() == value);
}

#[test]
fn a_box_of_itself_is_never_made() {
    on_small_stack(|| {
        let no_boxes_of_themselves = stream(&[sequence(TYPE + 1), piece(TYPE + 1)], 0, &[0]);
        let mut value: Value = loads(&no_boxes_of_themselves).unwrap();
        assert_eq!(value.push("", 1u8).unwrap_err().kind(), ErrorKind::WrongType);
        assert_eq!(value.push("", "text").unwrap_err().kind(), ErrorKind::WrongType);
        assert!(value.push("", New::Blank).is_err() && value.root().is_empty());
    });
}

#[test]
fn a_blank_value_that_doubles_with_each_type_is_never_made() {
    on_small_stack(|| {
        let pairs = |count: u64| (1..count).map(|next| tuple(&[TYPE + next, TYPE + next])).collect::<Vec<_>>();
        let doubled = stream(
            &[vec![sequence(TYPE + 1)], pairs(100)[1..].to_vec(), vec![tuple(&[STRING, STRING])]].concat(),
            0,
            &[0],
        );
        let mut value: Value = loads(&doubled).unwrap();
        assert_eq!(value.push("", New::Blank).unwrap_err().kind(), ErrorKind::Limit);
        // Boxes in boxes take no stack, however many.
        let boxes = (2..4000).map(|next| piece(TYPE + next));
        let boxed =
            stream(&[vec![sequence(TYPE + 1)], boxes.collect(), vec![tuple(&[STRING, STRING])]].concat(), 0, &[0]);
        let mut value: Value = loads(&boxed).unwrap();
        value.push("", New::Blank).unwrap();
        assert_eq!(value.at("[0].1").and_then(|text| text.as_str()), Some(""));
    });
}
