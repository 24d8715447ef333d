//! Stack for values that nest.

/// Runs what goes one level deeper: on more stack, where the feature `deep` may take it and little is left.
#[inline(always)]
pub(crate) fn deeper<R>(run: impl FnOnce() -> R) -> R {
    #[cfg(feature = "deep")]
    {
        // One level of a wide type takes tens of kibibytes in a debug build.
        const LEFT: usize = 128 << 10;
        const STEP: usize = 4 << 20;
        stacker::maybe_grow(LEFT, STEP, run)
    }
    #[cfg(not(feature = "deep"))]
    run()
}
