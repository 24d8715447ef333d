//! Streams in files: several after each other, over readers and writers that behave badly, of every size.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pickle_core::{ErrorKind, Pickle, Pickler, Schema, Unpickler, Value, dump, dumps, load, loads, object};
use pickle_tests::readers::{Breaks, Disk, Interrupted, OneByte};
use pickle_tests::{assert_says, bytes_of, load_error, same};

#[derive(Pickle, Debug, PartialEq, Clone)]
struct Event {
    id: u64,
    kind: String,
    data: Vec<u8>,
    tags: Vec<String>,
}

fn event(size: usize) -> Event {
    let tags = (0..size / 40).map(|n| format!("tag {n}")).collect();
    Event { id: size as u64, kind: "k".repeat(size / 3), data: vec![7; size / 3], tags }
}

#[test]
fn several_values_in_one_file_are_taken_one_by_one() {
    let mut file = Vec::new();
    dump(&event(10), &mut file).unwrap();
    dump("text", &mut file).unwrap();
    dump(&event(400_000), &mut file).unwrap();
    dump(&7u8, &mut file).unwrap();
    let mut reader = &file[..];
    assert_eq!(load::<Event, _>(&mut reader).unwrap(), event(10));
    assert_eq!(load::<String, _>(&mut reader).unwrap(), "text");
    assert!(load::<Event, _>(&mut reader).unwrap() == event(400_000));
    assert_eq!(load::<u8, _>(&mut reader).unwrap(), 7);
    assert!(reader.is_empty());
}

#[test]
fn what_follows_a_value_stays_in_the_reader() {
    let mut file = bytes_of(&event(5000));
    file.extend(b"and more");
    let mut reader = &file[..];
    load::<Event, _>(&mut reader).unwrap();
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "and more");
}

#[test]
fn iter_gives_the_values_of_a_file_and_ends_with_it() {
    let mut file = Vec::new();
    let sizes = [0, 5, 100_000, 1, 600];
    sizes.iter().for_each(|size| dump(&event(*size), &mut file).unwrap());
    let events: Vec<Event> = Unpickler::new().iter(&file[..]).collect::<Result<_, _>>().unwrap();
    assert!(events.iter().map(|event| event.id as usize).eq(sizes));
}

#[test]
fn iter_ends_after_the_first_error() {
    let mut file = bytes_of(&1u8);
    file.extend(bytes_of("no number"));
    file.extend(bytes_of(&3u8));
    let mut values = Unpickler::new().iter::<u8, _>(&file[..]);
    assert_eq!(values.next().unwrap().unwrap(), 1);
    assert_eq!(values.next().unwrap().unwrap_err().kind(), ErrorKind::WrongType);
    assert!(values.next().is_none());
    assert!(values.next().is_none());

    let cut = &file[..bytes_of(&1u8).len() + 9];
    let mut values = Unpickler::new().iter::<u8, _>(cut);
    assert!(values.next().unwrap().is_ok());
    assert_eq!(values.next().unwrap().unwrap_err().kind(), ErrorKind::Truncated);
    assert!(values.next().is_none());
}

#[test]
fn readers_that_give_little_or_are_interrupted() {
    for size in [0, 600, 5000, 300_000] {
        let bytes = Pickler::new().checksum(true).dumps(&event(size)).unwrap();
        assert!(load::<Event, _>(OneByte(&bytes[..])).unwrap() == event(size));
        assert!(load::<Event, _>(Interrupted::new(&bytes[..])).unwrap() == event(size));
    }
}

#[test]
fn a_reader_that_fails_midway_gives_its_error() {
    let bytes = bytes_of(&event(3000));
    for end in [0, 1, 13, 14, 17, 40, bytes.len() / 2, bytes.len() - 1] {
        let error = load::<Event, _>(Breaks::after(&bytes[..end])).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (ErrorKind::Io, Some(end as u64)));
        assert_says(&error, &["the cable was pulled"]);
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.downcast_ref::<std::io::Error>().is_some());
    }
    assert_eq!(load::<Event, _>(Breaks::after(&bytes)).unwrap(), event(3000));
}

#[test]
fn a_writer_that_fails_midway_gives_its_error() {
    let whole = bytes_of(&event(600_000)).len();
    for room in [0, 1, 100, 1000, 200_000, whole - 1] {
        let mut disk = Disk::with_room(room);
        let error = dump(&event(600_000), &mut disk).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert_says(&error, &["no space left"]);
        assert_eq!(disk.bytes.len(), room);
    }
    let mut disk = Disk::with_room(whole);
    dump(&event(600_000), &mut disk).unwrap();
    assert!(loads::<Event>(&disk.bytes).unwrap() == event(600_000));
}

