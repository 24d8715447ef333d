//! Whatever values nest through, the depth is counted: on half a mebibyte of stack the default limit is reached before the
//! stack ends, while a value is dumped, loaded, brought up from an older shape, or read without its type.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::linkedlist, clippy::vec_box, reason = "they are what is tested")]

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, LinkedList, VecDeque};
use std::convert::Infallible;
use std::marker::PhantomData;
use std::mem;
use std::ops::{Bound, Range};
use std::rc::{Rc, Weak};
use std::sync::{Mutex, OnceLock, RwLock};
use std::thread;

use pickle_core::inspect::{Stream, Visitor};
use pickle_core::{
    Context, Error, ErrorKind, External, Pickle, Pickler, Reduced, UnpickleOwned, Value, dumps, func, function, loads,
    object,
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
        let fits = deepest(|levels| dumps(&nested(levels)).is_ok());
        assert!(fits >= 50, "only {fits} levels within the limit");
        let bytes = dumps(&nested(fits)).unwrap();
        assert!(dumps(&loads::<T>(&bytes).unwrap()).unwrap() == bytes, "{fits} levels came back changed");
        let value: Value = loads(&bytes).unwrap();
        let again = dumps(&value).unwrap();
        assert!(loads::<Value>(&again).unwrap() == value, "{fits} levels as a `Value`");
        every_reader(nested);
    });
    let on_large_stack =
        move || Pickler::new().max_depth(usize::MAX).dumps(&before::Moved::new(nested(LEVELS))).unwrap();
    let bytes = thread::Builder::new().stack_size(256 << 20).spawn(on_large_stack).unwrap().join().unwrap();
    on_small_stack(move || {
        for error in [loads::<now::Moved<T>>(&bytes).map(drop), loads::<now::Left<T>>(&bytes).map(drop)] {
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Limit, "{error}");
            assert_says(&error, &["max_depth, 256", "Unpickler::max_depth"]);
        }
    });
}

/// Roots around a value, as an older release wrote them.
mod before {
    use super::{Pickle, Rc};

    #[derive(Pickle)]
    pub(super) struct Kept<T> {
        pub(super) number: u8,
        pub(super) value: T,
    }

    #[derive(Pickle)]
    pub(super) struct Removed<T> {
        pub(super) number: u8,
        pub(super) value: T,
    }

    #[derive(Pickle)]
    pub(super) struct Moved<T> {
        pub(super) value: T,
        pub(super) number: u8,
        pub(super) text: String,
    }

    impl<T> Moved<T> {
        pub(super) fn new(value: T) -> Self {
            Moved { value, number: 1, text: String::new() }
        }
    }

    #[derive(Pickle)]
    pub(super) struct Beside<T> {
        pub(super) number: u8,
        pub(super) value: T,
        pub(super) shared: Rc<u8>,
    }

    #[derive(Pickle)]
    pub(super) struct RemovedBeside<T> {
        pub(super) number: u8,
        pub(super) value: T,
        pub(super) shared: Rc<u8>,
    }

    #[derive(Pickle)]
    pub(super) struct Unboxed<T> {
        pub(super) number: u8,
        pub(super) value: Box<T>,
    }

    #[derive(Pickle)]
    pub(super) struct Pointed<T: 'static> {
        pub(super) number: u8,
        pub(super) value: Rc<T>,
    }
}

/// The same roots now.
mod now {
    use super::{PhantomData, Pickle, Rc};

    #[derive(Pickle)]
    pub(super) struct Kept<T> {
        pub(super) number: u16,
        pub(super) value: T,
    }

    #[derive(Pickle)]
    pub(super) struct Removed<T> {
        pub(super) number: u16,
        #[pickle(skip)]
        pub(super) value: PhantomData<T>,
    }

    #[derive(Pickle)]
    pub(super) struct Moved<T> {
        pub(super) text: String,
        pub(super) number: u16,
        pub(super) value: T,
    }

    /// `Moved` with its value where it was.
    #[derive(Pickle)]
    #[pickle(name = "Moved")]
    pub(super) struct Left<T> {
        pub(super) value: T,
        pub(super) number: u16,
    }

    #[derive(Pickle)]
    pub(super) struct Beside<T> {
        pub(super) number: u16,
        pub(super) value: T,
        pub(super) shared: Rc<u8>,
    }

    #[derive(Pickle)]
    pub(super) struct RemovedBeside<T> {
        pub(super) number: u16,
        #[pickle(skip)]
        pub(super) value: PhantomData<T>,
        pub(super) shared: Rc<u8>,
    }

    #[derive(Pickle)]
    pub(super) struct Unboxed<T> {
        pub(super) number: u16,
        pub(super) value: T,
    }

    #[derive(Pickle)]
    pub(super) struct Pointed<T: 'static> {
        pub(super) number: u16,
        pub(super) value: Rc<T>,
    }
}

