//! `jiff`: dates, times, moments, those in a time zone, spans and durations.

use jiff::civil::{Date, DateTime, Time, Weekday as Day};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp, ZonedDateTime};

use super::calendar::{self, Weekday, weekday};
use crate::error::{Error, ErrorKind, Result};
use crate::impls::mirror::mirror;
use crate::{Describer, Pickle, Reader, Shape, TypeRef, Unpickle, Writer};

const NANOS_PER_SECOND: i32 = 1_000_000_000;

fn date(date: Date) -> calendar::Date {
    calendar::Date { year: date.year().into(), month: date.month() as u8, day: date.day() as u8 }
}

fn to_date(parts: &calendar::Date) -> Result<Date, jiff::Error> {
    let made = Date::new(parts.year.try_into().unwrap_or(i16::MAX), small(parts.month), small(parts.day))?;
    Ok(made)
}

fn time(time: Time) -> calendar::Time {
    calendar::Time {
        hour: time.hour() as u8,
        minute: time.minute() as u8,
        second: time.second() as u8,
        nanos: time.subsec_nanosecond() as u32,
    }
}

fn to_time(parts: &calendar::Time) -> Result<Time, jiff::Error> {
    let nanos = parts.nanos.try_into().unwrap_or(i32::MAX);
    Time::new(small(parts.hour), small(parts.minute), small(parts.second), nanos)
}

/// What is too large is so in its own type too.
fn small(part: u8) -> i8 {
    part.try_into().unwrap_or(i8::MAX)
}

fn moment(moment: Timestamp) -> calendar::Timestamp {
    // The crate rounds toward the epoch.
    let (secs, nanos) = (moment.as_second(), moment.subsec_nanosecond());
    if nanos < 0 {
        calendar::Timestamp { secs: secs - 1, nanos: (nanos + NANOS_PER_SECOND) as u32 }
    } else {
        calendar::Timestamp { secs, nanos: nanos as u32 }
    }
}

fn to_moment(secs: i64, nanos: u32) -> Result<Timestamp, String> {
    if nanos >= NANOS_PER_SECOND as u32 {
        return Err(format!("{nanos} nanoseconds are more than a second"));
    }
    Timestamp::new(secs, nanos as i32).map_err(|error| error.to_string())
}

mirror!([] Date, calendar::Date, |value| date(*value), try |parts| to_date(&parts));
mirror!([] Time, calendar::Time, |value| time(*value), try |parts| to_time(&parts));
mirror!([] DateTime, calendar::DateTime,
    |value| calendar::DateTime { date: date(value.date()), time: time(value.time()) },
    try |parts| to_date(&parts.date).and_then(|date| Ok(DateTime::from_parts(date, to_time(&parts.time)?))));
mirror!([] Timestamp, calendar::Timestamp, |value| moment(*value), try |parts| to_moment(parts.secs, parts.nanos));
mirror!([] Offset, calendar::UtcOffset,
    |offset| calendar::UtcOffset { seconds: offset.seconds() },
    try |parts| Offset::from_seconds(parts.seconds));
mirror!([] SignedDuration, calendar::SignedDuration,
|duration| calendar::SignedDuration { secs: duration.as_secs(), nanos: duration.subsec_nanos() },
try |parts| parts.checked().map(|(secs, nanos)| SignedDuration::new(secs, nanos)));
weekday! {
    Day: Monday Monday, Tuesday Tuesday, Wednesday Wednesday, Thursday Thursday, Friday Friday, Saturday Saturday,
    Sunday Sunday,
}

/// So much of each unit, all of one sign.
#[derive(Pickle, PartialEq)]
#[pickle(name = "Span")]
struct SpanMirror {
    years: i16,
    months: i32,
    weeks: i32,
    days: i32,
    hours: i32,
    minutes: i64,
    seconds: i64,
    milliseconds: i64,
    microseconds: i64,
    nanoseconds: i64,
}

fn span(span: &Span) -> SpanMirror {
    SpanMirror {
        years: span.get_years(),
        months: span.get_months(),
        weeks: span.get_weeks(),
        days: span.get_days(),
        hours: span.get_hours(),
        minutes: span.get_minutes(),
        seconds: span.get_seconds(),
        milliseconds: span.get_milliseconds(),
        microseconds: span.get_microseconds(),
        nanoseconds: span.get_nanoseconds(),
    }
}

