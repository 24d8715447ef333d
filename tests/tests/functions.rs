//! Functions are saved by name, and found again by name and exact type.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::type_complexity, reason = "signatures in full are what is tested")]

use std::collections::HashSet;

use pickle_core::{ErrorKind, Function, Pickle, dumps, func, function, loads, register};
use pickle_tests::plugin::double_in_plugin;
use pickle_tests::{assert_says, bytes_of, dump_error, load_error, patch, round_trip, same};

#[function]
fn square(x: f64) -> f64 {
    x * x
}

#[function(name = "the cube")]
fn cube(x: f64) -> f64 {
    x * x * x
}

#[test]
fn a_function_with_the_attribute_comes_back_callable() {
    same(func!(square));
    assert_eq!(round_trip(&func!(square))(3.0), 9.0);
    assert_eq!(round_trip(&vec![func!(square), func!(cube)]).iter().map(|f| f(2.0)).collect::<Vec<_>>(), [4.0, 8.0]);
}

#[test]
fn a_given_name_is_the_stored_one() {
    assert_eq!(func!(cube).name(), Some("the cube"));
    assert_eq!(Function::<fn(f64) -> f64>::named("the cube").unwrap()(2.0), 8.0);
    assert_eq!(Function::<fn(f64) -> f64>::named("cube").unwrap_err().kind(), ErrorKind::UnknownName);
}

#[test]
fn the_attribute_leaves_the_function_as_it_was() {
    let f: fn(f64) -> f64 = square;
    assert_eq!((f(2.0), square(3.0)), (4.0, 9.0));
}

macro_rules! parameters {
    ($($name:ident($($p:ident)*) = $count:literal)*) => {
        $(
            #[function]
            #[allow(clippy::too_many_arguments, reason = "the number of parameters is what is tested")]
            fn $name($($p: u64),*) -> u64 { 1000 $(+ $p)* }
        )*

        #[test]
        fn functions_of_no_to_twelve_parameters() {
            $(
                let back = round_trip(&func!($name));
                $(let $p = $count;)*
                assert_eq!(back($($p),*), 1000 + $count * $count);
            )*
        }
    };
}

parameters! {
    zero() = 0
    one(a) = 1
    two(a b) = 2
    three(a b c) = 3
    four(a b c d) = 4
    five(a b c d e) = 5
    six(a b c d e f) = 6
    seven(a b c d e f g) = 7
    eight(a b c d e f g h) = 8
    nine(a b c d e f g h i) = 9
    ten(a b c d e f g h i j) = 10
    eleven(a b c d e f g h i j k) = 11
    twelve(a b c d e f g h i j k l) = 12
}

#[derive(Debug, Clone, PartialEq)]
struct Tensor(Vec<f32>);

#[function]
fn relu(x: &Tensor) -> Result<Tensor, String> {
    if x.0.is_empty() { Err("empty".into()) } else { Ok(Tensor(x.0.iter().map(|x| x.max(0.0)).collect())) }
}

#[function]
fn add(a: &Tensor, b: &mut Tensor) {
    for (a, b) in a.0.iter().zip(&mut b.0) {
        *b += a;
    }
}

#[function]
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() < b.len() { b } else { a }
}

#[function]
#[allow(clippy::needless_lifetimes, clippy::extra_unused_lifetimes, reason = "explicit lifetimes are what is tested")]
fn first_of<'a, 'b>(a: &'a [u8], _: &'b str) -> Option<&'a u8> {
    a.first()
}

type Zip = for<'x> fn(&'x str, &'x str) -> &'x str;

#[derive(Pickle, Debug, PartialEq)]
struct Layer {
    name: String,
    activation: Function<fn(&Tensor) -> Result<Tensor, String>>,
    combine: Function<fn(&Tensor, &mut Tensor)>,
    choose: Option<Function<Zip>>,
}

#[test]
fn references_in_signatures() {
    let layer = Layer { name: "l".into(), activation: func!(relu), combine: func!(add), choose: Some(func!(longest)) };
    let back = round_trip(&layer);
    assert_eq!(back, layer);
    assert_eq!((back.activation)(&Tensor(vec![-1.0, 2.0])).unwrap(), Tensor(vec![0.0, 2.0]));
    assert_eq!((back.activation)(&Tensor(vec![])).unwrap_err(), "empty");
    let mut sum = Tensor(vec![1.0]);
    (back.combine)(&Tensor(vec![2.0]), &mut sum);
    assert_eq!(sum, Tensor(vec![3.0]));
    assert_eq!(back.choose.unwrap()("ab", "c"), "ab");
    assert_eq!(round_trip(&func!(first_of))(&[7], "x"), Some(&7));
}

