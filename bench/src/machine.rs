//! What the numbers were measured on.

use std::fs;
use std::thread::available_parallelism;
use std::time::{SystemTime, UNIX_EPOCH};

/// The compiler which built this program.
pub const COMPILER: &str = env!("PICKLE_BENCH_RUSTC");

/// Today, in UTC.
pub fn date() -> String {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    let (year, month, day) = civil(days);
    format!("{year}-{month:02}-{day:02}")
}

/// The Gregorian date that is so many days after 1970-01-01, by counting years that begin in March.
fn civil(days: u64) -> (u64, u64, u64) {
    let since_0000_03_01 = days + 719_468;
    let (era, of_era) = (since_0000_03_01 / 146_097, since_0000_03_01 % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * from_march + 2) / 5 + 1, (from_march + 2) % 12 + 1);
    (400 * era + year_of_era + u64::from(month < 3), month, day)
}

/// The processor and how many cores of it there are, as far as known.
pub fn description() -> String {
    let cores = match available_parallelism() {
        Ok(cores) => format!("{cores} cores"),
        Err(_) => "unknown number of cores".to_owned(),
    };
    let platform = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    match model() {
        Some(model) => format!("{model}, {cores}, {platform}"),
        None => format!("{cores}, {platform}"),
    }
}

/// The name of the processor, where the system tells it.
fn model() -> Option<String> {
    let info = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = info.lines().find(|line| line.starts_with("model name"))?;
    let (_, model) = line.split_once(':')?;
    Some(model.trim().to_owned())
}

/// How many seconds of a processor something took, where the system tells it.
#[derive(Clone, Copy, Default)]
pub struct Spent {
    /// In the program itself.
    pub user: f64,
    /// In the system on its behalf: page faults, files.
    pub system: f64,
}

impl Spent {
    /// By this program so far.
    pub fn own() -> Option<Self> {
        Self::at(11)
    }

    /// By the programs that this one has started and waited for.
    pub fn of_children() -> Option<Self> {
        Self::at(13)
    }

    fn at(field: usize) -> Option<Self> {
        /// The unit of these figures on Linux, whatever the kernel's own clock.
        const TICKS: f64 = 100.0;
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The program's name comes second, in brackets, and may hold spaces.
        let (_, after_name) = stat.rsplit_once(')')?;
        let mut fields = after_name.split_whitespace().skip(field);
        let mut seconds = || Some(fields.next()?.parse::<f64>().ok()? / TICKS);
        Some(Spent { user: seconds()?, system: seconds()? })
    }

    /// What was spent since.
    pub fn since(self, earlier: Self) -> Self {
        Spent { user: self.user - earlier.user, system: self.system - earlier.system }
    }

    pub fn total(self) -> f64 {
        self.user + self.system
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(59), (1970, 3, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_785), (2026, 11, 28));
    }
}
