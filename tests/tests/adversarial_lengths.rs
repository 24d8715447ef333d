//! Lengths that claim what is not there, and types that take more than their bytes: each is refused by its own error, and
//! next to nothing is allocated. One test, because it counts for the whole process.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]
#![allow(clippy::linkedlist, reason = "it is what is tested")]

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use peak_alloc::PeakAlloc;
use pickle_core::{ErrorKind, Pickle, Reduced, UnpickleOwned, Unpickler, Value, dumps, func, function, loads, object};
use pickle_tests::by_hand::{LAST, TYPE, U8, UNIT, array, block, header_of, long, sequence, stream, structure};
use pickle_tests::memory::{BESIDE, MIB, peak, refused};
use pickle_tests::{bytes_of, patch};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const CLAIMS: [u64; 5] = [301, u32::MAX as u64 + 1, 1 << 44, i64::MAX as u64, u64::MAX];

#[test]
fn what_is_not_there_costs_nothing() {
    claims();
    claims_behind_pointers();
    nothing_many_times();
    large_values_of_few_bytes();
    arrays_of_arrays();
    names_and_numbers();
    short_lengths_in_the_long_form();
}

/// Below 255 there is one form of a length.
fn short_lengths_in_the_long_form() {
    fn claim<T: Pickle + UnpickleOwned>(name: &str, sample: &T) {
        for length in [0, 1, 253, 254] {
            let mut bytes = header_of(&dumps(sample).unwrap());
            bytes.extend(block(&[long(length), vec![0; 254]].concat(), &[b'x'; 254], LAST));
            let what = format!("{name} of {length}");
            refused::<T>(&what, &bytes, ErrorKind::Corrupt, &["in its long form that has a short one"], BESIDE);
            assert!(loads::<Value>(&bytes).is_err(), "{what} as a `Value`");
        }
    }
    claim("String", &String::new());
    claim("Vec of bytes", &Vec::<u8>::new());
    claim("Vec of numbers", &Vec::<u16>::new());
    claim("BTreeSet", &BTreeSet::<u8>::new());
    claim("BTreeMap", &BTreeMap::<u8, u8>::new());
}

/// Loads a value of 300 units whose stream says that there are more.
fn claim<T: Pickle + UnpickleOwned>(name: &str, value: &T) {
    claim_refused_with(name, value, u64::to_string);
}

/// The same for text, which is looked for in the next block where this one has less.
fn claim_of_text<T: Pickle + UnpickleOwned>(name: &str, value: &T) {
    claim_refused_with(name, value, |_| "300 of text more than its values take".to_owned());
}

fn claim_refused_with<T: Pickle + UnpickleOwned>(name: &str, value: &T, about: fn(&u64) -> String) {
    for length in CLAIMS {
        let mut bytes = bytes_of(value);
        patch(&mut bytes, &300u64.to_le_bytes(), &length.to_le_bytes());
        let what = format!("{name} of {length}");
        // One more than there are is only missed once those are built.
        let memory = if length == 301 { 300 * 128 } else { BESIDE };
        let about_it = if length == 301 { "damaged".to_owned() } else { about(&length) };
        refused::<T>(&what, &bytes, ErrorKind::Corrupt, &[&about_it, "intact copy"], memory);
        let (value, taken) = peak(|| loads::<Value>(&bytes).map(drop));
        assert!(value.is_err() && taken < 16 * BESIDE + 300 * 128, "{what} as a `Value`: {taken} bytes were taken");
    }
}

