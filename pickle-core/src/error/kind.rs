/// What went wrong, for programs; the table shows each kind as a user would meet it.
///
/// | kind | met when |
/// | --- | --- |
/// | [`Io`](ErrorKind::Io) | the disk is full; the reader or writer failed |
/// | [`NotAStream`](ErrorKind::NotAStream) | `loads(b"hello")`: the first bytes are no pickle's |
/// | [`Version`](ErrorKind::Version) | the file was written by a later release: in a later format, or with a later version of a type |
/// | [`Truncated`](ErrorKind::Truncated) | the file ends in the middle of a stream |
/// | [`Trailing`](ErrorKind::Trailing) | `loads` of two streams in a row: bytes follow the first |
/// | [`Checksum`](ErrorKind::Checksum) | the stream carries a checksum, and a byte has changed |
/// | [`Corrupt`](ErrorKind::Corrupt) | the structure of the bytes contradicts itself |
/// | [`WrongType`](ErrorKind::WrongType) | a stream of a `Cat` is loaded as a `Dog`, or as a `Cat` of a shape that nothing bridges |
/// | [`NoSchema`](ErrorKind::NoSchema) | a stream dumped with [`Schema::Fingerprint`](crate::Schema::Fingerprint) is read without its Rust types |
/// | [`InvalidValue`](ErrorKind::InvalidValue) | a `bool` of 2, a zero `NonZero`, a surrogate `char`, an unknown variant |
/// | [`DuplicateKey`](ErrorKind::DuplicateKey) | a map or set in the stream has one key twice |
/// | [`Limit`](ErrorKind::Limit) | nesting, memory or element count above the limit that the error names |
/// | [`UnknownName`](ErrorKind::UnknownName) | the stream names a function or implementor that this program has not registered |
/// | [`NotAllowed`](ErrorKind::NotAllowed) | the stream names a function or implementor that `Unpickler::allow` says no to |
/// | [`WrongSignature`](ErrorKind::WrongSignature) | the stream names a function that is registered with another signature |
/// | [`Unregistered`](ErrorKind::Unregistered) | a trait object or function is dumped that was never registered |
/// | [`DuplicateName`](ErrorKind::DuplicateName) | two registrations share a name; the error names both places |
/// | [`Inaccessible`](ErrorKind::Inaccessible) | a `RefCell` is mutably borrowed, a lock is held or poisoned, during the dump |
/// | [`Unrepresentable`](ErrorKind::Unrepresentable) | a value that could not be read back, such as an exhausted `RangeInclusive` |
/// | [`Cycle`](ErrorKind::Cycle) | objects that hold each other through a map's key, a hook, or no cell that can be vacant, are dumped |
/// | [`CannotBorrow`](ErrorKind::CannotBorrow) | a `&str` or `&[u8]` is loaded from bytes that do not outlive it |
/// | [`MissingContext`](ErrorKind::MissingContext) | an external value needs a thing that the `Context` does not hold |
/// | [`Hook`](ErrorKind::Hook) | a `before_dump`, `after_load`, rebuilder or adapter returned its own error, or a `Serialize` or `Deserialize` behind `#[pickle(serde)]` |
///
/// ```
/// use pickle_core::{ErrorKind, dumps, loads};
/// let mut bytes = dumps(&true).unwrap();
/// *bytes.last_mut().unwrap() = 2;
/// assert_eq!(loads::<bool>(&bytes).unwrap_err().kind(), ErrorKind::InvalidValue);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The reader or writer failed; `source()` is its `std::io::Error`.
    Io,
    /// The first bytes are not those of a stream.
    NotAStream,
    /// The stream is of a later format than this release reads, or has a later version of a type than the program knows.
    Version,
    /// The bytes end within a stream.
    Truncated,
    /// Bytes follow the stream.
    Trailing,
    /// The checksum does not match the bytes.
    Checksum,
    /// The structure of the stream contradicts itself.
    Corrupt,
    /// The stream holds another type, or the type in a shape that can't become its own.
    WrongType,
    /// The stream has only the fingerprint of its schema, and is read without its Rust types.
    NoSchema,
    /// A bit pattern that is no value of its type.
    InvalidValue,
    /// One key twice in a map or set.
    DuplicateKey,
    /// A limit was reached; the message names it and the call that raises it.
    Limit,
    /// A function or implementor that this program has not registered.
    UnknownName,
    /// A function or implementor that [`Unpickler::allow`](crate::Unpickler::allow) does not let a stream use.
    NotAllowed,
    /// A function that is registered under this name with another signature.
    WrongSignature,
    /// A function or implementor that is dumped without being registered.
    Unregistered,
    /// Two registrations of one name.
    DuplicateName,
    /// A cell is borrowed, or a lock held or poisoned.
    Inaccessible,
    /// A value that could not be read back as it is.
    Unrepresentable,
    /// A cycle of shared pointers that could not be restored.
    Cycle,
    /// A borrowing field met bytes that it can't borrow.
    CannotBorrow,
    /// The `Context` lacks what an external value asks for.
    MissingContext,
    /// User code returned an error; `source()` is that error.
    Hook,
}
