//! Each attribute of the derive does what its name says.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::{Cell, RefCell};
use std::error::Error as _;
use std::net::Ipv4Addr;

use pickle_core::{
    Context, ErrorKind, External, Pickle, Pickler, Reduced, Shape, Unpickler, dumps, func, function, loads,
};
use pickle_tests::{assert_says, bytes_of, dump_error, load_error, patch, round_trip, same};

mod renamed {
    use pickle_core::Pickle;

    #[derive(Pickle, Debug, PartialEq)]
    #[pickle(name = "Player")]
    pub(crate) struct PlayerV2 {
        #[pickle(rename = "name")]
        pub(crate) title: String,
        pub(crate) class: Class,
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(crate) enum Class {
        #[pickle(rename = "Wizard")]
        Mage,
        #[pickle(rename = "Bow")]
        Archer {
            #[pickle(rename = "arrows")]
            count: u8,
        },
    }
}

mod original {
    use pickle_core::Pickle;

    #[derive(Pickle, Debug, PartialEq)]
    pub(crate) struct Player {
        pub(crate) name: String,
        pub(crate) class: Class,
    }

    #[derive(Pickle, Debug, PartialEq)]
    pub(crate) enum Class {
        Wizard,
        Bow { arrows: u8 },
    }
}

#[test]
fn name_and_rename_are_what_is_stored() {
    use original::{Class, Player};
    let new = renamed::PlayerV2 { title: "Ann".into(), class: renamed::Class::Archer { count: 5 } };
    let old = Player { name: "Ann".into(), class: Class::Bow { arrows: 5 } };
    assert_eq!(bytes_of(&new), bytes_of(&old));
    assert_eq!(loads::<Player>(&bytes_of(&new)).unwrap(), old);
    assert_eq!(loads::<renamed::Class>(&bytes_of(&Class::Wizard)).unwrap(), renamed::Class::Mage);
    assert_eq!(renamed::PlayerV2::name(), "Player");
}

/// No trait of the library is implemented for it.
struct NotPicklable(u8);

impl Default for NotPicklable {
    fn default() -> Self {
        NotPicklable(42)
    }
}

fn fresh() -> u32 {
    7
}

#[derive(Pickle)]
struct Skipping {
    kept: u8,
    #[pickle(skip)]
    cache: NotPicklable,
    #[pickle(skip = fresh() + 1)]
    counter: u32,
    #[pickle(skip = Some(std::time::Duration::from_secs(3)))]
    timeout: Option<std::time::Duration>,
    also_kept: String,
}

#[test]
fn skipped_fields_are_restored_from_their_default_or_expression() {
    let value = Skipping { kept: 1, cache: NotPicklable(9), counter: 100, timeout: None, also_kept: "x".into() };
    let back = round_trip(&value);
    assert_eq!((back.kept, back.also_kept.as_str()), (1, "x"));
    assert_eq!((back.cache.0, back.counter, back.timeout.unwrap().as_secs()), (42, 8, 3));
}

#[derive(Pickle, Debug, PartialEq)]
enum SkippingVariant {
    Tuple(u8, #[pickle(skip = 5)] u8, String),
    Named {
        #[pickle(skip)]
        gone: Vec<u8>,
        kept: u8,
    },
    All(#[pickle(skip)] u8),
}

#[test]
fn fields_of_variants_are_skipped_too() {
    assert_eq!(round_trip(&SkippingVariant::Tuple(1, 2, "a".into())), SkippingVariant::Tuple(1, 5, "a".into()));
    let named = SkippingVariant::Named { gone: vec![1], kept: 2 };
    assert_eq!(round_trip(&named), SkippingVariant::Named { gone: vec![], kept: 2 });
    assert_eq!(round_trip(&SkippingVariant::All(3)), SkippingVariant::All(0));
}

#[derive(Pickle, Debug, PartialEq)]
struct GenericSkip<T> {
    #[pickle(skip)]
    cache: Option<T>,
    #[pickle(skip = Vec::new())]
    list: Vec<T>,
    id: u8,
}

#[test]
fn a_skipped_generic_field_asks_nothing_of_its_parameter() {
    let back = round_trip(&GenericSkip::<std::fs::File> { cache: None, list: vec![], id: 3 });
    assert_eq!((back.id, back.cache.is_none(), back.list.len()), (3, true, 0));
}

#[derive(Debug, PartialEq, Clone, Copy)]
struct Degrees(f64);

/// Saved as hundredths: no body.
mod hundredths {
    use super::Degrees;

    pub(crate) fn dump(value: &Degrees) -> i32 {
        (value.0 * 100.0) as i32
    }

    pub(crate) fn load(hundredths: i32) -> Result<Degrees, String> {
        if hundredths > 36_000 {
            Err(format!("{hundredths} is more than a circle"))
        } else {
            Ok(Degrees(f64::from(hundredths) / 100.0))
        }
    }
}

/// Saved as text: a body.
mod as_text {
    pub(crate) fn dump<T: ToString>(value: &T) -> String {
        value.to_string()
    }

    pub(crate) fn load<T: std::str::FromStr>(text: String) -> Result<T, T::Err> {
        text.parse()
    }
}

/// Borrows from the value as it is dumped.
mod lent {
    pub(crate) fn dump(value: &super::Lines) -> &[String] {
        &value.0
    }

    pub(crate) fn load(lines: Vec<String>) -> Result<super::Lines, &'static str> {
        if lines.len() > 2 { Err("too many lines") } else { Ok(super::Lines(lines)) }
    }
}

#[derive(Debug, PartialEq)]
struct Lines(Vec<String>);

#[derive(Pickle, Debug, PartialEq)]
struct Adapted {
    before: u8,
    #[pickle(with = hundredths)]
    angle: Degrees,
    #[pickle(with = as_text)]
    address: Ipv4Addr,
    #[pickle(with = crate::lent)]
    lines: Lines,
    after: String,
}

fn adapted() -> Adapted {
    let (angle, address, lines) = (Degrees(12.25), Ipv4Addr::new(10, 0, 0, 1), Lines(vec!["a".into(), "b".into()]));
    Adapted { before: 1, angle, address, lines, after: "end".into() }
}

#[test]
fn adapters_with_and_without_a_body() {
    same(adapted());
    same(vec![adapted(), adapted()]);
}

#[derive(Pickle, Debug, PartialEq)]
enum AdaptedVariant {
    A(#[pickle(with = hundredths)] Degrees, #[pickle(with = as_text)] u64),
    B {
        #[pickle(with = lent)]
        lines: Lines,
    },
}

#[test]
fn adapters_in_variants() {
    same([AdaptedVariant::A(Degrees(1.5), u64::MAX), AdaptedVariant::B { lines: Lines(vec![]) }]);
}

#[test]
fn an_adapter_that_fails_to_load_gives_its_error_with_the_path() {
    let mut bytes = bytes_of(&vec![adapted()]);
    patch(&mut bytes, &1225i32.to_le_bytes(), &36_001i32.to_le_bytes());
    let error = load_error::<Vec<Adapted>>(&bytes);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "[0].angle"));
    assert_says(&error, &["36001 is more than a circle"]);
    assert_eq!(error.source().unwrap().to_string(), "36001 is more than a circle");