#[test]
fn a_pickler_can_be_used_after_a_writer_failed() {
    let mut pickler = Pickler::new().checksum(true);
    assert!(pickler.dump(&event(300_000), Disk::with_room(200)).is_err());
    let bytes = pickler.dumps(&event(10)).unwrap();
    assert_eq!(loads::<Event>(&bytes).unwrap(), event(10));
}

#[test]
fn every_prefix_of_a_stream_is_refused() {
    for checksum in [false, true] {
        let bytes = Pickler::new().checksum(checksum).dumps(&event(900)).unwrap();
        for end in 0..bytes.len() {
            load_error::<Event>(&bytes[..end]);
            assert_eq!(load::<Event, _>(&bytes[..end]).unwrap_err().kind(), ErrorKind::Truncated, "{end}");
        }
    }
}

#[test]
fn no_input_at_all() {
    assert_eq!(load_error::<u8>(b"").kind(), ErrorKind::Truncated);
    assert_eq!(load::<u8, _>(&b""[..]).unwrap_err().kind(), ErrorKind::Truncated);
    assert!(Unpickler::new().iter::<u8, _>(&b""[..]).next().is_none());
}

#[test]
fn bytes_after_the_value_are_refused_by_loads() {
    for checksum in [false, true] {
        let one = Pickler::new().checksum(checksum).dumps(&event(700)).unwrap();
        let two = [&one[..], &one[..]].concat();
        let error = load_error::<Event>(&two);
        if !checksum {
            assert_eq!((error.kind(), error.offset()), (ErrorKind::Trailing, Some(one.len() as u64)));
            assert_says(error, &["Unpickler::iter"]);
        }
    }
    let mut bytes = bytes_of(&1u8);
    bytes.push(0);
    assert_eq!(load_error::<u8>(&bytes).kind(), ErrorKind::Trailing);
}

#[test]
fn a_checksum_tells_every_change_of_one_byte() {
    let bytes = Pickler::new().checksum(true).dumps(&event(300)).unwrap();
    for at in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            load_error::<Event>(&changed);
            assert!(load::<Event, _>(&changed[..]).is_err(), "byte {at}");
        }
    }
}

#[test]
fn a_changed_checksum_is_told_before_anything_is_built() {
    let mut bytes = Pickler::new().checksum(true).dumps(&vec![true; 3]).unwrap();
    let at = bytes.len() - 5;
    bytes[at] = 2;
    for error in [load_error::<Vec<bool>>(&bytes), load::<Vec<bool>, _>(&bytes[..]).unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Checksum);
    }
}

#[test]
fn a_fingerprint_alone_serves_the_same_type() {
    for size in [0, 300, 100_000] {
        let bytes = Pickler::new().schema(Schema::Fingerprint).dumps(&event(size)).unwrap();
        assert!(bytes.len() < bytes_of(&event(size)).len());
        assert!(loads::<Event>(&bytes).unwrap() == event(size));
        assert!(load::<Event, _>(&bytes[..]).unwrap() == event(size));
    }
}

#[test]
fn a_pickler_writes_the_same_bytes_whatever_it_wrote_before() {
    let mut pickler = Pickler::new();
    let mut slot = vec![1, 2, 3];
    for size in [10, 10, 40, 10, 400_000, 0, 700, 130_000, 10] {
        let fresh = bytes_of(&event(size));
        assert!(pickler.dumps(&event(size)).unwrap() == fresh, "{size}");
        assert!(pickler.dump_slice(&event(size)).unwrap() == fresh, "{size}");
        pickler.dump_into(&event(size), &mut slot).unwrap();
        assert!(slot == fresh, "{size}");
        let mut written = Vec::new();
        pickler.dump(&event(size), &mut written).unwrap();
        assert!(written == fresh, "{size}");
    }
}

#[test]
fn texts_of_any_length_follow_each_other() {
    let mut pickler = Pickler::new();
    // As long as the one before, longer and shorter by little, beyond a block, in a block of their own.
    for length in [5, 5, 5, 6, 6, 6, 4, 4, 4, 300, 300, 300, 0, 0, 0, 400, 400, 600, 5, 5, 5, 200_000, 200_000, 3] {
        let value = (7u8, "t".repeat(length), vec![length as u16; length % 7], "end".to_owned());
        assert_eq!(pickler.dumps(&value).unwrap(), bytes_of(&value), "{length}");
    }
    // Several blocks, the last one larger and smaller than a first one.
    for count in [1300, 1300, 1300, 900, 900, 900, 1300] {
        let value = vec!["x".to_owned(); count];
        assert_eq!(pickler.dumps(&value).unwrap(), bytes_of(&value), "{count}");
    }
}

