//! Finding out what a library can do: a round trip in a process of its own, on a stack of known size.

use std::env;
use std::process::{Command, Stdio};
use std::thread;

use super::{ALL, DEEP_STACK, Graph, USUAL_STACK};
use crate::Result;

/// The argument which makes this program try one round trip; not for users.
pub const ARGUMENT: &str = "--attempt";

/// What came of the stacks on which a library was tried.
#[derive(Debug)]
pub enum Outcome {
    /// It gave back the same graph on the usual stack.
    Succeeded,
    /// It did so only on a deep stack; why not on the usual one.
    OnDeepStack(String),
    /// It did not; why.
    Failed(String),
}

impl Outcome {
    pub fn succeeded(&self) -> bool {
        !matches!(self, Self::Failed(_))
    }

    /// What a reader of the table has to know.
    pub fn note(&self) -> Option<String> {
        match self {
            Self::Succeeded => None,
            Self::OnDeepStack(reason) => Some(format!(
                "on a stack of {}: {reason}; measured on {}",
                mebibytes(USUAL_STACK),
                mebibytes(DEEP_STACK)
            )),
            Self::Failed(reason) => Some(format!("cannot: {reason}")),
        }
    }
}

fn mebibytes(bytes: usize) -> String {
    format!("{} MiB", bytes >> 20)
}

/// Tries a library on the usual stack, then on a deep one if that is allowed.
pub fn try_all_stacks(graph: &Graph, library: usize, scale: usize, deep: bool) -> Result<Outcome> {
    let Err(usual) = in_process(graph, library, scale, USUAL_STACK)? else {
        return Ok(Outcome::Succeeded);
    };
    if !deep || !usual.contains(OVERFLOW) {
        return Ok(Outcome::Failed(usual));
    }
    Ok(match in_process(graph, library, scale, DEEP_STACK)? {
        Ok(()) => Outcome::OnDeepStack(usual),
        Err(error) => Outcome::Failed(format!("{error}, on {}", mebibytes(DEEP_STACK))),
    })
}

const OVERFLOW: &str = "the stack overflows";

fn in_process(graph: &Graph, library: usize, scale: usize, stack: usize) -> Result<std::result::Result<(), String>> {
    let arguments = [library, scale, stack].map(|number| number.to_string());
    let output =
        Command::new(env::current_exe()?).args([ARGUMENT, graph.name]).args(arguments).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    Ok(Err(if said.contains("overflowed its stack") || said.contains("stack overflow") {
        OVERFLOW.to_owned()
    } else if output.status.code().is_none() {
        format!("the process was killed: {last}")
    } else {
        last.trim_start_matches("pickle-bench: ").to_owned()
    }))
}

/// What the process of its own does: the graph's name, the library's index, the scale and the stack's size.
pub fn attempt(arguments: &[String]) -> Result<()> {
    let [name, numbers @ ..] = arguments else {
        return Err("what is to be tried is missing".into());
    };
    let graph = ALL.into_iter().find(|graph| graph.name == *name).ok_or("no such graph")?;
    let numbers: Vec<usize> = numbers.iter().map(|number| number.parse()).collect::<std::result::Result<_, _>>()?;
    let [library, scale, stack] = numbers[..] else {
        return Err("three numbers are needed".into());
    };
    let library = graph.libraries.get(library).ok_or("no such library")?;
    on_stack(stack, move || (library.attempt)(scale))?
}

/// Runs `work` on a thread with a stack of `size` bytes.
pub fn on_stack<T: Send + 'static>(size: usize, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let thread = thread::Builder::new().stack_size(size).spawn(work)?;
    thread.join().map_err(|_| "a thread panicked".into())
}
