//! `CompactString`: text.

use std::convert::Infallible;

use compact_str::CompactString;

use crate::impls::text::text;

text!([] CompactString, Some(CompactString::default()),
    |value| value.as_str(),
    |text| Ok::<_, Infallible>(CompactString::new(text)));
