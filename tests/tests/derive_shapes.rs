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
            F000 F001 F002 F003 F004 F005 F006 F007 F008 F009 F010 F011 F012 F013 F014 F015 F016 F017 F018 F019
            F020 F021 F022 F023 F024 F025 F026 F027 F028 F029 F030 F031 F032 F033 F034 F035 F036 F037 F038 F039
            F040 F041 F042 F043 F044 F045 F046 F047 F048 F049 F050 F051 F052 F053 F054 F055 F056 F057 F058 F059
            F060 F061 F062 F063 F064 F065 F066 F067 F068 F069 F070 F071 F072 F073 F074 F075 F076 F077 F078 F079
            F080 F081 F082 F083 F084 F085 F086 F087 F088 F089 F090 F091 F092 F093 F094 F095 F096 F097 F098 F099
            F100 F101 F102 F103 F104 F105 F106 F107 F108 F109 F110 F111 F112 F113 F114 F115 F116 F117 F118 F119
            F120 F121 F122 F123 F124 F125 F126 F127 F128 F129 F130 F131 F132 F133 F134 F135 F136 F137 F138 F139
            F140 F141 F142 F143 F144 F145 F146 F147 F148 F149 F150 F151 F152 F153 F154 F155 F156 F157 F158 F159
            F160 F161 F162 F163 F164 F165 F166 F167 F168 F169 F170 F171 F172 F173 F174 F175 F176 F177 F178 F179
            F180 F181 F182 F183 F184 F185 F186 F187 F188 F189 F190 F191 F192 F193 F194 F195 F196 F197 F198 F199
            F200 F201 F202 F203 F204 F205 F206 F207 F208 F209 F210 F211 F212 F213 F214 F215 F216 F217 F218 F219
            F220 F221 F222 F223 F224 F225 F226 F227 F228 F229 F230 F231 F232 F233 F234 F235 F236 F237 F238 F239
            F240 F241 F242 F243 F244 F245 F246 F247 F248 F249 F250 F251 F252 F253 F254 F255 F256 F257 F258 F259
            F260 F261 F262 F263 F264 F265 F266 F267 F268 F269 F270 F271 F272 F273 F274 F275 F276 F277 F278 F279
            F280 F281 F282 F283 F284 F285 F286 F287 F288 F289 F290 F291 F292 F293 F294 F295 F296 F297 F298 F299
        }
    };
}

macro_rules! wide_enum {
    ($($name:ident)*) => {
        #[derive(Pickle, Debug, PartialEq, Clone, Copy)]
        enum Wide { $($name),* }

        #[derive(Pickle, Debug, PartialEq)]
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
        WideWithPayload::F000 { id: 0 },
        WideWithPayload::F254 { id: 254 },
        WideWithPayload::F255 { id: 255 },
        WideWithPayload::F256 { id: 256 },
        WideWithPayload::F299 { id: 299 },
        WideWithPayload::Last("300".into()),
    ]);
}

macro_rules! wide_struct {
    ($($name:ident)*) => {
        #[derive(Pickle, Debug, PartialEq)]
        #[allow(non_snake_case, reason = "the names are the enum's too")]
        struct Broad { $($name: u32),* }

        #[derive(Pickle, Debug, PartialEq)]
        #[allow(non_snake_case, reason = "the names are the enum's too")]
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
    assert_eq!(broad.F299, 2100);
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
    same(Generic { first: Generic { first: 1u8, rest: vec!['x'] }, rest: vec![Generic { first: (), rest: vec![true] }] });
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
    let lines: Vec<Line<'_>> = text.as_bytes().chunks(100).map(|part| Line { text: str::from_utf8(part).unwrap(), blob: &blob[..50] }).collect();
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
    let mut bytes = bytes_of(&[Wide::F299; 2]);
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
