//! Ranges, times, addresses and the small enums of std.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cmp::{Ordering, Reverse};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::{Saturating, Wrapping};
use std::ops::{Bound, ControlFlow, Range, RangeInclusive};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pickle_core::ErrorKind;
use pickle_tests::{dump_error, same};

#[test]
fn ranges() {
    same(1u8..5);
    same(Range { start: 5u8, end: 1 });
    same("a".to_owned().."z".to_owned());
    same(1u64..);
    same(..7i32);
    same(..='x');
    same(..);
    same(1u8..=255);
    same(RangeInclusive::new(9u8, 1));
    same("b".to_owned()..="b".to_owned());
    same(vec![Some(1.5f64)..=Some(2.5)]);
}

#[test]
fn a_partly_iterated_inclusive_range_goes_on_where_it_was() {
    let mut range = 1u8..=4;
    range.next();
    same(range);
}

#[test]
fn an_exhausted_inclusive_range_is_refused_when_it_is_dumped() {
    let mut range = 1u8..=2;
    range.by_ref().for_each(drop);
    let error = dump_error(&vec![0..=0, range]);
    assert_eq!(error.kind(), ErrorKind::Unrepresentable);
    assert_eq!(error.path(), "[1]");
}

#[test]
fn bounds_and_flow() {
    same([Bound::Included(1u8), Bound::Excluded(2), Bound::Unbounded]);
    same(Bound::Included("text".to_owned()));
    same(ControlFlow::<u8, String>::Break(1));
    same(ControlFlow::<u8, String>::Continue("on".to_owned()));
    same([Ordering::Less, Ordering::Equal, Ordering::Greater]);
}

#[test]
fn wrappers() {
    same(Reverse("r".to_owned()));
    same(Reverse(Some(Reverse(1u8))));
    same((Wrapping(1u8), Wrapping(-1i64), Saturating(2u128)));
    same(vec![Wrapping(u32::MAX); 300]);
}

#[test]
fn durations() {
    same([
        Duration::ZERO,
        Duration::MAX,
        Duration::from_nanos(1),
        Duration::from_nanos(999_999_999),
        Duration::new(1, 1),
    ]);
}

#[test]
fn times_before_and_after_the_epoch() {
    let nanosecond = Duration::from_nanos(1);
    let century = Duration::from_secs(100 * 365 * 86_400);
    for distance in
        [Duration::ZERO, nanosecond, Duration::from_secs(1), century, century + nanosecond, century - nanosecond]
    {
        same(UNIX_EPOCH + distance);
        same(UNIX_EPOCH - distance);
    }
    same(SystemTime::now());
}

#[test]
fn addresses() {
    same([Ipv4Addr::LOCALHOST, Ipv4Addr::BROADCAST, Ipv4Addr::UNSPECIFIED]);
    same([Ipv6Addr::LOCALHOST, Ipv6Addr::from(u128::MAX)]);
    same([IpAddr::V4(Ipv4Addr::new(1, 2, 3, 4)), IpAddr::V6(Ipv6Addr::from(7))]);
    same(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 65_535));
    same(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 1, 0xdead_beef, u32::MAX));
    same::<[SocketAddr; 2]>(["10.0.0.1:80".parse().unwrap(), "[fe80::1%3]:443".parse().unwrap()]);
}
