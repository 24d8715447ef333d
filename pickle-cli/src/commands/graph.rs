//! `pickle graph`: the shared objects of a file as a picture.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use clap::{Args, ValueEnum};
use pickle_core::Value;
use pickle_core::inspect::{Reference, Step};
use pickle_core::value::{Data, Node};
use serde_json::json;

use crate::brief::{brief, unwrapped};
use crate::console::Source;
use crate::failure::Failure;
use crate::input::Input;
use crate::options::File;
use crate::output::Out;
use crate::path::{self, Trail};
use crate::text;

/// What it can be told.
#[derive(Debug, Args)]
#[command(after_help = "\
A box is the root or a shared object, with its simple fields; an arrow is a pointer, at the path in the box where it \
stands, and dashed where it is weak. Of many arrows from one box 200 are drawn, and each by which another box is found; \
the rest is counted.\n\n  pickle graph world.pickle --format svg > world.svg")]
pub(crate) struct Options {
    #[command(flatten)]
    file: File,

    /// What is written
    #[arg(long, value_enum, default_value_t = Format::Dot)]
    format: Format,

    /// Draw no more than so many objects, those next to the root
    #[arg(long, value_name = "COUNT", default_value_t = 200)]
    max_nodes: usize,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// For `dot` of Graphviz
    Dot,
    /// The picture, drawn by `dot`, which has to be installed
    Svg,
    /// For programs: the boxes and arrows, one JSON object a line
    Json,
}

/// Draws all streams in one picture.
pub(crate) fn run(options: &Options, source: &mut Source<'_>, out: &mut Out<'_>) -> Result<(), Failure> {
    let input = Input::read(&options.file, source)?;
    let mut graphs = vec![];
    for part in input.streams() {
        let part = part?;
        graphs.push(Graph::of(&part.value()?, options.max_nodes));
    }
    match options.format {
        Format::Dot => out.write(&dot(&graphs))?,
        Format::Svg => out.write(&svg(&dot(&graphs))?)?,
        Format::Json => {
            for (stream, graph) in graphs.iter().enumerate() {
                graph.json(stream, out)?;
            }
        }
    }
    Ok(())
}

/// A box: the root, or the object with this number.
struct Shown {
    id: Option<u32>,
    kind: String,
    fields: Vec<(String, String)>,
    /// Arrows to boxes that are not drawn, because there are so many.
    arrows_left_out: usize,
}

struct Arrow {
    from: Option<u32>,
    path: String,
    to: u32,
    is_weak: bool,
}

#[derive(Default)]
struct Graph {
    nodes: Vec<Shown>,
    arrows: Vec<Arrow>,
    /// Objects that are not shown.
    left_out: usize,
}

/// Fields of a box, and characters of each and of the path at an arrow, at the most.
const FIELDS: usize = 6;
const TEXT: usize = 30;
const PATH: usize = 60;
/// Arrows from a box, at the most, unless they lead to boxes that no other arrow has led to.
const ARROWS: usize = 200;

impl Graph {
    fn of(value: &Value, most: usize) -> Graph {
        let mut graph = Graph::default();
        let mut is_met = vec![false; value.object_count()];
        let mut met = 0;
        let mut queue = VecDeque::from([(None, value.root())]);
        while let Some((id, node)) = queue.pop_front() {
            let mut shown = Shown::new(id, node);
            let before = graph.arrows.len();
            each_pointer(node, |trail, to, is_weak| {
                let Some(is_met) = is_met.get_mut(to as usize) else { return };
                if !*is_met && met == most {
                    // The arrow is left out with what it leads to.
                    return;
                }
                let is_first = !std::mem::replace(is_met, true);
                if is_first {
                    met += 1;
                    queue.extend(value.object(to).map(|object| (Some(to), object)));
                }
                if is_first || graph.arrows.len() - before < ARROWS {
                    graph.arrows.push(Arrow { from: id, path: brief(trail.path(), PATH), to, is_weak });
                } else {
                    shown.arrows_left_out += 1;
                }
            });
            graph.nodes.push(shown);
        }
        graph.left_out = is_met.len() - met;
        graph
    }

    fn json(&self, stream: usize, out: &mut Out<'_>) -> pickle_core::Result<()> {
        for node in &self.nodes {
            let fields: serde_json::Map<_, _> =
                node.fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            let mut line = json!({ "stream": stream, "object": node.id, "type": node.kind, "fields": fields });
            if node.arrows_left_out > 0 {
                line["arrows_left_out"] = json!(node.arrows_left_out);
            }
            out.json(&line, false)?;
        }
        for arrow in &self.arrows {
            let line = json!({
                "stream": stream, "from": arrow.from, "path": arrow.path, "to": arrow.to, "weak": arrow.is_weak,
            });
            out.json(&line, false)?;
        }
        if self.left_out > 0 {
            out.json(&json!({ "stream": stream, "left_out": self.left_out }), false)?;
        }
        Ok(())
    }
}

