//! Vectors, matrices, quaternions and transformations: a struct of their numbers, all head.

use crate::Pickle;
use crate::impls::mirror::mirror;

/// Types that are made of their parts. A type of wider numbers takes those of the other name from older streams.
macro_rules! parts {
    ($($type:ident $mirror:ident $name:literal $($alias:literal)? by $make:ident { $($part:ident: $of:ty),* })*) => {$(
        #[derive(Pickle)]
        #[pickle(name = $name $(, alias = $alias)?)]
        struct $mirror {
            $($part: $of,)*
        }
        mirror!([] glam::$type, $mirror,
            |value| $mirror { $($part: value.$part),* },
            |$mirror { $($part),* }, bad| glam::$type::$make($($part),*));
    )*};
}

/// The three vectors of one number.
macro_rules! vectors {
    ($($of:ident: $two:ident $mirror2:ident $name2:literal $($alias2:literal)?, $three:ident $mirror3:ident $name3:literal $($alias3:literal)?, $four:ident $mirror4:ident $name4:literal $($alias4:literal)?;)*) => {$(
        parts! {
            $two $mirror2 $name2 $($alias2)? by new { x: $of, y: $of }
            $three $mirror3 $name3 $($alias3)? by new { x: $of, y: $of, z: $of }
            $four $mirror4 $name4 $($alias4)? by new { x: $of, y: $of, z: $of, w: $of }
        }
    )*};
}

vectors! {
    f32: Vec2 Vec2Mirror "Vec2", Vec3 Vec3Mirror "Vec3", Vec4 Vec4Mirror "Vec4";
    f64: DVec2 DVec2Mirror "DVec2" "Vec2", DVec3 DVec3Mirror "DVec3" "Vec3", DVec4 DVec4Mirror "DVec4" "Vec4";
    i8: I8Vec2 I8Vec2Mirror "I8Vec2", I8Vec3 I8Vec3Mirror "I8Vec3", I8Vec4 I8Vec4Mirror "I8Vec4";
    u8: U8Vec2 U8Vec2Mirror "U8Vec2", U8Vec3 U8Vec3Mirror "U8Vec3", U8Vec4 U8Vec4Mirror "U8Vec4";
    i16: I16Vec2 I16Vec2Mirror "I16Vec2", I16Vec3 I16Vec3Mirror "I16Vec3", I16Vec4 I16Vec4Mirror "I16Vec4";
    u16: U16Vec2 U16Vec2Mirror "U16Vec2", U16Vec3 U16Vec3Mirror "U16Vec3", U16Vec4 U16Vec4Mirror "U16Vec4";
    i32: IVec2 IVec2Mirror "IVec2", IVec3 IVec3Mirror "IVec3", IVec4 IVec4Mirror "IVec4";
    u32: UVec2 UVec2Mirror "UVec2", UVec3 UVec3Mirror "UVec3", UVec4 UVec4Mirror "UVec4";
    i64: I64Vec2 I64Vec2Mirror "I64Vec2", I64Vec3 I64Vec3Mirror "I64Vec3", I64Vec4 I64Vec4Mirror "I64Vec4";
    u64: U64Vec2 U64Vec2Mirror "U64Vec2", U64Vec3 U64Vec3Mirror "U64Vec3", U64Vec4 U64Vec4Mirror "U64Vec4";
    bool: BVec2 BVec2Mirror "BVec2", BVec3 BVec3Mirror "BVec3", BVec4 BVec4Mirror "BVec4";
}

parts! {
    // The types that end in `A` are others in memory only.
    Vec3A Vec3AMirror "Vec3" by new { x: f32, y: f32, z: f32 }
    Quat QuatMirror "Quat" by from_xyzw { x: f32, y: f32, z: f32, w: f32 }
    Mat2 Mat2Mirror "Mat2" by from_cols { x_axis: glam::Vec2, y_axis: glam::Vec2 }
    Mat3 Mat3Mirror "Mat3" by from_cols { x_axis: glam::Vec3, y_axis: glam::Vec3, z_axis: glam::Vec3 }
    Mat3A Mat3AMirror "Mat3" by from_cols { x_axis: glam::Vec3A, y_axis: glam::Vec3A, z_axis: glam::Vec3A }
    Mat4 Mat4Mirror "Mat4" by from_cols {
        x_axis: glam::Vec4, y_axis: glam::Vec4, z_axis: glam::Vec4, w_axis: glam::Vec4
    }
    Affine2 Affine2Mirror "Affine2" by from_cols { x_axis: glam::Vec2, y_axis: glam::Vec2, z_axis: glam::Vec2 }
    Affine3 Affine3Mirror "Affine3" by from_cols {
        x_axis: glam::Vec3, y_axis: glam::Vec3, z_axis: glam::Vec3, w_axis: glam::Vec3
    }
    Affine3A Affine3AMirror "Affine3" by from_cols {
        x_axis: glam::Vec3A, y_axis: glam::Vec3A, z_axis: glam::Vec3A, w_axis: glam::Vec3A
    }
    DQuat DQuatMirror "DQuat" "Quat" by from_xyzw { x: f64, y: f64, z: f64, w: f64 }
    DMat2 DMat2Mirror "DMat2" "Mat2" by from_cols { x_axis: glam::DVec2, y_axis: glam::DVec2 }
    DMat3 DMat3Mirror "DMat3" "Mat3" by from_cols { x_axis: glam::DVec3, y_axis: glam::DVec3, z_axis: glam::DVec3 }
    DMat4 DMat4Mirror "DMat4" "Mat4" by from_cols {
        x_axis: glam::DVec4, y_axis: glam::DVec4, z_axis: glam::DVec4, w_axis: glam::DVec4
    }
    DAffine2 DAffine2Mirror "DAffine2" "Affine2" by from_cols {
        x_axis: glam::DVec2, y_axis: glam::DVec2, z_axis: glam::DVec2
    }
    DAffine3 DAffine3Mirror "DAffine3" "Affine3" by from_cols {
        x_axis: glam::DVec3, y_axis: glam::DVec3, z_axis: glam::DVec3, w_axis: glam::DVec3
    }
}