struct Ignored;

impl Visitor<'_> for Ignored {}

/// The most levels that a dump takes.
fn deepest(dump: impl Fn(usize) -> bool) -> usize {
    let (mut fits, mut too_deep) = (0, 300);
    while too_deep - fits > 1 {
        let middle = (fits + too_deep) / 2;
        if dump(middle) { fits = middle } else { too_deep = middle }
    }
    fits
}

/// What one reader takes, every reader takes: the deepest value that is dumped is loaded, walked through, and brought up
/// from an older shape.
fn every_reader<T: Pickle + UnpickleOwned + 'static>(nested: impl Fn(usize) -> T) {
    fn one<Before: Pickle + UnpickleOwned + 'static, Now: UnpickleOwned + 'static>(
        what: &str,
        root: impl Fn(usize) -> Before,
    ) {
        let levels = deepest(|levels| dumps(&root(levels)).is_ok());
        let bytes = dumps(&root(levels)).unwrap();
        let taken = |reader: &str, error: Option<Error>| {
            assert!(error.is_none(), "{levels} levels, {what}, {reader}: {}", error.unwrap());
        };
        taken("typed", loads::<Before>(&bytes).err());
        taken("a walk", Stream::open(&bytes).and_then(|stream| stream.walk(&mut Ignored)).err());
        taken("as a `Value`", loads::<Value>(&bytes).err());
        taken("of an older shape", loads::<Now>(&bytes).err());
    }
    let number = 1;
    one::<_, now::Kept<T>>("kept", |levels| before::Kept { number, value: nested(levels) });
    one::<_, now::Removed<T>>("removed", |levels| before::Removed { number, value: nested(levels) });
    one::<_, now::Moved<T>>("moved", |levels| before::Moved::new(nested(levels)));
    let shared = Rc::new(1);
    one::<_, now::Beside<T>>("beside an object", |levels| before::Beside {
        number,
        value: nested(levels),
        shared: shared.clone(),
    });
    one::<_, now::RemovedBeside<T>>("removed beside an object", |levels| before::RemovedBeside {
        number,
        value: nested(levels),
        shared: shared.clone(),
    });
    one::<_, now::Unboxed<T>>("no longer in a box", |levels| before::Unboxed {
        number,
        value: Box::new(nested(levels)),
    });
    one::<_, now::Pointed<T>>("an object", |levels| before::Pointed { number, value: Rc::new(nested(levels)) });
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

#[derive(Pickle)]
#[pickle(version = 1)]
struct VersionedTree {
    kids: Vec<VersionedTree>,
}

#[derive(Pickle)]
#[pickle(version = 1, before_dump = Self::check)]
enum VersionedEnum {
    End,
    Next(u8, Box<VersionedEnum>),
}

impl VersionedEnum {
    fn check(&self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[derive(Pickle)]
struct OnceVecs(OnceLock<Vec<OnceVecs>>);

#[derive(Pickle)]
#[pickle(version = 1)]
struct VersionedOnce {
    next: OnceLock<Vec<VersionedOnce>>,
}

#[derive(Pickle)]
struct Mutexes(Mutex<Option<Box<Mutexes>>>);

#[derive(Pickle)]
struct TuplesInVecs(Vec<(u8, TuplesInVecs)>);

#[derive(Pickle)]
struct BoxedArrays(Box<[Vec<BoxedArrays>; 2]>);

#[derive(Pickle)]
struct NoArrays {
    none: [Option<Box<NoArrays>>; 0],
    next: OnceCell<Vec<NoArrays>>,
}

/// Pieces in one another, none of which the type's own code counts.
#[derive(Pickle)]
#[pickle(version = 1)]
struct AdaptedToHooked {
    #[pickle(with = hooked_adapter)]
    next: Vec<AdaptedToHooked>,
}

#[derive(Pickle)]
#[pickle(before_dump = Self::check)]
struct HookedList<L>(L);

impl<L> HookedList<L> {
    fn check(&self) -> Result<(), Infallible> {
        Ok(())
    }
}

mod hooked_adapter {
    use super::{AdaptedToHooked, HookedList, Infallible};

    #[allow(clippy::ptr_arg, reason = "an adapter takes a reference to the field's type")]
    pub(super) fn dump(next: &Vec<AdaptedToHooked>) -> HookedList<&[AdaptedToHooked]> {
        HookedList(next)
    }

    pub(super) fn load(list: HookedList<Vec<AdaptedToHooked>>) -> Result<Vec<AdaptedToHooked>, Infallible> {
        Ok(list.0)
    }
}

/// The id of an external value nests here, which no field's type tells.
#[derive(Pickle)]
struct Outside {
    #[pickle(external)]
    place: Placed,
    next: Vec<Outside>,
}

struct Placed;

impl External for Placed {
    type Id = Vec<Vec<u8>>;

    fn persist(&self, _: &Context) -> Result<Vec<Vec<u8>>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(vec![vec![1]])
    }

    fn restore(_: Vec<Vec<u8>>, _: &Context) -> Result<Placed, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Placed)
    }
}