    let mut bytes = bytes_of(&adapted());
    patch(&mut bytes, b"10.0.0.1", b"10.0.0.x");
    let error = load_error::<Adapted>(&bytes);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "address"));
    assert!(error.source().unwrap().is::<std::net::AddrParseError>());
}

/// Saves a list backwards.
mod reversed {
    pub(crate) fn dump<T: Clone>(value: &[T]) -> Vec<T> {
        value.iter().rev().cloned().collect()
    }

    pub(crate) fn load<T: Clone>(mut items: Vec<T>) -> Result<Vec<T>, std::convert::Infallible> {
        items.reverse();
        Ok(items)
    }
}

mod reversed_vec {
    pub(crate) use super::reversed::load;

    #[allow(clippy::ptr_arg, reason = "an adapter takes a reference to the field's type")]
    pub(crate) fn dump<T: Clone>(value: &Vec<T>) -> Vec<T> {
        super::reversed::dump(value)
    }
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(bound(T: Pickle + pickle_core::UnpickleOwned + Clone))]
struct Reversed<T> {
    #[pickle(with = reversed_vec)]
    items: Vec<T>,
}

#[test]
fn an_adapter_of_a_generic_field_with_its_own_bounds() {
    same(Reversed { items: vec![1u8, 2, 3] });
    same(Reversed { items: vec!["a".to_owned(), "b".to_owned()] });
    assert!(bytes_of(&Reversed { items: vec![1u8, 2, 3] }).ends_with(&[3, 3, 2, 1]));
}

