//! Names of types as people read them in errors. Never stored: streams hold the names that types give themselves.

/// The name of a type without the paths of its modules.
pub(crate) fn short<T: ?Sized>() -> String {
    without_modules(std::any::type_name::<T>())
}

pub(crate) fn without_modules(name: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else if c == ':' && chars.peek() == Some(&':') {
            chars.next();
            // A path follows: what came before it was a module, unless it closes a generic argument.
            if word.is_empty() {
                out.push_str("::");
            }
            word.clear();
        } else {
            out.push_str(&word);
            word.clear();
            out.push(c);
        }
    }
    out.push_str(&word);
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn modules_are_left_out_and_generic_arguments_kept() {
        assert_eq!(super::short::<Vec<std::cell::RefCell<u8>>>(), "Vec<RefCell<u8>>");
        assert_eq!(super::short::<fn(String) -> Option<u8>>(), "fn(String) -> Option<u8>");
    }
}
