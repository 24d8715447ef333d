//! What a fuzzer is for: each function takes any bytes, and panics where a promise does not hold.

use arbitrary::{Result, Unstructured};
use pickle_core::inspect::{Step, Stream as Inspected, Visitor};
use pickle_core::value::{Data, New, Node};
use pickle_core::{ErrorKind, Unpickler, Value, dumps, loads};

use crate::Memory;
use crate::checks::{LIMIT, TIGHT, explains, within};
use crate::random::Random;
use crate::schema::Model;
use crate::stream::{Block, Stream};
use crate::subjects::{SUBJECTS, Subject, implementors, samples};
use crate::{command as commands, edit, values};

/// Bytes as a type: the first byte chooses it, the second whether what follows is a whole stream, the blocks of one, or
/// what is in a block.
pub fn bytes(memory: Memory, input: &[u8]) {
    let Some((&[subject, how], rest)) = input.split_first_chunk() else { return };
    let samples = samples();
    let index = usize::from(subject) % SUBJECTS.len();
    let mut stream = Stream { blocks: vec![], ..samples[index].clone() };
    let bytes = match how % 4 {
        0 => rest.to_vec(),
        1 => {
            stream.flags = how >> 4 & 6;
            stream.blocks = vec![];
            let mut bytes = stream.seal();
            bytes.extend(rest);
            bytes
        }
        _ => {
            let text = rest.len() * usize::from(how >> 4) / 16;
            let (text, data) = rest.split_at(text);
            let text = String::from_utf8_lossy(text).into_owned().into_bytes();
            stream.flags = if how % 4 == 3 { crate::stream::OBJECTS } else { 0 };
            stream.blocks = vec![Block { data: data.to_vec(), text, ..Block::default() }];
            stream.seal()
        }
    };
    (SUBJECTS[index].load)(memory, &bytes);
}

/// A valid stream of a type, edited in a few places.
pub fn edited(memory: Memory, input: &[u8]) {
    // An input that ends too early is none.
    let _ = edited_of(memory, &mut Unstructured::new(input));
}

fn edited_of(memory: Memory, u: &mut Unstructured<'_>) -> Result<()> {
    let _ = samples();
    let subject = Subject::of(u.arbitrary()?);
    let length = u.len() / 2;
    let mut edits = Unstructured::new(u.bytes(length)?);
    let Some(mut stream) = Stream::parse(&(subject.stream)(u)?) else { return Ok(()) };
    for _ in 0..edits.int_in_range(1..=6)? {
        edit::edit(&mut stream, &mut edits)?;
    }
    let bytes = stream.seal();
    (subject.load)(memory, &bytes);
    Ok(())
}

/// A value of a type, dumped and loaded in every way.
pub fn round_trip(input: &[u8]) {
    let Some((subject, rest)) = input.split_first() else { return };
    // An input that ends too early is none.
    let _ = (Subject::of(*subject).round_trip)(&mut Unstructured::new(rest));
}

/// A stream of a shape that a type had, or might have had, loaded as the type. What is in the stream is valid.
pub fn planned(memory: Memory, input: &[u8]) {
    // An input that ends too early is none.
    let _ = planned_of(memory, &mut Unstructured::new(input));
}

fn planned_of(memory: Memory, u: &mut Unstructured<'_>) -> Result<()> {
    let index = usize::from(u.arbitrary::<u8>()?) % SUBJECTS.len();
    let Some(mut model) = samples()[index].schema.as_deref().and_then(Model::decode) else { return Ok(()) };
    for _ in 0..u.int_in_range(0..=5)? {
        model.change(u)?;
    }
    let model = model.canonical();
    if !model.is_sound() {
        return Ok(());
    }
    let bytes = values::stream(&model, implementors(), u)?.seal();
    match loads::<Value>(&bytes) {
        Ok(value) => {
            let back: Value = loads(&dumps(&value).unwrap()).unwrap();
            assert!(back == value, "{} came back as {}", short(&value), short(&back));
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Limit, "a valid stream is refused: {error}"),
    }
    (SUBJECTS[index].load)(memory, &bytes);
    Ok(())
}

struct Nothing;

impl Visitor<'_> for Nothing {}