#[test]
fn with_its_own_bounds_a_type_is_named_without_those_of_its_parameters() {
    #[derive(Pickle)]
    struct Inferred<T, const N: usize>([T; N]);
    #[derive(Pickle)]
    #[pickle(bound(T: Pickle + pickle_core::UnpickleOwned))]
    struct Given<T, const N: usize>([T; N]);
    assert_eq!(<Inferred<u8, 3> as Shape>::name(), "Inferred<u8, 3>");
    assert_eq!(<Given<u8, 3> as Shape>::name(), "Given<3>");
}

macro_rules! compact {
    ($($test:ident $type:ident)*) => {$(
        #[test]
        fn $test() {
            #[derive(Pickle, Debug, PartialEq)]
            struct Small { #[pickle(compact)] n: $type, text: String, #[pickle(compact)] m: $type }
            for n in [$type::MIN, $type::MIN + 1, 0, 1, 63, 64, 127, $type::MAX / 2, $type::MAX - 1, $type::MAX] {
                same(Small { n, text: "between".into(), m: $type::MAX ^ n });
            }
        }
    )*};
}

compact! {
    compact_u8 u8
    compact_u16 u16
    compact_u32 u32
    compact_u64 u64
    compact_u128 u128
    compact_usize usize
    compact_i8 i8
    compact_i16 i16
    compact_i32 i32
    compact_i64 i64
    compact_i128 i128
    compact_isize isize
}

#[test]
fn a_compact_integer_takes_the_bytes_that_its_value_needs() {
    #[derive(Pickle)]
    struct Unsigned(#[pickle(compact)] u128);
    #[derive(Pickle)]
    struct Signed(#[pickle(compact)] i64);
    let zero = bytes_of(&Unsigned(0)).len();
    for (n, more) in [(127, 0), (128, 1), (16_383, 1), (16_384, 2), (u128::from(u64::MAX), 9), (u128::MAX, 18)] {
        assert_eq!(bytes_of(&Unsigned(n)).len(), zero + more, "{n}");
    }
    let zero = bytes_of(&Signed(0)).len();
    for (n, more) in [(-1, 0), (63, 0), (-64, 0), (64, 1), (-65, 1), (i64::MAX, 9), (i64::MIN, 9)] {
        assert_eq!(bytes_of(&Signed(n)).len(), zero + more, "{n}");
    }
}

#[test]
fn a_compact_number_in_a_long_form_or_too_large_is_refused() {
    #[derive(Pickle, Debug)]
    struct Small {
        #[pickle(compact)]
        n: u8,
    }
    let mut bytes = bytes_of(&[Small { n: 200 }]);
    assert_eq!(bytes[bytes.len() - 2..], [0xc8, 1]);
    let last = bytes.len() - 1;
    bytes[last] = 0;
    assert_eq!(load_error::<[Small; 1]>(&bytes).kind(), ErrorKind::Corrupt);
    bytes[last] = 2;
    let error = load_error::<[Small; 1]>(&bytes);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::InvalidValue, "[0].n"));
    assert_says(error, &["`u8`"]);
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(transparent)]
struct Meters(f64);

#[derive(Pickle, Debug, PartialEq)]
#[pickle(transparent)]
struct Name {
    text: String,
    #[pickle(skip)]
    cached: u8,
}

#[test]
fn a_transparent_type_looks_like_its_field() {
    assert_eq!(bytes_of(&Meters(1.5)), bytes_of(&1.5f64));
    assert_eq!(loads::<Meters>(&bytes_of(&2.5f64)).unwrap(), Meters(2.5));
    assert_eq!(loads::<Vec<Name>>(&bytes_of(&["a"][..])).unwrap(), [Name { text: "a".into(), cached: 0 }]);
    same(vec![Meters(1.0), Meters(-0.5)]);
}

mod facade {
    pub(crate) mod inner {
        pub(crate) use pickle_core as pickling;
    }
}

#[derive(pickle_core::Pickle, Debug, PartialEq)]
#[pickle(crate = facade::inner::pickling)]
struct ThroughFacade {
    items: Vec<Option<u8>>,
    #[pickle(compact)]
    n: u32,
}

#[test]
fn the_library_can_stand_under_another_path() {
    same(ThroughFacade { items: vec![Some(1)], n: 300 });
}

thread_local! {
    static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn log(line: String) {
    LOG.with_borrow_mut(|log| log.push(line));
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(before_dump = Self::before, after_load = Self::after)]
struct Hooked {
    id: u8,
    dumps: Cell<u32>,
    children: Vec<Inner>,
    #[pickle(skip)]
    sum: u32,
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(before_dump = before_inner, after_load = after_inner)]
struct Inner(u32);

fn before_inner(inner: &Inner) -> Result<(), &'static str> {
    log(format!("before {}", inner.0));
    if inner.0 == 13 { Err("unlucky") } else { Ok(()) }
}

fn after_inner(inner: &mut Inner) -> Result<(), std::num::ParseIntError> {
    log(format!("after {}", inner.0));
    if inner.0 == 14 {
        "fourteen".parse::<u8>()?;
    }
    Ok(())
}

impl Hooked {
    fn before(&self) -> Result<(), String> {
        log(format!("before {}", self.id));
        self.dumps.set(self.dumps.get() + 1);
        Ok(())
    }

    fn after(&mut self) -> Result<(), String> {
        log(format!("after {}", self.id));
        self.sum = self.children.iter().map(|child| child.0).sum();
        Ok(())
    }
}

fn hooked(children: &[u32]) -> Hooked {
    Hooked { id: 1, dumps: Cell::new(0), children: children.iter().copied().map(Inner).collect(), sum: 0 }
}

#[test]
fn hooks_run_outside_in_on_the_way_out_and_inside_out_on_the_way_back() {
    let back = round_trip(&hooked(&[10, 20]));
    assert_eq!(LOG.take(), ["before 1", "before 10", "before 20", "after 10", "after 20", "after 1"]);
    assert_eq!((back.sum, back.dumps.get()), (30, 1));
}

#[test]
fn what_before_dump_changes_in_a_cell_is_dumped() {
    let value = hooked(&[]);
    round_trip(&value);
    assert_eq!(round_trip(&value).dumps.get(), 2);
}

#[test]
fn hooks_refuse_with_their_own_error_and_the_path() {
    let error = dump_error(&vec![hooked(&[10, 13])]);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "[0].children[1]"));
    assert_eq!(error.source().unwrap().to_string(), "unlucky");
    assert_says(error, &["`[0].children[1]`: ", "before_dump", "unlucky"]);

    let error = load_error::<Vec<Hooked>>(&bytes_of(&vec![hooked(&[10, 14])]));
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "[0].children[1]"));
    assert!(error.source().unwrap().is::<std::num::ParseIntError>());
    assert_says(error, &["after_load", "invalid digit"]);
}