fn to_span(parts: &SpanMirror) -> Result<Span, String> {
    let make = || {
        Span::new()
            .try_years(parts.years)?
            .try_months(parts.months)?
            .try_weeks(parts.weeks)?
            .try_days(parts.days)?
            .try_hours(parts.hours)?
            .try_minutes(parts.minutes)?
            .try_seconds(parts.seconds)?
            .try_milliseconds(parts.milliseconds)?
            .try_microseconds(parts.microseconds)?
            .try_nanoseconds(parts.nanoseconds)
    };
    let made = make().map_err(|error: jiff::Error| error.to_string())?;
    // One unit of another sign would give all of them its own.
    if span(&made) == *parts { Ok(made) } else { Err("its units are of two signs".to_owned()) }
}

mirror!([] Span, SpanMirror, |value| span(value), try |parts| to_span(&parts));

/// A time zone by its name, or as an offset that never changes.
#[derive(Pickle)]
#[pickle(name = "TimeZone")]
enum Zone<T> {
    Named(T),
    Offset(calendar::UtcOffset),
    Unknown,
}

/// A moment in a time zone.
#[derive(Pickle)]
#[pickle(name = "ZonedDateTime")]
struct Zoned<T> {
    secs: i64,
    nanos: u32,
    zone: Zone<T>,
}

/// `None` for a zone that has neither: one of rules of its own.
fn zone(zone: &TimeZone) -> Option<Zone<&str>> {
    if zone.is_unknown() {
        return Some(Zone::Unknown);
    }
    let offset = || zone.to_fixed_offset().ok().map(|offset| calendar::UtcOffset { seconds: offset.seconds() });
    match zone.iana_name() {
        Some(name) => Some(Zone::Named(name)),
        None => offset().map(Zone::Offset),
    }
}

fn to_zone(zone: &Zone<String>) -> Result<TimeZone, jiff::Error> {
    match zone {
        Zone::Named(name) => TimeZone::get(name),
        Zone::Offset(offset) => Offset::from_seconds(offset.seconds).map(TimeZone::fixed),
        Zone::Unknown => Ok(TimeZone::unknown()),
    }
}

/// A type that holds a time zone, which may have no name.
macro_rules! in_zone {
    ($type:ty, $mirror:ident, |$value:ident| $zone:expr, |$found:ident| $dump:expr, |$parts:ident| $load:expr) => {
        impl Shape for $type {
            const HEAD: usize = <$mirror<String>>::HEAD;
            const BODY: bool = true;
            const NESTS: bool = false;

            fn name() -> String {
                stringify!($type).to_owned()
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                <$mirror<String>>::describe(schema)
            }
        }

        impl Pickle for $type {
            const FALLIBLE: bool = true;

            fn head(&self, head: &mut [u8]) {
                let $value = self;
                // A zone without a name is refused with the body.
                let $found = zone($zone).unwrap_or(Zone::Unknown);
                $dump.head(head);
            }

            fn body(&self, writer: &mut Writer<'_>) {
                let $value = self;
                match zone($zone) {
                    Some($found) => $dump.body(writer),
                    None => writer.fail(
                        Error::new(ErrorKind::Unrepresentable, "a time zone that has no name and no fixed offset")
                            .with_remedy("take it by its name from the time zone database: `TimeZone::get`"),
                    ),
                }
            }
        }

        impl<'a> Unpickle<'a> for $type {
            fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
                let $parts = <$mirror<String>>::build(head, bad, reader)?;
                let made: std::result::Result<Self, String> = $load;
                made.map_err(|error| reader.no_value::<Self>(&error))
            }
        }
    };
}

in_zone!(TimeZone, Zone, |value| value, |found| found, |parts| to_zone(&parts).map_err(|error| error.to_string()));
in_zone!(
    ZonedDateTime,
    Zoned,
    |value| value.time_zone(),
    |found| {
        let calendar::Timestamp { secs, nanos } = moment(value.timestamp());
        Zoned { secs, nanos, zone: found }
    },
    |parts| to_moment(parts.secs, parts.nanos).and_then(|moment| {
        to_zone(&parts.zone).map(|zone| ZonedDateTime::new(moment, zone)).map_err(|error| error.to_string())
    })
);
