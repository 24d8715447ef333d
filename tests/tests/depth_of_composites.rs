//! Whatever values nest through, the depth is counted: on half a mebibyte of stack the default limit is reached before the
//! stack ends, while a value is dumped, loaded, brought up from an older shape, or read without its type.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::linkedlist, clippy::vec_box, reason = "they are what is tested")]

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, LinkedList, VecDeque};
use std::convert::Infallible;
use std::mem;
use std::ops::{Bound, Range};
use std::rc::{Rc, Weak};
use std::sync::{Mutex, OnceLock, RwLock};
use std::thread;

use pickle_core::{
    ErrorKind, Pickle, Pickler, Reduced, UnpickleOwned, Unpickler, Value, dumps, func, function, loads, object,
};
use pickle_tests::{assert_says, on_small_stack};

const LEVELS: usize = 3_000;

/// Nests a value far beyond the limit, and as far as it goes within it.
fn check<T: Pickle + UnpickleOwned + 'static>(leaf: fn() -> T, around: fn(T) -> T) {
    let nested = move |levels: usize| (0..levels).fold(leaf(), |inner, _| around(inner));
    let on_large_stack =
        move || Pickler::new().max_depth(usize::MAX).dumps(&nested(LEVELS)).expect("it can be dumped somewhere");
    let bytes = thread::Builder::new().stack_size(256 << 20).spawn(on_large_stack).unwrap().join().unwrap();
    on_small_stack(move || {
        let value = nested(LEVELS);
        let error = dumps(&value).unwrap_err();
        // Its own end would recurse.
        mem::forget(value);
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
        assert_says(&error, &["max_depth, 256", "Pickler::max_depth"]);
        for error in [loads::<T>(&bytes).map(drop).unwrap_err(), loads::<Value>(&bytes).map(drop).unwrap_err()] {
            assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
            assert_says(&error, &["max_depth, 256", "Unpickler::max_depth"]);
        }
        let (mut fits, mut too_deep) = (0, 300);
        while too_deep - fits > 1 {
            let middle = (fits + too_deep) / 2;
            if dumps(&nested(middle)).is_ok() { fits = middle } else { too_deep = middle }
        }
        assert!(fits >= 50, "only {fits} levels within the limit");
        let bytes = dumps(&nested(fits)).unwrap();
        assert!(dumps(&loads::<T>(&bytes).unwrap()).unwrap() == bytes, "{fits} levels came back changed");
        // What is read without its type may count pieces that the type makes in one.
        let value: Value = Unpickler::new().max_depth(512).loads(&bytes).unwrap();
        let again = Pickler::new().max_depth(512).dumps(&value).unwrap();
        assert!(Unpickler::new().max_depth(512).loads::<Value>(&again).unwrap() == value, "{fits} levels as a `Value`");
    });
}

macro_rules! composites {
    ($($test:ident: $leaf:expr, $around:expr;)*) => {$(
        #[test]
        fn $test() {
            check(|| $leaf, $around);
        }
    )*};
}

#[derive(Pickle)]
struct InBox {
    next: Option<Box<InBox>>,
}

#[derive(Pickle)]
struct Newtype(Option<Box<Newtype>>);

#[derive(Pickle)]
#[pickle(transparent)]
struct Transparent(Option<Box<Transparent>>);

#[derive(Pickle)]
struct Tuple((u8, Option<Box<Tuple>>, String));

#[derive(Pickle)]
struct Array([Option<Box<Array>>; 2]);

#[derive(Pickle)]
enum Enum {
    End,
    Tuple(u8, Box<Enum>),
}

#[derive(Pickle)]
enum NamedVariant {
    End,
    Next { label: String, next: Box<NamedVariant> },
}

#[derive(Pickle)]
struct Options(Option<Option<Option<Box<Options>>>>);

#[derive(Pickle)]
struct Results(Result<Box<Results>, ()>);

#[derive(Pickle)]
struct Bounds(Bound<Box<Bounds>>);

#[derive(Pickle)]
struct Ranges(Option<Box<Range<Ranges>>>);

#[derive(Pickle)]
struct Vecs(Vec<Vecs>);

#[derive(Pickle)]
struct Slices(Box<[Slices]>);

#[derive(Pickle)]
struct Deques(VecDeque<Deques>);

#[derive(Pickle)]
struct Lists(LinkedList<Lists>);

