//! Ranges and their bounds, `Result`, and the wrappers of `std::cmp` and `std::num`.

use std::cmp::{Ordering, Reverse};
use std::num::{Saturating, Wrapping};
use std::ops::{Bound, ControlFlow, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use super::mirror::mirror;
use crate::error::{Error, ErrorKind};
use crate::schema::{Describer, TypeRef};
use crate::{Pickle, Reader, Shape, Unpickle, Writer};

#[derive(Pickle)]
#[pickle(name = "Range")]
struct RangeMirror<T> {
    start: T,
    end: T,
}
mirror!([T] Range<T>, RangeMirror,
    |range| RangeMirror { start: &range.start, end: &range.end },
    |RangeMirror { start, end }, bad| start..end);

#[derive(Pickle)]
#[pickle(name = "RangeFrom")]
struct RangeFromMirror<T> {
    start: T,
}
mirror!([T] RangeFrom<T>, RangeFromMirror,
    |range| RangeFromMirror { start: &range.start },
    |RangeFromMirror { start }, bad| start..);

#[derive(Pickle)]
#[pickle(name = "RangeTo")]
struct RangeToMirror<T> {
    end: T,
}
mirror!([T] RangeTo<T>, RangeToMirror,
    |range| RangeToMirror { end: &range.end },
    |RangeToMirror { end }, bad| ..end);

#[derive(Pickle)]
#[pickle(name = "RangeToInclusive")]
struct RangeToInclusiveMirror<T> {
    end: T,
}
mirror!([T] RangeToInclusive<T>, RangeToInclusiveMirror,
    |range| RangeToInclusiveMirror { end: &range.end },
    |RangeToInclusiveMirror { end }, bad| ..=end);

#[derive(Pickle)]
#[pickle(name = "RangeFull")]
struct RangeFullMirror;
mirror!([] RangeFull, RangeFullMirror, |_range| RangeFullMirror, |RangeFullMirror, bad| ..);

#[derive(Pickle)]
#[pickle(name = "RangeInclusive")]
struct RangeInclusiveMirror<T> {
    start: T,
    end: T,
}

impl<T: Shape> Shape for RangeInclusive<T> {
    const HEAD: usize = RangeInclusiveMirror::<T>::HEAD;
    // The body writes nothing more for numbers; it is where an exhausted range is refused.
    const BODY: bool = true;
    const NESTS: bool = T::NESTS;

    fn name() -> String {
        RangeInclusiveMirror::<T>::name()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        RangeInclusiveMirror::<T>::describe(schema)
    }
}

impl<T: Pickle + PartialOrd> Pickle for RangeInclusive<T> {
    const FALLIBLE: bool = true;

    #[inline]
    fn head(&self, head: &mut [u8]) {
        RangeInclusiveMirror { start: self.start(), end: self.end() }.head(head);
    }

    fn body(&self, writer: &mut Writer<'_>) {
        if self.is_empty() && self.start() <= self.end() {
            return writer.fail(
                Error::new(
                    ErrorKind::Unrepresentable,
                    "a `RangeInclusive` that was iterated to its end can't be made again",
                )
                .with_remedy("save its bounds, or a fresh range"),
            );
        }
        RangeInclusiveMirror { start: self.start(), end: self.end() }.body(writer);
    }
}

impl<'a, T: Unpickle<'a>> Unpickle<'a> for RangeInclusive<T> {
    fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> crate::Result<Self> {
        RangeInclusiveMirror::build(head, bad, reader).map(|range| range.start..=range.end)
    }
}

#[derive(Pickle)]
#[pickle(name = "Bound")]
enum BoundMirror<T> {
    Included(T),
    Excluded(T),
    Unbounded,
}
mirror!([T] Bound<T>, BoundMirror,
|bound| match bound {
    Bound::Included(value) => BoundMirror::Included(value),
    Bound::Excluded(value) => BoundMirror::Excluded(value),
    Bound::Unbounded => BoundMirror::Unbounded,
},
|mirror, bad| match mirror {
    BoundMirror::Included(value) => Bound::Included(value),
    BoundMirror::Excluded(value) => Bound::Excluded(value),
    BoundMirror::Unbounded => Bound::Unbounded,
});

#[derive(Pickle)]
#[pickle(name = "Result")]
enum ResultMirror<T, E> {
    Ok(T),
    Err(E),
}
mirror!([T, E] Result<T, E>, ResultMirror,
|result| match result {
    Ok(value) => ResultMirror::Ok(value),
    Err(error) => ResultMirror::Err(error),
},
|mirror, bad| match mirror {
    ResultMirror::Ok(value) => Ok(value),
    ResultMirror::Err(error) => Err(error),
});

#[derive(Pickle)]
#[pickle(name = "ControlFlow")]
enum ControlFlowMirror<B, C> {
    Continue(C),
    Break(B),
}
mirror!([B, C] ControlFlow<B, C>, ControlFlowMirror,
|flow| match flow {
    ControlFlow::Continue(value) => ControlFlowMirror::Continue(value),
    ControlFlow::Break(value) => ControlFlowMirror::Break(value),
},
|mirror, bad| match mirror {
    ControlFlowMirror::Continue(value) => ControlFlow::Continue(value),
    ControlFlowMirror::Break(value) => ControlFlow::Break(value),
});

#[derive(Pickle)]
#[pickle(name = "Ordering")]
enum OrderingMirror {
    Less,
    Equal,
    Greater,
}
mirror!([] Ordering, OrderingMirror,
|ordering| match ordering {
    Ordering::Less => OrderingMirror::Less,
    Ordering::Equal => OrderingMirror::Equal,
    Ordering::Greater => OrderingMirror::Greater,
},
|mirror, bad| match mirror {
    OrderingMirror::Less => Ordering::Less,
    OrderingMirror::Equal => Ordering::Equal,
    OrderingMirror::Greater => Ordering::Greater,
});

#[derive(Pickle)]
#[pickle(name = "Reverse")]
struct ReverseMirror<T>(T);
mirror!([T] Reverse<T>, ReverseMirror, |value| ReverseMirror(&value.0), |ReverseMirror(value), bad| Reverse(value));

#[derive(Pickle)]
#[pickle(name = "Wrapping")]
struct WrappingMirror<T>(T);
mirror!([T] Wrapping<T>, WrappingMirror, |value| WrappingMirror(&value.0), |WrappingMirror(value), bad| Wrapping(value));

#[derive(Pickle)]
#[pickle(name = "Saturating")]
struct SaturatingMirror<T>(T);
mirror!([T] Saturating<T>, SaturatingMirror,
    |value| SaturatingMirror(&value.0),
    |SaturatingMirror(value), bad| Saturating(value));