#[derive(Pickle, Debug, PartialEq, Clone, Copy)]
#[pickle(before_dump = Self::ready, after_load = Self::wake)]
enum HookedEnum {
    Asleep,
    Awake(u8),
}

impl HookedEnum {
    fn ready(&self) -> Result<(), String> {
        if *self == HookedEnum::Awake(0) { Err("not ready".into()) } else { Ok(()) }
    }
    fn wake(&mut self) -> Result<(), String> {
        if *self == HookedEnum::Asleep {
            *self = HookedEnum::Awake(1);
        }
        Ok(())
    }
}

#[test]
fn hooks_of_an_enum() {
    let both = round_trip(&[HookedEnum::Asleep, HookedEnum::Awake(5)]);
    assert_eq!(both, [HookedEnum::Awake(1), HookedEnum::Awake(5)]);
    assert_eq!(dump_error(&(1u8, HookedEnum::Awake(0))).path(), "1");
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(reduce = Self::settings, rebuild = Self::connect)]
struct Connection {
    host: String,
    port: u16,
    handle: *const u8,
}

impl Connection {
    fn new(host: &str, port: u16) -> Self {
        Connection { host: host.into(), port, handle: std::ptr::null() }
    }
    fn settings(&self) -> (String, u16) {
        (self.host.clone(), self.port)
    }
    fn connect((host, port): (String, u16)) -> Result<Self, String> {
        if port == 0 { Err(format!("{host} refuses")) } else { Ok(Connection::new(&host, port)) }
    }
}

#[derive(Pickle, Debug, PartialEq)]
struct Pool {
    name: String,
    connections: Vec<Connection>,
}

#[test]
fn reduce_saves_settings_and_rebuild_restores_from_them() {
    same(Connection::new("localhost", 80));
    same(Pool { name: "p".into(), connections: vec![Connection::new("a", 1), Connection::new("b", 2)] });
}

