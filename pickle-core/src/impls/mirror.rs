//! Types of std that look like a struct or enum of ours.

/// Gives a type the impls of its mirror, a derived type with the same parts. The mirror of references to the parts is
/// what is dumped, the mirror of the parts what is loaded.
macro_rules! mirror {
    ([$($part:ident $(: $bound:path)?),*] $type:ty, $mirror:ident, |$value:ident| $to:expr, |$from:pat_param, $bad:ident| $make:expr) => {
        impl<$($part: $crate::Shape),*> $crate::Shape for $type {
            const HEAD: usize = <$mirror<$($part),*> as $crate::Shape>::HEAD;
            const BODY: bool = <$mirror<$($part),*> as $crate::Shape>::BODY;
            const NESTS: bool = <$mirror<$($part),*> as $crate::Shape>::NESTS;

            fn name() -> String {
                <$mirror<$($part),*> as $crate::Shape>::name()
            }

            fn describe(schema: &mut $crate::schema::Describer) -> $crate::schema::TypeRef {
                let mirror = <$mirror<$($part),*> as $crate::Shape>::describe(schema);
                schema.solid(mirror)
            }

            fn vacant(vacancy: &mut $crate::Vacancy) -> Option<Self> {
                let $from = <$mirror<$($part),*> as $crate::Shape>::vacant(vacancy)?;
                let $bad = &mut false;
                let _ = &$bad;
                Some($make)
            }

            fn has_vacant(vacancy: &mut $crate::Vacancy) -> bool {
                <$mirror<$($part),*> as $crate::Shape>::has_vacant(vacancy)
            }
        }

        impl<$($part: $crate::Pickle),*> $crate::Pickle for $type {
            const FALLIBLE: bool = <$mirror<$($part),*> as $crate::Pickle>::FALLIBLE;

            #[inline]
            fn head(&self, head: &mut [u8]) {
                let $value = self;
                $crate::Pickle::head(&$to, head);
            }

            #[inline]
            fn body(&self, writer: &mut $crate::wire::Writer<'_>) {
                let $value = self;
                // What is made of the mirror has no way back to its cells.
                writer.solid(|writer| $crate::Pickle::body(&$to, writer));
            }
        }

        impl<'a, $($part: $crate::Unpickle<'a> $(+ $bound)?),*> $crate::Unpickle<'a> for $type {
            #[inline]
            fn build<'r>(
                head: &'r [u8],
                $bad: &mut bool,
                reader: &mut $crate::wire::Reader<'r, 'a>,
            ) -> $crate::Result<Self> {
                let mirror = reader.solid(|reader| {
                    <$mirror<$($part),*> as $crate::Unpickle<'a>>::build(head, $bad, reader)
                });
                let $from = mirror?;
                Ok($make)
            }

            #[inline]
            fn from_head(head: &[u8], $bad: &mut bool) -> Self {
                let $from = <$mirror<$($part),*> as $crate::Unpickle<'a>>::from_head(head, $bad);
                $make
            }
        }
    };
}
pub(super) use mirror;
