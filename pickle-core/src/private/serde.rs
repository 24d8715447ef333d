//! `#[pickle(serde)]` without the feature that it takes: an error that says so.

use std::convert::Infallible;

/// What no type is.
#[diagnostic::on_unimplemented(
    message = "`#[pickle(serde)]` takes the feature `serde` of `pickle-core`",
    label = "it can't be pickled by what it knows of serde",
    note = "in Cargo.toml: `pickle-core = {{ version = \"…\", features = [\"serde\"] }}`"
)]
pub trait WithTheFeature {}

pub fn dump<T: WithTheFeature + ?Sized>(_: &T) {}

pub fn load<T: WithTheFeature>(_: ()) -> Result<T, Infallible> {
    unreachable!("no type is one")
}
