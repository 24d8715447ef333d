//! Dates and times of the three crates that have them.

use chrono::{FixedOffset, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Timelike, Utc};
use jiff::ToSpan;
use jiff::civil;
use jiff::tz::{Offset, TimeZone};
use pickle_core::{ErrorKind, dumps, loads};
use pickle_tests::{assert_says, dump_error, round_trip, same};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset};

use crate::{alike, becomes, refused, shown};

fn chrono_date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()
}

fn chrono_time() -> NaiveTime {
    NaiveTime::from_hms_nano_opt(23, 59, 58, 123_456_789).unwrap()
}

#[test]
fn dates_and_times_of_chrono() {
    same(vec![chrono_date(), NaiveDate::MIN, NaiveDate::MAX, NaiveDate::from_ymd_opt(-1, 12, 31).unwrap()]);
    same(vec![chrono_time(), NaiveTime::MIN]);
    same(vec![chrono_date().and_time(chrono_time()), NaiveDateTime::MIN, NaiveDateTime::MAX]);
    let moment = Utc.from_utc_datetime(&chrono_date().and_time(chrono_time()));
    same(vec![moment, chrono::DateTime::<Utc>::MIN_UTC, chrono::DateTime::<Utc>::MAX_UTC]);
    let east = FixedOffset::east_opt(-3 * 3600 - 30).unwrap();
    let seen = moment.with_timezone(&east);
    let back = round_trip(&seen);
    assert_eq!((back, *back.offset()), (seen, east));
    same((east, Utc, moment.with_timezone(&Local)));
    same(vec![TimeDelta::MIN, TimeDelta::MAX, TimeDelta::zero(), TimeDelta::nanoseconds(-1)]);
    same((chrono::Weekday::Sun, [chrono::Month::January, chrono::Month::December]));
    assert_eq!(shown(&chrono_date()), "Date { year: 2024, month: 2, day: 29 }");
}

#[test]
fn leap_seconds_of_chrono() {
    let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_999_999_999).unwrap();
    // Arithmetic takes one where the calendar has none.
    let anywhere = leap.with_second(7).unwrap();
    same(vec![leap, anywhere]);
    let moment = Utc.from_utc_datetime(&chrono_date().and_time(anywhere));
    let back = round_trip(&moment);
    assert_eq!(back.nanosecond(), 1_999_999_999);
    same((moment, moment.with_timezone(&FixedOffset::east_opt(61).unwrap())));
    assert_says(loads::<Time>(&dumps(&leap).unwrap()).unwrap_err(), &["no `Time`"]);
    assert_says(loads::<civil::Time>(&dumps(&leap).unwrap()).unwrap_err(), &["no `Time`"]);
    assert_says(loads::<UtcDateTime>(&dumps(&moment).unwrap()).unwrap_err(), &["no `UtcDateTime`"]);
    assert_says(loads::<jiff::Timestamp>(&dumps(&moment).unwrap()).unwrap_err(), &["more than a second"]);
}

#[test]
fn dates_and_times_of_time() {
    same(vec![Date::MIN, Date::MAX, Date::from_calendar_date(2024, time::Month::February, 29).unwrap()]);
    same(vec![Time::MIDNIGHT, Time::MAX]);
    same(vec![PrimitiveDateTime::MIN, PrimitiveDateTime::MAX]);
    same(vec![UtcDateTime::MIN, UtcDateTime::MAX, UtcDateTime::UNIX_EPOCH]);
    let offset = UtcOffset::from_hms(-3, -30, -15).unwrap();
    let seen = OffsetDateTime::from_unix_timestamp_nanos(-1_234_567_890_123_456_789).unwrap().to_offset(offset);
    let back = round_trip(&seen);
    assert_eq!((back, back.offset()), (seen, offset));
    same((offset, time::Weekday::Monday, [time::Month::January, time::Month::December]));
    same(vec![time::Duration::MIN, time::Duration::MAX, time::Duration::ZERO, time::Duration::nanoseconds(-1)]);
}

