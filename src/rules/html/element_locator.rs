//! Builds expressions by which a script finds an element of the markup.

use std::collections::HashMap;

use crate::page::{Element, HtmlPage};

/// An expression for an element, and the marker attribute it needs, if any.
pub(super) struct LocatedElement {
    pub expression: String,
    pub marker: Option<String>,
}

/// Locates elements of one page.
pub(super) struct ElementLocator {
    /// How often each id occurs.
    ids: HashMap<String, usize>,
    /// Prefix of the markers, before their number.
    prefix: &'static str,
    next: usize,
}

impl ElementLocator {
    /// Numbers the elements of a page. `prefix` begins the names of the attributes that mark them.
    pub(super) fn new(page: &HtmlPage, prefix: &'static str) -> Self {
        let mut ids = HashMap::new();
        let mut next = 1;
        for (_, element) in page.elements() {
            if let Some(id) = element.value("id") {
                *ids.entry(id.to_owned()).or_insert(0) += 1;
            }
            let numbers = element.attributes.iter().filter_map(|attribute| {
                attribute.local().strip_prefix(prefix)?.parse::<usize>().ok()
            });
            next = numbers.map(|number| number.saturating_add(1)).max().unwrap_or(next).max(next);
        }
        Self { ids, prefix, next }
    }

    /// Locates an element by what it is or by its id, or else by a marker that must be added.
    pub(super) fn locate(&mut self, element: &Element) -> LocatedElement {
        let plain = |expression: String| LocatedElement { expression, marker: None };
        if element.is("body") {
            return plain("document.body".to_owned());
        }
        if element.is("html") {
            return plain("document.documentElement".to_owned());
        }
        if let Some(id) = element.value("id").filter(|id| self.is_unique(id)) {
            return plain(format!("document.getElementById(\"{id}\")"));
        }
        let marker = format!("{}{}", self.prefix, self.next);
        self.next += 1;
        LocatedElement {
            expression: format!("document.querySelector(\"[{marker}]\")"),
            marker: Some(marker),
        }
    }

    /// Whether an id occurs once and needs no quoting.
    fn is_unique(&self, id: &str) -> bool {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | ' ');
        !id.is_empty() && id.chars().all(plain) && self.ids.get(id) == Some(&1)
    }
}
