//! CPython's pickle: a process which takes a sample when it is asked to, so that its samples alternate with the others.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use crate::Result;
use crate::codecs::Role;
use crate::measure::{Plan, Row, Sample};

const SCRIPT: &str = include_str!("../../python/graphs.py");

/// As in the tables; [`version`] has the version.
pub const PACKAGE: &str = "CPython";

/// The interpreter's usual names: the second one is that of Windows.
const PROGRAMS: [&str; 2] = ["python3", "python"];

/// A process which has built a graph and checked that it comes back.
struct Python {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// None if there is no CPython.
    fn start() -> Result<Option<Self>> {
        let Some((program, _)) = found() else {
            return Ok(None);
        };
        let mut process =
            Command::new(program).args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let requests = process.stdin.take().ok_or("no way to write to python")?;
        let answers = BufReader::new(process.stdout.take().ok_or("no way to read from python")?);
        Ok(Some(Self { process, requests, answers }))
    }

    fn ask(&mut self, request: &str) -> Result<String> {
        writeln!(self.requests, "{request}")?;
        self.requests.flush()?;
        let mut answer = String::new();
        self.answers.read_line(&mut answer)?;
        if answer.is_empty() {
            return Err(format!("python ended: {}", self.process.wait()?).into());
        }
        Ok(answer.trim().to_owned())
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program and the version of the CPython that there is.
fn found() -> Option<(&'static str, String)> {
    const ABOUT: &str = "import sys, platform; print(sys.implementation.name, platform.python_version())";
    PROGRAMS.into_iter().find_map(|program| {
        let output = Command::new(program).args(["-c", ABOUT]).output().ok()?;
        let said = String::from_utf8(output.stdout).ok()?;
        let version = said.trim().strip_prefix("cpython ")?.to_owned();
        Some((program, version))
    })
}

/// The version of the CPython that there is.
pub fn version() -> Option<String> {
    found().map(|(_, version)| version)
}

/// Adds the cases of CPython on a graph; gives what has to be said about them.
pub fn enter(plan: &mut Plan, graph: &'static str, scale: usize, links: &[u32]) -> Result<Option<(String, String)>> {
    let note = |text: String| Ok(Some((PACKAGE.to_owned(), text)));
    let Some(mut python) = Python::start()? else {
        return note("left out: there is no python3 here".to_owned());
    };
    let links: Vec<String> = links.iter().map(u32::to_string).collect();
    let answer = match python.ask(&format!("{graph} {scale}\n{}", links.join(" "))) {
        Ok(answer) => answer,
        Err(error) => return note(format!("cannot: {error}")),
    };
    let mut words = answer.splitn(3, ' ');
    let size = match (words.next(), words.next()) {
        (Some("ok"), Some(size)) => size.parse()?,
        _ => return note(format!("cannot: {}", answer.trim_start_matches("error "))),
    };
    let python = Rc::new(RefCell::new(python));
    let sample = |request| Box::new(Request { python: Rc::clone(&python), request });
    // The collector is on unless a program turns it off, which makes CPython faster.
    for (variant, dumps, loads) in [("", "dumps collector", "loads collector"), ("collector off", "dumps", "loads")] {
        let row = Row::new(graph, (PACKAGE, variant), Role::Peer, size);
        plan.add_samples(row, sample(dumps), sample(loads));
    }
    match words.next() {
        Some(reason) => note(format!("by itself: {reason}; measured with no limit, on the deepest stack there is")),
        None => Ok(None),
    }
}

/// One direction; the process has the clock.
struct Request {
    python: Rc<RefCell<Python>>,
    request: &'static str,
}

impl Sample for Request {
    fn time(&mut self, calls: usize) -> Result<Duration> {
        let mut time = Duration::ZERO;
        for _ in 0..calls {
            time += Duration::from_nanos(self.python.borrow_mut().ask(self.request)?.parse()?);
        }
        Ok(time)
    }
}
