use pickle_core::Pickle;

#[derive(Pickle)]
struct State {
    name: String,
    field: std::net::TcpStream,
}

fn main() {}