#[derive(Pickle, Debug, PartialEq)]
struct Meter(f64);

impl Meter {
    fn doubled(&self) -> f64 {
        2.0 * self.0
    }
    fn parse(text: &str) -> Option<Meter> {
        text.parse().ok().map(Meter)
    }
    fn reset(&mut self) {
        self.0 = 0.0;
    }
}

fn largest<T: PartialOrd + Copy>(items: &[T]) -> Option<T> {
    items.iter().copied().reduce(|a, b| if b > a { b } else { a })
}

trait Scale {
    fn scale(&self, by: f64) -> f64;
}

impl Scale for Meter {
    fn scale(&self, by: f64) -> f64 {
        self.0 * by
    }
}

register!(Meter::doubled as fn(&Meter) -> f64);
register!(Meter::parse as fn(&str) -> Option<Meter>);
register!(Meter::reset as fn(&mut Meter), name = "zero the meter");
register!(largest::<u32> as fn(&[u32]) -> Option<u32>);
register!(largest::<f64> as fn(&[f64]) -> Option<f64>);
register!(<Meter as Scale>::scale as fn(&Meter, f64) -> f64, name = "Meter as Scale::scale");
register!(f64::sqrt as fn(f64) -> f64);
register!((|x: u8| x + 1) as fn(u8) -> u8, name = "increment");

#[test]
fn methods() {
    let doubled = func!(Meter::doubled as fn(&Meter) -> f64);
    assert_eq!(doubled.name(), Some("Meter::doubled"));
    assert_eq!(round_trip(&doubled)(&Meter(1.5)), 3.0);
    let parse: Function<fn(&str) -> Option<Meter>> = func!(Meter::parse);
    assert_eq!(round_trip(&parse)("2.5"), Some(Meter(2.5)));
    let reset = func!(Meter::reset as fn(&mut Meter));
    assert_eq!(reset.name(), Some("zero the meter"));
    let mut meter = Meter(3.0);
    round_trip(&reset)(&mut meter);
    assert_eq!(meter, Meter(0.0));
    let root: Function<fn(f64) -> f64> = func!(f64::sqrt);
    assert_eq!(round_trip(&root)(9.0), 3.0);
}

#[test]
fn a_method_of_a_trait() {
    let scale: Function<fn(&Meter, f64) -> f64> = func!(<Meter as Scale>::scale);
    assert_eq!(round_trip(&scale)(&Meter(2.0), 4.0), 8.0);
}

#[test]
fn instances_of_a_generic_function() {
    let of_u32: Function<fn(&[u32]) -> Option<u32>> = func!(largest::<u32>);
    assert_eq!(of_u32.name(), Some("largest<u32>"));
    assert_eq!(round_trip(&of_u32)(&[1, 3, 2]), Some(3));
    let of_f64 = func!(largest::<f64> as fn(&[f64]) -> Option<f64>);
    assert_eq!(of_f64.name(), Some("largest<f64>"));
    assert_eq!(round_trip(&of_f64)(&[0.5]), Some(0.5));
}

#[test]
fn a_closure_is_found_by_its_name() {
    let increment = Function::<fn(u8) -> u8>::named("increment").unwrap();
    assert_eq!(round_trip(&increment)(4), 5);
}

#[test]
fn registrations_in_function_bodies() {
    #[function]
    fn local(x: u8) -> u8 {
        x + 10
    }
    fn plain<T: Default>() -> T {
        T::default()
    }
    register!(plain::<String> as fn() -> String);
    register!((|a: &str, b: usize| a.repeat(b)) as fn(&str, usize) -> String, name = "repeat");
    assert_eq!(round_trip(&func!(local))(1), 11);
    assert_eq!(round_trip(&func!(plain::<String> as fn() -> String))(), "");
    assert_eq!(Function::<fn(&str, usize) -> String>::named("repeat").unwrap()("ab", 2), "abab");
}

