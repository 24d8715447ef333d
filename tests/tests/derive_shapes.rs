//! The derive takes every shape of type that the language has.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::borrow::Cow;
use std::fmt::Debug;
use std::marker::PhantomData;

use pickle_core::{ErrorKind, Pickle, Shape, Unpickle, UnpickleOwned, loads};
use pickle_tests::{bytes_of, load_error, patch, round_trip, same};

#[derive(Pickle, Debug, PartialEq)]
struct Named {
    name: String,
    scores: Vec<u32>,
    alive: bool,
}

#[derive(Pickle, Debug, PartialEq)]
struct Tuple(u8, String, Option<f64>);

#[derive(Pickle, Debug, PartialEq)]
struct Newtype(String);

#[derive(Pickle, Debug, PartialEq)]
struct Unit;

#[derive(Pickle, Debug, PartialEq)]
struct NoFields {}

#[derive(Pickle, Debug, PartialEq)]
struct NoParts();

#[test]
fn structs_of_every_style() {
    same(Named { name: "Ann".into(), scores: vec![1, 2], alive: true });
    same(Tuple(1, "two".into(), Some(3.0)));
    same(Newtype("one".into()));
    same(vec![Unit, Unit]);
    same([NoFields {}]);
    same(Some(NoParts()));
}

#[derive(Pickle, Debug, PartialEq)]
enum Every {
    Unit,
    EmptyTuple(),
    EmptyNamed {},
    One(u8),
    Boxed(Box<Every>),
    Tuple(u8, String, Vec<u16>),
    Named { flag: bool, text: String, inner: Newtype },
}

#[test]
fn enums_with_every_kind_of_variant() {
    same(vec![
        Every::Unit,
        Every::EmptyTuple(),
        Every::EmptyNamed {},
        Every::One(9),
        Every::Boxed(Box::new(Every::Boxed(Box::new(Every::Unit)))),
        Every::Tuple(1, "x".into(), vec![2]),
        Every::Named { flag: true, text: "y".into(), inner: Newtype("z".into()) },
    ]);
}

#[derive(Pickle, Debug, PartialEq, Clone, Copy)]
#[repr(i16)]
enum Level {
    Low = -5,
    Mid = 100,
    High = i16::MAX,
}

#[test]
fn explicit_discriminants_are_no_part_of_the_stream() {
    same([Level::Low, Level::Mid, Level::High]);
    assert_eq!(round_trip(&Level::High) as i16, i16::MAX);
    assert_eq!((Level::HEAD, Level::BODY), (1, false));
}

#[derive(Pickle, Debug, PartialEq)]
#[repr(u8)]
enum Coded {
    A(u8) = 7,
    B { x: String } = 3,
}

#[test]
fn discriminants_beside_payloads() {
    same([Coded::A(1), Coded::B { x: "b".into() }]);
}

#[derive(Pickle, Debug, PartialEq)]
enum Single {
    Only(String),
}

#[test]
fn an_enum_of_one_variant() {
    same(Single::Only("one".into()));
}

