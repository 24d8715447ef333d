//! `Duration` and `SystemTime`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::mirror::mirror;
use super::numbers::all_head;
use crate::Pickle;
use crate::Unpickle;

const NANOS_PER_SECOND: u32 = 1_000_000_000;

/// Nanoseconds after a whole second: fewer than a billion.
struct Nanos(u32);

all_head! {
    Nanos, "Nanos", Nanos,
    |value, head| head.copy_from_slice(&value.0.to_le_bytes()),
    |head, bad| {
        let nanos = u32::from_head(head, bad);
        *bad |= nanos >= NANOS_PER_SECOND;
        Nanos(nanos % NANOS_PER_SECOND)
    }
}

#[derive(Pickle)]
#[pickle(name = "Duration")]
struct DurationMirror {
    secs: u64,
    nanos: Nanos,
}

mirror! {
    [] Duration, DurationMirror,
    |duration| DurationMirror { secs: duration.as_secs(), nanos: Nanos(duration.subsec_nanos()) },
    |DurationMirror { secs, nanos }, bad| Duration::new(secs, nanos.0)
}

/// Time since the Unix epoch: whole seconds, rounded down, and nanoseconds after them.
#[derive(Pickle)]
#[pickle(name = "SystemTime")]
struct SystemTimeMirror {
    secs: i64,
    nanos: Nanos,
}

mirror! {
    [] SystemTime, SystemTimeMirror,
    |time| match time.duration_since(UNIX_EPOCH) {
        Ok(after) => SystemTimeMirror { secs: after.as_secs() as i64, nanos: Nanos(after.subsec_nanos()) },
        Err(error) => {
            let before = error.duration();
            // The earliest time has no positive counterpart.
            let secs = 0i64.saturating_sub_unsigned(before.as_secs());
            match before.subsec_nanos() {
                0 => SystemTimeMirror { secs, nanos: Nanos(0) },
                nanos => SystemTimeMirror { secs: secs.saturating_sub(1), nanos: Nanos(NANOS_PER_SECOND - nanos) },
            }
        }
    },
    |SystemTimeMirror { secs, nanos }, bad| {
        let seconds = Duration::from_secs(secs.unsigned_abs());
        let time = if secs < 0 { UNIX_EPOCH.checked_sub(seconds) } else { UNIX_EPOCH.checked_add(seconds) };
        let time = time.and_then(|time| time.checked_add(Duration::from_nanos(u64::from(nanos.0))));
        *bad |= time.is_none();
        time.unwrap_or(UNIX_EPOCH)
    }
}
