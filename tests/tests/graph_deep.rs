//! With the feature `deep`, boxes nest as deep as memory goes, on a small stack.
#![cfg(feature = "deep")]

use pickle_core::{Pickle, Pickler, Result, Unpickler};
use pickle_tests::on_small_stack;

#[derive(Pickle)]
struct Node {
    value: u64,
    next: Option<Box<Node>>,
}

#[derive(Pickle)]
enum Tree {
    Leaf(u32),
    Branch(Vec<Tree>),
}

const LENGTH: u64 = if cfg!(miri) {
    300
} else if cfg!(debug_assertions) {
    100_000
} else {
    1_000_000
};

#[test]
fn a_list_of_boxes_round_trips_on_a_small_stack() -> Result<()> {
    on_small_stack(|| {
        let mut list = None;
        for value in 0..LENGTH {
            list = Some(Box::new(Node { value, next: list }));
        }
        let bytes = Pickler::new().max_depth(usize::MAX).dumps(&list)?;
        let mut back: Option<Box<Node>> = Unpickler::new().max_depth(usize::MAX).loads(&bytes)?;
        // A drop that recursed would need the stack that the load did not.
        for values in [&mut list, &mut back] {
            let mut expected = LENGTH;
            while let Some(mut node) = values.take() {
                expected -= 1;
                assert_eq!(node.value, expected);
                *values = node.next.take();
            }
            assert_eq!(expected, 0);
        }
        Ok(())
    })
}

#[test]
fn sequences_nest_as_deep() -> Result<()> {
    on_small_stack(|| {
        let mut tree = Tree::Leaf(7);
        for _ in 0..LENGTH / 10 {
            tree = Tree::Branch(vec![tree]);
        }
        let bytes = Pickler::new().max_depth(usize::MAX).dumps(&tree)?;
        let mut back: Tree = Unpickler::new().max_depth(usize::MAX).loads(&bytes)?;
        for tree in [&mut tree, &mut back] {
            let mut levels = 0;
            while let Tree::Branch(branches) = tree {
                levels += 1;
                *tree = branches.pop().unwrap();
            }
            assert!(matches!(tree, Tree::Leaf(7)));
            assert_eq!(levels, LENGTH / 10);
        }
        Ok(())
    })
}

#[test]
fn the_bound_stands_unless_it_is_lifted() {
    let list = (0..300).fold(None, |next, value| Some(Box::new(Node { value, next })));
    assert!(Pickler::new().dumps(&list).is_err());
}
