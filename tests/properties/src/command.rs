//! What must hold of the command `pickle`, whatever it is given as standard input.

use std::path::PathBuf;
use std::{env, fs, process};

use arbitrary::{Result, Unstructured};
use pickle_cli::{Console, run};
use pickle_core::inspect::Step;
use pickle_core::value::{Data, Node};
use pickle_core::{Value, dumps, loads};
use serde_json::Value as Json;

use crate::Memory;
use crate::checks::measured;
use crate::edit;
use crate::random::Random;
use crate::subjects::samples;
use crate::targets::any_path;

/// Options that any command takes, and the memory that they let values take.
const LIMITS: [(&str, usize); 6] = [
    ("--max-memory=256K", 256 << 10),
    ("--max-memory=16K", 16 << 10),
    ("--max-depth=8", 128 << 20),
    ("--max-empty-elements=3", 128 << 20),
    ("--max-objects=2", 128 << 20),
    ("--color=never", 128 << 20),
];
/// Longer input is left to other targets: reading it may end at a limit, before anything looks at it.
const LONGEST: usize = 16 << 10;
/// What a command may take of memory beyond its limit: for the arguments, its own lists, and the buffer of its output.
const BESIDE: usize = 4 << 20;
/// The same for each byte of input and of output.
const BESIDE_PER_BYTE: usize = 64;
/// Bytes of the output.
const LONGEST_OUTPUT: usize = 64 << 20;

/// Bytes as the standard input of every command, with options and paths that the seed chooses.
pub(crate) fn check(memory: Memory, seed: u8, bytes: &[u8]) {
    if bytes.len() > LONGEST {
        return;
    }
    let random = Random(u64::from(seed)).bytes(160);
    let mut u = Unstructured::new(&random);
    // There are bytes for all choices.
    let _ = check_with(memory, &mut u, seed, bytes);
}

fn check_with(memory: Memory, u: &mut Unstructured<'_>, seed: u8, bytes: &[u8]) -> Result<()> {
    let (option, limit) = *u.choose(&LIMITS)?;
    let command = Command { memory, bytes, option, limit };
    let streams = every_command(&command, u)?;
    let value = loads::<Value>(bytes).ok();
    paths(&command, value.as_ref(), u)?;
    if u.ratio(1, 4)? {
        let changed = edit::mutate(bytes, 0, LONGEST, u32::from(seed)).unwrap_or_default();
        differences(&command, &changed);
    }
    if let Some(value) = value.filter(|_| streams == Some(1)) {
        same(&command, &value);
    }
    Ok(())
}

/// What the command said.
#[derive(Debug)]
struct Said {
    code: u8,
    out: String,
    errors: String,
}

impl Said {
    /// The documents of its output.
    fn documents(&self) -> Vec<Json> {
        let documents = serde_json::Deserializer::from_str(&self.out).into_iter::<Json>();
        documents.map(|json| json.unwrap_or_else(|error| panic!("{error}: {:.300}", self.out))).collect()
    }
}

/// The command on the same bytes, again and again.
struct Command<'b> {
    memory: Memory,
    bytes: &'b [u8],
    /// What all runs are told.
    option: &'static str,
    /// The memory that values may take then.
    limit: usize,
}

