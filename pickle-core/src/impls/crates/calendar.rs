//! What the crates of dates and times have in common: one that is exchanged for another reads its files.

use crate::Pickle;

/// A day of the calendar.
#[derive(Pickle, PartialEq)]
#[pickle(name = "Date")]
pub(super) struct Date {
    pub(super) year: i32,
    pub(super) month: u8,
    pub(super) day: u8,
}

/// A time of the day. A leap second, which only some of the crates have, has a billion nanoseconds and more.
#[derive(Pickle, PartialEq)]
#[pickle(name = "Time")]
pub(super) struct Time {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) nanos: u32,
}

#[derive(Pickle)]
#[pickle(name = "DateTime")]
pub(super) struct DateTime {
    pub(super) date: Date,
    pub(super) time: Time,
}

/// A moment: seconds since the Unix epoch, rounded down, and nanoseconds after them.
#[derive(Pickle)]
#[pickle(name = "Timestamp", alias = "OffsetDateTime")]
pub(super) struct Timestamp {
    pub(super) secs: i64,
    pub(super) nanos: u32,
}

/// A moment, and how many seconds the clock where it was seen is ahead of UTC.
#[cfg(any(feature = "chrono", feature = "time"))]
#[derive(Pickle)]
#[pickle(name = "OffsetDateTime", alias = "Timestamp")]
pub(super) struct OffsetDateTime {
    pub(super) secs: i64,
    pub(super) nanos: u32,
    #[pickle(default)]
    pub(super) offset: i32,
}

#[derive(Pickle)]
#[pickle(name = "UtcOffset")]
pub(super) struct UtcOffset {
    pub(super) seconds: i32,
}

/// Seconds and nanoseconds, both of one sign.
#[derive(Pickle)]
#[pickle(name = "SignedDuration")]
pub(super) struct SignedDuration {
    pub(super) secs: i64,
    pub(super) nanos: i32,
}

impl SignedDuration {
    /// Its parts, if it has the one form that a duration has.
    pub(super) fn checked(&self) -> Result<(i64, i32), String> {
        let SignedDuration { secs, nanos } = *self;
        let one_sign = secs == 0 || nanos == 0 || (secs < 0) == (nanos < 0);
        if one_sign && nanos.unsigned_abs() < 1_000_000_000 {
            return Ok((secs, nanos));
        }
        Err(format!("no duration of {secs} s and {nanos} ns"))
    }
}

#[derive(Pickle)]
#[pickle(name = "Weekday")]
pub(super) enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// Gives the enum of weekdays of a crate its mirror, by the names of its variants.
macro_rules! weekday {
    ($type:ident: $($own:ident $variant:ident,)*) => {
        mirror!([] $type, Weekday,
            |day| match day { $($type::$own => Weekday::$variant,)* },
            |day, bad| match day { $(Weekday::$variant => $type::$own,)* });
    };
}
pub(super) use weekday;
