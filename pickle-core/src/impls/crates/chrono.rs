//! `chrono`: dates, times, moments in a time zone, durations.

use chrono::{
    DateTime, Datelike, FixedOffset, Local, Month, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone,
    Timelike, Utc, Weekday as Day,
};

use super::calendar::{self, Date, OffsetDateTime, SignedDuration, Time, Timestamp, UtcOffset, Weekday, weekday};
use crate::Pickle;
use crate::impls::mirror::mirror;

fn date(date: &NaiveDate) -> Date {
    Date { year: date.year(), month: date.month() as u8, day: date.day() as u8 }
}

fn to_date(Date { year, month, day }: Date) -> Result<NaiveDate, String> {
    NaiveDate::from_ymd_opt(year, month.into(), day.into()).ok_or_else(|| format!("no day {year}-{month}-{day}"))
}

fn time(time: &NaiveTime) -> Time {
    Time { hour: time.hour() as u8, minute: time.minute() as u8, second: time.second() as u8, nanos: time.nanosecond() }
}

fn to_time(Time { hour, minute, second, nanos }: Time) -> Result<NaiveTime, String> {
    // A leap second may stand anywhere after arithmetic, and only this way takes it there.
    NaiveTime::from_hms_opt(hour.into(), minute.into(), second.into())
        .and_then(|time| time.with_nanosecond(nanos))
        .ok_or_else(|| format!("no time {hour}:{minute}:{second} and {nanos} ns"))
}

fn to_date_time(calendar::DateTime { date, time }: calendar::DateTime) -> Result<NaiveDateTime, String> {
    Ok(NaiveDateTime::new(to_date(date)?, to_time(time)?))
}

fn to_moment(secs: i64, nanos: u32) -> Result<DateTime<Utc>, String> {
    DateTime::from_timestamp(secs, 0)
        .and_then(|moment| moment.with_nanosecond(nanos))
        .ok_or_else(|| format!("no moment {secs} s and {nanos} ns after 1970"))
}

fn to_offset(seconds: i32) -> Result<FixedOffset, String> {
    FixedOffset::east_opt(seconds).ok_or_else(|| format!("{seconds} seconds are a day and more ahead of UTC"))
}

fn moment<Z: TimeZone>(moment: &DateTime<Z>) -> Timestamp {
    Timestamp { secs: moment.timestamp(), nanos: moment.timestamp_subsec_nanos() }
}

mirror!([] NaiveDate, Date, |value| date(value), try |parts| to_date(parts));
mirror!([] NaiveTime, Time, |value| time(value), try |parts| to_time(parts));
mirror!([] NaiveDateTime, calendar::DateTime,
    |value| calendar::DateTime { date: date(&value.date()), time: time(&value.time()) },
    try |parts| to_date_time(parts));
mirror!([] DateTime<Utc>, Timestamp, |value| moment(value), try |parts| to_moment(parts.secs, parts.nanos));
// The same moment, as the clock of the machine shows it that loads it.
mirror!([] DateTime<Local>, Timestamp,
    |value| moment(value),
    try |parts| to_moment(parts.secs, parts.nanos).and_then(|moment| seen_at(moment, &Local)));
mirror!([] DateTime<FixedOffset>, OffsetDateTime,
    |value| {
        let Timestamp { secs, nanos } = moment(value);
        OffsetDateTime { secs, nanos, offset: value.offset().local_minus_utc() }
    },
    try |parts| to_offset_date_time(parts));

fn to_offset_date_time(parts: OffsetDateTime) -> Result<DateTime<FixedOffset>, String> {
    seen_at(to_moment(parts.secs, parts.nanos)?, &to_offset(parts.offset)?)
}

fn seen_at<Z: TimeZone>(moment: DateTime<Utc>, zone: &Z) -> Result<DateTime<Z>, String> {
    let seen = moment.with_timezone(zone);
    // At the ends of the calendar its own clock would show a day that there is not.
    match moment.naive_utc().checked_add_offset(seen.offset().fix()) {
        Some(_) => Ok(seen),
        None => Err(format!("no moment {} s after 1970 in its time zone", moment.timestamp())),
    }
}

mirror!([] FixedOffset, UtcOffset,
    |offset| UtcOffset { seconds: offset.local_minus_utc() },
    try |parts| to_offset(parts.seconds));

#[derive(Pickle)]
#[pickle(name = "Utc")]
struct UtcMirror;
mirror!([] Utc, UtcMirror, |_utc| UtcMirror, |UtcMirror, bad| Utc);

mirror!([] TimeDelta, SignedDuration,
    |delta| SignedDuration { secs: delta.num_seconds(), nanos: delta.subsec_nanos() },
    try |parts| to_delta(&parts));

fn to_delta(parts: &SignedDuration) -> Result<TimeDelta, String> {
    let (secs, nanos) = parts.checked()?;
    let delta = TimeDelta::try_seconds(secs).and_then(|delta| delta.checked_add(&TimeDelta::nanoseconds(nanos.into())));
    delta.ok_or_else(|| format!("no duration of {secs} s and {nanos} ns"))
}

weekday!(Day: Mon Monday, Tue Tuesday, Wed Wednesday, Thu Thursday, Fri Friday, Sat Saturday, Sun Sunday,);

/// Months by their numbers, from 1.
#[derive(Pickle)]
#[pickle(name = "Month")]
struct MonthMirror(u8);
mirror!([] Month, MonthMirror, |month| MonthMirror(month.number_from_month() as u8), try |parts| Month::try_from(parts.0));
