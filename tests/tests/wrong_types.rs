//! A stream of another type, or of another shape of the type, never loads: the error says where the two part.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking; the fields are only for their shape")]

use pickle_core::{Error, ErrorKind, Pickle, Pickler, Schema, Unpickle, dumps};
use pickle_tests::{assert_says, bytes_of, load_error, patch};

macro_rules! versions {
    ($($module:ident { $($item:item)* })*) => {$(
        mod $module {
            #![allow(dead_code, reason = "the fields are only for their shape")]
            use pickle_core::Pickle;
            $(#[derive(Pickle, Default)] $item)*
        }
    )*};
}

versions! {
    base {
        pub(crate) struct Point { pub(crate) x: u32, pub(crate) y: u32 }
        pub(crate) struct World { pub(crate) name: String, pub(crate) points: Vec<Point>, pub(crate) size: (u8, Point), pub(crate) mode: Mode }
        pub(crate) enum Mode { #[default] Idle, Run(u8), Jump { high: u16 } }
    }
    renamed {
        pub(crate) struct Point { x: u32, z: u32 }
    }
    longer {
        pub(crate) struct Point { x: u32, y: u32, z: u32 }
    }
    narrower {
        pub(crate) struct Point { x: u32, y: u16 }
    }
    signed {
        pub(crate) struct Point { x: u32, y: i32 }
    }
    tuple {
        pub(crate) struct Point(u32, u32);
    }
    other_name {
        pub(crate) struct Pixel { x: u32, y: u32 }
    }
    variant_renamed {
        pub(crate) enum Mode { #[default] Idle, Walk(u8), Jump { high: u16 } }
    }
    variant_field {
        pub(crate) enum Mode { #[default] Idle, Run(i8), Jump { high: u16 } }
    }
    variant_field_name {
        pub(crate) enum Mode { #[default] Idle, Run(u8), Jump { low: u16 } }
    }
}

fn wrong<T: for<'a> Unpickle<'a>>(value: &impl Pickle) -> Error {
    for schema in [Schema::Embedded, Schema::Fingerprint] {
        let bytes = Pickler::new().schema(schema).dumps(value).unwrap();
        let from_reader = match pickle_core::load::<T, _>(&bytes[..]) {
            Ok(_) => panic!("a stream of another type was loaded"),
            Err(error) => error,
        };
        assert_eq!(from_reader.kind(), ErrorKind::WrongType);
        assert_eq!(load_error::<T>(&bytes).kind(), ErrorKind::WrongType);
        assert!(load_error::<T>(&bytes).offset().is_some());
    }
    load_error::<T>(&bytes_of(value))
}

#[test]
fn another_root_type_names_both() {
    for (error, expected, found) in [
        (wrong::<u32>(&"text"), "`u32`", "`String`"),
        (wrong::<Vec<u8>>(&5u8), "`Vec<u8>`", "`u8`"),
        (wrong::<base::Point>(&base::World::default()), "`Point`", "`World`"),
        (wrong::<other_name::Pixel>(&base::Point::default()), "`Pixel`", "`Point`"),
        (wrong::<base::Mode>(&base::Point::default()), "`Mode`", "`Point`"),
        (wrong::<Option<u8>>(&Some(Some(1u16))), "`Option<u8>`", "`Option<Option<u16>>`"),
        (wrong::<[u8; 3]>(&[1u8, 2]), "`[u8; 3]`", "`[u8; 2]`"),
        (wrong::<(u8, u8)>(&(1u8, 2u8, 3u8)), "`(u8, u8)`", "`(u8, u8, u8)`"),
        (wrong::<(u32, u32)>(&base::Point::default()), "`(u32, u32)`", "`Point`"),
    ] {
        assert_says(&error, &[&format!("expected {expected}"), found]);
    }
}

#[test]
fn fields_that_are_missing() {
    let error = wrong::<renamed::Point>(&base::Point::default());
    assert_says(
        error,
        &["`Point`", "it lacks `z`", "the fields `x`, `z`", "found", "`x`, `y`", "#[pickle(default)]", "alias"],
    );
    assert_says(wrong::<longer::Point>(&base::Point::default()), &["`Point`", "`x`, `y`, `z`", "found", "`x`, `y`"]);
    assert_says(wrong::<tuple::Point>(&base::Point::default()), &["`Point`", "2 unnamed fields", "`x`, `y`"]);
}

#[test]
fn a_field_of_another_type_gives_its_path() {
    let error = wrong::<narrower::Point>(&base::Point::default());
    assert_eq!(error.path(), "y");
    assert_says(error, &["`Point`", "expected `u16`, found `u32`", "migrate"]);
    assert_eq!(wrong::<signed::Point>(&base::Point::default()).path(), "y");
}

#[test]
fn variants_that_have_changed() {
    let base = base::Mode::Idle;
    assert_says(wrong::<variant_field::Mode>(&base), &["`Mode`", "`i8`", "`u8`"]);
    assert_says(wrong::<variant_field_name::Mode>(&base), &["`Mode`", "`Jump`", "`low`", "`high`"]);
}

#[test]
fn a_variant_that_is_gone_is_refused_where_a_value_has_it() {
    let bytes = |mode| dumps(&[base::Mode::Idle, mode]).unwrap();
    assert!(pickle_core::loads::<[variant_renamed::Mode; 2]>(&bytes(base::Mode::Idle)).is_ok());
    let error = load_error::<[variant_renamed::Mode; 2]>(&bytes(base::Mode::Run(1)));
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::WrongType, "[1]"));
    assert_says(error, &["`Mode`", "`Run`", "alias", "#[pickle(other)]"]);
}

#[test]
fn a_difference_deep_inside_gives_its_path() {
    mod deep {
        use pickle_core::Pickle;
        #[derive(Pickle)]
        pub(super) struct World {
            name: String,
            points: Vec<super::base::Point>,
            size: (u8, super::narrower::Point),
            mode: super::base::Mode,
        }
    }
    let error = wrong::<deep::World>(&base::World::default());
    assert_eq!(error.path(), "size.1.y");
    assert_says(error, &["`size.1.y`: ", "`Point`", "expected `u16`, found `u32`"]);
}

#[test]
fn a_stream_with_a_fingerprint_alone_says_what_it_can() {
    let bytes = Pickler::new().schema(Schema::Fingerprint).dumps(&base::Point::default()).unwrap();
    let error = load_error::<longer::Point>(&bytes);
    assert_eq!((error.kind(), error.offset(), error.path().as_str()), (ErrorKind::WrongType, Some(6), ""));
    assert_says(error, &["`Point`", "fingerprint", "Schema::Fingerprint"]);
}

#[test]
fn a_schema_that_was_edited_is_told_from_another_type() {
    let mut bytes = bytes_of(&base::Point { x: 1, y: 2 });
    patch(&mut bytes, b"Point", b"Paint");
    assert_eq!(load_error::<base::Point>(&bytes).kind(), ErrorKind::Corrupt);
}

#[test]
fn any_two_of_many_types_refuse_each_other() {
    let streams: Vec<(&str, Vec<u8>)> = vec![
        ("u8", bytes_of(&1u8)),
        ("char", bytes_of(&'c')),
        ("bool", bytes_of(&true)),
        ("String", bytes_of("t")),
        ("Vec<u8>", bytes_of(&vec![1u8])),
        ("Option<u8>", bytes_of(&Some(1u8))),
        ("(u8,)", bytes_of(&(1u8,))),
        ("[u8; 1]", bytes_of(&[1u8])),
        ("Mode", bytes_of(&base::Mode::Run(1))),
        ("Point", bytes_of(&base::Point { x: 1, y: 2 })),
        ("BTreeSet<u8>", bytes_of(&std::collections::BTreeSet::from([1u8]))),
        ("()", dumps(&()).unwrap()),
    ];
    /// Without loss: what the second was becomes the first.
    const BRIDGED: [(&str, &str); 4] =
        [("Vec<u8>", "[u8; 1]"), ("Vec<u8>", "BTreeSet<u8>"), ("Option<u8>", "u8"), ("u8", "Option<u8>")];
    fn check<T: for<'a> Unpickle<'a>>(name: &str, streams: &[(&str, Vec<u8>)]) {
        for (other, bytes) in streams {
            match pickle_core::loads::<T>(bytes) {
                Ok(_) => assert!(name == *other || BRIDGED.contains(&(name, *other)), "`{name}` from `{other}`"),
                Err(error) => assert_eq!((error.kind(), name == *other), (ErrorKind::WrongType, false)),
            }
        }
    }
    check::<u8>("u8", &streams);
    check::<char>("char", &streams);
    check::<bool>("bool", &streams);
    check::<String>("String", &streams);
    check::<Vec<u8>>("Vec<u8>", &streams);
    check::<Option<u8>>("Option<u8>", &streams);
    check::<(u8,)>("(u8,)", &streams);
    check::<[u8; 1]>("[u8; 1]", &streams);
    check::<base::Mode>("Mode", &streams);
    check::<base::Point>("Point", &streams);
    check::<std::collections::BTreeSet<u8>>("BTreeSet<u8>", &streams);
    check::<()>("()", &streams);
}

/// Two releases of an application; a field was added to a type deep inside.
mod release_1 {
    #[derive(pickle_core::Pickle, Debug)]
    pub(super) struct Conf {
        pub(super) entries: Vec<Entry>,
    }

    #[derive(pickle_core::Pickle, Debug)]
    pub(super) struct Entry {
        pub(super) deep: Vec<Option<Detail>>,
    }

    #[derive(pickle_core::Pickle, Debug)]
    pub(super) struct Detail {
        pub(super) a: u8,
        pub(super) gone: u8,
    }
}

mod release_2 {
    #[derive(pickle_core::Pickle, Debug)]
    pub(super) struct Conf {
        pub(super) entries: Vec<Entry>,
    }

    #[derive(pickle_core::Pickle, Debug)]
    pub(super) struct Entry {
        pub(super) deep: Vec<Option<Detail>>,
    }

    #[derive(pickle_core::Pickle, Debug)]
    pub(super) struct Detail {
        pub(super) a: u8,
        pub(super) new: u8,
    }

    /// The old root, kept to convert from.
    #[derive(pickle_core::Pickle, Debug)]
    #[pickle(name = "Conf")]
    pub(super) struct OldConf {
        pub(super) entries: Vec<super::release_1::Entry>,
    }
}

#[test]
fn a_change_deep_inside_names_its_type_its_path_and_the_fields() {
    let detail = release_1::Detail { a: 1, gone: 2 };
    let old = release_1::Conf { entries: vec![release_1::Entry { deep: vec![Some(detail)] }] };
    let bytes = dumps(&old).unwrap();
    let error = pickle_core::loads::<release_2::Conf>(&bytes).unwrap_err();
    assert_eq!(error.path(), "entries[].deep[]");
    assert_says(
        &error,
        &["another shape of `Detail`: it lacks `new`: expected the fields `a`, `new`, found the fields `a`, `gone`"],
    );
    let kept = pickle_core::loads::<release_2::OldConf>(&bytes).unwrap();
    assert_eq!(kept.entries[0].deep[0].as_ref().map(|detail| (detail.a, detail.gone)), Some((1, 2)));
    let new =
        release_2::Conf { entries: vec![release_2::Entry { deep: vec![Some(release_2::Detail { a: 1, new: 0 })] }] };
    assert_eq!(new.entries[0].deep[0].as_ref().map(|detail| detail.a + detail.new), Some(1));
}