#[test]
fn a_rebuilder_that_fails_gives_its_error_with_the_path() {
    let pool = Pool { name: "p".into(), connections: vec![Connection::new("a", 1), Connection::new("b", 0)] };
    let error = load_error::<Pool>(&bytes_of(&pool));
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "connections[1]"));
    assert_eq!(error.source().unwrap().to_string(), "b refuses");
    assert_says(error, &["b refuses"]);
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(reduce = Text::parts, rebuild = Text::new)]
struct Text {
    upper: String,
}

impl Text {
    fn parts(&self) -> &str {
        &self.upper
    }
    fn new(text: String) -> Result<Text, std::convert::Infallible> {
        Ok(Text { upper: text.to_uppercase() })
    }
}

#[derive(Pickle, Debug, PartialEq, Clone, Copy)]
#[pickle(reduce = Percent::of, rebuild = Percent::from)]
struct Percent(f32);

impl Percent {
    fn of(&self) -> u8 {
        (self.0 * 100.0) as u8
    }
    fn from(percent: u8) -> Result<Percent, &'static str> {
        if percent > 100 { Err("more than all") } else { Ok(Percent(f32::from(percent) / 100.0)) }
    }
}

#[test]
fn a_reduced_value_may_be_borrowed_or_a_mere_number() {
    same(Text { upper: "ABC".into() });
    same(vec![Percent(0.25), Percent(1.0)]);
    assert_eq!(Percent::HEAD, 1);
    let mut bytes = bytes_of(&vec![Percent(0.25), Percent(1.0)]);
    *bytes.last_mut().unwrap() = 101;
    assert_eq!(load_error::<Vec<Percent>>(&bytes).kind(), ErrorKind::Hook);
}

#[derive(Pickle)]
#[pickle(reduce = Self::reduce, rebuild = Self::rebuild)]
struct Disagreeing;

impl Disagreeing {
    fn reduce(&self) -> u32 {
        7
    }
    fn rebuild(_: u64) -> Result<Self, String> {
        Ok(Disagreeing)
    }
}

mod disagreeing {
    pub(crate) fn dump(_: &u8) -> u32 {
        1
    }
    pub(crate) fn load(_: String) -> Result<u8, String> {
        Ok(1)
    }
}

#[derive(Pickle)]
struct DisagreeingField {
    #[pickle(with = disagreeing)]
    field: u8,
}

#[test]
fn a_reducer_and_rebuilder_of_different_shapes_are_refused_before_anything_is_written() {
    let error = dump_error(&Disagreeing);
    assert_says(&error, &["Disagreeing", "u32", "u64"]);
    assert_says(dump_error(&Some(DisagreeingField { field: 1 })), &["DisagreeingField.field", "u32", "String"]);
}

#[derive(Pickle, Debug, PartialEq)]
#[pickle(reduce = Self::reduce)]
enum Log {
    File(String),
    Memory { lines: u32 },
    Broken,
}

#[function]
fn open_log(path: String) -> Result<Log, std::num::ParseIntError> {
    if path == "bad" {
        path.parse::<u8>()?;
    }
    Ok(Log::File(path))
}

#[function]
fn memory_log(lines: u32) -> Result<Log, String> {
    Ok(Log::Memory { lines })
}

#[function]
fn no_rebuilder_of_logs(_: u8) -> Result<Connection, String> {
    Err("never called".into())
}

fn unregistered_log(_: u8) -> Result<Log, String> {
    Ok(Log::Broken)
}

impl Log {
    fn reduce(&self) -> Reduced<Log> {
        match self {
            Log::File(path) => Reduced::new(func!(open_log), path.clone()),
            Log::Memory { lines } => Reduced::new(func!(memory_log), *lines),
            Log::Broken => Reduced::new(func!(unregistered_log as fn(u8) -> Result<Log, String>), 1),
        }
    }
}

#[test]
fn each_value_chooses_its_own_rebuilder() {
    let logs =
        || vec![Log::File("a".into()), Log::Memory { lines: 5 }, Log::File("b".into()), Log::Memory { lines: 6 }];
    same(logs());
    same((logs(), Some(Log::Memory { lines: 1 })));
}

