//! `Version`: its parts. `VersionReq`: text, which is parsed as it is loaded.

use semver::{BuildMetadata, Comparator, Prerelease, Version, VersionReq};

use crate::Pickle;
use crate::impls::mirror::mirror;

#[derive(Pickle)]
#[pickle(name = "Version")]
struct VersionMirror<T> {
    major: u64,
    minor: u64,
    patch: u64,
    pre: T,
    build: T,
}
type Loaded = VersionMirror<String>;

mirror!([] Version, Loaded,
    |version| VersionMirror {
        major: version.major,
        minor: version.minor,
        patch: version.patch,
        pre: version.pre.as_str(),
        build: version.build.as_str(),
    },
    try |VersionMirror { major, minor, patch, pre, build }| make(major, minor, patch, &pre, &build));

fn make(major: u64, minor: u64, patch: u64, pre: &str, build: &str) -> Result<Version, semver::Error> {
    Ok(Version { major, minor, patch, pre: Prerelease::new(pre)?, build: BuildMetadata::new(build)? })
}

/// How many parts a requirement has at the most.
const MOST_PARTS: usize = 32;

mirror!([] VersionReq, String, |version| version.to_string(),
    // A part takes two characters at the least, and its prerelease as many bytes as in the text.
    charging |text| text.len().div_ceil(2).min(MOST_PARTS) * size_of::<Comparator>() + text.len(),
    try |text| VersionReq::parse(&text));
