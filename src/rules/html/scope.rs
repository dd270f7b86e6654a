//! The scope of inline handlers: names are looked up in the element and the document before the
//! page.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Member names by element, and those of all elements and the document.
static NAMES: LazyLock<HashMap<&str, HashSet<&str>>> =
    LazyLock::new(|| read(include_str!("../../../assets/handler-scope.txt")));

/// Key of the names of all elements and the document.
const COMMON: &str = "common";

fn read(table: &str) -> HashMap<&str, HashSet<&str>> {
    let mut names: HashMap<_, HashSet<_>> = HashMap::new();
    let mut owner = COMMON;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let listed = match line.split_once(':') {
            Some((name, listed)) => {
                owner = name;
                listed
            }
            None => line,
        };
        names.entry(owner).or_default().extend(listed.split_ascii_whitespace());
    }
    names
}

/// Whether a handler of this element finds the name before the page's.
pub(in crate::rules) fn has_name(element: &str, name: &str) -> bool {
    let of = |owner: &str| NAMES.get(owner).is_some_and(|names| names.contains(name));
    of(COMMON) || of(element)
}

/// Whether an element has a handler slot with this name.
pub(super) fn is_slot(element: &str, name: &str) -> bool {
    name.starts_with("on") && has_name(element, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_belong_to_their_elements() {
        for (element, name, is_there) in [
            ("button", "value", true),
            ("div", "value", false),
            ("div", "querySelector", true),
            ("div", "start", false),
            ("ol", "start", true),
            ("div", "remove", false),
            ("div", "location", false),
        ] {
            assert_eq!(has_name(element, name), is_there, "{element} {name}");
        }
        assert!(is_slot("button", "onclick") && is_slot("body", "onhashchange"));
        assert!(!is_slot("button", "onhashchange") && !is_slot("b", "onward"));
    }
}
