//! `OsString` and `PathBuf`: text where they are text, which every system can load; else what their own system holds.

use std::ffi::{CString, OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::error::{ErrorKind, Result};
use crate::graph::Vacancy;
use crate::schema::{Describer, FieldShape, Style, TypeRef};
use crate::{Pickle, Reader, Shape, Unpickle, Writer};

/// A string of the operating system.
#[derive(Pickle)]
#[pickle(name = "OsString")]
enum OsMirror<T, B, W> {
    Text(T),
    /// Bytes of a Unix system that are not UTF-8.
    Unix(B),
    /// 16-bit units of Windows that are not UTF-16.
    Windows(W),
}

type Loaded = OsMirror<String, Vec<u8>, Vec<u16>>;
type Dumped<'v> = OsMirror<&'v str, &'v [u8], Vec<u16>>;

fn mirror(value: &OsStr) -> Dumped<'_> {
    match value.to_str() {
        Some(text) => OsMirror::Text(text),
        None => native(value),
    }
}

#[cfg(windows)]
fn native(value: &OsStr) -> Dumped<'_> {
    OsMirror::Windows(std::os::windows::ffi::OsStrExt::encode_wide(value).collect())
}

#[cfg(not(windows))]
fn native(value: &OsStr) -> Dumped<'_> {
    OsMirror::Unix(value.as_encoded_bytes())
}

/// A string that is not text, on a system that has such; `None` elsewhere.
#[cfg(unix)]
fn from_unix(bytes: Vec<u8>) -> Option<OsString> {
    Some(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn from_unix(_: Vec<u8>) -> Option<OsString> {
    None
}

#[cfg(windows)]
fn from_windows(units: &[u16]) -> Option<OsString> {
    Some(std::os::windows::ffi::OsStringExt::from_wide(units))
}

#[cfg(not(windows))]
fn from_windows(_: &[u16]) -> Option<OsString> {
    None
}

macro_rules! os_shape {
    ($($type:ty $(= $vacant:expr)?),*) => {$(
        impl Shape for $type {
            const HEAD: usize = Loaded::HEAD;
            const BODY: bool = Loaded::BODY;
            const NESTS: bool = Loaded::NESTS;

            fn name() -> String {
                "OsString".to_owned()
            }

            fn describe(schema: &mut Describer) -> TypeRef {
                // The parts are named by types of their own, so that the bare name stands alone.
                Loaded::describe(schema)
            }

            $(fn vacant(_: &mut Vacancy) -> Option<Self> {
                Some($vacant)
            })?
        }

        impl Pickle for $type {
            const FALLIBLE: bool = false;

            fn head(&self, head: &mut [u8]) {
                mirror(self.as_ref()).head(head);
            }

            fn body(&self, writer: &mut Writer<'_>) {
                mirror(self.as_ref()).body(writer);
            }
        }
    )*};
}
os_shape!(OsStr, OsString = OsString::new(), Path, PathBuf = PathBuf::new());

impl<'a> Unpickle<'a> for OsString {
    fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let found = match Loaded::build(head, bad, reader)? {
            OsMirror::Text(text) => Some(text.into()),
            OsMirror::Unix(bytes) if std::str::from_utf8(&bytes).is_err() => from_unix(bytes),
            OsMirror::Windows(units) if String::from_utf16(&units).is_err() => from_windows(&units),
            OsMirror::Unix(_) | OsMirror::Windows(_) => return Err(reader.corrupt("text that is not stored as text")),
        };
        found.ok_or_else(|| {
            reader
                .error(
                    ErrorKind::InvalidValue,
                    "a path or string of another operating system, which this one can't hold".to_owned(),
                )
                .with_remedy("load it on the kind of system that wrote it")
        })
    }
}

impl<'a> Unpickle<'a> for PathBuf {
    fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        OsString::build(head, bad, reader).map(PathBuf::from)
    }
}

/// A C string is its bytes, without the zero that ends it.
impl Shape for CString {
    const HEAD: usize = <[u8]>::HEAD;
    const BODY: bool = true;
    const NESTS: bool = false;

    fn name() -> String {
        "CString".to_owned()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.structure::<Self>(&["CString"], Style::Tuple, &[FieldShape::new(&[""], <[u8]>::describe)])
    }

    fn vacant(_: &mut Vacancy) -> Option<Self> {
        Some(CString::default())
    }
}

impl Pickle for CString {
    const FALLIBLE: bool = false;

    fn head(&self, head: &mut [u8]) {
        self.to_bytes().head(head);
    }

    fn body(&self, writer: &mut Writer<'_>) {
        self.to_bytes().body(writer);
    }
}

impl<'a> Unpickle<'a> for CString {
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let count = reader.length(head[0])?;
        // With room for the zero, which would else move the string.
        let bytes = reader.owned_bytes(count, 1)?;
        CString::new(bytes).map_err(|_| reader.unwritten(ErrorKind::InvalidValue, "a C string with a zero byte inside"))
    }
}
