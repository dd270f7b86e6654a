//! The odd scope of inline handlers: names are looked up in the element and
//! in the document before they are looked up in the page.
//!
//! A function in a script does not have that scope, so names that lead there
//! get their owner written before them: `value` becomes `this.value`.

use oxc_ast::{AstKind, AstType};

use crate::page::script::Tree;
use crate::rules::Edit;
use crate::rules::edit::Edits;

/// Names of elements that handlers use.
const OF_ELEMENT: &[&str] = &[
    "value",
    "valueAsNumber",
    "checked",
    "style",
    "classList",
    "className",
    "dataset",
    "innerHTML",
    "innerText",
    "textContent",
    "disabled",
    "parentNode",
    "parentElement",
    "children",
    "nextElementSibling",
    "previousElementSibling",
    "options",
    "selectedIndex",
    "setAttribute",
    "getAttribute",
    "removeAttribute",
    "offsetWidth",
    "offsetHeight",
];
/// Names of the document that handlers use.
const OF_DOCUMENT: &[&str] = &[
    "getElementById",
    "querySelector",
    "querySelectorAll",
    "getElementsByClassName",
    "getElementsByTagName",
    "createElement",
    "body",
];

/// The code of a handler as a function outside of it needs it, or nothing where that cannot be said.
/// Other changes of the code are made along with it.
pub(super) fn lift(
    handler: &Tree<'_>,
    is_declared: impl Fn(&str) -> bool,
    mut edits: Edits,
) -> Option<String> {
    let mut owners = Vec::new();
    for (name, span) in handler.free_names() {
        let owner = match name {
            name if is_declared(name) => continue,
            name if OF_ELEMENT.contains(&name) => "this.",
            name if OF_DOCUMENT.contains(&name) => "document.",
            _ => continue,
        };
        owners.push(Edit::insert(usize::try_from(span.start).ok()?, owner));
    }
    // Inside a function `this` is another one, and `{value}` is not a place for a dot.
    let mut scopes = handler.nodes(&[AstType::Function, AstType::Class]);
    let mut properties = handler.nodes(&[AstType::ObjectProperty]);
    let shorthand = |kind| matches!(kind, AstKind::ObjectProperty(property) if property.shorthand);
    let nests = scopes.next().is_some() || properties.any(shorthand);
    let changes = !owners.is_empty() || !edits.is_empty();
    if nests && changes || !edits.add(&owners) {
        return None;
    }
    Some(edits.apply(handler.code.text.text()))
}