#[derive(Pickle, PartialEq, Eq, PartialOrd, Ord)]
struct Heaps(BinaryHeapOf<Heaps>);

/// A heap is ordered by nothing here: it has one element.
#[derive(Pickle)]
#[pickle(transparent)]
struct BinaryHeapOf<T: Ord>(BinaryHeap<T>);

impl<T: Ord> PartialEq for BinaryHeapOf<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T: Ord> Eq for BinaryHeapOf<T> {}

impl<T: Ord> PartialOrd for BinaryHeapOf<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Ord> Ord for BinaryHeapOf<T> {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

#[derive(Pickle, PartialEq, Eq, PartialOrd, Ord)]
struct Sets(BTreeSet<Sets>);

#[derive(Pickle)]
struct Maps(HashMap<u8, Maps>);

#[derive(Pickle)]
struct Trees(BTreeMap<String, Trees>);

#[derive(Pickle, PartialEq, Eq, PartialOrd, Ord)]
struct Keys(BTreeMap<Keys, u8>);

#[derive(Pickle, Clone)]
struct Cows(Option<Box<Cow<'static, Cows>>>);

#[derive(Pickle)]
struct Cells(RefCell<Option<Box<Cells>>>);

#[derive(Pickle)]
struct Locks(Mutex<Vec<RwLock<Locks>>>);

#[derive(Pickle)]
struct Once(OnceCell<Box<Once>>);

#[derive(Pickle)]
struct OnceLocks(OnceLock<Box<OnceLocks>>);

#[derive(Pickle)]
struct Skipping {
    #[pickle(skip = [1; 16])]
    _cache: [u64; 16],
    next: Option<Box<Skipping>>,
    #[pickle(skip)]
    count: u8,
}

#[derive(Pickle)]
struct Adapted {
    #[pickle(with = adapter)]
    next: Vec<Adapted>,
}

mod adapter {
    use super::{Adapted, Infallible};

    #[allow(clippy::ptr_arg, reason = "an adapter takes a reference to the field's type")]
    pub(super) fn dump(next: &Vec<Adapted>) -> &[Adapted] {
        next
    }

    pub(super) fn load(next: Vec<Adapted>) -> Result<Vec<Adapted>, Infallible> {
        Ok(next)
    }
}

#[derive(Pickle)]
#[pickle(reduce = Self::parts, rebuild = Self::from_parts)]
struct Rebuilt(Vec<Rebuilt>);

impl Rebuilt {
    fn parts(&self) -> &[Rebuilt] {
        &self.0
    }

    fn from_parts(parts: Vec<Rebuilt>) -> Result<Self, Infallible> {
        Ok(Rebuilt(parts))
    }
}

#[derive(Pickle, Clone)]
#[pickle(reduce = Self::parts)]
struct Chosen(Option<Rc<Chosen>>);

#[function]
fn choose_nested(next: Option<Box<Chosen>>) -> Result<Chosen, Infallible> {
    Ok(Chosen(next.map(|next| Rc::new(*next))))
}

impl Chosen {
    fn parts(&self) -> Reduced<Chosen> {
        Reduced::new(func!(choose_nested), self.0.as_deref().map(|next| Box::new(next.clone())))
    }
}

#[derive(Pickle)]
#[pickle(before_dump = Self::check, after_load = Self::check_mut)]
struct Hooked(Vec<Hooked>);

impl Hooked {
    fn check(&self) -> Result<(), Infallible> {
        Ok(())
    }

    fn check_mut(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[derive(Pickle)]
#[pickle(version = 3)]
struct Versioned {
    next: Option<Box<Versioned>>,
}

#[object]
trait Part {}

#[derive(Pickle)]
struct Objects(Option<Box<dyn Part>>);

#[object]
impl Part for Objects {}

#[derive(Pickle)]
struct Owner {
    owner: Weak<Owner>,
    parts: Vec<Vec<Owner>>,
}

#[derive(Pickle)]
struct Values(Vec<Values>, Option<u8>, [String; 2]);

composites! {
    boxes: InBox { next: None }, |inner| InBox { next: Some(Box::new(inner)) };
    newtypes: Newtype(None), |inner| Newtype(Some(Box::new(inner)));
    transparent_types: Transparent(None), |inner| Transparent(Some(Box::new(inner)));
    tuples: Tuple((1, None, String::new())), |inner| Tuple((1, Some(Box::new(inner)), "t".to_owned()));
    arrays: Array([None, None]), |inner| Array([None, Some(Box::new(inner))]);
    variants: Enum::End, |inner| Enum::Tuple(1, Box::new(inner));
    named_variants: NamedVariant::End, |inner| NamedVariant::Next { label: "l".to_owned(), next: Box::new(inner) };
    options: Options(None), |inner| Options(Some(Some(Some(Box::new(inner)))));
    results: Results(Err(())), |inner| Results(Ok(Box::new(inner)));
    bounds: Bounds(Bound::Unbounded), |inner| Bounds(Bound::Excluded(Box::new(inner)));
    ranges: Ranges(None), |inner| Ranges(Some(Box::new(Ranges(None)..inner)));
    vecs: Vecs(vec![]), |inner| Vecs(vec![Vecs(vec![]), inner]);
    slices: Slices(Box::default()), |inner| Slices([inner].into());
    deques: Deques(VecDeque::new()), |inner| Deques([inner].into());
    lists: Lists(LinkedList::new()), |inner| Lists([inner].into());
    heaps: Heaps(BinaryHeapOf(BinaryHeap::new())), |inner| Heaps(BinaryHeapOf([inner].into()));
    sets: Sets(BTreeSet::new()), |inner| Sets([inner].into());
    maps: Maps(HashMap::new()), |inner| Maps([(1, inner)].into());
    trees: Trees(BTreeMap::new()), |inner| Trees([("t".to_owned(), inner)].into());
    keys: Keys(BTreeMap::new()), |inner| Keys([(inner, 1)].into());
    cows: Cows(None), |inner| Cows(Some(Box::new(Cow::Owned(inner))));
    cells: Cells(RefCell::new(None)), |inner| Cells(RefCell::new(Some(Box::new(inner))));
    locks: Locks(Mutex::new(vec![])), |inner| Locks(Mutex::new(vec![RwLock::new(inner)]));
    once_cells: Once(OnceCell::new()), |inner| Once(OnceCell::from(Box::new(inner)));
    once_locks: OnceLocks(OnceLock::new()), |inner| OnceLocks(OnceLock::from(Box::new(inner)));
    skipped_fields: Skipping { _cache: [1; 16], next: None, count: 0 },
        |inner| Skipping { _cache: [1; 16], count: inner.count, next: Some(Box::new(inner)) };
    adapters: Adapted { next: vec![] }, |inner| Adapted { next: vec![inner] };
    rebuilt_types: Rebuilt(vec![]), |inner| Rebuilt(vec![inner]);
    types_with_hooks: Hooked(vec![]), |inner| Hooked(vec![inner]);
    versioned_types: Versioned { next: None }, |inner| Versioned { next: Some(Box::new(inner)) };
    trait_objects: Objects(None), |inner| Objects(Some(Box::new(inner)));
    vecs_beside_pointers: Owner { owner: Weak::new(), parts: vec![] },
        |inner| Owner { owner: inner.owner.clone(), parts: vec![vec![inner]] };
    vecs_among_others: Values(vec![], None, [String::new(), String::new()]),
        |inner| Values(vec![inner], Some(1), ["a".to_owned(), "b".to_owned()]);
    values_that_choose_their_rebuilder: Chosen(None), |inner| Chosen(Some(Rc::new(inner)));
}

mod old {
    use super::Pickle;

    #[derive(Pickle)]
    pub(super) struct Growing {
        pub(super) next: Vec<Growing>,
    }
}

#[derive(Pickle)]
struct Growing {
    #[pickle(default)]
    count: u8,
    next: Vec<Growing>,
}

#[test]
fn older_shapes() {
    let nested =
        |levels: usize| (0..levels).fold(old::Growing { next: vec![] }, |inner, _| old::Growing { next: vec![inner] });
    let on_large_stack = move || Pickler::new().max_depth(usize::MAX).dumps(&nested(LEVELS)).unwrap();
    let bytes = thread::Builder::new().stack_size(64 << 20).spawn(on_large_stack).unwrap().join().unwrap();
    on_small_stack(move || {
        let error = loads::<Growing>(&bytes).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
        let deepest = dumps(&nested(120)).unwrap();
        let mut at = &loads::<Growing>(&deepest).unwrap();
        let mut levels = 0;
        while let [inner] = &at.next[..] {
            (at, levels) = (inner, levels + 1);
        }
        assert_eq!((levels, at.count), (120, 0));
    });
}