/// Any bytes as a [`Value`]: the first one chooses what is changed in it.
pub fn value(memory: Memory, input: &[u8]) {
    let Some((&[seed], bytes)) = input.split_first_chunk() else { return };
    for limit in TIGHT {
        let tight = Unpickler::new().max_memory(limit);
        drop(within(memory, limit, || tight.loads::<Value>(bytes)));
    }
    let unpickler = Unpickler::new().max_memory(LIMIT);
    for limit in TIGHT.into_iter().chain([LIMIT]) {
        let walk = || Unpickler::new().max_memory(limit).inspect(bytes)?.walk(&mut Nothing);
        let _ = within(memory, limit, walk);
    }
    let loaded = within(memory, LIMIT, || unpickler.loads::<Value>(bytes));
    if let Ok(stream) = Inspected::open(bytes) {
        for kind in stream.types().iter().flat_map(|types| types.iter()) {
            assert!(kind.name().len() < 8 << 10, "{} bytes of a type's name", kind.name().len());
        }
    }
    let value = match loaded {
        Ok(value) => value,
        Err(error) => return explains(&error, bytes.len()),
    };
    for text in [value.to_string(), format!("{value:#}"), format!("{value:?}")] {
        assert!(text.len() < 16 << 20);
    }
    assert!(value == value.clone(), "{} is not equal to itself", short(&value));
    let written = dumps(&value).unwrap_or_else(|error| panic!("a `Value` is not dumped: {error}"));
    let back: Value = loads(&written).unwrap_or_else(|error| panic!("its dump is not loaded: {error}"));
    assert!(back == value, "{} came back as {}", short(&value), short(&back));
    assert!(dumps(&back).unwrap() == written, "it is written in another way");
    changed(value, u64::from(seed));
}

/// Any bytes as the standard input of each command of `pickle`: the first one chooses the options.
pub fn command(memory: Memory, input: &[u8]) {
    let Some((&[seed], bytes)) = input.split_first_chunk() else { return };
    let _ = samples();
    commands::check(memory, seed, bytes);
}

/// Changes a value in several places. Each change is refused or made; what is left is refused or comes back.
fn changed(mut value: Value, seed: u64) {
    let bytes = Random(seed).bytes(160);
    let mut u = Unstructured::new(&bytes);
    for _ in 0..4 {
        let mut path = || any_path(&value, &mut u, |_, _| None).map(|(path, _)| path);
        let (Ok(one), Ok(two)) = (path(), path()) else { break };
        let (Ok(kind), Ok(number)) = (u.int_in_range(0..=10), u.arbitrary::<u8>()) else { break };
        let index = usize::from(number % 5);
        let made = match kind {
            0 => value.set(&one, New::Blank),
            1 => value.set(&one, New::Absent),
            2 => value.set(&one, number),
            3 => value.set(&one, "text"),
            4 => value.push(&one, New::Blank),
            5 => value.remove(&one, index),
            6 => value.insert_entry(&one, "key", New::Blank),
            7 => value.insert(&one, index, number),
            8 => value.set_variant(&one, "Node"),
            9 => value.set(&one, New::Present),
            _ => value.copy(&one, &two),
        };
        if let Err(error) = made {
            explains(&error, 0);
        }
    }
    match dumps(&value) {
        Ok(written) => {
            let back: Value =
                loads(&written).unwrap_or_else(|error| panic!("{} is not loaded: {error}", short(&value)));
            assert!(back == value, "{} came back as {}", short(&value), short(&back));
        }
        Err(error) => explains(&error, usize::MAX),
    }
}

/// A path to some part, and that. `by_key` may give the step to an entry of a map, or an element of a set, by its key.
pub(crate) fn any_path<'v>(
    value: &'v Value,
    u: &mut Unstructured<'_>,
    by_key: impl Fn(Node<'v>, Node<'v>) -> Option<String>,
) -> Result<(String, Node<'v>)> {
    let mut node = value.root();
    let mut path = String::new();
    if value.object_count() > 0 && u.arbitrary()? {
        let id = u.choose_index(value.object_count())? as u32;
        if let Some(object) = value.object(id) {
            node = object;
            path = format!("#{id}");
        }
    }
    for _ in 0..u.int_in_range(0..=6)? {
        let parts: Vec<_> = node.parts().take(20).collect();
        if parts.is_empty() {
            break;
        }
        let chosen = u.choose_index(parts.len())?;
        let (step, next) = parts[chosen];
        let entry = match (node.inner().data(), step) {
            (Data::Map, Step::Index(_)) => by_key(node, parts[chosen - 1].1),
            (Data::Set, _) => by_key(node, next),
            _ => None,
        };
        let dot = if path.is_empty() { "" } else { "." };
        path.push_str(&match (entry, step) {
            (Some(entry), _) => entry,
            // No path has a name that would end in it.
            (None, Step::Field(name)) if name.is_empty() || name.contains(['.', '[', '{', '#']) => break,
            (None, Step::Field(name)) => format!("{dot}{name}"),
            (None, Step::Position(number)) => format!("{dot}{number}"),
            (None, Step::Index(number)) => format!("[{number}]"),
            (None, Step::Key(number)) => format!("[key {number}]"),
        });
        node = next;
    }
    Ok((path, node))
}

/// As much of a value as a message should have.
fn short(value: &Value) -> String {
    value.to_string().chars().take(300).collect()
}
