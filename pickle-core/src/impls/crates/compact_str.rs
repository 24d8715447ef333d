//! `CompactString`: text.

use std::convert::Infallible;

use compact_str::CompactString;

use crate::impls::text::text;

text!([] CompactString, Some(CompactString::default()),
    |value| value.as_str(),
    // What does not lie in place takes a word more than that at the least.
    charging |length| if length > size_of::<CompactString>() { size_of::<usize>() } else { 0 },
    |text| Ok::<_, Infallible>(CompactString::new(text)));
