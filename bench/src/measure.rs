//! Measuring: checked round trips first, then interleaved rounds of samples.

use std::hint::black_box;
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::{Duration, Instant};

use rkyv::util::AlignedVec;

use crate::Result;
use crate::codecs::{Codec, Lendable, Lender, Lent, Role, Subject};
use crate::data::Borrowed;

/// The least time one sample takes: many calls, as in the public benchmark, so that the processor has learnt the branches of
/// the case, and not those of the one before.
const LONG: Duration = Duration::from_millis(2);

/// The same where large values or ways of one library are compared: other work on the machine falls into few of them.
const SHORT: Duration = Duration::from_micros(500);

/// Bytes that are read between two looks at the clock.
const BATCH: usize = 64 << 10;

/// The most calls in one sample, so that calibration always ends.
const MOST_CALLS: usize = 1 << 16;

/// The direction of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Serialize,
    Deserialize,
    /// Deserialize, with strings that lie in the bytes.
    Borrow,
}

/// A row of a table: one codec on one data set.
pub struct Row {
    pub set: &'static str,
    pub codec: &'static str,
    /// Which of several ways of using the codec, or empty.
    pub variant: &'static str,
    pub role: Role,
    /// The length of the serialized value, in bytes.
    pub size: usize,
    /// The serialized value, where this process has it.
    bytes: Option<Rc<AlignedVec>>,
    serialize: Vec<f64>,
    deserialize: Vec<f64>,
    borrow: Vec<f64>,
}

impl Row {
    /// The median time of one call, in microseconds, once it was measured.
    pub fn median(&self, op: Op) -> Option<f64> {
        median(match op {
            Op::Serialize => &self.serialize,
            Op::Deserialize => &self.deserialize,
            Op::Borrow => &self.borrow,
        })
    }
}

/// The rows of one set.
pub fn of_set<'r>(set: &str, rows: &'r [Row]) -> Vec<&'r Row> {
    rows.iter().filter(|row| row.set == set).collect()
}

/// Everything to be measured, and what came out so far.
pub struct Plan {
    rows: Vec<Row>,
    cases: Vec<Case>,
    /// The least time one sample takes.
    sample: Duration,
}

impl Default for Plan {
    fn default() -> Self {
        Self { rows: Vec::new(), cases: Vec::new(), sample: LONG }
    }
}

impl Plan {
    /// One whose samples are short.
    pub fn of_short_samples() -> Self {
        Self { sample: SHORT, ..Self::default() }
    }

    /// Adds a data set: every codec, then copying the bytes of the first one.
    pub fn enter<T: Subject>(&mut self, set: &'static str, value: T) -> Result<()> {
        Rc::new(value).enter_all(set, self)?;
        self.add_memcpy(set)
    }

    /// The same for one that can be lent too.
    pub fn enter_lent<L: Lendable<Owned: Subject>>(&mut self, set: &'static str, value: L::Owned) -> Result<()> {
        self.enter(set, value.clone())?;
        L::enter_all(self, set, &value)
    }

