//! `Uuid`: 16 bytes, in the order in which they are written down.

use uuid::Uuid;

use crate::Pickle;
use crate::impls::mirror::mirror;

#[derive(Pickle)]
#[pickle(name = "Uuid")]
struct UuidMirror([u8; 16]);
mirror!([] Uuid, UuidMirror, |uuid| UuidMirror(*uuid.as_bytes()), |UuidMirror(bytes), bad| Uuid::from_bytes(bytes));
