//! What a dump takes of memory, beyond the graph, at its highest.

use peak_alloc::PeakAlloc;

use super::report::PACKAGES;
use super::{DEEP_STACK, Graph, Handle, Root, attempt};
use crate::Result;
use crate::args::Args;
use crate::codecs::Codec;
use crate::report::{facts, label, render, thousands};

#[global_allocator]
pub static MEMORY: PeakAlloc = PeakAlloc;

/// One library on one graph.
pub struct Case {
    pub codec: (&'static str, &'static str),
    /// The peak of one dump at a scale, and the length of what it made.
    pub dump: fn(usize) -> Result<(usize, usize)>,
}

/// The entry of a library that is counted.
macro_rules! case {
    ($codec:ident, $root:ty, $variant:expr) => {
        $crate::graphs::memory::Case {
            codec: (
                <$crate::graphs::codecs::$codec as $crate::codecs::Codec<$crate::graphs::Handle<$root>>>::PACKAGE,
                $variant,
            ),
            dump: $crate::graphs::memory::dump::<$root, $crate::graphs::codecs::$codec>,
        }
    };
}
pub(super) use case;

/// Dumps once, with a new codec: its buffer counts, as it is what was dumped.
pub fn dump<R: Root, C: Codec<Handle<R>>>(scale: usize) -> Result<(usize, usize)> {
    let root = Handle::<R>::build(scale);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let mut codec = C::prepare(&root)?;
    let size = codec.serialize(&root)?.len();
    Ok((MEMORY.peak_usage().saturating_sub(before), size))
}

/// The most that a dump may take: times the encoded size, and bytes for each object.
const BAR: (usize, usize) = (3, 100);

/// Prints the table of the graphs that are wanted.
pub fn run(args: &Args, graphs: impl Iterator<Item = &'static Graph>) -> Result<()> {
    let (times, each) = BAR;
    let mut lines = vec![
        ["graph, codec", "peak", "encoded", "objects", "(peak - 3 encoded) / object", "of the bar"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for graph in graphs {
        for case in graph.memory {
            // A thread for each: a library may keep buffers of its own in it.
            let (peak, size) = attempt::on_stack(DEEP_STACK, move || (case.dump)(graph.scale))??;
            let objects = (graph.objects)(graph.scale);
            lines.push(vec![
                format!("{}, {}", graph.name, label(case.codec)),
                thousands(peak),
                thousands(size),
                thousands(objects),
                format!("{:.1}", (peak as f64 - (times * size) as f64) / objects as f64),
                format!("{:.2}", peak as f64 / (times * size + each * objects) as f64),
            ]);
        }
    }
    let format = args.format();
    let contents = format!("the bar is {times} times the encoded size and {each} bytes an object");
    print!("{}\n{}", facts(format, PACKAGES, &[]), render(format, "memory at dump, in bytes", &contents, &lines));
    Ok(())
}