#[test]
fn options_hold_for_the_values_dumped_after_them() {
    let (twice, value) = ("twice".to_owned(), ("text".to_owned(), 1u8));
    let mut pickler = Pickler::new();
    pickler.dumps(&value).unwrap();
    let mut pickler = pickler.schema(Schema::Fingerprint);
    let fingerprint = Pickler::new().schema(Schema::Fingerprint).dumps(&value).unwrap();
    assert_eq!(pickler.dumps(&value).unwrap(), fingerprint);
    assert_eq!(pickler.dumps(&twice).unwrap(), Pickler::new().schema(Schema::Fingerprint).dumps(&twice).unwrap());
    assert_eq!(pickler.dumps(&value).unwrap(), fingerprint);
    let mut pickler = pickler.schema(Schema::Embedded).checksum(true);
    let checked = Pickler::new().checksum(true).dumps(&value).unwrap();
    assert_eq!(pickler.dumps(&value).unwrap(), checked);
    let mut pickler = pickler.checksum(false);
    assert_eq!(pickler.dumps(&value).unwrap(), bytes_of(&value));
    assert_eq!(pickler.checksum(true).dumps(&value).unwrap(), checked);
}

#[test]
fn values_of_all_kinds_follow_each_other() {
    use std::rc::Rc;
    let (plain, number) = (event(10), Rc::new(1u8));
    let shared = [number.clone(), number];
    let items: Vec<Box<dyn Item>> = vec![Box::new(Label("l".into())), Box::new(Number { n: 1, label: None })];
    let value: Value = loads(&bytes_of("text")).unwrap();
    let mut pickler = Pickler::new();
    for _ in 0..3 {
        for _ in 0..2 {
            assert_eq!(pickler.dumps(&plain).unwrap(), bytes_of(&plain));
        }
        for _ in 0..2 {
            assert_eq!(pickler.dumps(&shared).unwrap(), bytes_of(&shared));
        }
        assert_eq!(pickler.dumps(&plain).unwrap(), bytes_of(&plain));
        for _ in 0..2 {
            assert_eq!(pickler.dumps(&items).unwrap(), bytes_of(&items));
        }
        assert_eq!(pickler.dumps(&plain).unwrap(), bytes_of(&plain));
        for _ in 0..2 {
            assert_eq!(pickler.dumps(&value).unwrap(), bytes_of(&value));
        }
    }
}

#[test]
fn a_pickler_can_be_used_after_a_value_was_refused() {
    let mut pickler = Pickler::new();
    let mut slot = vec![1];
    let cells = vec![std::cell::RefCell::new(1u8); 3];
    let held = cells[2].borrow_mut();
    assert!(pickler.dump_into(&cells, &mut slot).is_err());
    assert!(slot.is_empty());
    drop(held);
    assert_eq!(pickler.dumps(&cells).unwrap(), bytes_of(&cells));
    let held = cells[0].borrow_mut();
    assert!(pickler.dumps(&cells).is_err());
    drop(held);
    assert_eq!(pickler.dumps(&cells).unwrap(), bytes_of(&cells));
}

