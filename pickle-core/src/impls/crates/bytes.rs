//! `Bytes` and `BytesMut`: a sequence of `u8`.

use bytes::{Bytes, BytesMut};

use crate::impls::sequences::sequence;

sequence!([] Bytes, u8, "Bytes", Bytes::new(), |bytes, writer| bytes[..].body(writer), |bytes, reader| Ok(bytes.into()));

sequence!([] BytesMut, u8, "BytesMut", BytesMut::new(),
|bytes, writer| bytes[..].body(writer),
// It takes no `Vec` as it is: the bytes are there twice for a moment.
|bytes, reader| {
    reader.charge(bytes.len())?;
    Ok(BytesMut::from(&bytes[..]))
});
