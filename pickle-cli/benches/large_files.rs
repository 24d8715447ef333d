//! How soon the commands answer on files of 100 MB, and what memory they take: `cargo bench -p pickle-cli`.
//!
//! Each file is written anew into a temporary folder, read once so that it is in memory, and given to each command; what
//! the command writes is read and thrown away.

#![forbid(unsafe_code)]

use std::cell::RefCell;
use std::error::Error;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::rc::{Rc, Weak};
use std::time::{Duration, Instant};

use pickle_core::{Pickle, Pickler};

const SIZE: usize = 100_000_000;

const COMMANDS: [&[&str]; 7] =
    [&["show"], &["show", "--all"], &["schema"], &["verify"], &["stats"], &["json"], &["dis"]];
/// What makes a difference only where there are shared objects.
const FROM_THE_ROOT: &[&str] = &["show", "--objects", "use", "--depth", "4"];

#[derive(Pickle)]
struct Request {
    address: [u8; 4],
    user: String,
    date: String,
    request: String,
    code: u16,
    size: u64,
}

#[derive(Pickle)]
struct Node {
    id: u32,
    name: String,
    parent: RefCell<Weak<Node>>,
    children: RefCell<Vec<Rc<Node>>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    println!(
        "| file | command | first line ms | all ms | written | memory, of the file's |\n|:--|:--|--:|--:|--:|--:|"
    );
    let file = folder.path().join("file.pickle");
    write(&file, &requests())?;
    measure("log lines", &file, &COMMANDS)?;
    write(&file, &numbers())?;
    measure("numbers", &file, &COMMANDS)?;
    write(&file, &tree())?;
    measure("tree of shared nodes", &file, &[FROM_THE_ROOT])?;
    measure("tree of shared nodes", &file, &COMMANDS)
}

fn write(file: &Path, value: &impl Pickle) -> Result<(), Box<dyn Error>> {
    let mut pickler = Pickler::new().checksum(true);
    Ok(fs::write(file, pickler.dumps(value)?)?)
}

fn measure(name: &str, file: &Path, commands: &[&[&str]]) -> Result<(), Box<dyn Error>> {
    let size = fs::read(file)?.len();
    for command in commands {
        let start = Instant::now();
        let mut process =
            Command::new(env!("CARGO_BIN_EXE_pickle")).args(*command).arg(file).stdout(Stdio::piped()).spawn()?;
        let mut output = process.stdout.take().ok_or("the output is not there")?;
        let mut buffer = vec![0; 1 << 16];
        let (mut written, mut first, mut memory) = (0, Duration::ZERO, None);
        loop {
            let read = output.read(&mut buffer)?;
            if written == 0 {
                first = start.elapsed();
            }
            written += read;
            memory = peak(&process).max(memory);
            if read == 0 {
                break;
            }
        }
        // The end of the output is the end of the work, but for giving back memory.
        let all = start.elapsed();
        let status = process.wait()?;
        let memory = memory.map_or("-".to_owned(), |peak| format!("{:.2}", peak as f64 / size as f64));
        let (command, size) = (command.join(" "), size as f64 / 1e6);
        let failed = if status.success() { String::new() } else { format!(" ({status})") };
        println!(
            "| {name}, {size:.0} MB | `{command}`{failed} | {} | {} | {written} | {memory} |",
            first.as_millis(),
            all.as_millis()
        );
    }
    Ok(())
}

/// The most memory that a process had, in bytes, where the system tells it.
fn peak(process: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", process.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

fn requests() -> Vec<Request> {
    /// Bytes of one.
    const EACH: usize = 66;
    (0..(SIZE / EACH) as u32)
        .map(|i| Request {
            address: i.wrapping_mul(0x9E37_79B9).to_le_bytes(),
            user: ["-", "alice", "bob", "carmen"][i as usize % 4].to_owned(),
            date: format!("{}/Oct/2026:13:{:02}:{:02}", i % 28 + 1, i / 60 % 60, i % 60),
            request: format!("GET /img/{}.jpg HTTP/1.1", i % 10_000),
            code: 200 + (i % 9) as u16,
            size: u64::from(i) * 37,
        })
        .collect()
}

fn numbers() -> Vec<f64> {
    (0..SIZE / 8).map(|i| i as f64 * 0.37).collect()
}

/// Each node with ten below it, and a link to its parent.
fn tree() -> Rc<Node> {
    /// Bytes of one.
    const EACH: usize = 40;
    let node = |id: usize| {
        let (parent, children) = (RefCell::default(), RefCell::default());
        Rc::new(Node { id: id as u32, name: format!("node {id}"), parent, children })
    };
    let nodes: Vec<_> = (0..SIZE / EACH).map(node).collect();
    for (i, child) in nodes.iter().enumerate().skip(1) {
        let parent = &nodes[(i - 1) / 10];
        parent.children.borrow_mut().push(child.clone());
        *child.parent.borrow_mut() = Rc::downgrade(parent);
    }
    nodes[0].clone()
}