/// Dumps until it is told to panic.
#[derive(Pickle)]
struct Panics<T>(T, #[pickle(with = panics)] bool);

mod panics {
    pub(super) fn dump(panics: &bool) -> u8 {
        assert!(!panics, "told to");
        0
    }

    pub(super) fn load(_: u8) -> Result<bool, std::convert::Infallible> {
        Ok(false)
    }
}

#[test]
fn a_pickler_can_be_used_after_a_value_panicked() {
    use std::cell::RefCell;
    let mut pickler = Pickler::new();
    let mut dumps_after_a_panic = |value: &dyn Fn(&mut Pickler<'_>)| {
        let fine = Panics(RefCell::new(1u8), false);
        assert_eq!(pickler.dumps(&fine).unwrap(), bytes_of(&fine));
        catch_unwind(AssertUnwindSafe(|| value(&mut pickler))).unwrap_err();
        assert_eq!(pickler.dumps(&fine).unwrap(), bytes_of(&fine));
    };
    dumps_after_a_panic(&|pickler| {
        let _ = pickler.dumps(&Panics(std::rc::Rc::new(1u8), true));
    });
    // Large enough for several blocks.
    let value: Value = loads(&bytes_of(&vec!["text".to_owned(); 500])).unwrap();
    let mut after_a_panic = Pickler::new();
    catch_unwind(AssertUnwindSafe(|| after_a_panic.dumps(&Panics(std::rc::Rc::new(1u8), true)).map(drop))).unwrap_err();
    assert_eq!(after_a_panic.dumps(&value).unwrap(), bytes_of(&value));
    dumps_after_a_panic(&|pickler| {
        let held = Panics(RefCell::new(1u8), true);
        let _guard = held.0.borrow_mut();
        let _ = pickler.dumps(&held);
    });
}

#[object]
trait Item {
    fn text(&self) -> String;
}

#[derive(Pickle)]
struct Label(String);

#[derive(Pickle)]
struct Number {
    n: u64,
    label: Option<String>,
}

#[object]
impl Item for Label {
    fn text(&self) -> String {
        self.0.clone()
    }
}

#[object]
impl Item for Number {
    fn text(&self) -> String {
        format!("{}{}", self.n, self.label.as_deref().unwrap_or_default())
    }
}

/// Sizes round each block's limit.
fn sizes() -> impl Iterator<Item = usize> {
    let limits = [0, 256, 512, 1024, 1536, 2048, 3584, 4096, 131_072, 262_144, 393_216];
    limits.into_iter().flat_map(|limit: usize| limit.saturating_sub(30)..limit + 3)
}

#[test]
fn dump_and_dumps_write_the_same_bytes_round_every_block_limit() {
    let mut pickler = Pickler::new().checksum(true);
    for size in sizes() {
        let value =
            (size as u16, "a".repeat(size), vec![1u8; size / 2], vec![(size as u32, "b".to_owned()); size / 100]);
        let whole = pickler.dumps(&value).unwrap();
        let mut written = Vec::new();
        pickler.dump(&value, &mut written).unwrap();
        assert!(whole == written, "{size}");
        assert!(loads::<(u16, String, Vec<u8>, Vec<(u32, String)>)>(&whole).unwrap() == value, "{size}");
    }
}

#[test]
fn strings_and_numbers_of_every_size_up_to_two_blocks() {
    for size in 0..1700 {
        let value = ("x".repeat(size % 53), vec![size as u16; size / 2], "y".repeat(size), size as u64);
        let bytes = bytes_of(&value);
        assert!(loads::<(String, Vec<u16>, String, u64)>(&bytes).unwrap() == value, "{size}");
        let mut written = Vec::new();
        dump(&value, &mut written).unwrap();
        assert!(written == bytes, "{size}");
    }
}

#[test]
fn trait_objects_that_are_first_met_anywhere_in_a_stream() {
    for count in (0..80).chain([500, 5000]) {
        let mut items: Vec<Box<dyn Item>> =
            (0..count).map(|n| Box::new(Label("l".repeat(n % 19))) as Box<dyn Item>).collect();
        items.push(Box::new(Number { n: 5, label: Some("n".repeat(count)) }));
        items.push(Box::new(Label("last".into())));
        let bytes = bytes_of(&items);
        let mut written = Vec::new();
        dump(&items, &mut written).unwrap();
        assert!(written == bytes, "{count}");
        for back in [loads::<Vec<Box<dyn Item>>>(&bytes).unwrap(), load(OneByte(&bytes[..])).unwrap()] {
            assert!(back.iter().map(|item| item.text()).eq(items.iter().map(|item| item.text())), "{count}");
        }
    }
}

#[test]
fn a_trait_object_that_is_first_met_after_streams_without_one() {
    for length in [3, 200, 600] {
        let items = |there: bool| -> (String, Option<Box<dyn Item>>) {
            ("t".repeat(9), there.then(|| Box::new(Label("l".repeat(length))) as Box<dyn Item>))
        };
        let mut pickler = Pickler::new();
        for there in [false, false, false, true, true, false, true] {
            assert_eq!(pickler.dumps(&items(there)).unwrap(), bytes_of(&items(there)), "{length}");
        }
    }
}

#[test]
fn a_value_larger_than_many_blocks() {
    let numbers: Vec<u64> = (0..200_000).collect();
    same((numbers, (0..40_000).map(|n| n.to_string()).collect::<Vec<_>>(), 'x'));
}

#[test]
fn dump_takes_a_writer_by_value_or_by_reference() {
    let mut file = Vec::new();
    dump(&1u8, &mut file).unwrap();
    let folder = std::env::temp_dir().join(format!("pickle-tests-streams-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("one.pickle");
    dump(&event(1000), std::fs::File::create(&path).unwrap()).unwrap();
    assert_eq!(load::<Event, _>(std::fs::File::open(&path).unwrap()).unwrap(), event(1000));
    assert_eq!(std::fs::read(&path).unwrap(), dumps(&event(1000)).unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
}
