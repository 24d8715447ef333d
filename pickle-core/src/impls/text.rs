//! Strings: a length byte in the head, the bytes in the text lane, whose UTF-8 is checked a block at a time.

use std::hint::black_box;

use crate::error::Result;
use crate::graph::Vacancy;
use crate::schema::{Describer, Primitive, TypeRef};
use crate::traits::{Pickle, Shape, Unpickle};
use crate::wire::{Reader, Writer, short};

impl Shape for str {
    const HEAD: usize = 1;
    const BODY: bool = true;
    const NESTS: bool = false;

    fn name() -> String {
        "String".to_owned()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        schema.primitive(Primitive::Text)
    }
}

impl Pickle for str {
    const FALLIBLE: bool = false;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        head[0] = short(self.len());
    }

    #[inline(always)]
    fn body(&self, writer: &mut Writer<'_>) {
        writer.length(self.len());
        writer.text(self);
    }
}

impl Shape for String {
    const HEAD: usize = 1;
    const BODY: bool = true;
    const NESTS: bool = false;

    fn name() -> String {
        str::name()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        str::describe(schema)
    }

    fn vacant(_: &mut Vacancy) -> Option<Self> {
        Some(String::new())
    }
}

impl Pickle for String {
    const FALLIBLE: bool = false;

    #[inline(always)]
    fn head(&self, head: &mut [u8]) {
        self.as_str().head(head);
    }

    #[inline(always)]
    fn body(&self, writer: &mut Writer<'_>) {
        self.as_str().body(writer);
    }

    #[inline(always)]
    fn touch(&self, _: &Writer<'_>) {
        black_box(self.as_bytes().first().copied());
    }
}

impl<'a> Unpickle<'a> for String {
    #[inline(always)]
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let length = reader.length(head[0])?;
        reader.text(length).map(str::to_owned)
    }
}

impl<'a> Unpickle<'a> for Box<str> {
    #[inline(always)]
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let length = reader.length(head[0])?;
        reader.text(length).map(Box::from)
    }
}

impl<'a: 'x, 'x> Unpickle<'a> for &'x str {
    #[inline(always)]
    fn build<'r>(head: &'r [u8], _: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let length = reader.length(head[0])?;
        reader.lent_text(length)
    }
}
