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

/// Seconds of the processor that this program took so far, its threads together, where the system tells it.
pub fn processor() -> Option<f64> {
    #[cfg(unix)]
    {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        Some(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
    }
    #[cfg(not(unix))]
    None
}

/// Of those, what the system took on its behalf: page faults, files. In steps of a hundredth.
pub fn in_system() -> Option<f64> {
    ticks(&own_stat()?, STIME)
}

/// What the programs took that this one has started and waited for, on their own behalf and the system's, in steps of a
/// hundredth.
pub fn processor_of_children() -> Option<f64> {
    let stat = own_stat()?;
    Some(ticks(&stat, CUTIME)? + ticks(&stat, CSTIME)?)
}

/// Where times stand in what Linux tells of a process, after its name.
const STIME: usize = 12;
const CUTIME: usize = 13;
const CSTIME: usize = 14;

fn own_stat() -> Option<String> {
    fs::read_to_string("/proc/self/stat").ok()
}

fn ticks(stat: &str, field: usize) -> Option<f64> {
    /// The unit of these figures on Linux, whatever the kernel's own clock.
    const TICKS: f64 = 100.0;
    // The program's name comes second, in brackets, and may hold spaces.
    let (_, after_name) = stat.rsplit_once(')')?;
    Some(after_name.split_whitespace().nth(field)?.parse::<f64>().ok()? / TICKS)
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

    #[test]
    fn times_are_found_whatever_the_name() {
        let stat = "7 (a) b) (c) R 1 1 1 34816 1 0 118 0 0 0 150 25 300 4 20 0 1 0 1488054";
        assert_eq!(ticks(stat, STIME), Some(0.25));
        assert_eq!((ticks(stat, CUTIME), ticks(stat, CSTIME)), (Some(3.0), Some(0.04)));
        assert_eq!(ticks("7 (a) R 1", STIME), None);
    }

    #[test]
    #[cfg(unix)]
    fn the_clock_of_the_processor_goes_in_small_steps() {
        let times: Vec<f64> = (0..1_000).map(|_| processor().expect("unix tells it")).collect();
        let steps = times.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > 0.0);
        assert!(steps.fold(1.0, f64::min) < 0.001, "a tick is a hundredth");
    }
}
