//! `OrderedFloat` and `NotNan`: the number that they hold.

use ordered_float::{NotNan, OrderedFloat};

use crate::impls::mirror::mirror;

mirror!([] OrderedFloat<f32>, f32, |value| value.0, |value, bad| OrderedFloat(value));
mirror!([] OrderedFloat<f64>, f64, |value| value.0, |value, bad| OrderedFloat(value));
mirror!([] NotNan<f32>, f32, |value| value.into_inner(), try |value| NotNan::new(value));
mirror!([] NotNan<f64>, f64, |value| value.into_inner(), try |value| NotNan::new(value));