    /// Adds both cases of one codec, once its answer proved right.
    pub fn add<T, C>(&mut self, set: &'static str, value: &Rc<T>) -> Result<()>
    where
        T: PartialEq + 'static,
        C: Codec<T>,
    {
        self.add_as::<T, C>(set, C::VARIANT, value)
    }

    /// Adds both cases of one codec under a variant's name of its own.
    pub fn add_as<T, C>(&mut self, set: &'static str, variant: &'static str, value: &Rc<T>) -> Result<()>
    where
        T: PartialEq + 'static,
        C: Codec<T>,
    {
        let bytes = checked::<T, C>(value).map_err(|error| format!("{} on {set}: {error}", C::PACKAGE))?;
        let bytes = Rc::new(bytes);
        let mut codec = C::prepare(value)?;
        let (serialize, deserialize) = (
            Serialize { codec: C::prepare(value)?, value: Rc::clone(value) },
            Load::new(&bytes, move |bytes| codec.deserialize(bytes)),
        );
        let mut row = Row::new(set, (C::PACKAGE, variant), C::ROLE, bytes.len());
        row.bytes = Some(bytes);
        self.add_samples(row, Box::new(serialize), Box::new(deserialize));
        Ok(())
    }

    /// Adds the case of a codec that lends, once its answer proved right, to the row that it has.
    pub fn add_lender<L, C>(&mut self, set: &'static str, value: &L::Owned) -> Result<()>
    where
        L: Lent<Owned: PartialEq>,
        C: Lender<L>,
    {
        let is_row = |row: &Row| (row.set, row.codec, row.variant) == (set, C::PACKAGE, C::VARIANT);
        let row = self.rows.iter().position(is_row).ok_or("a codec lends and has no row")?;
        let bytes = self.rows[row].bytes.clone().ok_or("a codec lends and has no bytes")?;
        let mut codec = C::prepare(value)?;
        if codec.lend(&bytes)?.into_owned() != *value {
            return Err(format!("{} on {set}: what it lends is not what was serialized", C::PACKAGE).into());
        }
        let sample = Lend::<L, C> { codec, bytes, lent: PhantomData };
        self.cases.push(Case { row, op: Op::Borrow, sample: Box::new(sample), calls: 1 });
        Ok(())
    }

    /// Copying the bytes of the first row of a set: into a kept buffer, and into a new one.
    pub fn add_memcpy(&mut self, set: &'static str) -> Result<()> {
        let first = self.rows.iter().find(|row| row.set == set).and_then(|row| row.bytes.clone());
        let bytes = first.ok_or("there are no bytes to copy")?;
        let row = Row::new(set, ("memcpy", ""), Role::Memcpy, bytes.len());
        let out = Load::new(&bytes, |bytes| Ok(bytes.to_vec()));
        self.add_samples(row, Box::new(CopyOver { buffer: vec![0; bytes.len()], bytes }), Box::new(out));
        Ok(())
    }

    /// Adds one way for this library to load `bytes`.
    pub fn add_load<T: 'static>(
        &mut self,
        set: &'static str,
        way: &'static str,
        bytes: &[u8],
        load: impl FnMut(&[u8]) -> Result<T> + 'static,
    ) {
        let mut aligned = AlignedVec::new();
        aligned.extend_from_slice(bytes);
        let row = Row::new(set, ("pickle-core", way), Role::Ours, bytes.len());
        self.add_sample(row, Op::Deserialize, Box::new(Load::new(&Rc::new(aligned), load)));
    }

    /// Adds both cases of a row, as something that can be timed.
    pub fn add_samples(&mut self, row: Row, serialize: Box<dyn Sample>, deserialize: Box<dyn Sample>) {
        self.add_sample(row, Op::Serialize, serialize);
        self.cases.push(Case { row: self.rows.len() - 1, op: Op::Deserialize, sample: deserialize, calls: 1 });
    }

    /// Adds a row of one direction.
    pub fn add_sample(&mut self, row: Row, op: Op, sample: Box<dyn Sample>) {
        self.cases.push(Case { row: self.rows.len(), op, sample, calls: 1 });
        self.rows.push(row);
    }

    /// Runs every case once a round, in an order which changes every round.
    pub fn run(&mut self, what: &str, rounds: usize) -> Result<()> {
        for case in &mut self.cases {
            case.calibrate(self.sample)?;
        }
        let count = self.cases.len();
        for round in 0..rounds {
            for step in 0..count {
                // Turned by one each round, and every other round backwards:
                // no case always runs after the same one.
                let turned = (step + round) % count;
                let index = if round % 2 == 0 { turned } else { count - 1 - turned };
                let case = &mut self.cases[index];
                let time = case.measure()?;
                self.rows[case.row].record(case.op, time);
            }
            eprint!("\r{what}: round {} of {rounds}", round + 1);
        }
        eprintln!();
        Ok(())
    }

    /// Calls one case so many times, and nothing else: `codec/op`, the codec with its variant after a space.
    pub fn call(&mut self, case: &str, calls: usize) -> Result<()> {
        let rows = &self.rows;
        let name = |case: &Case| {
            let Row { codec, variant, .. } = rows[case.row];
            format!("{}/{:?}", format!("{codec} {variant}").trim_end(), case.op).to_lowercase()
        };
        match self.cases.iter_mut().find(|found| name(found) == case) {
            Some(found) => found.sample.time(calls).map(drop),
            None => {
                let names: Vec<String> = self.cases.iter().map(name).collect();
                Err(format!("no case {case}; there are {}", names.join(", ")).into())
            }
        }
    }

    /// The rows, in the order in which they were added.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

impl Row {
    /// A row that was not measured yet.
    pub fn new(set: &'static str, (codec, variant): (&'static str, &'static str), role: Role, size: usize) -> Self {
        let (serialize, deserialize, borrow) = (Vec::new(), Vec::new(), Vec::new());
        Self { set, codec, variant, role, size, bytes: None, serialize, deserialize, borrow }
    }

    pub fn record(&mut self, op: Op, time: f64) {
        match op {
            Op::Serialize => self.serialize.push(time),
            Op::Deserialize => self.deserialize.push(time),
            Op::Borrow => self.borrow.push(time),
        }
    }
}

/// Serializes twice into the same buffers and deserializes twice: the bytes
/// must be equal, and both values must be what went in.
pub fn checked<T: PartialEq, C: Codec<T>>(value: &T) -> Result<AlignedVec> {
    let mut codec = C::prepare(value)?;
    let mut bytes = AlignedVec::new();
    bytes.extend_from_slice(codec.serialize(value)?);
    if codec.serialize(value)? != bytes.as_slice() {
        return Err("a reused buffer gives other bytes".into());
    }
    for _ in 0..2 {
        if codec.deserialize(&bytes)? != *value {
            return Err("the deserialized value is not what was serialized".into());
        }
    }
    Ok(bytes)
}

/// One direction of one row, with what it needs to run.
struct Case {
    row: usize,
    op: Op,
    sample: Box<dyn Sample>,
    calls: usize,
}

impl Case {
    /// Finds how many calls a sample needs to take long enough.
    fn calibrate(&mut self, least: Duration) -> Result<()> {
        while self.calls < MOST_CALLS && self.sample.time(self.calls)? < least * 2 {
            self.calls *= 2;
        }
        Ok(())
    }

    /// Microseconds for one call.
    fn measure(&mut self) -> Result<f64> {
        // The first sample warms the caches after the case before; the second
        // one counts.
        self.sample.time(self.calls)?;
        let time = self.sample.time(self.calls)?;
        Ok(time.as_secs_f64() * 1e6 / self.calls as f64)
    }
}

/// Something to be timed.
pub trait Sample {
    /// The time which this many calls take together.
    fn time(&mut self, calls: usize) -> Result<Duration>;
}

struct Serialize<T, C> {
    codec: C,
    value: Rc<T>,
}

impl<T, C: Codec<T>> Sample for Serialize<T, C> {
    fn time(&mut self, calls: usize) -> Result<Duration> {
        let start = Instant::now();
        for _ in 0..calls {
            black_box(self.codec.serialize(black_box(&self.value))?);
        }
        Ok(start.elapsed())
    }
}

/// Makes a value of bytes, by whatever call.
struct Load<T, F> {
    load: F,
    bytes: Rc<AlignedVec>,
    values: Vec<T>,
}

impl<T, F: FnMut(&[u8]) -> Result<T>> Load<T, F> {
    fn new(bytes: &Rc<AlignedVec>, load: F) -> Self {
        Self { load, bytes: Rc::clone(bytes), values: Vec::new() }
    }
}

impl<T, F: FnMut(&[u8]) -> Result<T>> Sample for Load<T, F> {
    fn time(&mut self, calls: usize) -> Result<Duration> {
        in_batches(calls, self.bytes.len(), &mut self.values, || (self.load)(black_box(&self.bytes)))
    }
}

struct Lend<L, C> {
    codec: C,
    bytes: Rc<AlignedVec>,
    lent: PhantomData<L>,
}

impl<L: Lent, C: Lender<L>> Sample for Lend<L, C> {
    fn time(&mut self, calls: usize) -> Result<Duration> {
        let codec = &mut self.codec;
        in_batches(calls, self.bytes.len(), &mut Vec::new(), || codec.lend(black_box(&self.bytes)))
    }
}

struct CopyOver {
    bytes: Rc<AlignedVec>,
    buffer: Vec<u8>,
}

impl Sample for CopyOver {
    fn time(&mut self, calls: usize) -> Result<Duration> {
        let start = Instant::now();
        for _ in 0..calls {
            self.buffer.copy_from_slice(black_box(&self.bytes));
            black_box(self.buffer.as_slice());
        }
        Ok(start.elapsed())
    }
}

/// Makes values, and drops them while the clock stands: so many at once that reading it costs next to nothing.
fn in_batches<V>(
    calls: usize,
    length: usize,
    values: &mut Vec<V>,
    mut make: impl FnMut() -> Result<V>,
) -> Result<Duration> {
    let batch = BATCH.div_ceil(length.max(1));
    values.reserve(batch);
    let mut time = Duration::ZERO;
    let mut left = calls;
    while left > 0 {
        let start = Instant::now();
        for _ in 0..batch.min(left) {
            values.push(make()?);
        }
        time += start.elapsed();
        left -= batch.min(left);
        black_box(&*values);
        values.clear();
    }
    Ok(time)
}

/// Keeps with the program what it frees: glibc's allocator gives the memory of every large value back to the system, and the
/// page faults would be what is measured, until it has seen a block of this size come and go.
pub fn keep_memory() {
    drop(black_box(vec![1u8; 31 << 20]));
}

/// The middle of the samples, or the mean of the two in the middle, where there are any.
pub fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some((sorted[middle - 1] + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives back its number, and one more each time.
    struct Forgetful(u8);

    impl Codec<u8> for Forgetful {
        const PACKAGE: &'static str = "forgetful";

        fn prepare(value: &u8) -> Result<Self> {
            Ok(Self(*value))
        }

        fn serialize(&mut self, _: &u8) -> Result<&[u8]> {
            Ok(&[])
        }

        fn deserialize(&mut self, _: &[u8]) -> Result<u8> {
            self.0 += 1;
            Ok(self.0 - 1)
        }
    }

    #[test]
    fn one_case_is_called_as_often_as_is_asked() {
        let calls = Rc::new(std::cell::Cell::new(0));
        let mut plan = Plan::default();
        let counted = Rc::clone(&calls);
        plan.add_load("set", "way", &[7], move |bytes| {
            counted.set(counted.get() + 1);
            Ok(bytes[0])
        });
        assert!(plan.call("pickle-core way/deserialize", 3).is_ok() && calls.get() == 3);
        let refused = plan.call("pickle-core/deserialize", 3).expect_err("it has another name").to_string();
        assert!(refused.contains("pickle-core way/deserialize") && calls.get() == 3, "{refused}");
    }

    #[test]
    fn what_does_not_come_back_is_not_measured() {
        let mut plan = Plan::default();
        assert!(plan.add::<_, Forgetful>("set", &Rc::new(7)).is_err());
        assert!(plan.rows().is_empty());
    }

    /// Takes as long as it says.
    struct Steady(Duration);

    impl Sample for Steady {
        fn time(&mut self, calls: usize) -> Result<Duration> {
            Ok(self.0 * calls as u32)
        }
    }

    #[test]
    fn a_sample_has_the_calls_that_its_time_takes() {
        let calls = |least, call| {
            let sample = Box::new(Steady(Duration::from_micros(call)));
            let mut case = Case { row: 0, op: Op::Serialize, sample, calls: 1 };
            case.calibrate(least).map(|()| case.calls)
        };
        assert_eq!(calls(LONG, 300).expect("nothing fails"), 16);
        assert_eq!(calls(SHORT, 300).expect("nothing fails"), 4);
        assert_eq!(calls(SHORT, 30_000).expect("nothing fails"), 1);
        assert_eq!(calls(LONG, 0).expect("nothing fails"), MOST_CALLS);
        assert_eq!((Plan::default().sample, Plan::of_short_samples().sample), (LONG, SHORT));
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[9.0, 1.0, 4.0, 2.0]), Some(3.0));
    }
}