#[test]
fn the_name_of_an_instance_keeps_its_words_apart() {
    fn size<T: 'static>() -> usize {
        size_of::<T>()
    }
    #[allow(non_camel_case_types, reason = "a keyword as a name is what is tested")]
    struct r#type;
    macro_rules! names {
        ($($instance:ty => $name:literal;)*) => {
            $(register!(size::<$instance> as fn() -> usize);)*
            $(
                let function = func!(size::<$instance> as fn() -> usize);
                assert_eq!(function.name(), Some($name));
                assert_eq!(round_trip(&function)(), size::<$instance>());
            )*
        };
    }
    names! {
        u8 => "size<u8>";
        (u8, [u16; 3]) => "size<(u8,[u16;3])>";
        Box<dyn std::fmt::Debug + Send> => "size<Box<dyn std::fmt::Debug+Send>>";
        &'static mut u8 => "size<&'static mut u8>";
        Option<Vec<u16,>,> => "size<Option<Vec<u16>>>";
        Vec<*const r#type> => "size<Vec<*const type>>";
        Result<Option<std::collections::BTreeMap<u32, Option<f64>>>, std::collections::BTreeSet<Option<Box<u64>>>>
            => "size<Result<Option<std::collections::BTreeMap<u32,Option<f64>>>,std::collections::BTreeSet<Option<Box<u64>>>>>";
    }
}

#[test]
fn a_path_to_a_function_of_a_module_or_another_crate() {
    mod inner {
        pub(crate) mod deeper {
            #[pickle_core::function]
            pub(crate) fn far_away() -> &'static str {
                "far"
            }
        }
    }
    assert_eq!(round_trip(&func!(inner::deeper::far_away))(), "far");
    assert_eq!(round_trip(&func!(double_in_plugin))(4), 8);
    assert_eq!(round_trip(&func!(pickle_tests::plugin::double_in_plugin))(5), 10);
}

#[test]
fn functions_compare_hash_and_print_by_name() {
    let (a, b) = (func!(square), func!(cube));
    assert_eq!(a, round_trip(&a));
    assert_ne!(a, b);
    assert_eq!(HashSet::from([a, b, a, round_trip(&b)]).len(), 2);
    assert_eq!(format!("{a:?} {b:?}"), "square the cube");
}

fn never_registered(x: f64) -> f64 {
    x
}

#[test]
fn an_unregistered_function_is_refused_when_it_is_dumped() {
    let f = func!(never_registered as fn(f64) -> f64);
    assert_eq!((f(1.0), f.name()), (1.0, None));
    let error = dump_error(&vec![func!(square), f]);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unregistered, "[1]"));
    assert_says(error, &["fn(f64) -> f64", "#[pickle_core::function]", "register!"]);
}

#[test]
fn a_name_that_is_not_known_lists_the_nearest() {
    let mut bytes = bytes_of(&vec![func!(square)]);
    let at = patch(&mut bytes, b"square", b"sqaure");
    let error = load_error::<Vec<Function<fn(f64) -> f64>>>(&bytes);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::UnknownName, "[0]"));
    assert!(error.offset().is_some_and(|offset| offset <= at as u64));
    assert_says(error, &["`sqaure`", "`square`", "use the_crate as _;"]);
}

#[test]
fn another_signature_than_the_registered_one_is_refused() {
    let bytes = bytes_of(&(1u8, func!(square)));
    let error = load_error::<(u8, Function<fn(f32) -> f32>)>(&bytes);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::WrongSignature, "1"));
    assert_says(error, &["`square`", "functions.rs", "fn(f32) -> f32"]);
    assert_eq!(load_error::<(u8, Function<fn(f64)>)>(&bytes).kind(), ErrorKind::WrongSignature);
    assert!(loads::<(u8, Function<fn(f64) -> f64>)>(&bytes).is_ok());
}

mod first {
    #[pickle_core::function]
    pub(crate) fn twin() -> u8 {
        1
    }
}

mod second {
    #[pickle_core::function]
    pub(crate) fn twin() -> u8 {
        2
    }
}

#[test]
fn two_functions_of_one_name_are_refused_naming_both_places() {
    for f in [func!(first::twin), func!(second::twin)] {
        assert!([1, 2].contains(&f()));
        let error = dumps(&f).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DuplicateName);
        assert_says(error, &["`twin`", "functions::first (", "functions::second (", "functions.rs:", "name = "]);
    }
    assert_eq!(Function::<fn() -> u8>::named("twin").unwrap_err().kind(), ErrorKind::DuplicateName);
}

#[test]
fn loading_calls_nothing() {
    #[function]
    fn explodes() -> u8 {
        panic!("called")
    }
    round_trip(&[func!(explodes); 3]);
}
