//! `#[pickle(serde)]` without the feature that it takes: an error that says so.

use std::convert::Infallible;

/// What no type is.
#[diagnostic::on_unimplemented(
    message = "`#[pickle(serde)]` takes the feature `serde` of `pickle-core`",
    label = "it can't be pickled by what it knows of serde",
    note = "in Cargo.toml: `pickle-core = {{ version = \"…\", features = [\"serde\"] }}`"
)]
pub trait Both {}

pub fn dump<T: Both + ?Sized>(_: &T) {}

pub fn load<T: Both>(_: ()) -> Result<T, Infallible> {
    unreachable!("no type is one")
}