impl Command<'_> {
    /// What it says, which steers no terminal; one sentence where it fails.
    fn run(&self, arguments: &[&str]) -> Said {
        let (mut out, mut errors) = (Vec::new(), Vec::new());
        let (code, taken) = measured(self.memory, || {
            let whole = ["pickle"].iter().chain(arguments).chain([&self.option]);
            run(whole, Console::new(self.bytes, &mut out, &mut errors))
        });
        let lengths = self.bytes.len() + out.len();
        let allowed = self.limit + BESIDE + BESIDE_PER_BYTE * lengths;
        assert!(taken <= allowed, "{arguments:?} took {taken} bytes, for {lengths} bytes of input and output");
        assert!(out.len() < LONGEST_OUTPUT, "{arguments:?} wrote {} bytes", out.len());
        let [out, errors] = [out, errors].map(|bytes| String::from_utf8(bytes).unwrap());
        let said = Said { code, out, errors };
        if arguments.iter().any(|argument| argument.starts_with("--path=")) && said.errors.starts_with("error: ") {
            // What is no path is shown to whoever wrote it.
            assert_eq!((code, said.out.as_str()), (2, ""), "{arguments:?}: {said:?}");
            return said;
        }
        let steers = said.out.chars().chain(said.errors.chars()).find(|c| steers(*c));
        assert_eq!(steers, None, "{arguments:?}: {said:?}");
        assert!(code < if arguments[0] == "diff" { 3 } else { 2 }, "{arguments:?}: {said:?}");
        // What differs, and what `verify` finds, may be said as the output.
        let is_said_already = code == 1 && ["diff", "verify"].contains(&arguments[0]) && said.errors.is_empty();
        assert!(!is_said_already || !said.out.is_empty(), "{arguments:?}: nothing is said");
        assert_eq!(said.errors.is_empty(), code == 0 || is_said_already, "{arguments:?}: {said:?}");
        let is_sentence = said.errors.starts_with("pickle: ") && said.errors.find('\n') == Some(said.errors.len() - 1);
        assert!(said.errors.is_empty() || is_sentence, "{arguments:?}: {said:?}");
        said
    }
}

/// Whether a terminal obeys a character, or moves others for it.
fn steers(c: char) -> bool {
    c != '\n' && c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

/// Runs every command that takes one file, and compares what they make of it. Gives the number of streams, if all are good
/// and have their schemas.
fn every_command(command: &Command<'_>, u: &mut Unstructured<'_>) -> Result<Option<usize>> {
    let verified = command.run(&["verify", "-", "--format=json"]);
    let lines = verified.documents();
    assert_eq!(command.run(&["verify", "-"]).code, verified.code);
    let is_good = verified.code == 0;
    assert!(lines.iter().enumerate().all(|(i, line)| line["ok"] == (is_good || i + 1 < lines.len())), "{verified:?}");
    let has_schemas = lines.iter().all(|line| line["schema"] == true);

    let number = u.int_in_range(0..=4u8)?.to_string();
    let depth = format!("--depth={number}");
    let nodes = format!("--max-nodes={number}");
    let top = format!("--top={number}");
    let more: [&[&str]; 5] = [&[], &["--all"], &["--objects=file"], &["--objects=use", "--all"], &[&depth]];
    let show = [&["show", "-"], *u.choose(&more)?].concat();
    let mut is_gathered = is_good && has_schemas;
    let mut expect = |arguments: &[&str], does_without_schema: bool| {
        let said = command.run(arguments);
        // All values at once take memory that one after the other do not.
        let is_too_much = said.errors.contains("`--max-memory`");
        is_gathered &= !is_too_much;
        let code = u8::from(!(is_good && (has_schemas || does_without_schema)));
        assert!(said.code == code || is_too_much, "{arguments:?} after {verified:?}: {said:?}");
        assert!(code == 1 || is_too_much || !said.out.is_empty(), "{arguments:?} says nothing");
        said
    };
    expect(&show, false);
    expect(&["schema", "-"], false);
    expect(&["dis", "-"], true);
    expect(&["stats", "-", &top], false);
    expect(&["graph", "-", &nodes], false);
    let types = expect(&["schema", "-", "--format=json"], false).documents();
    let spans = expect(&["dis", "-", "--format=json"], true).documents();
    let sizes = expect(&["stats", "-", "--format=json"], false).documents();
    let json = [&["json", "-"][..], &["json", "-", "--pretty"]];
    let values = expect(u.choose(&json)?, false).documents();
    expect(&["graph", "-", "--format=json"], false).documents();
    if !is_gathered {
        return Ok(None);
    }
    let number = |line: &Json, name: &str| line[name].as_u64().unwrap();
    let mut at = 0;
    for span in &spans {
        assert_eq!(number(span, "offset"), at, "a byte is explained twice, or not at all");
        at += number(span, "length");
    }
    assert_eq!(at, command.bytes.len() as u64, "not every byte is explained");
    let by_type = sizes.iter().filter(|line| line.get("type").is_some());
    assert_eq!(by_type.map(|line| number(line, "bytes")).sum::<u64>(), at, "not every byte is counted");
    assert_eq!((values.len(), types.len()), (lines.len(), lines.len()));
    Ok(Some(lines.len()))
}

/// Paths into the value, and any text as one: what shows a part and what writes it as JSON find the same.
fn paths(command: &Command<'_>, value: Option<&Value>, u: &mut Unstructured<'_>) -> Result<()> {
    let find = |command: &Command<'_>, path: &str| {
        let path = format!("--path={path}");
        let shown = command.run(&["show", "-", &path]);
        let written = command.run(&["json", "-", &path]);
        // The one may take memory that the other does not.
        let is_too_much = [&shown, &written].iter().any(|said| said.errors.contains("`--max-"));
        assert!(shown.code == written.code || is_too_much, "{path}: {shown:?} {written:?}");
        let documents = written.documents();
        assert_eq!(documents.len(), usize::from(written.code == 0), "{path}: {written:?}");
        (documents, is_too_much)
    };
    match value {
        Some(value) => {
            for _ in 0..4 {
                let (path, part) = any_path(value, u, step_by_key)?;
                let (found, is_too_much) = find(command, &path);
                let part: Json = serde_json::from_str(&serde_json::to_string(&part).unwrap()).unwrap();
                assert!(found == [part] || is_too_much, "{path}: {found:?}");
            }
        }
        None => {
            let samples = samples();
            let sample = samples[u.choose_index(samples.len())?].seal();
            let (path, _) = command.bytes.split_at(command.bytes.len().min(300));
            let path = String::from_utf8_lossy(path);
            if !path.contains('\0') {
                find(&Command { bytes: &sample, ..*command }, &path);
            }
        }
    }
    Ok(())
}