impl Shown {
    fn new(id: Option<u32>, node: Node<'_>) -> Shown {
        let mut fields = vec![];
        let inner = unwrapped(node);
        if let Data::Struct(_) | Data::Tuple | Data::Variant(_) = inner.data() {
            for (step, part) in inner.parts() {
                if fields.len() < FIELDS && is_simple(part) {
                    let mut name = String::new();
                    path::push(&mut name, step);
                    fields.push((name, brief(part, TEXT)));
                }
            }
        } else if is_simple(inner) {
            fields.push((String::new(), brief(inner, TEXT)));
        }
        Shown { id, kind: node.kind().name(), fields, arrows_left_out: 0 }
    }
}

/// Tells of each pointer in a box: where it stands, to which object it is, and whether it is weak.
fn each_pointer(node: Node<'_>, mut tell: impl FnMut(&Trail, u32, bool)) {
    enum Task<'v> {
        Value(Node<'v>),
        Parts(Box<dyn Iterator<Item = (Step<'v>, Node<'v>)> + 'v>),
    }
    let mut trail = Trail::default();
    let mut tasks = vec![Task::Value(node)];
    while let Some(task) = tasks.pop() {
        match task {
            Task::Parts(mut parts) => match parts.next() {
                None => trail.end(),
                Some((step, part)) => {
                    trail.step(step);
                    tasks.extend([Task::Parts(parts), Task::Value(part)]);
                }
            },
            Task::Value(node) => {
                let node = unwrapped(node);
                match node.data() {
                    Data::Reference(Reference::Strong(to)) => tell(&trail, to, false),
                    Data::Reference(Reference::Weak(to)) => tell(&trail, to, true),
                    Data::Reference(Reference::Dangling) => {}
                    Data::Scalar(_) | Data::Text(_) | Data::FunctionName(_) | Data::Absent => {}
                    _ if node.as_run().is_some() => {}
                    _ => {
                        trail.begin();
                        tasks.push(Task::Parts(Box::new(node.parts())));
                    }
                }
            }
        }
    }
}

/// Whether a value is a number, text or `None`, maybe in a box or a cell.
fn is_simple(node: Node<'_>) -> bool {
    matches!(unwrapped(node).data(), Data::Scalar(_) | Data::Text(_) | Data::FunctionName(_) | Data::Absent)
}

fn dot(graphs: &[Graph]) -> String {
    let mut dot = String::from(
        "digraph pickle {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\", fontsize=10];\n  \
         edge [fontname=\"monospace\", fontsize=9];\n",
    );
    for (stream, graph) in graphs.iter().enumerate() {
        let name = |id: Option<u32>| match id {
            Some(id) => format!("s{stream}_{id}"),
            None => format!("s{stream}_root"),
        };
        for node in &graph.nodes {
            let mut label = match node.id {
                Some(id) => escaped(&format!("#{id} {}", node.kind)),
                None => escaped(&node.kind),
            };
            let fields = node.fields.iter().map(|(field, value)| match field.as_str() {
                "" => value.clone(),
                field => format!("{field}: {value}"),
            });
            let arrows = (node.arrows_left_out > 0)
                .then(|| format!("… {} more", text::count(node.arrows_left_out as u64, "arrow", "arrows")));
            for (i, line) in fields.chain(arrows).enumerate() {
                label.extend([if i == 0 { "\\l" } else { "" }, &escaped(&line), "\\l"]);
            }
            let style = if node.id.is_none() { ", style=bold" } else { "" };
            // Writing into a `String` does not fail.
            let _ = writeln!(dot, "  {} [label=\"{label}\"{style}];", name(node.id));
        }
        for arrow in &graph.arrows {
            let style = if arrow.is_weak { ", style=dashed" } else { "" };
            let (from, to) = (name(arrow.from), name(Some(arrow.to)));
            let _ = writeln!(dot, "  {from} -> {to} [label=\"{}\"{style}];", escaped(&arrow.path));
        }
        if graph.left_out > 0 {
            let more = text::count(graph.left_out as u64, "object", "objects");
            let _ = writeln!(dot, "  s{stream}_more [label=\"{more} more: --max-nodes\", shape=plaintext];");
        }
    }
    dot.push_str("}\n");
    dot
}

/// Text as a label has it.
fn escaped(label: &str) -> String {
    text::line(label).replace('\\', "\\\\").replace('"', "\\\"")
}

/// The picture that Graphviz makes.
fn svg(dot: &str) -> Result<String, Failure> {
    let trouble = |error: &dyn std::fmt::Display| {
        Failure::Trouble(format!("cannot draw: `dot` of Graphviz {error}; `--format dot` does without it"))
    };
    let started = Command::new("dot").arg("-Tsvg").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut process = started.map_err(|error| trouble(&format!("does not start: {error}")))?;
    let input = process.stdin.take();
    std::thread::scope(|scope| {
        // It may begin to write before it has read all.
        scope.spawn(move || input.map(|mut input| input.write_all(dot.as_bytes())));
        let done = process.wait_with_output().map_err(|error| trouble(&error))?;
        match done.status.success() {
            true => Ok(String::from_utf8_lossy(&done.stdout).into_owned()),
            false => Err(trouble(&format!("ended with {}", done.status))),
        }
    })
}
