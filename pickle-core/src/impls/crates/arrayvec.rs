//! `ArrayVec`: a sequence, of no more elements than it has room for. `ArrayString`: text, the same.

use arrayvec::{ArrayString, ArrayVec};

use crate::impls::sequences::sequence;
use crate::impls::text::text;

sequence!([T, const CAP: usize] ArrayVec<T, CAP>, T, "ArrayVec", ArrayVec::new(),
|items, writer| items.as_slice().body(writer),
|items, reader| {
    let count = items.len();
    if count > CAP {
        return Err(reader.no_value::<Self>(&format_args!("{count} elements are more than its {CAP}")));
    }
    Ok(items.into_iter().collect())
});

text!([const CAP: usize] ArrayString<CAP>, Some(ArrayString::new()), |value| value.as_str(), |text| {
    ArrayString::from(text).map_err(|_| format!("{} bytes are more than its {CAP}", text.len()))
});
