//! The README and the chapters of the guide: their snippets are compiled and run.

#[doc = include_str!("../../README.md")]
struct Readme;

#[doc = include_str!("../../docs/first-steps.md")]
struct FirstSteps;

#[doc = include_str!("../../docs/what-can-be-pickled.md")]
struct WhatCanBePickled;

#[doc = include_str!("../../docs/functions-and-trait-objects.md")]
struct FunctionsAndTraitObjects;

#[doc = include_str!("../../docs/graphs.md")]
struct Graphs;

#[doc = include_str!("../../docs/reduce-and-external-resources.md")]
struct ReduceAndExternalResources;

#[doc = include_str!("../../docs/changing-your-types.md")]
struct ChangingYourTypes;

#[cfg(feature = "serde")]
#[doc = include_str!("../../docs/types-of-other-crates.md")]
struct TypesOfOtherCrates;

#[doc = include_str!("../../docs/untrusted-data.md")]
struct UntrustedData;

#[doc = include_str!("../../docs/speed.md")]
struct Speed;

#[doc = include_str!("../../docs/coming-from-python.md")]
struct ComingFromPython;

#[doc = include_str!("../../docs/coming-from-serde.md")]
struct ComingFromSerde;
