//! Readers and writers that behave as badly as real ones.

use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Read, Result, Write};

/// Gives one byte a call.
#[derive(Debug)]
pub struct OneByte<R>(pub R);

impl<R: Read> Read for OneByte<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let end = buffer.len().min(1);
        self.0.read(&mut buffer[..end])
    }
}

/// Is interrupted before each read.
#[derive(Debug)]
pub struct Interrupted<R> {
    inner: R,
    now: bool,
}

impl<R> Interrupted<R> {
    /// Around a reader.
    pub fn new(inner: R) -> Self {
        Interrupted { inner, now: false }
    }
}

impl<R: Read> Read for Interrupted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.now = !self.now;
        if self.now {
            return Err(ErrorKind::Interrupted.into());
        }
        let end = buffer.len().min(7);
        self.inner.read(&mut buffer[..end])
    }
}

/// Gives some bytes, then an error.
#[derive(Debug)]
pub struct Breaks(VecDeque<u8>);

impl Breaks {
    /// Breaks after these bytes.
    pub fn after(bytes: &[u8]) -> Self {
        Breaks(bytes.iter().copied().collect())
    }
}

impl Read for Breaks {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.0.is_empty() { Err(Error::other("the cable was pulled")) } else { self.0.read(buffer) }
    }
}

/// A disk with so many bytes of room.
#[derive(Debug)]
pub struct Disk {
    room: usize,
    /// What was written.
    pub bytes: Vec<u8>,
}

impl Disk {
    /// An empty disk.
    pub fn with_room(room: usize) -> Self {
        Disk { room, bytes: Vec::new() }
    }
}

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let fit = bytes.len().min(self.room - self.bytes.len());
        if fit == 0 {
            return Err(Error::new(ErrorKind::StorageFull, "no space left"));
        }
        self.bytes.extend_from_slice(&bytes[..fit]);
        Ok(fit)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
