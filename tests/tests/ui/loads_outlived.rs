use pickle_core::{dumps, loads};

fn main() {
    let text: &str = {
        let bytes = dumps("short-lived").unwrap();
        loads(&bytes).unwrap()
    };
    println!("{text}");
}