/// Hands 300 names to a macro.
macro_rules! names {
    ($macro:ident) => {
        $macro! {
            f000 f001 f002 f003 f004 f005 f006 f007 f008 f009 f010 f011 f012 f013 f014 f015 f016 f017 f018 f019
            f020 f021 f022 f023 f024 f025 f026 f027 f028 f029 f030 f031 f032 f033 f034 f035 f036 f037 f038 f039
            f040 f041 f042 f043 f044 f045 f046 f047 f048 f049 f050 f051 f052 f053 f054 f055 f056 f057 f058 f059
            f060 f061 f062 f063 f064 f065 f066 f067 f068 f069 f070 f071 f072 f073 f074 f075 f076 f077 f078 f079
            f080 f081 f082 f083 f084 f085 f086 f087 f088 f089 f090 f091 f092 f093 f094 f095 f096 f097 f098 f099
            f100 f101 f102 f103 f104 f105 f106 f107 f108 f109 f110 f111 f112 f113 f114 f115 f116 f117 f118 f119
            f120 f121 f122 f123 f124 f125 f126 f127 f128 f129 f130 f131 f132 f133 f134 f135 f136 f137 f138 f139
            f140 f141 f142 f143 f144 f145 f146 f147 f148 f149 f150 f151 f152 f153 f154 f155 f156 f157 f158 f159
            f160 f161 f162 f163 f164 f165 f166 f167 f168 f169 f170 f171 f172 f173 f174 f175 f176 f177 f178 f179
            f180 f181 f182 f183 f184 f185 f186 f187 f188 f189 f190 f191 f192 f193 f194 f195 f196 f197 f198 f199
            f200 f201 f202 f203 f204 f205 f206 f207 f208 f209 f210 f211 f212 f213 f214 f215 f216 f217 f218 f219
            f220 f221 f222 f223 f224 f225 f226 f227 f228 f229 f230 f231 f232 f233 f234 f235 f236 f237 f238 f239
            f240 f241 f242 f243 f244 f245 f246 f247 f248 f249 f250 f251 f252 f253 f254 f255 f256 f257 f258 f259
            f260 f261 f262 f263 f264 f265 f266 f267 f268 f269 f270 f271 f272 f273 f274 f275 f276 f277 f278 f279
            f280 f281 f282 f283 f284 f285 f286 f287 f288 f289 f290 f291 f292 f293 f294 f295 f296 f297 f298 f299
        }
    };
}

macro_rules! wide_enum {
    ($($name:ident)*) => {
        #[derive(Pickle, Debug, PartialEq, Clone, Copy)]
        #[allow(non_camel_case_types, reason = "the names are the fields' too")]
        enum Wide { $($name),* }

        #[derive(Pickle, Debug, PartialEq)]
        #[allow(non_camel_case_types, reason = "the names are the fields' too")]
        enum WideWithPayload { $($name { id: u16 },)* Last(String) }

        const WIDE: &[Wide] = &[$(Wide::$name),*];
    };
}
names!(wide_enum);

#[test]
fn more_than_256_variants_take_two_bytes() {
    assert_eq!(WIDE.len(), 300);
    assert_eq!(Wide::HEAD, 2);
    same(WIDE.to_vec());
    WIDE.iter().copied().for_each(same);
    same(vec![
        WideWithPayload::f000 { id: 0 },
        WideWithPayload::f254 { id: 254 },
        WideWithPayload::f255 { id: 255 },
        WideWithPayload::f256 { id: 256 },
        WideWithPayload::f299 { id: 299 },
        WideWithPayload::Last("300".into()),
    ]);
}

macro_rules! wide_struct {
    ($($name:ident)*) => {
        #[derive(Pickle, Debug, PartialEq)]
        struct Broad { $($name: u32),* }

        #[derive(Pickle, Debug, PartialEq)]
        struct BroadText { $($name: String),* }

        fn broad() -> (Broad, BroadText) {
            let mut next = 0u32;
            let broad = Broad { $($name: { next += 7; next }),* };
            let text = BroadText { $($name: stringify!($name).to_owned()),* };
            (broad, text)
        }
    };
}
names!(wide_struct);

#[test]
fn three_hundred_fields() {
    let (broad, text) = broad();
    assert_eq!(Broad::HEAD, 1200);
    assert_eq!(broad.f299, 2100);
    same(broad);
    same(text);
}

#[derive(Pickle, Debug, PartialEq)]
struct Generic<T, U = u8> {
    first: T,
    rest: Vec<U>,
}

#[test]
fn a_used_parameter_is_bounded_by_itself() {
    same(Generic { first: "a".to_owned(), rest: vec![Some(1u8)] });
    same(Generic::<u16> { first: 1, rest: vec![2] });
    same(Generic {
        first: Generic { first: 1u8, rest: vec!['x'] },
        rest: vec![Generic { first: (), rest: vec![true] }],
    });
}

#[derive(Pickle, Debug, PartialEq)]
struct Marked<T: ?Sized> {
    id: u32,
    marker: PhantomData<fn() -> T>,
}

#[test]
fn a_parameter_that_only_a_phantom_holds_is_not_bounded() {
    fn needs<T: Pickle + UnpickleOwned>() {}
    needs::<Marked<std::fs::File>>();
    needs::<Marked<dyn Debug>>();
    assert_eq!(round_trip(&Marked::<std::fs::File> { id: 5, marker: PhantomData }).id, 5);
}

