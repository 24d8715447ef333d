//! Types of std and other crates that look like a struct or enum of ours.

/// Gives a type the impls of its mirror, a derived type with the same parts. The mirror of references to the parts is
/// what is dumped, the mirror of the parts what is loaded.
///
/// The parts make a value whatever they are, and set `bad` where they are none of it; or, with `try`, they make a `Result`,
/// whose error tells. What that allocates beside the parts is charged by `charging`.
macro_rules! mirror {
    ([$($part:ident $(: $bound:path)?),*] $type:ty, $mirror:ident, |$value:ident| $to:expr, |$from:pat_param, $bad:ident| $make:expr) => {
        $crate::impls::mirror::mirror_shape! {
            [$($part),*] $type, $mirror<$($part),*>, <$mirror<$($part),*> as $crate::Shape>::BODY, |$value| $to, {
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
    ([] $type:ty, $mirror:ty, |$value:ident| $to:expr, $(charging |$parts:ident| $bytes:expr,)? try |$from:pat_param| $make:expr) => {
        $crate::impls::mirror::mirror_shape! {
            // It may fail, so there is always something to do after the head.
            [] $type, $mirror, true, |$value| $to, {
                fn vacant(vacancy: &mut $crate::Vacancy) -> Option<Self> {
                    let $from = <$mirror as $crate::Shape>::vacant(vacancy)?;
                    $make.ok()
                }
            }
        }

        impl<'a> $crate::Unpickle<'a> for $type {
            fn build<'r>(
                head: &'r [u8],
                bad: &mut bool,
                reader: &mut $crate::wire::Reader<'r, 'a>,
            ) -> $crate::Result<Self> {
                let mirror = reader.solid(|reader| <$mirror as $crate::Unpickle<'a>>::build(head, bad, reader))?;
                if *bad {
                    return Err(reader.refuse::<$mirror>(head));
                }
                $(
                    let $parts = &mirror;
                    reader.charge($bytes)?;
                )?
                let $from = mirror;
                $make.map_err(|error| reader.no_value::<Self>(&error))
            }
        }
    };
}
pub(super) use mirror;

/// What is the same however the parts make a value.
macro_rules! mirror_shape {
    ([$($part:ident),*] $type:ty, $mirror:ty, $body:expr, |$value:ident| $to:expr, { $($vacant:tt)* }) => {
        impl<$($part: $crate::Shape),*> $crate::Shape for $type {
            const HEAD: usize = <$mirror as $crate::Shape>::HEAD;
            const BODY: bool = $body;
            const NESTS: bool = <$mirror as $crate::Shape>::NESTS;

            fn name() -> String {
                <$mirror as $crate::Shape>::name()
            }

            fn former_names() -> Vec<String> {
                <$mirror as $crate::Shape>::former_names()
            }

            fn describe(schema: &mut $crate::schema::Describer) -> $crate::schema::TypeRef {
                let mirror = <$mirror as $crate::Shape>::describe(schema);
                schema.solid(mirror)
            }

            $($vacant)*
        }

        impl<$($part: $crate::Pickle),*> $crate::Pickle for $type {
            const FALLIBLE: bool = <$mirror as $crate::Pickle>::FALLIBLE;

            #[inline]
            fn head(&self, head: &mut [u8]) {
                let $value = self;
                $crate::Pickle::head(&$to, head);
            }

            #[inline]
            fn body(&self, writer: &mut $crate::wire::Writer<'_>) {
                if <$mirror as $crate::Shape>::BODY {
                    let $value = self;
                    // What is made of the mirror has no way back to its cells.
                    writer.solid(|writer| $crate::Pickle::body(&$to, writer));
                }
            }
        }
    };
}
pub(super) use mirror_shape;
