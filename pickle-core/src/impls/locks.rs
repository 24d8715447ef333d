//! Locks: taken one at a time, with a deadline.

use std::sync::{Mutex, RwLock, TryLockError, TryLockResult};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};
use crate::graph::Vacancy;
use crate::schema::{Describer, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer};

use super::{build_piece, persist_piece};

/// The impls of a lock, by how it is tried: for reading, and for writing.
macro_rules! lock {
    ($lock:ident, |$read:ident| $try_read:expr, |$write:ident| $try_write:expr) => {
        impl<T: Shape> Shape for $lock<T> {
            const HEAD: usize = 0;
            const BODY: bool = true;
            const NESTS: bool = T::NESTS;

            fn name() -> String {
                format!(concat!(stringify!($lock), "<{}>"), T::name())
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                schema.cell::<Self, T>()
            }

            fn vacant(vacancy: &mut Vacancy) -> Option<Self> {
                T::vacant(vacancy).map($lock::new)
            }

            fn has_vacant(vacancy: &mut Vacancy) -> bool {
                T::has_vacant(vacancy)
            }
        }

        impl<T: Pickle> Pickle for $lock<T> {
            const FALLIBLE: bool = true;

            #[inline(always)]
            fn head(&self, _: &mut [u8]) {}

            fn body(&self, writer: &mut Writer<'_>) {
                let $read = self;
                match $crate::impls::locks::wait(concat!("a `", stringify!($lock), "`"), writer.lock_timeout(), || {
                    $try_read
                }) {
                    Ok(value) => writer.cell::<T>(|writer| persist_piece(&*value, T::NESTS, writer)),
                    Err(error) => writer.fail(error),
                }
            }
        }

        impl<'a, T: Unpickle<'a>> Unpickle<'a> for $lock<T> {
            fn build<'r>(_: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
                reader.cell(|reader| build_piece(T::NESTS, reader)).map($lock::new)
            }

            fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
                let held = |reader: &Reader<'_, 'a>| reader.corrupt("a lock that is held while it is filled");
                if !reader.is_turn() {
                    let $read = self;
                    return match $try_read {
                        Ok(value) => value.fill(reader),
                        Err(_) => Err(held(reader)),
                    };
                }
                let value = reader.turn(|reader| build_piece(T::NESTS, reader))?;
                let $write = self;
                match $try_write {
                    // What was there goes only after the lock is free: its end may take it.
                    Ok(mut place) => {
                        let before = std::mem::replace(&mut *place, value);
                        drop(place);
                        drop(before);
                        Ok(())
                    }
                    Err(_) => Err(held(reader)),
                }
            }
        }
    };
}
#[cfg(feature = "parking_lot")]
pub(super) use lock;

lock!(Mutex, |lock| lock.try_lock(), |lock| lock.try_lock());
lock!(RwLock, |lock| lock.try_read(), |lock| lock.try_write());

/// Tries a lock until it is free or the time is up.
pub(super) fn wait<G>(what: &str, timeout: Duration, mut try_lock: impl FnMut() -> TryLockResult<G>) -> Result<G> {
    let start = Instant::now();
    loop {
        match try_lock() {
            Ok(guard) => return Ok(guard),
            Err(TryLockError::Poisoned(_)) => {
                return Err(Error::new(
                    ErrorKind::Inaccessible,
                    format!("{what} is poisoned: a thread panicked while it held it"),
                )
                .with_remedy("clear the poison (`clear_poison`) once its content is in order"));
            }
            Err(TryLockError::WouldBlock) if start.elapsed() >= timeout => {
                return Err(Error::new(ErrorKind::Inaccessible, format!("{what} was not free within {timeout:?}"))
                    .with_remedy("release it before the dump, or wait longer with `Pickler::lock_timeout`"));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_micros(50)),
        }
    }
}