fn claims() {
    let numbers = || 0..300u32;
    let strings = || vec![String::from("s"); 300];
    claim("Vec of bytes", &vec![1u8; 300]);
    claim("Vec", &vec![1u64; 300]);
    claim("Vec of strings", &strings());
    claim("Vec of Vecs", &vec![vec![1u8]; 300]);
    claim("VecDeque", &numbers().collect::<VecDeque<_>>());
    claim("LinkedList", &numbers().collect::<LinkedList<_>>());
    claim("BinaryHeap", &numbers().collect::<BinaryHeap<_>>());
    claim("boxed slice", &numbers().collect::<Box<[_]>>());
    claim("HashSet", &numbers().collect::<HashSet<_>>());
    claim("BTreeSet", &numbers().collect::<BTreeSet<_>>());
    claim("HashMap", &numbers().map(|n| (n, n)).collect::<HashMap<_, _>>());
    claim("BTreeMap", &numbers().map(|n| (n, n)).collect::<BTreeMap<_, _>>());
    claim_of_text("String", &"s".repeat(300));
    claim_of_text("boxed str", &"s".repeat(300).into_boxed_str());
    claim_of_text("OsString", &OsString::from("s".repeat(300)));
    claim_of_text("PathBuf", &PathBuf::from("s".repeat(300)));
    claim("CString", &CString::new("s".repeat(300)).unwrap());
    #[cfg(unix)]
    claim("OsString that is no text", &<OsString as std::os::unix::ffi::OsStringExt>::from_vec(vec![0xff; 300]));

    // What can borrow is not `UnpickleOwned`.
    let mut bytes = bytes_of(&vec![1u64; 300]);
    patch(&mut bytes, &300u64.to_le_bytes(), &(1u64 << 44).to_le_bytes());
    let (result, taken) = peak(|| loads::<Cow<'_, [u64]>>(&bytes).map(drop));
    assert!(result.is_err_and(|error| error.kind() == ErrorKind::Corrupt) && taken <= BESIDE);
    for name in ["bytes", "text"] {
        let (mut bytes, mut text) = (bytes_of(&vec![1u8; 300]), bytes_of(&"s".repeat(300)));
        for bytes in [&mut bytes, &mut text] {
            patch(bytes, &300u64.to_le_bytes(), &u64::MAX.to_le_bytes());
        }
        let (kind, taken) = peak(|| {
            let kind = |result: pickle_core::Result<()>| result.map_err(|error| error.kind());
            [
                kind(loads::<&[u8]>(&bytes).map(drop)),
                kind(loads::<Cow<'_, [u8]>>(&bytes).map(drop)),
                kind(loads::<&str>(&text).map(drop)),
                kind(loads::<Cow<'_, str>>(&text).map(drop)),
            ]
        });
        assert!(kind == [Err(ErrorKind::Corrupt); 4] && taken <= 2 * BESIDE, "borrowed {name}: {kind:?}, {taken}");
        let error = loads::<&[u8]>(&bytes).unwrap_err();
        assert!(error.to_string().contains(&u64::MAX.to_string()), "{error}");
    }
}

fn claims_behind_pointers() {
    claim_of_text("Rc of a str", &Rc::<str>::from("s".repeat(300)));
    claim("Arc of a slice", &Arc::<[u64]>::from([1; 300]));
    claim("Rc of a Vec", &Rc::new(vec![String::new(); 300]));
    claim("Vec in a cell", &RefCell::new(vec![1u32; 300]));
    claim("Vec in a box", &Box::new(vec![1u32; 300]));
}

#[derive(Pickle, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Unit;

/// Elements that take no bytes: any number of them stands in no bytes at all.
fn nothing_many_times() {
    fn claim<T: Pickle + UnpickleOwned>(name: &str, sample: &T, parts: &[&str]) {
        for length in [9000, 1 << 44, u64::MAX] {
            let mut bytes = header_of(&dumps(sample).unwrap());
            bytes.extend(block(&long(length), &[], LAST));
            refused::<T>(&format!("{name} of {length}"), &bytes, ErrorKind::Limit, parts, 16 * BESIDE);
        }
    }
    let elements = &["max_empty_elements, 8192", "raise it with `Unpickler::max_empty_elements`"];
    claim("Vec of nothing", &Vec::<()>::new(), elements);
    claim("Vec of units", &Vec::<Unit>::new(), elements);
    claim("Vec of arrays of nothing", &Vec::<[(); 1 << 20]>::new(), elements);
    claim("Vec of boxes of nothing", &Vec::<Box<()>>::new(), elements);
    claim("Vec of cells of nothing", &Vec::<RefCell<()>>::new(), elements);
    claim("VecDeque of nothing", &VecDeque::<Unit>::new(), elements);
    claim("LinkedList of nothing", &LinkedList::<Unit>::new(), elements);
    claim("BinaryHeap of nothing", &BinaryHeap::<Unit>::new(), elements);
    claim("boxed slice of nothing", &Vec::<Unit>::new().into_boxed_slice(), elements);
    claim("HashSet of nothing", &HashSet::<Unit>::new(), elements);
    claim("BTreeSet of nothing", &BTreeSet::<Unit>::new(), elements);
    claim("HashMap of nothing", &HashMap::<Unit, Unit>::new(), elements);
    claim("BTreeMap of nothing", &BTreeMap::<Unit, Unit>::new(), elements);
}

#[derive(Pickle)]
struct Wide {
    byte: u8,
    #[pickle(skip = [0; 8192])]
    scratch: [u64; 8192],
}

#[derive(Pickle)]
struct WideNothing {
    #[pickle(skip = [0; 8192])]
    scratch: [u64; 8192],
}

/// 64 KiB in memory for a byte of the stream, or for none: the number times the size overflows, or is just too much.
fn large_values_of_few_bytes() {
    let samples = (Wide { byte: 1, scratch: [0; 8192] }, WideNothing { scratch: [0; 8192] });
    assert!(samples.0.byte == 1 && samples.0.scratch == samples.1.scratch);
    let mut bytes = header_of(&dumps(&Vec::<Wide>::new()).unwrap());
    bytes.extend(block(&[long(4000), vec![1; 4000]].concat(), &[], LAST));
    let limit = ["max_memory, 134217728 bytes", "raise it with `Unpickler::max_memory`"];
    refused::<Vec<Wide>>("wide values", &bytes, ErrorKind::Limit, &limit, BESIDE);

    for length in [1u64 << 47, 1 << 48, (1 << 48) + 1, 1 << 61, u64::MAX] {
        let mut bytes = header_of(&dumps(&Vec::<WideNothing>::new()).unwrap());
        bytes.extend(block(&long(length), &[], LAST));
        let unlimited = Unpickler::new().max_empty_elements(usize::MAX);
        let (result, taken) = peak(|| unlimited.loads::<Vec<WideNothing>>(&bytes).map(drop));
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{length}: {error}");
        assert!(error.to_string().contains("max_memory") && taken <= BESIDE, "{length}: {error}; {taken} were taken");
        // No system has as much, whatever the limit.
        let (result, taken) = peak(|| unlimited.max_memory(usize::MAX).loads::<Vec<WideNothing>>(&bytes).map(drop));
        let error = result.unwrap_err();
        assert!(error.kind() == ErrorKind::Limit && taken <= BESIDE, "{length}: {error}; {taken} were taken");
    }
}

fn arrays_of_arrays() {
    // In this program's own types.
    type Cube = [[[u64; 16]; 16]; 16];
    let mut bytes = header_of(&dumps(&Vec::<Cube>::new()).unwrap());
    bytes.extend(block(&[long(1 << 49), vec![0; 400]].concat(), &[], LAST));
    refused::<Vec<Cube>>("a Vec of cubes", &bytes, ErrorKind::Corrupt, &["562949953421312"], BESIDE);

    // In the stream's: behind a field that this program no longer has, and in a `Value`.
    #[derive(Pickle)]
    struct Kept {
        kept: u8,
    }
    assert_eq!(Kept { kept: 1 }.kept, 1);
    for (of, count) in [(U8, 1 << 20), (U8, 1 << 62), (UNIT, 1 << 20), (UNIT, u64::MAX), (TYPE + 4, 1 << 20)] {
        let mut types = vec![structure("Kept", &[("kept", U8), ("gone", TYPE + 1)])];
        types.extend([array(TYPE + 2, count), array(TYPE + 3, count), array(of, count)]);
        if of == TYPE + 4 {
            types.push(sequence(UNIT));
        }
        let bytes = stream(&types, 0, &[&[7][..], &[1; 100]].concat());
        let (kind, taken) = peak(|| loads::<Kept>(&bytes).err().map(|error| error.kind()));
        let refused = matches!(kind, Some(ErrorKind::Corrupt | ErrorKind::Limit));
        assert!(refused && taken <= 16 * BESIDE, "arrays of {count} of {of}: {kind:?}, {taken} bytes were taken");
        // A `Value` has a place for each, and a limit beside that of what is read.
        let unpickler = Unpickler::new().max_memory(MIB);
        let (kind, taken) = peak(|| unpickler.loads::<Value>(&bytes).err().map(|error| error.kind()));
        let refused = matches!(kind, Some(ErrorKind::Corrupt | ErrorKind::Limit));
        assert!(refused && taken <= 2 * MIB + MIB / 16, "arrays of {count} of {of} as a `Value`: {kind:?}, {taken}");
    }
}

#[object]
trait Part {}

#[derive(Pickle)]
struct Wheel;

#[object]
impl Part for Wheel {}

#[derive(Pickle)]
#[pickle(reduce = Self::parts)]
struct Chosen(u8);

#[function]
fn choose(number: u8) -> Result<Chosen, String> {
    Ok(Chosen(number))
}

impl Chosen {
    fn parts(&self) -> Reduced<Chosen> {
        Reduced::new(func!(choose), self.0)
    }
}

/// Numbers of types, objects and tables.
fn names_and_numbers() {
    for number in CLAIMS {
        let sample: Box<dyn Part> = Box::new(Wheel);
        let mut bytes = header_of(&dumps(&sample).unwrap());
        bytes.extend(block(&long(number), &[], LAST));
        refused::<Box<dyn Part>>("a type's number", &bytes, ErrorKind::Corrupt, &["has not defined"], BESIDE);

        let mut bytes = header_of(&dumps(&Chosen(1)).unwrap());
        bytes.extend(block(&long(number), &[], LAST));
        refused::<Chosen>("a rebuilder's number", &bytes, ErrorKind::Corrupt, &["has not defined"], BESIDE);

        let mut bytes = header_of(&dumps(&func!(choose)).unwrap());
        bytes.extend(block(&long(number), &[], LAST));
        let limit = [&number.to_string(), "the limit is 256"];
        refused::<pickle_core::Function<fn(u8) -> Result<Chosen, String>>>(
            "a name's length",
            &bytes,
            ErrorKind::Limit,
            &limit,
            BESIDE,
        );
    }
    // Each of the three tables that come before objects, and the cells of a record that wait.
    let sample = Rc::new(RefCell::new(1u8));
    let header = || header_of(&dumps(&sample).unwrap());
    for (name, before) in [("scopes", vec![]), ("classes", vec![0u32]), ("objects", vec![0, 1, 0, 0, 0])] {
        for count in [1u32, 1 << 20, u32::MAX] {
            let mut data: Vec<u8> = before.iter().flat_map(|number| number.to_le_bytes()).collect();
            data.extend(count.to_le_bytes());
            let mut bytes = header();
            bytes.extend(block(&data, &[], LAST));
            refused::<Rc<RefCell<u8>>>(name, &bytes, ErrorKind::Corrupt, &[&count.to_string()], BESIDE);
        }
    }
    for count in [1u32 << 20, u32::MAX] {
        let mut data: Vec<u8> = [0u32, 1, 0, 0, 0, 1].iter().flat_map(|number| number.to_le_bytes()).collect();
        data.extend([1, 0, 0, 0, 0, 0]);
        data.extend(count.to_le_bytes());
        let mut bytes = header();
        bytes.extend(block(&data, &[], LAST));
        refused::<Rc<RefCell<u8>>>("waiting cells", &bytes, ErrorKind::Corrupt, &[&count.to_string()], BESIDE);
    }
}
