use pickle_core::register;

struct Transformation<A, B>(A, B);
struct Perspective<A, B>(A, B);

fn size<T>() -> usize {
    std::mem::size_of::<T>()
}

register!(
    size::<
        Transformation<
            Perspective<
                Transformation<Transformation<f64, Perspective<i64, u16>>, Transformation<f32, Perspective<i64, u16>>>,
                Perspective<i8, i128>,
            >,
            Perspective<
                Transformation<Transformation<f32, Perspective<u32, u16>>, Transformation<f64, Perspective<u32, u16>>>,
                Perspective<i16, i32>,
            >,
        >,
    > as fn() -> usize
);

fn main() {}
