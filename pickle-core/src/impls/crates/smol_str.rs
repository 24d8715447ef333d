//! `SmolStr`: text.

use std::convert::Infallible;

use smol_str::SmolStr;

use crate::impls::text::text;

text!([] SmolStr, Some(SmolStr::default()), |value| value.as_str(), |text| Ok::<_, Infallible>(SmolStr::new(text)));
