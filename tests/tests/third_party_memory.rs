//! Every impl for a type of another crate that allocates charges for it, as those of std do: see `charged_memory`. One test,
//! because it counts for the whole process.

#![cfg(feature = "third-party")]
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(missing_docs, reason = "a test is read, not linked against")]

use arrayvec::{ArrayString, ArrayVec};
use bytes::{Bytes, BytesMut};
use compact_str::CompactString;
use dashmap::{DashMap, DashSet};
use fixedbitset::FixedBitSet;
use indexmap::{IndexMap, IndexSet};
use ndarray::{ArcArray1, Array2, ArrayD};
use num_bigint::{BigInt, BigUint};
use peak_alloc::PeakAlloc;
use petgraph::graph::DiGraph;
use petgraph::graphmap::{DiGraphMap, UnGraphMap};
use petgraph::stable_graph::StableUnGraph;
use pickle_core::{dumps, loads};
use pickle_tests::memory::{check, least_limit, many};
use semver::{Version, VersionReq};
use smallvec::SmallVec;
use smol_str::SmolStr;
use url::Url;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const COUNT: usize = 1_000;
const LARGE: usize = 120_000;

#[test]
fn what_is_taken_is_charged() {
    many("SmallVec", |i| SmallVec::<[u64; 2]>::from_vec(vec![i as u64; i % 5]));
    many("ArrayVec", |i| ArrayVec::<u64, 8>::from_iter(vec![i as u64; i % 5]));
    many("ArrayString", |_| ArrayString::<30>::from("text").unwrap());
    many("Bytes", |i| Bytes::from(vec![i as u8; i % 50]));
    check("one Bytes", Bytes::from(vec![1; LARGE]));
    many("BytesMut", |i| BytesMut::from(&vec![i as u8; i % 50][..]));
    check("one BytesMut", BytesMut::from(&vec![1; LARGE][..]));
    many("CompactString", |i| CompactString::new("x".repeat(i % 50)));
    many("SmolStr", |i| SmolStr::new("x".repeat(i % 50)));
    many("Version", |i| Version::parse(&format!("1.2.{i}-{}+{}", "a".repeat(30), "b".repeat(30))).unwrap());
    many("VersionReq", |i| VersionReq::parse(&format!(">{i}.2.3-{}, <4", "a".repeat(30))).unwrap());
    // As many parts as there may be, in the least of text.
    let text = dumps(&vec!["1,".repeat(31) + "1"; COUNT]).unwrap();
    least_limit("VersionReqs of many parts", |unpickler| unpickler.loads::<Vec<VersionReq>>(&text));
    many("Url", |i| Url::parse(&format!("http://example.org/{i}?q=ä#ö")).unwrap());
    // What is longer as an address than as text.
    let text = dumps(&format!("http://example.org/{}", "ä ".repeat(LARGE / 3))).unwrap();
    least_limit("one Url of other text", |unpickler| unpickler.loads::<Url>(&text));
    let names = dumps(&vec![format!("http://{}.org", "ä".repeat(20)); COUNT]).unwrap();
    least_limit("Urls with other names", |unpickler| unpickler.loads::<Vec<Url>>(&names));

    many("BigUint", |i| BigUint::from(i) << (i % 200));
    check("one BigUint", BigUint::from(1u8) << (8 * LARGE));
    check("one BigInt", -(BigInt::from(1u8) << (8 * LARGE)));
    many("FixedBitSet", |i| FixedBitSet::with_capacity(i % 300));
    check("one FixedBitSet", FixedBitSet::with_capacity(8 * LARGE));
    check("one array", Array2::<f64>::zeros((LARGE / 100, 100)));
    many("arrays", |i| Array2::from_elem((i % 3, 2), i as u8));
    many("arrays of many dimensions", |i| ArrayD::from_elem(vec![1; i % 9], i as u8));
    many("shared arrays", |i| ArcArray1::from(vec![i as u16; 3]));

    for count in [1, 3, 7, 14, 15, 28, 29, 57, LARGE / 10] {
        let numbers = || (0..count as u64).map(|i| (i, i as u8));
        let name = |what: &str| format!("{what} of {count}");
        check(&name("IndexMap"), numbers().collect::<IndexMap<_, _>>());
        check(&name("IndexSet"), numbers().collect::<IndexSet<_>>());
        check(&name("hashbrown's HashMap"), numbers().collect::<hashbrown::HashMap<_, _>>());
        check(&name("hashbrown's HashSet"), numbers().collect::<hashbrown::HashSet<_>>());
        check(&name("DiGraph"), DiGraph::<u64, u8>::from_edges(numbers().map(|(i, w)| (i as u32, i as u32 / 2, w))));
        check(&name("StableUnGraph"), {
            let edges = numbers().map(|(i, w)| (i as u32, i as u32 / 2, w));
            let mut graph = StableUnGraph::<u64, u8>::from_edges(edges);
            graph.remove_node(0.into());
            graph
        });
        check(&name("DiGraphMap"), DiGraphMap::<u64, u8>::from_edges(numbers().map(|(i, w)| (i, i / 2, w))));
        check(&name("UnGraphMap"), UnGraphMap::<u8, u64>::from_edges(numbers().map(|(i, _)| (i as u8, 0, i))));
    }
    // Its parts are counted once for the program.
    drop(loads::<DashMap<u8, u8>>(&dumps(&DashMap::<u8, u8>::new()).unwrap()).unwrap());
    check("DashMap", (0..LARGE as u64 / 10).map(|i| (i, i)).collect::<DashMap<_, _>>());
    check("DashSet", (0..LARGE as u64 / 10).collect::<DashSet<_>>());
    check("empty DashMaps", (0..100).map(|_| DashMap::new()).collect::<Vec<DashMap<u8, u8>>>());
}
