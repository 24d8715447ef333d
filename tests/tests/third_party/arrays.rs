//! Arrays of numbers, and the vectors of games.

use std::cell::RefCell;
use std::rc::Rc;

use glam::{Affine2, Affine3A, BVec3, DMat4, DVec3, IVec2, Mat3, Mat3A, Mat4, Quat, U8Vec4, Vec2, Vec3, Vec3A, Vec4};
use ndarray::{ArcArray, Array, Array0, Array1, Array2, Array3, ArrayD, Axis, Dimension, ShapeBuilder, Slice, array};
use pickle_core::{ErrorKind, Pickle, Unpickler, dumps, loads};
use pickle_tests::{assert_says, round_trip, same};

use crate::{becomes, refused, shown};

#[test]
fn arrays_keep_their_shape() {
    same((Array0::from_elem((), 5u8), array![1.5f32, 2.5], array![[1u64, 2, 3], [4, 5, 6]]));
    same(Array3::from_shape_fn((30, 20, 10), |(x, y, z)| (x * y * z) as f64));
    same(ArrayD::from_shape_fn(vec![2, 3, 1, 2, 2, 1, 3], |at| format!("{:?}", at.as_array_view())));
    same(Array2::<u8>::zeros((0, 7)));
    same(ArcArray::from(array![[true, false]]));
    assert_eq!(shown(&array![[1u8, 2], [3, 4]]), "Array { shape: [2, 2], data: [1, 2, 3, 4] }");
}

#[test]
fn what_lies_otherwise_in_memory_is_the_same_array() {
    let rows = array![[1u16, 2, 3], [4, 5, 6]];
    let columns = Array2::from_shape_vec((2, 3).f(), vec![1u16, 4, 2, 5, 3, 6]).unwrap();
    assert_eq!(dumps(&rows).unwrap(), dumps(&columns).unwrap());
    let part = rows.slice_axis(Axis(1), Slice::new(0, None, -2));
    assert_eq!(loads::<Array2<u16>>(&dumps(&part).unwrap()).unwrap(), array![[3, 1], [6, 4]]);
    assert_eq!(loads::<Array2<u16>>(&dumps(&rows.t()).unwrap()).unwrap(), rows.t());
}

#[test]
fn dimensions_and_numbers_may_change() {
    becomes(&array![[1u8, 2]], &array![[1u32, 2]].into_dyn());
    becomes(&array![[1u8, 2]].into_dyn(), &array![[1u8, 2]]);
    assert_says(
        loads::<Array1<u8>>(&dumps(&array![[1u8, 2]]).unwrap()).unwrap_err(),
        &["no `ArrayBase<OwnedRepr<u8>, Dim<[usize; 1]>, u8>`"],
    );
}

#[derive(Pickle)]
#[pickle(name = "Array")]
struct Forged<T> {
    shape: Vec<usize>,
    data: Vec<T>,
}

#[test]
fn a_shape_that_is_not_that_of_its_elements_is_refused() {
    let forged = |shape: &[usize], count| Forged { shape: shape.to_vec(), data: vec![1u8; count] };
    for shape in [&[2, 3][..], &[7], &[usize::MAX, 2], &[1 << 40, 1 << 40], &[0, 1], &[6, 0], &[]] {
        refused::<ArrayD<u8>>(&forged(shape, 5 + shape.len() % 2));
    }
    refused::<Array2<u8>>(&forged(&[6], 6));
    refused::<Array2<u8>>(&forged(&[1, 2, 3], 6));
    refused::<Array0<u8>>(&forged(&[], 0));
    refused::<ArrayD<u8>>(&forged(&[usize::MAX, usize::MAX, 0], 0));
    becomes(&forged(&[3, 2], 6), &Array2::from_elem((3, 2), 1u8));
    becomes(&forged(&[1 << 20, 0], 0), &Array2::from_elem((1 << 20, 0), 1u8));
}

#[test]
fn the_elements_are_charged() {
    let bytes = dumps(&Array::from_elem((1 << 10, 1 << 10), 1.0f32)).unwrap();
    let error = Unpickler::new().max_memory(1 << 20).loads::<Array2<f32>>(&bytes).unwrap_err();
    assert_eq!((error.kind(), error.path().as_str()), (ErrorKind::Limit, "data"));
}

#[derive(Pickle, Default)]
struct Cell {
    neighbours: Array2<RefCell<Option<Rc<Cell>>>>,
}

#[test]
fn cycles_pass_through_arrays() {
    let cell = Rc::new(Cell { neighbours: Array2::default((2, 2)) });
    *cell.neighbours[[1, 0]].borrow_mut() = Some(cell.clone());
    let back = round_trip(&cell);
    assert!(Rc::ptr_eq(back.neighbours[[1, 0]].borrow().as_ref().unwrap(), &back));
    for cell in [cell, back] {
        cell.neighbours[[1, 0]].take();
    }
}

#[test]
fn vectors_are_their_numbers() {
    same((Vec2::new(1.0, 2.0), Vec3::X, Vec3A::Y, Vec4::new(1.0, 2.0, 3.0, 4.0), BVec3::new(true, false, true)));
    same((IVec2::new(-1, 2), U8Vec4::new(1, 2, 3, 4), Quat::from_rotation_x(0.5)));
    same((Mat3::from_rotation_x(0.5), Mat4::from_rotation_y(0.5), DMat4::from_rotation_z(0.5)));
    same((Affine2::from_angle(0.5), Affine3A::from_rotation_x(0.5)));
    assert_eq!(shown(&Vec2::new(0.5, 2.0)), "Vec2 { x: 0.5, y: 2.0 }");
    becomes(&Vec3::new(1.0, 2.0, 3.0), &Vec3A::new(1.0, 2.0, 3.0));
    becomes(&vec![Vec3::new(1.0, 2.0, 3.0)], &vec![DVec3::new(1.0, 2.0, 3.0)]);
    becomes(&Mat3A::from_rotation_x(0.5), &Mat3::from_rotation_x(0.5));
    assert_eq!(loads::<Vec2>(&dumps(&IVec2::ZERO).unwrap()).unwrap_err().kind(), ErrorKind::WrongType);
}