#[derive(Pickle)]
struct Items<I: Iterator> {
    items: Vec<I::Item>,
    last: Option<<I as Iterator>::Item>,
}

#[test]
fn an_associated_type_is_bounded_instead_of_its_owner() {
    type Chars = std::str::Chars<'static>;
    let back = round_trip(&Items::<Chars> { items: vec!['a', 'b'], last: Some('c') });
    assert_eq!((back.items, back.last), (vec!['a', 'b'], Some('c')));
}

#[derive(Pickle, Debug, PartialEq)]
struct Grid<T, const W: usize, const H: usize>([[T; W]; H]);

#[derive(Pickle, Debug, PartialEq)]
struct Flagged<const ON: bool, const LETTER: char>(u8);

#[test]
fn const_parameters() {
    same(Grid([[1u8, 2, 3], [4, 5, 6]]));
    same(Grid([["a".to_owned()], ["b".to_owned()]]));
    same(Flagged::<true, 'x'>(5));
}

#[derive(Pickle, Debug, PartialEq)]
struct Bounded<'l, T>(T, PhantomData<&'l ()>)
where
    T: Clone + 'l;

#[derive(Pickle, Debug, PartialEq)]
struct Inline<T: Ord + Copy>
where
    Vec<T>: Debug,
{
    sorted: Vec<T>,
}

#[test]
fn where_clauses_of_the_type_stay() {
    let bytes = bytes_of(&Bounded(3u8, PhantomData));
    assert_eq!(loads::<Bounded<'_, u8>>(&bytes).unwrap(), Bounded(3, PhantomData));
    same(Inline { sorted: vec![1u8, 2] });
}

#[derive(Pickle, Debug, PartialEq)]
struct Borrowing<'x> {
    text: &'x str,
    bytes: &'x [u8],
    maybe: Cow<'x, str>,
    raw: Cow<'x, [u8]>,
    owned: String,
}

fn lies_in(part: *const u8, whole: &[u8]) -> bool {
    whole.as_ptr_range().contains(&part)
}

#[test]
fn borrowed_fields_point_into_the_input() {
    let value = Borrowing {
        text: "no copy of this",
        bytes: b"nor of this",
        maybe: Cow::Owned("borrowed when loaded".into()),
        raw: Cow::Owned(b"raw".to_vec()),
        owned: "copied".into(),
    };
    let bytes = bytes_of(&value);
    let back: Borrowing<'_> = loads(&bytes).unwrap();
    assert_eq!(back, value);
    assert!(lies_in(back.text.as_ptr(), &bytes));
    assert!(lies_in(back.bytes.as_ptr(), &bytes));
    assert!(matches!(&back.maybe, Cow::Borrowed(text) if lies_in(text.as_ptr(), &bytes)));
    assert!(matches!(&back.raw, Cow::Borrowed(raw) if lies_in(raw.as_ptr(), &bytes)));
    assert!(!lies_in(back.owned.as_ptr(), &bytes));
}

#[test]
fn large_borrowed_fields_and_many_of_them() {
    let (text, blob) = ("text".repeat(50_000), vec![7u8; 300_000]);
    let lines: Vec<Line<'_>> = text
        .as_bytes()
        .chunks(100)
        .map(|part| Line { text: str::from_utf8(part).unwrap(), blob: &blob[..50] })
        .collect();
    let bytes = bytes_of(&(&*text, &*blob, &lines));
    let (text_back, blob_back, lines_back): (&str, &[u8], Vec<Line<'_>>) = loads(&bytes).unwrap();
    assert!(text_back == text && blob_back == blob && lines_back == lines);
    assert!(lies_in(text_back.as_ptr(), &bytes) && lies_in(blob_back.as_ptr(), &bytes));
    assert!(lines_back.iter().all(|line| lies_in(line.text.as_ptr(), &bytes) && lies_in(line.blob.as_ptr(), &bytes)));
}

#[derive(Pickle, Debug, PartialEq)]
struct Line<'l> {
    text: &'l str,
    blob: &'l [u8],
}

#[derive(Pickle, Debug, PartialEq)]
struct TwoLives<'a, 'b, T> {
    a: &'a str,
    b: Vec<&'b str>,
    t: T,
}

