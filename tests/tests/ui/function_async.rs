use pickle_core::function;

#[function]
async fn fetch(url: String) -> String {
    url
}

fn main() {}
