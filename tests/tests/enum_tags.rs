//! An enum of 256 variants has a tag of one byte, one of 257 a tag of two.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(non_camel_case_types, reason = "the names are numbers")]

use pickle_core::{ErrorKind, Pickle, Shape};
use pickle_tests::{assert_says, bytes_of, load_error, same};

macro_rules! with_names {
    ($enums:ident) => {
        $enums! {
            V00 V01 V02 V03 V04 V05 V06 V07 V08 V09 V0a V0b V0c V0d V0e V0f V10 V11 V12 V13
            V14 V15 V16 V17 V18 V19 V1a V1b V1c V1d V1e V1f V20 V21 V22 V23 V24 V25 V26 V27
            V28 V29 V2a V2b V2c V2d V2e V2f V30 V31 V32 V33 V34 V35 V36 V37 V38 V39 V3a V3b
            V3c V3d V3e V3f V40 V41 V42 V43 V44 V45 V46 V47 V48 V49 V4a V4b V4c V4d V4e V4f
            V50 V51 V52 V53 V54 V55 V56 V57 V58 V59 V5a V5b V5c V5d V5e V5f V60 V61 V62 V63
            V64 V65 V66 V67 V68 V69 V6a V6b V6c V6d V6e V6f V70 V71 V72 V73 V74 V75 V76 V77
            V78 V79 V7a V7b V7c V7d V7e V7f V80 V81 V82 V83 V84 V85 V86 V87 V88 V89 V8a V8b
            V8c V8d V8e V8f V90 V91 V92 V93 V94 V95 V96 V97 V98 V99 V9a V9b V9c V9d V9e V9f
            Va0 Va1 Va2 Va3 Va4 Va5 Va6 Va7 Va8 Va9 Vaa Vab Vac Vad Vae Vaf Vb0 Vb1 Vb2 Vb3
            Vb4 Vb5 Vb6 Vb7 Vb8 Vb9 Vba Vbb Vbc Vbd Vbe Vbf Vc0 Vc1 Vc2 Vc3 Vc4 Vc5 Vc6 Vc7
            Vc8 Vc9 Vca Vcb Vcc Vcd Vce Vcf Vd0 Vd1 Vd2 Vd3 Vd4 Vd5 Vd6 Vd7 Vd8 Vd9 Vda Vdb
            Vdc Vdd Vde Vdf Ve0 Ve1 Ve2 Ve3 Ve4 Ve5 Ve6 Ve7 Ve8 Ve9 Vea Veb Vec Ved Vee Vef
            Vf0 Vf1 Vf2 Vf3 Vf4 Vf5 Vf6 Vf7 Vf8 Vf9 Vfa Vfb Vfc Vfd Vfe Vff
        }
    };
}

macro_rules! enums {
    ($first:ident $($name:ident)*) => {
        #[derive(Pickle, Debug, PartialEq, Clone, Copy)]
        enum Of255 { $($name),* }

        #[derive(Pickle, Debug, PartialEq, Clone, Copy)]
        enum Of256 { $first, $($name),* }

        #[derive(Pickle, Debug, PartialEq, Clone, Copy)]
        enum Of257 { $first, $($name,)* Last }

        #[derive(Pickle, Debug, PartialEq, Clone)]
        enum Payloads256 { $first(u16), $($name { text: String }),* }

        #[derive(Pickle, Debug, PartialEq, Clone)]
        enum Payloads257 { $first(u16), $($name { text: String },)* Last(Box<Payloads257>) }

        const OF_255: &[Of255] = &[$(Of255::$name),*];
        const OF_256: &[Of256] = &[Of256::$first, $(Of256::$name),*];
        const OF_257: &[Of257] = &[Of257::$first, $(Of257::$name,)* Of257::Last];
    };
}
with_names!(enums);

#[test]
fn every_variant_comes_back_from_the_least_tag() {
    assert_eq!((OF_255.len(), OF_256.len(), OF_257.len()), (255, 256, 257));
    assert_eq!((Of255::HEAD, Of256::HEAD, Of257::HEAD), (1, 1, 2));
    same(OF_255.to_vec());
    same(OF_256.to_vec());
    same(OF_257.to_vec());
    assert_eq!(bytes_of(&Of256::Vff).last(), Some(&255));
    assert!(bytes_of(&Of257::Vff).ends_with(&[255, 0]) && bytes_of(&Of257::Last).ends_with(&[0, 1]));
    let text = || "text".to_owned();
    same([Payloads256::V00(7), Payloads256::V01 { text: text() }, Payloads256::Vff { text: text() }]);
    let last = Payloads257::Last(Box::new(Payloads257::Vff { text: text() }));
    same([Payloads257::V00(7), last]);
}

#[test]
fn a_tag_one_too_large_is_refused() {
    let with_tag = |mut bytes: Vec<u8>, tag: &[u8]| {
        let at = bytes.len() - tag.len();
        bytes[at..].copy_from_slice(tag);
        bytes
    };
    for error in [
        load_error::<Of255>(&with_tag(bytes_of(&Of255::Vff), &[255])),
        load_error::<Of257>(&with_tag(bytes_of(&Of257::Last), &[1, 1])),
        load_error::<Of257>(&with_tag(bytes_of(&Of257::Last), &[255, 255])),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidValue);
        assert_says(&error, &["variants, the stream has number"]);
    }
}
