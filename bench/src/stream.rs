//! A gibibyte of records through a `Write` and a `Read`, next to the same in memory: `--only stream`.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use pickle_core::{Pickler, Unpickler};

use crate::Result;
use crate::args::Args;
use crate::data::log::{self, Logs};
use crate::data::random;
use crate::machine::{in_system, processor};
use crate::measure::median;
use crate::report::{Format, facts, render, thousands};

/// The least length of the stream.
const LENGTH: usize = 1 << 30;

/// Rounds, unless `--rounds` asks for fewer: one takes half a minute.
const MOST_ROUNDS: usize = 9;

/// As many different log lines as make a stream of `LENGTH`.
fn records() -> Result<Logs> {
    let mut random = random();
    let mut all = log::generate(&mut random);
    let each = Pickler::new().dumps(&all)?.len();
    // The schema is in each sample, and so what is made of them is a little shorter.
    let samples = (LENGTH + LENGTH / 200) / each + 1;
    all.logs.reserve_exact((samples - 1) * all.logs.len());
    for _ in 1..samples {
        all.logs.append(&mut log::generate(&mut random).logs);
    }
    Ok(all)
}

/// Counts what is written: what a writer costs that costs nothing itself.
struct Counter(usize);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += black_box(bytes).len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Refuses what is not written like this.
struct Same<'b>(&'b [u8]);

impl Write for Same<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.strip_prefix(bytes).ok_or_else(|| io::Error::other("it came back changed"))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that is removed at the end.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left there is the system's to remove.
        let _ = fs::remove_file(&self.0);
    }
}

/// One way of dumping or loading, and what it is compared with.
struct Row {
    label: &'static str,
    /// The first row of the same place, in memory or in a file: what it is compared with.
    base: usize,
    wall: Vec<f64>,
    processor: Vec<f64>,
    system: Vec<f64>,
}

impl Row {
    fn new(label: &'static str, base: usize) -> Self {
        Row { label, base, wall: Vec::new(), processor: Vec::new(), system: Vec::new() }
    }

    /// Times one call. What it gives is dropped after the clocks were read.
    fn time<T>(&mut self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let (in_system_before, before, start) = (in_system(), processor(), Instant::now());
        let done = work()?;
        self.wall.push(start.elapsed().as_secs_f64());
        self.processor.extend(processor().zip(before).map(|(after, before)| after - before));
        self.system.extend(in_system().zip(in_system_before).map(|(after, before)| after - before));
        Ok(done)
    }

    /// By the clock, of the processor, and of that in the system.
    fn medians(&self) -> [Option<f64>; 3] {
        [&self.wall, &self.processor, &self.system].map(|samples| median(samples))
    }
}

/// Measures and prints.
pub fn run(args: &Args) -> Result<()> {
    let rounds = args.rounds.min(MOST_ROUNDS);
    let scratch = Scratch(std::env::temp_dir().join(format!("pickle-bench-{}.pickle", std::process::id())));
    let records = records()?;
    let lines = records.logs.len();
    #[cfg(feature = "memory")]
    memory(&records)?;
    // Counting slows every allocation down.
    if cfg!(feature = "memory") {
        return Ok(());
    }
    let (dumps, bytes) = dump(records, rounds, &scratch)?;
    let loads = load(bytes.as_slice(), rounds, &scratch)?;
    let format = args.format();
    print!(
        "{}",
        facts(
            format,
            ["pickle-core"],
            &[
                ("Times", format!("medians of {rounds} alternating rounds, in seconds; a load without the drop")),
                ("In brackets", "how many times the first row of the same place, in memory or in a file".to_owned()),
                (
                    "Files",
                    "in the folder for temporary ones, which may be memory itself; not synced to a disk".to_owned()
                ),
            ],
        )
    );
    let contents = format!("{} log lines, {} bytes", thousands(lines), thousands(bytes.len()));
    print!("\n{}", table(format, "dump", &contents, &dumps));
    print!("\n{}", table(format, "load", &contents, &loads));
    Ok(())
}

