//! Any stream, read without its Rust types: what its bytes are, and what values they hold.
//!
//! [`Stream::open`] reads the header and the schema, [`Stream::walk`] goes through all the rest, once, and tells a
//! [`Visitor`] what it meets: the bytes as [spans](Span), the values as events. All that the format asks of a stream is
//! checked on the way, so a walk with a visitor that does nothing verifies a file.
//!
//! ```
//! use pickle_core::{Pickle, Result, dumps};
//! use pickle_core::inspect::{Scalar, Step, Stream, Type, Visitor};
//!
//! #[derive(Pickle)]
//! struct Player { name: String, score: u32 }
//!
//! /// Finds the highest score in a file, whatever else the file holds.
//! #[derive(Default)]
//! struct Highest { is_score: bool, found: u32 }
//!
//! impl Visitor<'_> for Highest {
//!     fn step(&mut self, step: Step<'_>) -> Result<()> {
//!         self.is_score = step == Step::Field("score");
//!         Ok(())
//!     }
//!     fn scalar(&mut self, scalar: Scalar, _: Type<'_>) -> Result<()> {
//!         if let (true, Scalar::U32(score)) = (self.is_score, scalar) { self.found = self.found.max(score) }
//!         Ok(())
//!     }
//! }
//!
//! let bytes = dumps(&vec![Player { name: "Ann".into(), score: 9 }, Player { name: "Bo".into(), score: 4 }])?;
//! let stream = Stream::open(&bytes)?;
//! assert_eq!(stream.types()?.root().name(), "Vec<Player>");
//! let mut highest = Highest::default();
//! stream.walk(&mut highest)?;
//! assert_eq!(highest.found, 9);
//! # Ok::<(), pickle_core::Error>(())
//! ```

mod blocks;
mod keys;
mod objects;
mod same;
mod stream;
mod visitor;
mod walk;

pub use crate::schema::view::{Field, Fields, Kind, Type, Variant, Variants};
pub use crate::schema::{Primitive, Style, TypeTable};
pub(crate) use same::{Shapes, cannot_point, same_shape};
pub use stream::Stream;
pub(crate) use stream::{embedded, types_of};
pub use visitor::{Composite, DeferredCell, Object, Reference, Run, Scalar, Span, Step, Visitor, What, stop};
pub(crate) use walk::{VALUES_PER_BYTE, Walker};
