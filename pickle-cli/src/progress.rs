//! How far a slow command is: a bar on standard error, after a second.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::text;

/// Tells of the work on a file until it is dropped.
#[derive(Debug)]
pub(crate) struct Progress(Option<(Arc<Shared>, JoinHandle<()>)>);

#[derive(Debug)]
struct Shared {
    what: &'static str,
    /// Bytes that are done, as far as that is known before the end.
    done: AtomicU64,
    total: u64,
    is_over: Mutex<bool>,
    over: Condvar,
}

const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(100);

impl Progress {
    /// Nothing is told where it is `quiet`: where standard error is no terminal, to begin with.
    pub(crate) fn new(what: &'static str, total: u64, quiet: bool) -> Progress {
        if quiet {
            return Progress(None);
        }
        let done = AtomicU64::new(0);
        let shared = Arc::new(Shared { what, done, total, is_over: Mutex::new(false), over: Condvar::new() });
        let own = shared.clone();
        // Without a thread nothing is told, which is no reason to stop.
        let teller = thread::Builder::new().name("progress".to_owned()).spawn(move || own.tell());
        Progress(teller.ok().map(|teller| (shared, teller)))
    }

    /// The work has come to this byte.
    #[inline]
    pub(crate) fn at(&self, byte: u64) {
        if let Some((shared, _)) = &self.0 {
            shared.done.store(byte, Ordering::Relaxed);
        }
    }
}

impl Shared {
    fn tell(&self) {
        let start = Instant::now();
        let mut is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        let mut width = 0;
        while !*is_over {
            let pause = PATIENCE.saturating_sub(start.elapsed()).max(PAUSE);
            is_over = self.over.wait_timeout(is_over, pause).unwrap_or_else(PoisonError::into_inner).0;
            if !*is_over && start.elapsed() >= PATIENCE {
                let line = line(self.what, self.done.load(Ordering::Relaxed), self.total, start.elapsed());
                width = line.len().max(width);
                drop(write!(io::stderr(), "\r{line}"));
            }
        }
        if width > 0 {
            drop(write!(io::stderr(), "\r{:width$}\r", ""));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((shared, teller)) = self.0.take() {
            *shared.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
            shared.over.notify_all();
            drop(teller.join());
        }
    }
}

fn line(what: &str, done: u64, total: u64, elapsed: Duration) -> String {
    const WIDTH: u64 = 30;
    let part = |of: u64| (u128::from(done) * u128::from(of) / u128::from(total.max(1))).min(u128::from(of)) as usize;
    match done {
        0 => format!("{what} {} MiB, {} s", text::number(total >> 20), elapsed.as_secs()),
        _ => {
            let (full, percent) = (part(WIDTH), part(100));
            let bar = "#".repeat(full) + &"-".repeat(WIDTH as usize - full);
            format!("{what} [{bar}] {percent} % of {} MiB", text::number(total >> 20))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_what_is_done() {
        let second = Duration::from_secs(1);
        assert_eq!(line("reading", 0, 300 << 20, second), "reading 300 MiB, 1 s");
        let half = line("reading", 50 << 20, 100 << 20, second);
        assert_eq!(half, format!("reading [{}{}] 50 % of 100 MiB", "#".repeat(15), "-".repeat(15)));
        assert!(line("reading", u64::MAX, 1, second).contains("] 100 %"));
    }
}
