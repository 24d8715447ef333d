//! `time`: dates, times, moments with an offset, durations.

use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset, Weekday as Day};

use super::calendar::{self, SignedDuration, Timestamp, Weekday, weekday};
use crate::Pickle;
use crate::impls::mirror::mirror;

fn date(date: Date) -> calendar::Date {
    calendar::Date { year: date.year(), month: date.month().into(), day: date.day() }
}

fn to_date(parts: calendar::Date) -> Result<Date, time::error::ComponentRange> {
    Date::from_calendar_date(parts.year, Month::try_from(parts.month)?, parts.day)
}

fn time(time: Time) -> calendar::Time {
    let (hour, minute, second, nanos) = time.as_hms_nano();
    calendar::Time { hour, minute, second, nanos }
}

fn to_time(parts: calendar::Time) -> Result<Time, time::error::ComponentRange> {
    Time::from_hms_nano(parts.hour, parts.minute, parts.second, parts.nanos)
}

fn to_date_time(parts: calendar::DateTime) -> Result<PrimitiveDateTime, time::error::ComponentRange> {
    Ok(PrimitiveDateTime::new(to_date(parts.date)?, to_time(parts.time)?))
}

fn to_moment(secs: i64, nanos: u32) -> Result<UtcDateTime, time::error::ComponentRange> {
    UtcDateTime::from_unix_timestamp(secs)?.replace_nanosecond(nanos)
}

mirror!([] Date, calendar::Date, |value| date(*value), try |parts| to_date(parts));
mirror!([] Time, calendar::Time, |value| time(*value), try |parts| to_time(parts));
mirror!([] PrimitiveDateTime, calendar::DateTime,
    |value| calendar::DateTime { date: date(value.date()), time: time(value.time()) },
    try |parts| to_date_time(parts));
mirror!([] UtcDateTime, Timestamp,
    |value| Timestamp { secs: value.unix_timestamp(), nanos: value.nanosecond() },
    try |parts| to_moment(parts.secs, parts.nanos));
mirror!([] OffsetDateTime, calendar::OffsetDateTime,
    |value| calendar::OffsetDateTime {
        secs: value.unix_timestamp(),
        nanos: value.nanosecond(),
        offset: value.offset().whole_seconds(),
    },
    try |parts| to_offset_date_time(&parts));

fn to_offset_date_time(parts: &calendar::OffsetDateTime) -> Result<OffsetDateTime, String> {
    let offset = UtcOffset::from_whole_seconds(parts.offset).map_err(|error| error.to_string())?;
    let moment = to_moment(parts.secs, parts.nanos).map_err(|error| error.to_string())?;
    // At the ends of the calendar its own clock would show a day that there is not.
    moment.checked_to_offset(offset).ok_or_else(|| format!("no moment {} s after 1970 at {offset}", parts.secs))
}

mirror!([] UtcOffset, calendar::UtcOffset,
    |offset| calendar::UtcOffset { seconds: offset.whole_seconds() },
    try |parts| UtcOffset::from_whole_seconds(parts.seconds));

mirror!([] Duration, SignedDuration,
|duration| SignedDuration { secs: duration.whole_seconds(), nanos: duration.subsec_nanoseconds() },
try |parts| parts.checked().map(|(secs, nanos)| Duration::new(secs, nanos)));

weekday! {
    Day: Monday Monday, Tuesday Tuesday, Wednesday Wednesday, Thursday Thursday, Friday Friday, Saturday Saturday,
    Sunday Sunday,
}

/// Months by their numbers, from 1.
#[derive(Pickle)]
#[pickle(name = "Month")]
struct MonthMirror(u8);
mirror!([] Month, MonthMirror, |month| MonthMirror(u8::from(*month)), try |parts| Month::try_from(parts.0));
