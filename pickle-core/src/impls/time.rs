//! `Duration` and `SystemTime`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::mirror::mirror;
use crate::Pickle;

const NANOS_PER_SECOND: u32 = 1_000_000_000;

#[derive(Pickle)]
#[pickle(name = "Duration")]
struct DurationMirror {
    secs: u64,
    /// Below a billion.
    nanos: u32,
}
mirror!([] Duration, DurationMirror,
|duration| DurationMirror { secs: duration.as_secs(), nanos: duration.subsec_nanos() },
|DurationMirror { secs, nanos }, bad| {
    *bad |= nanos >= NANOS_PER_SECOND;
    Duration::new(secs, nanos % NANOS_PER_SECOND)
});

/// Time since the Unix epoch: whole seconds, rounded down, and nanoseconds after them.
#[derive(Pickle)]
#[pickle(name = "SystemTime")]
struct SystemTimeMirror {
    secs: i64,
    /// Below a billion.
    nanos: u32,
}
mirror!([] SystemTime, SystemTimeMirror,
|time| match time.duration_since(UNIX_EPOCH) {
    Ok(after) => SystemTimeMirror { secs: after.as_secs() as i64, nanos: after.subsec_nanos() },
    Err(error) => {
        let before = error.duration();
        let (secs, nanos) = (before.as_secs() as i64, before.subsec_nanos());
        if nanos == 0 {
            SystemTimeMirror { secs: -secs, nanos }
        } else {
            SystemTimeMirror { secs: -secs - 1, nanos: NANOS_PER_SECOND - nanos }
        }
    }
},
|SystemTimeMirror { secs, nanos }, bad| {
    let seconds = Duration::from_secs(secs.unsigned_abs());
    let time = if secs < 0 { UNIX_EPOCH.checked_sub(seconds) } else { UNIX_EPOCH.checked_add(seconds) };
    let time = time.and_then(|time| time.checked_add(Duration::from_nanos(u64::from(nanos))));
    *bad |= nanos >= NANOS_PER_SECOND || time.is_none();
    time.unwrap_or(UNIX_EPOCH)
});