#[test]
fn several_lifetimes_beside_a_parameter() {
    let value = TwoLives { a: "a", b: vec!["b", "c"], t: Some("t") };
    let bytes = bytes_of(&value);
    assert_eq!(loads::<TwoLives<'_, '_, Option<&str>>>(&bytes).unwrap(), value);
}

#[test]
fn a_borrowing_type_loads_what_its_owned_twin_dumped() {
    mod owned {
        #[derive(pickle_core::Pickle)]
        pub(crate) struct Line {
            pub(crate) text: String,
            pub(crate) blob: Vec<u8>,
        }
    }
    let bytes = bytes_of(&owned::Line { text: "t".into(), blob: vec![1] });
    assert_eq!(loads::<Line<'_>>(&bytes).unwrap(), Line { text: "t", blob: &[1] });
    let back: owned::Line = loads(&bytes_of(&Line { text: "t", blob: &[1] })).unwrap();
    assert_eq!((back.text.as_str(), back.blob.as_slice()), ("t", &[1u8][..]));
}

#[derive(Pickle, Debug, PartialEq)]
enum Expr {
    Number(f64),
    Variable(String),
    Negate(Box<Expr>),
    Binary { left: Box<Expr>, op: char, right: Box<Expr> },
    Call(String, Vec<Expr>),
    Let(Vec<(String, Expr)>, Box<Expr>),
}

#[test]
fn recursive_enums() {
    let number = |n| Box::new(Expr::Number(n));
    same(Expr::Let(
        vec![("x".into(), Expr::Call("sin".into(), vec![Expr::Negate(number(1.0)), Expr::Variable("y".into())]))],
        Box::new(Expr::Binary { left: number(2.0), op: '*', right: Box::new(Expr::Negate(number(-0.0))) }),
    ));
}

#[derive(Pickle, Debug, PartialEq)]
#[allow(non_camel_case_types, reason = "a keyword as a name is what is tested")]
struct r#match {
    r#type: u8,
    r#fn: String,
}

#[derive(Pickle, Debug, PartialEq)]
#[allow(non_camel_case_types, reason = "a keyword as a name is what is tested")]
enum Keyword {
    r#for { r#in: u8 },
    r#loop,
}

#[test]
fn raw_identifiers_are_stored_without_their_prefix() {
    same(r#match { r#type: 1, r#fn: "f".into() });
    same([Keyword::r#for { r#in: 1 }, Keyword::r#loop]);
    assert_eq!(<r#match as Shape>::name(), "match");
    let bytes = bytes_of(&r#match { r#type: 1, r#fn: String::new() });
    assert!(!bytes.windows(2).any(|pair| pair == b"r#"));
}

#[test]
fn types_declared_in_a_function_body() {
    #[derive(Pickle, Debug, PartialEq)]
    struct Inner {
        parts: Vec<Part>,
    }
    #[derive(Pickle, Debug, PartialEq)]
    enum Part {
        A,
        B(String),
    }
    same(Inner { parts: vec![Part::A, Part::B("b".into())] });
}

#[test]
fn fields_are_restored_in_their_declared_order_whatever_their_types() {
    #[derive(Pickle, Debug, PartialEq)]
    struct Mixed {
        a: u8,
        b: String,
        c: u64,
        d: Vec<u8>,
        e: bool,
        f: Option<u16>,
        g: char,
    }
    same(Mixed { a: 1, b: "2".into(), c: 3, d: vec![4], e: true, f: Some(6), g: '7' });
}

#[test]
fn an_unknown_two_byte_tag_is_refused() {
    let mut bytes = bytes_of(&[Wide::f299; 2]);
    let at = patch(&mut bytes, &[43, 1], &[44, 1]);
    let error = load_error::<[Wide; 2]>(&bytes);
    assert_eq!((error.kind(), error.offset()), (ErrorKind::InvalidValue, Some(at as u64)));
}

#[test]
fn a_type_that_is_generic_over_what_it_loads() {
    fn first<'a, T: Unpickle<'a>>(bytes: &'a [u8]) -> T {
        loads::<Vec<T>>(bytes).unwrap().swap_remove(0)
    }
    assert_eq!(first::<&str>(&bytes_of(&["x"][..])), "x");
}