#[test]
fn dates_and_times_of_jiff() {
    same(vec![civil::Date::MIN, civil::Date::MAX, civil::date(2024, 2, 29)]);
    same(vec![civil::Time::MIN, civil::Time::MAX]);
    same(vec![civil::DateTime::MIN, civil::DateTime::MAX]);
    same(vec![jiff::Timestamp::MIN, jiff::Timestamp::MAX, jiff::Timestamp::new(-1, -1).unwrap()]);
    same((Offset::MIN, Offset::MAX, civil::Weekday::Wednesday));
    same(vec![jiff::SignedDuration::MIN, jiff::SignedDuration::MAX, jiff::SignedDuration::new(0, -1)]);
    for span in
        [1.year().months(2).weeks(3).days(4).hours(5).minutes(6).seconds(7).nanoseconds(8), -5.hours(), 0.days()]
    {
        assert_eq!(round_trip(&span).fieldwise(), span.fieldwise());
    }
    let zoned = jiff::Timestamp::new(1_700_000_000, 5).unwrap().in_tz("America/New_York").unwrap();
    let back = round_trip(&zoned);
    assert_eq!((&back, back.time_zone()), (&zoned, zoned.time_zone()));
    assert!(shown(&zoned).ends_with(r#"nanos: 5, zone: Named("America/New_York") }"#), "{}", shown(&zoned));
    same(vec![TimeZone::UTC, TimeZone::fixed(Offset::constant(-3)), TimeZone::unknown()]);
}

#[test]
fn one_crate_reads_what_another_wrote() {
    let days =
        (chrono_date(), Date::from_calendar_date(2024, time::Month::February, 29).unwrap(), civil::date(2024, 2, 29));
    alike(&days.0, &days.1);
    alike(&days.1, &days.2);
    let hours =
        (chrono_time(), Time::from_hms_nano(23, 59, 58, 123_456_789).unwrap(), civil::time(23, 59, 58, 123_456_789));
    alike(&hours.0, &hours.1);
    alike(&hours.1, &hours.2);
    alike(&days.0.and_time(hours.0), &PrimitiveDateTime::new(days.1, hours.1));
    alike(&days.0.and_time(hours.0), &civil::DateTime::from_parts(days.2, hours.2));

    let (secs, nanos) = (-1_234_567_890, 999_999_999);
    let moment = Utc.timestamp_opt(secs, nanos).unwrap();
    let time = UtcDateTime::from_unix_timestamp(secs).unwrap().replace_nanosecond(nanos).unwrap();
    alike(&moment, &time);
    alike(&moment, &jiff::Timestamp::new(secs, nanos as i32).unwrap());
    let east = moment.with_timezone(&FixedOffset::east_opt(7200).unwrap());
    alike(&east, &OffsetDateTime::from(time).to_offset(UtcOffset::from_hms(2, 0, 0).unwrap()));
    // With an offset or without it is the same moment.
    becomes(&east, &moment);
    becomes(&moment, &moment.fixed_offset());
    alike(&TimeDelta::milliseconds(-1500), &time::Duration::milliseconds(-1500));
    alike(&TimeDelta::milliseconds(-1500), &jiff::SignedDuration::from_millis(-1500));
    alike(&chrono::Weekday::Fri, &time::Weekday::Friday);
    alike(&chrono::Weekday::Fri, &civil::Weekday::Friday);
    alike(&FixedOffset::east_opt(3600).unwrap(), &Offset::constant(1));
    alike(&chrono::Month::May, &time::Month::May);
}

/// The shapes of the values below, without what they must be.
mod forged {
    #[derive(pickle_core::Pickle)]
    #[pickle(name = "Date")]
    pub(crate) struct Date {
        pub(crate) year: i32,
        pub(crate) month: u8,
        pub(crate) day: u8,
    }

    #[derive(pickle_core::Pickle)]
    #[pickle(name = "Time")]
    pub(crate) struct Time {
        pub(crate) hour: u8,
        pub(crate) minute: u8,
        pub(crate) second: u8,
        pub(crate) nanos: u32,
    }

    #[derive(pickle_core::Pickle)]
    #[pickle(name = "Timestamp")]
    pub(crate) struct Timestamp {
        pub(crate) secs: i64,
        pub(crate) nanos: u32,
    }

    #[derive(pickle_core::Pickle)]
    #[pickle(name = "OffsetDateTime")]
    pub(crate) struct OffsetDateTime {
        pub(crate) secs: i64,
        pub(crate) nanos: u32,
        pub(crate) offset: i32,
    }

    #[derive(pickle_core::Pickle)]
    #[pickle(name = "UtcOffset")]
    pub(crate) struct UtcOffset {
        pub(crate) seconds: i32,
    }

    #[derive(pickle_core::Pickle)]
    #[pickle(name = "SignedDuration")]
    pub(crate) struct SignedDuration {
        pub(crate) secs: i64,
        pub(crate) nanos: i32,
    }

    #[derive(pickle_core::Pickle)]
    #[pickle(name = "Month")]
    pub(crate) struct Month(pub(crate) u8);

    #[derive(pickle_core::Pickle)]
    #[pickle(name = "TimeZone")]
    pub(crate) enum Zone {
        Named(String),
        Offset(UtcOffset),
        Unknown,
    }

    #[derive(pickle_core::Pickle, Default)]
    #[pickle(name = "Span")]
    pub(crate) struct Span {
        pub(crate) years: i16,
        pub(crate) months: i32,
        pub(crate) weeks: i32,
        pub(crate) days: i32,
        pub(crate) hours: i32,
        pub(crate) minutes: i64,
        pub(crate) seconds: i64,
        pub(crate) milliseconds: i64,
        pub(crate) microseconds: i64,
        pub(crate) nanoseconds: i64,
    }
}

/// Asserts that all three crates refuse it.
macro_rules! all_refuse {
    ($forged:expr, $chrono:ty, $time:ty, $jiff:ty) => {{
        let forged = $forged;
        refused::<$chrono>(&forged);
        refused::<$time>(&forged);
        refused::<$jiff>(&forged);
    }};
}

#[test]
fn days_that_are_not_in_the_calendar_are_refused() {
    for (year, month, day) in [
        (2023, 2, 29),
        (2024, 0, 1),
        (2024, 13, 1),
        (2024, 4, 31),
        (2024, 1, 0),
        (2024, 255, 255),
        (i32::MAX, 1, 1),
        (i32::MIN, 1, 1),
    ] {
        all_refuse!(forged::Date { year, month, day }, NaiveDate, Date, civil::Date);
    }
    assert_says(
        refused::<NaiveDate>(&forged::Date { year: 2023, month: 2, day: 30 }),
        &["no `NaiveDate`: no day 2023-2-30"],
    );
    refused::<civil::Date>(&forged::Date { year: 32_768 + 2024, month: 1, day: 1 });
}

#[test]
fn times_that_no_clock_shows_are_refused() {
    for (hour, minute, second, nanos) in
        [(24, 0, 0, 0), (0, 60, 0, 0), (0, 0, 60, 0), (255, 255, 255, 0), (0, 0, 0, 2_000_000_000), (0, 0, 0, u32::MAX)]
    {
        all_refuse!(forged::Time { hour, minute, second, nanos }, NaiveTime, Time, civil::Time);
    }
}

#[test]
fn moments_out_of_range_are_refused() {
    for (secs, nanos) in
        [(i64::MAX, 0), (i64::MIN, 0), (0, 2_000_000_000), (0, u32::MAX), (i64::MAX / 1000, 999_999_999)]
    {
        all_refuse!(forged::Timestamp { secs, nanos }, chrono::DateTime<Utc>, UtcDateTime, jiff::Timestamp);
        refused::<chrono::DateTime<Local>>(&forged::Timestamp { secs, nanos });
        refused::<OffsetDateTime>(&forged::OffsetDateTime { secs, nanos, offset: 0 });
    }
    let last = Date::MAX.midnight().assume_utc().unix_timestamp() + 86_399;
    refused::<OffsetDateTime>(&forged::OffsetDateTime { secs: last, nanos: 0, offset: 3600 });
    let last = chrono::DateTime::<Utc>::MAX_UTC.timestamp();
    let edge = forged::OffsetDateTime { secs: last, nanos: 0, offset: 3600 };
    refused::<chrono::DateTime<FixedOffset>>(&edge);
    for offset in [86_400, -86_400, i32::MAX, i32::MIN] {
        refused::<chrono::DateTime<FixedOffset>>(&forged::OffsetDateTime { secs: 0, nanos: 0, offset });
        refused::<FixedOffset>(&forged::UtcOffset { seconds: offset });
    }
    for seconds in [94_000, i32::MAX, i32::MIN] {
        refused::<UtcOffset>(&forged::UtcOffset { seconds });
        refused::<Offset>(&forged::UtcOffset { seconds });
    }
}

#[test]
fn durations_that_have_another_form_are_refused() {
    for (secs, nanos) in
        [(0, 1_000_000_000), (0, -1_000_000_000), (1, -1), (-1, 1), (0, i32::MIN), (i64::MIN, i32::MIN)]
    {
        all_refuse!(forged::SignedDuration { secs, nanos }, TimeDelta, time::Duration, jiff::SignedDuration);
    }
    refused::<TimeDelta>(&forged::SignedDuration { secs: i64::MAX, nanos: 0 });
    refused::<TimeDelta>(&forged::SignedDuration { secs: i64::MIN, nanos: 0 });
}

#[test]
fn months_zones_and_spans_that_are_none_are_refused() {
    for month in [0, 13, 255] {
        refused::<chrono::Month>(&forged::Month(month));
        refused::<time::Month>(&forged::Month(month));
    }
    refused::<TimeZone>(&forged::Zone::Named("Nowhere/At_All".into()));
    refused::<TimeZone>(&forged::Zone::Named("../../etc/passwd".into()));
    refused::<TimeZone>(&forged::Zone::Offset(forged::UtcOffset { seconds: i32::MAX }));
    becomes(&forged::Zone::Unknown, &TimeZone::unknown());
    let two_signs = forged::Span { hours: 1, minutes: -1, ..Default::default() };
    assert_says(refused::<jiff::Span>(&two_signs), &["its units are of two signs"]);
    refused::<jiff::Span>(&forged::Span { years: i16::MAX, ..Default::default() });
    refused::<jiff::Span>(&forged::Span { nanoseconds: i64::MIN, ..Default::default() });
    refused::<jiff::Span>(&forged::Span { weeks: i32::MIN, ..Default::default() });
}

#[test]
fn a_zone_of_rules_without_a_name_is_refused_when_it_is_dumped() {
    let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
    let error = dump_error(&vec![jiff::Timestamp::UNIX_EPOCH.to_zoned_datetime(zone)]);
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Unrepresentable, "[0]"));
    assert_says(error, &["TimeZone::get"]);
}
