fn greeting(name: &str) -> String {
    format!("hello from {name}")
}

fn main() {
    println!("{}", greeting("Rust"));
}

#[test]
fn a_greeting_names_whom_it_is_from() {
    assert!(greeting("Ada").contains("Ada"));
}
