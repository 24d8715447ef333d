//! `parking_lot`'s locks, as those of std.

use std::sync::TryLockError;

use parking_lot::{Mutex, RwLock};

use crate::error::Result;
use crate::graph::Vacancy;
use crate::impls::locks::lock;
use crate::impls::{build_piece, persist_piece};
use crate::schema::{Describer, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

/// Whether a lock was free, in std's words; none of these is ever poisoned.
fn tried<G>(guard: Option<G>) -> std::sync::TryLockResult<G> {
    guard.ok_or(TryLockError::WouldBlock)
}

lock!(Mutex, |lock| tried(lock.try_lock()), |lock| tried(lock.try_lock()));
// A thread that reads already may read again, whoever waits to write.
lock!(RwLock, |lock| tried(lock.try_read_recursive()), |lock| tried(lock.try_write()));