/// The step to the entry of a key: none where another key is called so too, or where it may be cut or escaped.
fn step_by_key(keyed: Node<'_>, key: Node<'_>) -> Option<String> {
    /// Bytes of a key.
    const LONGEST: usize = 200;
    let name = key.inner().to_string();
    let is_plain = match key.inner().data() {
        Data::Scalar(_) => true,
        Data::Text(_) => name.is_ascii(),
        // A name that the stream gives may have brackets and quotes.
        _ => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' '),
    };
    let keys = keyed.parts().filter(|(step, _)| matches!(step, Step::Key(_)));
    let is_alone = keys.filter(|(_, other)| other.inner().to_string() == name).count() == 1;
    (is_plain && is_alone && name.len() <= LONGEST).then(|| match name.starts_with('"') {
        true => format!("[{name}]"),
        false => format!("{{{name}}}"),
    })
}

/// A file that is there as long as this.
struct File(PathBuf);

impl File {
    fn new(name: &str, bytes: &[u8]) -> File {
        let file = File(env::temp_dir().join(format!("pickle-properties-{}-{name}", process::id())));
        fs::write(&file.0, bytes).unwrap();
        file
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // Where it is gone already, so much the better.
        drop(fs::remove_file(&self.0));
    }
}

/// Two files differ or do not, whichever comes first.
fn differences(command: &Command<'_>, other: &[u8]) {
    let file = File::new("other", other);
    let one = command.run(&["diff", "-", file.path(), "--format=json"]);
    one.documents();
    let two = command.run(&["diff", file.path(), "-"]);
    assert_eq!(one.code, two.code, "{one:?} {two:?}");
}

/// What a value is written as does not differ from what it was read from.
fn same(command: &Command<'_>, value: &Value) {
    let file = File::new("same", &dumps(value).unwrap());
    let said = command.run(&["diff", "-", file.path()]);
    let is_too_much = said.errors.contains("`--max-");
    assert!(said.code == 0 && said.out.is_empty() || is_too_much, "{said:?}");
}
