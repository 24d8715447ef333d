//! `SmolStr`: text.

use std::convert::Infallible;

use smol_str::SmolStr;

use crate::impls::text::text;

/// How long a string is that lies in place.
const INLINE: usize = 23;

text!([] SmolStr, Some(SmolStr::default()),
    |value| value.as_str(),
    // The counters of its `Arc`, and what that is rounded up to.
    charging |length| if length > INLINE { 3 * size_of::<usize>() } else { 0 },
    |text| Ok::<_, Infallible>(SmolStr::new(text)));