/// The rows of dumping, and the stream.
fn dump(records: Logs, rounds: usize, scratch: &Scratch) -> Result<([Row; 5], Vec<u8>)> {
    let mut rows = [
        Row::new("`dump_slice`, in memory", 0),
        Row::new("`dump` into a writer that counts", 0),
        Row::new("`dump` into a `Vec`", 0),
        Row::new("`dump_slice`, and the bytes into a file", 3),
        Row::new("`dump` into a file", 3),
    ];
    // Each keeps its buffer, as a program that does so again and again.
    let mut in_memory = Pickler::new();
    let mut pickler = Pickler::new();
    let mut bytes = in_memory.dumps(&records)?;
    for round in 1..=rounds {
        eprint!("\rdump: round {round} of {rounds}\u{1b}[K");
        let [memory, counter, vec, file_of_bytes, file] = &mut rows;
        memory.time(|| Ok(black_box(in_memory.dump_slice(&records)?).len()))?;
        let mut count = Counter(0);
        counter.time(|| Ok(pickler.dump(&records, &mut count)?))?;
        let length = bytes.len();
        bytes.clear();
        vec.time(|| Ok(pickler.dump(&records, &mut bytes)?))?;
        if count.0 != length || bytes != in_memory.dump_slice(&records)? {
            return Err("a writer got other bytes".into());
        }
        file_of_bytes.time(|| Ok(fs::write(&scratch.0, in_memory.dump_slice(&records)?)?))?;
        // The next one is a new file as well.
        fs::remove_file(&scratch.0)?;
        file.time(|| Ok(pickler.dump(&records, File::create(&scratch.0)?)?))?;
        if round < rounds {
            fs::remove_file(&scratch.0)?;
        }
    }
    eprintln!();
    if fs::read(&scratch.0)? != bytes {
        return Err("the file got other bytes".into());
    }
    Ok((rows, bytes))
}

fn load(bytes: &[u8], rounds: usize, scratch: &Scratch) -> Result<[Row; 4]> {
    let mut rows = [
        Row::new("`loads` from a slice", 0),
        Row::new("`load` from a slice as a reader", 0),
        Row::new("a file into memory, and `loads`", 2),
        Row::new("`load` from a file", 2),
    ];
    let unpickler = Unpickler::new();
    // Equal bytes are made of equal records only.
    let check = |records: Logs| -> Result<()> {
        let mut same = Same(bytes);
        Pickler::new().dump(&records, &mut same)?;
        if same.0.is_empty() { Ok(()) } else { Err("less came back".into()) }
    };
    for round in 1..=rounds {
        eprint!("\rload: round {round} of {rounds}\u{1b}[K");
        let [slice, reader, file_of_bytes, file] = &mut rows;
        check(slice.time(|| Ok(unpickler.loads::<Logs>(black_box(bytes))?))?)?;
        check(reader.time(|| Ok(unpickler.load::<Logs, _>(black_box(bytes))?))?)?;
        check(file_of_bytes.time(|| Ok(unpickler.loads::<Logs>(&fs::read(&scratch.0)?)?))?)?;
        check(file.time(|| Ok(unpickler.load::<Logs, _>(File::open(&scratch.0)?)?))?)?;
    }
    eprintln!();
    Ok(rows)
}

fn table(format: Format, name: &str, contents: &str, rows: &[Row]) -> String {
    let mut lines = vec![[name, "wall s", "processor s", "of that in the system"].map(str::to_owned).to_vec()];
    for row in rows {
        let mut line = vec![row.label.to_owned()];
        for (column, (own, base)) in row.medians().into_iter().zip(rows[row.base].medians()).enumerate() {
            line.push(match (own, base) {
                (Some(own), Some(base)) if column < 2 => format!("{own:.2} ({:.2})", own / base),
                (Some(own), _) => format!("{own:.2}"),
                _ => "-".to_owned(),
            });
        }
        lines.push(line);
    }
    render(format, name, contents, &lines)
}

/// Prints what a dump into a writer takes of memory, with a new `Pickler`, beyond the records.
#[cfg(feature = "memory")]
fn memory(records: &Logs) -> Result<()> {
    let mut count = Counter(0);
    let before = crate::graphs::MEMORY.current_usage();
    crate::graphs::MEMORY.reset_peak_usage();
    Pickler::new().dump(records, &mut count)?;
    let peak = crate::graphs::MEMORY.peak_usage().saturating_sub(before);
    println!("Memory at dump into a writer: {} bytes, for {} written", thousands(peak), thousands(count.0));
    Ok(())
}
