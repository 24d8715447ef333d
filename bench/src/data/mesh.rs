//! A triangle mesh: nothing but floats, the case where copying memory wins.

use crate::random::Random;

/// The name for `--only` and for the tables.
pub const NAME: &str = "mesh";

const TRIANGLES: usize = 125_000;

serializable! {
    // `repr(C)`: wincode and savefile copy whole slices of such types only
    // when their layout is fixed.
    /// A point or a direction.
    #[derive(Copy)]
    #[repr(C)]
    #[derive(fory::ForyStruct)]
    pub struct Vector3 {
        pub x: f32,
        pub y: f32,
        pub z: f32,
    }

    /// Three corners and a normal.
    #[derive(Copy)]
    #[repr(C)]
    #[derive(fory::ForyStruct)]
    pub struct Triangle {
        pub v0: Vector3,
        pub v1: Vector3,
        pub v2: Vector3,
        pub normal: Vector3,
    }

    /// The data set.
    #[derive(fory::ForyStruct)]
    pub struct Mesh {
        pub triangles: Vec<Triangle>,
    }
}

registered!(Mesh: Vector3, Triangle, Mesh);

/// A mesh with every coordinate in `0.0..1.0`.
pub fn generate(random: &mut Random) -> Mesh {
    Mesh { triangles: (0..TRIANGLES).map(|_| triangle(random)).collect() }
}

fn triangle(random: &mut Random) -> Triangle {
    Triangle { v0: vector(random), v1: vector(random), v2: vector(random), normal: vector(random) }
}

fn vector(random: &mut Random) -> Vector3 {
    Vector3 { x: random.any(), y: random.any(), z: random.any() }
}
