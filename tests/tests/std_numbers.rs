//! Numbers, `char`, `bool`, `NonZero` and atomics keep every bit.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cmp::Reverse;
use std::marker::PhantomData;
use std::num::{NonZero, Saturating, Wrapping};
use std::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64,
    AtomicUsize, Ordering,
};

use pickle_tests::{round_trip, same};

macro_rules! extremes {
    ($($test:ident $type:ident)*) => {$(
        #[test]
        fn $test() {
            for value in [$type::MIN, $type::MIN + 1, 0, 1, 2, $type::MAX / 3, $type::MAX - 1, $type::MAX] {
                same(value);
                same(Wrapping(value));
                same(Saturating(value));
                same(Reverse(value));
                if let Some(value) = NonZero::new(value) {
                    same(value);
                    same(Some(value));
                }
            }
            same(vec![$type::MIN, 0, $type::MAX]);
            same((0..1000).map(|n| (n * 7 % 113) as $type).collect::<Vec<_>>());
        }
    )*};
}

extremes! {
    u8_extremes u8
    u16_extremes u16
    u32_extremes u32
    u64_extremes u64
    u128_extremes u128
    usize_extremes usize
    i8_extremes i8
    i16_extremes i16
    i32_extremes i32
    i64_extremes i64
    i128_extremes i128
    isize_extremes isize
}

#[test]
fn single_floats_keep_every_bit() {
    let special =
        [0.0, -0.0, f32::MIN_POSITIVE, f32::from_bits(1), f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY];
    // The first, the last and many other NaN patterns of both signs, signalling ones included.
    let nans = (0x7f80_0001u32..=0x7fff_ffff).step_by(4099).chain([0x7f80_0001, 0x7fbf_ffff, 0x7fc0_0000, 0x7fff_ffff]);
    let nans = nans.flat_map(|bits| [f32::from_bits(bits), f32::from_bits(bits | 1 << 31)]);
    let all: Vec<f32> = special.into_iter().chain(nans).collect();
    let bits = |floats: &[f32]| floats.iter().map(|float| float.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&round_trip(&all)), bits(&all));
    for float in &all[..64] {
        assert_eq!(round_trip(float).to_bits(), float.to_bits());
    }
}

#[test]
fn double_floats_keep_every_bit() {
    let special =
        [0.0, -0.0, f64::MIN_POSITIVE, f64::from_bits(1), f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY];
    let nans =
        (0..52).flat_map(|bit| [0x7ff0_0000_0000_0000u64 | 1 << bit, 0x7ff8_0000_0000_0000 | 1 << bit, u64::MAX >> 1]);
    let nans = nans.flat_map(|bits| [f64::from_bits(bits), f64::from_bits(bits | 1 << 63)]);
    let all: Vec<f64> = special.into_iter().chain(nans).collect();
    let bits = |floats: &[f64]| floats.iter().map(|float| float.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&round_trip(&all)), bits(&all));
    for float in &all {
        assert_eq!(round_trip(float).to_bits(), float.to_bits());
    }
}

#[test]
fn chars_at_the_ends_of_their_ranges() {
    let chars = ['\0', 'a', '\u{7f}', '\u{80}', 'ß', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '🥒', char::MAX];
    same(chars);
    same(chars.to_vec());
    chars.into_iter().for_each(same);
}

#[test]
fn bools_alone_and_in_thousands() {
    same(true);
    same(false);
    same((0..5000).map(|n| n % 3 == 0).collect::<Vec<_>>());
}

#[test]
fn unit_and_phantom_data_need_nothing_of_their_parameter() {
    same(());
    same(vec![(); 300]);
    same(PhantomData::<std::fs::File>);
    same(PhantomData::<dyn std::any::Any>);
    same((PhantomData::<*const u8>, 7u8));
}

#[test]
fn atomics_hold_what_they_held() {
    assert!(round_trip(&AtomicBool::new(true)).into_inner());
    assert_eq!(round_trip(&AtomicU8::new(u8::MAX)).into_inner(), u8::MAX);
    assert_eq!(round_trip(&AtomicU16::new(u16::MAX)).into_inner(), u16::MAX);
    assert_eq!(round_trip(&AtomicU32::new(u32::MAX)).into_inner(), u32::MAX);
    assert_eq!(round_trip(&AtomicU64::new(u64::MAX)).into_inner(), u64::MAX);
    assert_eq!(round_trip(&AtomicUsize::new(usize::MAX)).into_inner(), usize::MAX);
    assert_eq!(round_trip(&AtomicI8::new(i8::MIN)).into_inner(), i8::MIN);
    assert_eq!(round_trip(&AtomicI16::new(i16::MIN)).into_inner(), i16::MIN);
    assert_eq!(round_trip(&AtomicI32::new(i32::MIN)).into_inner(), i32::MIN);
    assert_eq!(round_trip(&AtomicI64::new(i64::MIN)).into_inner(), i64::MIN);
    assert_eq!(round_trip(&AtomicIsize::new(isize::MIN)).into_inner(), isize::MIN);
}

#[test]
fn an_atomic_looks_like_its_number() {
    let counter = AtomicU64::new(5);
    counter.fetch_add(2, Ordering::SeqCst);
    assert_eq!(pickle_core::loads::<u64>(&pickle_core::dumps(&counter).unwrap()).unwrap(), 7);
}
