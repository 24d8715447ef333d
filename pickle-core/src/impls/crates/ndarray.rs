//! Arrays of any dimension: a struct of their shape and their elements in order, the last axis first. What owns its elements
//! can be loaded; what borrows them can be dumped.

use ndarray::{ArrayBase, Data, DataOwned, Dimension, IxDyn, RawData, ShapeError};

use crate::error::Result;
use crate::impls::sequences;
use crate::wire::short;
use crate::{Describer, Pickle, Reader, Shape, TypeRef, Unpickle, Writer};

#[derive(Pickle)]
#[pickle(name = "Array")]
struct ArrayMirror<S, T> {
    shape: S,
    data: T,
}
type Loaded<A> = ArrayMirror<Vec<usize>, Vec<A>>;

/// The elements of an array, which look like a list of them.
struct Elements<'v, S: RawData, D>(&'v ArrayBase<S, D>);

impl<S: RawData<Elem: Shape>, D> Shape for Elements<'_, S, D> {
    const HEAD: usize = <[S::Elem]>::HEAD;
    const BODY: bool = <[S::Elem]>::BODY;
    const NESTS: bool = <[S::Elem]>::NESTS;

    fn name() -> String {
        <[S::Elem]>::name()
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        <[S::Elem]>::describe(schema)
    }
}

impl<S: Data<Elem: Pickle>, D: Dimension> Pickle for Elements<'_, S, D> {
    const FALLIBLE: bool = <[S::Elem]>::FALLIBLE;

    fn head(&self, head: &mut [u8]) {
        head[0] = short(self.0.len());
    }

    fn body(&self, writer: &mut Writer<'_>) {
        match self.0.as_slice() {
            Some(items) => items.body(writer),
            None => sequences::persist::<S::Elem>(self.0.len(), writer, |writer| {
                S::Elem::scattered(&mut self.0.iter(), writer);
            }),
        }
    }
}

fn make<S: DataOwned, D: Dimension>(array: Loaded<S::Elem>) -> Result<ArrayBase<S, D>, ShapeError> {
    ArrayBase::<S, IxDyn>::from_shape_vec(array.shape, array.data)?.into_dimensionality()
}

impl<S: RawData<Elem: Shape>, D: Dimension> Shape for ArrayBase<S, D> {
    const HEAD: usize = <Loaded<S::Elem>>::HEAD;
    const BODY: bool = true;
    const NESTS: bool = <Loaded<S::Elem>>::NESTS;

    fn name() -> String {
        format!("Array<{}>", S::Elem::name())
    }

    fn describe(schema: &mut Describer) -> TypeRef {
        <Loaded<S::Elem>>::describe(schema)
    }
}

impl<S: Data<Elem: Pickle>, D: Dimension> Pickle for ArrayBase<S, D> {
    const FALLIBLE: bool = <Loaded<S::Elem>>::FALLIBLE;

    fn head(&self, head: &mut [u8]) {
        ArrayMirror { shape: self.shape(), data: Elements(self) }.head(head);
    }

    fn body(&self, writer: &mut Writer<'_>) {
        ArrayMirror { shape: self.shape(), data: Elements(self) }.body(writer);
    }
}

impl<'a, S: DataOwned<Elem: Unpickle<'a>>, D: Dimension> Unpickle<'a> for ArrayBase<S, D> {
    fn build<'r>(head: &'r [u8], bad: &mut bool, reader: &mut Reader<'r, 'a>) -> Result<Self> {
        let array = <Loaded<S::Elem>>::build(head, bad, reader)?;
        // What shares its elements counts who has them. More than four dimensions lie on the heap, with their strides, and
        // twice while their number is made a type's.
        let dimensions = if array.shape.len() > 4 { array.shape.len() } else { 0 };
        reader.charge(dimensions.saturating_add(2).saturating_mul(4 * size_of::<usize>()))?;
        make(array).map_err(|error| reader.no_value::<Self>(&error))
    }

    fn fill(&self, reader: &mut Reader<'_, 'a>) -> Result<()> {
        sequences::fill(self.iter(), reader)
    }
}
