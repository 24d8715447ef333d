//! `Either`: an enum of its two variants.

use either::Either;

use crate::Pickle;
use crate::impls::mirror::mirror;

#[derive(Pickle)]
#[pickle(name = "Either")]
enum EitherMirror<L, R> {
    Left(L),
    Right(R),
}
mirror!([L, R] Either<L, R>, EitherMirror,
|either| match either {
    Either::Left(value) => EitherMirror::Left(value),
    Either::Right(value) => EitherMirror::Right(value),
},
|mirror, bad| match mirror {
    EitherMirror::Left(value) => Either::Left(value),
    EitherMirror::Right(value) => Either::Right(value),
});