#[test]
fn a_chosen_rebuilder_that_fails_gives_its_error_with_the_path() {
    let error = load_error::<Vec<Log>>(&bytes_of(&vec![Log::Memory { lines: 1 }, Log::File("bad".into())]));
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "[1]"));
    assert!(error.source().unwrap().is::<std::num::ParseIntError>());
}

#[test]
fn a_chosen_rebuilder_must_be_registered() {
    let error = dump_error(&vec![Log::Memory { lines: 1 }, Log::Broken]);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unregistered, "[1]"));
}

#[test]
fn a_stream_cannot_choose_a_function_that_rebuilds_another_type() {
    #[derive(Pickle, Debug)]
    #[pickle(reduce = Self::reduce)]
    struct Own;
    #[function]
    fn own_rebuilder_of_len(_: u8) -> Result<Own, String> {
        Ok(Own)
    }
    impl Own {
        fn reduce(&self) -> Reduced<Own> {
            Reduced::new(func!(own_rebuilder_of_len), 1u8)
        }
    }
    let mut bytes = bytes_of(&Own);
    patch(&mut bytes, b"own_rebuilder_of_len", b"no_rebuilder_of_logs");
    assert_says(func!(no_rebuilder_of_logs)(1).unwrap_err(), &["never called"]);
    let error = load_error::<Own>(&bytes);
    assert_eq!(error.kind(), ErrorKind::WrongSignature);
    assert_says(error, &["`no_rebuilder_of_logs`", "`Own`"]);
}

struct Textures(Vec<&'static str>);

#[derive(Debug, PartialEq)]
struct Texture(&'static str);

impl External for Texture {
    type Id = String;

    fn persist(&self, context: &Context) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        match context.get::<Textures>()?.0.contains(&self.0) {
            true => Ok(self.0.to_owned()),
            false => Err(format!("`{}` is not loaded", self.0).into()),
        }
    }

    fn restore(id: String, context: &Context) -> Result<Texture, Box<dyn std::error::Error + Send + Sync>> {
        let found = context.get::<Textures>()?.0.iter().find(|name| **name == id);
        found.map(|name| Texture(name)).ok_or_else(|| format!("no texture `{id}`").into())
    }
}

#[derive(Pickle, Debug, PartialEq)]
struct Sprite {
    x: u8,
    #[pickle(external)]
    texture: Texture,
    name: String,
}

fn sprites(names: &[&'static str]) -> Vec<Sprite> {
    names.iter().map(|name| Sprite { x: 1, texture: Texture(name), name: "s".into() }).collect()
}

#[test]
fn external_values_are_saved_as_ids_and_found_in_the_context() {
    let context = Context::new().with(Textures(vec!["grass", "stone"])).with(5u8);
    let value = sprites(&["stone", "grass"]);
    let bytes = Pickler::new().context(&context).dumps(&value).unwrap();
    assert_eq!(Unpickler::new().context(&context).loads::<Vec<Sprite>>(&bytes).unwrap(), value);
    let mut file = Vec::new();
    Pickler::new().context(&context).dump(&value, &mut file).unwrap();
    assert_eq!(file, bytes);
    assert_eq!(Unpickler::new().context(&context).load::<Vec<Sprite>, _>(&file[..]).unwrap(), value);
}

#[test]
fn errors_of_external_values_have_their_path_and_source() {
    let full = Context::new().with(Textures(vec!["grass", "stone"]));
    let poor = Context::new().with(Textures(vec!["grass"]));
    let value = sprites(&["grass", "stone"]);
    let error = Pickler::new().context(&poor).dumps(&value).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "[1].texture"));
    assert_says(&error, &["`stone` is not loaded"]);
    let bytes = Pickler::new().context(&full).dumps(&value).unwrap();
    let error = Unpickler::new().context(&poor).loads::<Vec<Sprite>>(&bytes).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Hook, "[1].texture"));
    assert_eq!(error.source().unwrap().to_string(), "no texture `stone`");
}

#[test]
fn a_missing_context_is_an_error_that_says_how_to_hand_one_over() {
    let full = Context::new().with(Textures(vec!["grass"]));
    let bytes = Pickler::new().context(&full).dumps(&sprites(&["grass"])).unwrap();
    for error in [dumps(&sprites(&["grass"])).unwrap_err(), load_error::<Vec<Sprite>>(&bytes)] {
        assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::MissingContext, "[0].texture"));
        assert_says(error, &["Textures", "Context::new().with(", ".context(&context)"]);
    }
}