#[derive(Pickle)]
#[pickle(version = 2, before_dump = Self::check, after_load = Self::check_mut)]
struct VersionedCells {
    next: RefCell<Vec<(u8, VersionedCells)>>,
}

impl VersionedCells {
    fn check(&self) -> Result<(), Infallible> {
        Ok(())
    }

    fn check_mut(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Values between pointers to objects, which do not nest in one another.
#[derive(Pickle)]
struct Between(Vec<Vec<Between>>, Option<Rc<Between>>);

#[object]
trait Part {}

#[derive(Pickle)]
struct Objects(Option<Box<dyn Part>>);

#[object]
impl Part for Objects {}

/// Of the levels that this takes, only the trait object is one that a schema tells.
#[derive(Pickle)]
struct Layers(Box<dyn Part>);

#[object]
impl Part for Layers {}

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
    versioned_trees: VersionedTree { kids: vec![] }, |inner| VersionedTree { kids: vec![inner] };
    versioned_enums: VersionedEnum::End, |inner| VersionedEnum::Next(1, Box::new(inner));
    once_locks_of_vecs: OnceVecs(OnceLock::new()), |inner| OnceVecs(OnceLock::from(vec![inner]));
    versioned_once_locks: VersionedOnce { next: OnceLock::new() },
        |inner| VersionedOnce { next: OnceLock::from(vec![inner]) };
    mutexes: Mutexes(Mutex::new(None)), |inner| Mutexes(Mutex::new(Some(Box::new(inner))));
    tuples_in_vecs: TuplesInVecs(vec![]), |inner| TuplesInVecs(vec![(1, inner)]);
    boxed_arrays: BoxedArrays(Box::default()), |inner| BoxedArrays(Box::new([vec![], vec![inner]]));
    arrays_of_none: NoArrays { none: [], next: OnceCell::new() },
        |inner| NoArrays { none: [], next: OnceCell::from(vec![inner]) };
    adapters_to_types_with_hooks: AdaptedToHooked { next: vec![] }, |inner| AdaptedToHooked { next: vec![inner] };
    external_values: Outside { place: Placed, next: vec![] }, |inner| Outside { place: Placed, next: vec![inner] };
    versioned_cells: VersionedCells { next: RefCell::default() },
        |inner| VersionedCells { next: RefCell::new(vec![(1, inner)]) };
    values_between_pointers: Between(vec![], None),
        |inner| Between(vec![vec![inner]], Some(Rc::new(Between(vec![], None))));
    trait_objects: Objects(None), |inner| Objects(Some(Box::new(inner)));
    layers_of_trait_objects: Layers(Box::new(Objects(None))), |inner| Layers(Box::new(inner));
    vecs_beside_pointers: Owner { owner: Weak::new(), parts: vec![] },
        |inner| Owner { owner: inner.owner.clone(), parts: vec![vec![inner]] };
    vecs_among_others: Values(vec![], None, [String::new(), String::new()]),
        |inner| Values(vec![inner], Some(1), ["a".to_owned(), "b".to_owned()]);
    values_that_choose_their_rebuilder: Chosen(None), |inner| Chosen(Some(Rc::new(inner)));
}

mod old {
    use super::Pickle;

    #[derive(Pickle)]
    pub(super) struct Bumped {
        pub(super) next: Vec<Bumped>,
    }

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

/// The same with a version, a hook and a code of its own for the older one.
#[derive(Pickle)]
#[pickle(version = 1, before_dump = Self::check, migrate(0 => Self::from_first))]
struct Bumped {
    count: u8,
    next: Vec<Bumped>,
}

#[derive(Pickle)]
#[pickle(name = "Bumped")]
struct First {
    next: Vec<Bumped>,
}

impl Bumped {
    fn check(&self) -> Result<(), Infallible> {
        Ok(())
    }

    fn from_first(First { next }: First) -> Result<Self, Infallible> {
        Ok(Bumped { count: 1, next })
    }
}

#[test]
fn a_version_on_every_level() {
    let nested =
        |levels: usize| (0..levels).fold(old::Bumped { next: vec![] }, |inner, _| old::Bumped { next: vec![inner] });
    on_small_stack(move || {
        let levels = deepest(|levels| dumps(&nested(levels)).is_ok());
        let new = loads::<Bumped>(&dumps(&nested(levels)).unwrap()).unwrap();
        let mut at = &new;
        let mut found = 0;
        while let [inner] = &at.next[..] {
            (at, found) = (inner, found + 1);
        }
        assert_eq!((found, at.count), (levels, 1));
    });
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
