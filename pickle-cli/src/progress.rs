//! How far a slow command is: a line on standard error, where that is a terminal, after a second.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::text;

/// Tells of the work on one file.
#[derive(Debug)]
pub(crate) struct Progress {
    shown: bool,
    what: &'static str,
    total: u64,
    start: Instant,
    /// Bytes at which the clock is looked at next.
    next: u64,
    last: Option<Instant>,
}

/// Bytes between two looks at the clock.
const STEP: u64 = 1 << 20;
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(100);

impl Progress {
    /// Nothing is told unless standard error is a terminal and `quiet` is false.
    pub(crate) fn new(what: &'static str, total: u64, quiet: bool) -> Progress {
        let shown = !quiet && io::stderr().is_terminal();
        Progress { shown, what, total, start: Instant::now(), next: if shown { STEP } else { u64::MAX }, last: None }
    }

    /// The work has come to this byte.
    #[inline]
    pub(crate) fn at(&mut self, byte: u64) {
        if byte >= self.next {
            self.tell(byte);
        }
    }

    #[cold]
    fn tell(&mut self, byte: u64) {
        self.next = byte.saturating_add(STEP);
        if self.start.elapsed() < PATIENCE || self.last.is_some_and(|last| last.elapsed() < PAUSE) {
            return;
        }
        self.last = Some(Instant::now());
        const WIDTH: u64 = 30;
        let done = (byte.saturating_mul(WIDTH) / self.total.max(1)).min(WIDTH) as usize;
        let percent = (byte.saturating_mul(100) / self.total.max(1)).min(100);
        let bar = "#".repeat(done) + &"-".repeat(WIDTH as usize - done);
        let (what, total) = (self.what, text::number(self.total >> 20));
        // Progress that can't be told is no reason to stop.
        drop(write!(io::stderr(), "\r{what} [{bar}] {percent} % of {total} MiB"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown && self.last.is_some() {
            drop(write!(io::stderr(), "\r{:80}\r", ""));
        }
    }
}
