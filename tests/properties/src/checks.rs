//! What must hold of every load, whatever the bytes are.

use pickle_core::inspect::{Span, Stream as Inspected, Visitor};
use pickle_core::{Error, ErrorKind, Pickle, UnpickleOwned, Unpickler, Value, dumps, loads};

use crate::Memory;
use crate::stream::Stream;

/// What a load may take of memory.
pub const LIMIT: usize = 256 << 10;
/// Limits that many loads end at.
pub const TIGHT: [usize; 4] = [512, 6 << 10, 12 << 10, 40 << 10];
/// What it may take beyond, whatever the input: for what an error says.
const BESIDE: usize = 4 << 10;
/// Bytes of an error's text.
const LONGEST_TEXT: usize = 8 << 10;

/// A type that is tried.
pub trait Tried: Pickle + UnpickleOwned {
    /// Takes apart what would keep itself.
    fn let_go(&self) {}
}

/// A value that is taken apart when it is dropped.
struct Held<T: Tried>(T);

impl<T: Tried> Drop for Held<T> {
    fn drop(&mut self) {
        self.0.let_go();
    }
}

/// The result of `work`, and the most memory that it held at once.
pub fn measured<T>(memory: Memory, work: impl FnOnce() -> T) -> (T, usize) {
    memory.reset_peak_usage();
    let before = memory.current_usage();
    let result = work();
    (result, memory.peak_usage().saturating_sub(before))
}

/// The result of a load; asserts that it stayed in its limit.
pub fn within<T>(memory: Memory, limit: usize, load: impl Fn() -> T) -> T {
    let allowed = limit + BESIDE;
    let (result, taken) = measured(memory, &load);
    if taken <= allowed {
        return result;
    }
    // What a program works out once of its own types is no part of a load.
    drop(result);
    let (result, taken) = measured(memory, &load);
    assert!(taken <= allowed, "{taken} bytes were taken where {allowed} are allowed");
    result
}

/// Asserts that an error says something, in bounds.
pub fn explains(error: &Error, length: usize) {
    let text = error.to_string();
    assert!(!text.is_empty() && text.len() < LONGEST_TEXT, "{} bytes of text: {text:.300}", text.len());
    assert!(format!("{error:?}").contains(&text));
    assert!(error.offset().is_none_or(|offset| offset <= length as u64), "beyond {length} bytes: {error}");
    assert!(error.path().len() < 1 << 20);
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        assert!(inner.to_string().len() < LONGEST_TEXT);
        source = inner.source();
    }
}

/// Asserts that two dumps are of equal values: of equal bytes, or with the entries of maps in another order.
pub fn equal(a: &[u8], b: &[u8]) {
    if a != b {
        assert!(loads::<Value>(a).unwrap() == loads::<Value>(b).unwrap(), "two values that should be equal are not");
    }
}

/// Loads bytes as a `T`, so that what a program prepares once is prepared.
pub fn prepare<T: Tried>(bytes: &[u8]) {
    drop(loads::<T>(bytes).map(Held));
}

/// Loads bytes as a `T`: an error that explains itself, or a value that comes back whichever way it goes.
pub fn load<T: Tried>(memory: Memory, bytes: &[u8]) -> bool {
    for limit in TIGHT {
        let tight = Unpickler::new().max_memory(limit);
        drop(within(memory, limit, || tight.loads::<T>(bytes).map(Held)));
    }
    let unpickler = Unpickler::new().max_memory(LIMIT);
    let loaded = within(memory, LIMIT, || unpickler.loads::<T>(bytes).map(Held));
    let from_reader = unpickler.load::<T, _>(bytes).map(Held);
    match loaded {
        Ok(value) => {
            let dumped = again(&value.0);
            let from_reader =
                from_reader.unwrap_or_else(|error| panic!("a reader gives what a slice does not: {error}"));
            equal(&dumped, &dumps(&from_reader.0).unwrap());
            as_value::<T>(bytes, &dumped);
            true
        }
        Err(error) => {
            explains(&error, bytes.len());
            assert!(from_reader.is_err() || error.kind() == ErrorKind::Trailing, "a reader takes it: {error}");
            if let Err(error) = from_reader {
                explains(&error, bytes.len());
            }
            false
        }
    }
}

/// Dumps and loads what has been loaded; gives the dump.
fn again<T: Tried>(value: &T) -> Vec<u8> {
    let dumped = dumps(value).unwrap_or_else(|error| panic!("what was loaded is not dumped: {error}"));
    let back = loads::<T>(&dumped).map(Held);
    let back = back.unwrap_or_else(|error| panic!("what was dumped is not loaded: {error}"));
    equal(&dumped, &dumps(&back.0).unwrap());
    dumped
}

#[derive(Default)]
struct Length(u64);

impl Visitor<'_> for Length {
    fn span(&mut self, span: Span) -> pickle_core::Result<()> {
        self.0 += span.length;
        Ok(())
    }
}

/// The schemas that a stream has: its own, and those in its blocks.
fn schemas(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Some(stream) = Stream::parse(bytes) else { return vec![] };
    let blocks = stream.blocks.into_iter().filter(|block| block.types).map(|block| block.data);
    stream.schema.into_iter().chain(blocks).collect()
}

/// Asserts that what a type takes is taken without it too, and loads as the same after it.
fn as_value<T: Tried>(bytes: &[u8], dumped: &[u8]) {
    let stream = Inspected::open(bytes).unwrap();
    if !stream.is_embedded() {
        return;
    }
    let is_older = schemas(bytes) != schemas(dumped);
    let mut length = Length::default();
    match stream.walk(&mut length) {
        Ok(()) => {}
        // Keys that a type has no map or set for any more nobody compares.
        Err(error) if is_older && error.kind() == ErrorKind::DuplicateKey => return,
        Err(error) => panic!("a walk refuses what the type takes: {error}"),
    }
    assert_eq!(length.0, bytes.len() as u64, "not every byte is explained");
    let value: Value = loads(bytes).unwrap_or_else(|error| panic!("a `Value` refuses what the type takes: {error}"));
    let written = dumps(&value).unwrap_or_else(|error| panic!("a `Value` is not dumped: {error}"));
    let back = loads::<T>(&written).map(Held);
    let back = back.unwrap_or_else(|error| panic!("the dump of a `Value` is not loaded: {error}"));
    equal(dumped, &dumps(&back.0).unwrap());
}

/// Asserts that a value is the same after a dump and a load, whichever way they go.
pub fn comes_back<T: Tried>(value: T, same: impl Fn(&T, &T) -> bool) {
    let value = Held(value);
    let dumped = match dumps(&value.0) {
        Ok(dumped) => dumped,
        Err(error) => {
            explains(&error, 0);
            let refused = matches!(error.kind(), ErrorKind::Limit | ErrorKind::Unrepresentable | ErrorKind::Cycle);
            assert!(refused, "{error}");
            return;
        }
    };
    let mut written = Vec::new();
    pickle_core::dump(&value.0, &mut written).unwrap();
    equal(&dumped, &written);
    let mut sealed = pickle_core::Pickler::new().schema(pickle_core::Schema::Fingerprint).checksum(true);
    for bytes in [&dumped, &sealed.dumps(&value.0).unwrap()] {
        let back = loads::<T>(bytes).map(Held);
        let back = back.unwrap_or_else(|error| panic!("what was dumped is not loaded: {error}"));
        assert!(same(&value.0, &back.0), "another value came back");
    }
    as_value::<T>(&dumped, &dumped);
}
