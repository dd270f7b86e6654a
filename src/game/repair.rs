//! Rewrites what can be rewritten without changing what the game does.
//!
//! Every change is a span and the text that replaces it; all other bytes stay.
//! The page is checked again afterwards, so a repair that leaves something
//! open, or makes something new, is not believed.

use crate::page::Page;
use crate::rules::edit::Edits;
use crate::rules::{Edit, Objection};

/// A changed page and how it was changed.
pub(super) struct Repaired {
    pub text: String,
    pub edits: Edits,
    /// For each objection, in order, whether its repair was made.
    pub done: Vec<bool>,
}

/// Makes every repair that is not in the way of another one.
pub(super) fn repair(page: &Page, objections: &[Objection]) -> Repaired {
    let mut edits = Edits::default();
    let mut bindings = Vec::new();
    let mut done = Vec::new();
    for objection in objections {
        let fix = objection.fix.as_ref().filter(|fix| !fix.edits.is_empty());
        let made = fix.is_some_and(|fix| edits.add(&fix.edits));
        if let Some(fix) = fix.filter(|_| made) {
            bindings.extend(fix.bindings.iter().map(String::as_str));
        }
        done.push(made);
    }
    if !bindings.is_empty() {
        edits.add(&[Edit::insert(page.tail(), script(&bindings))]);
    }
    Repaired { text: edits.apply(page.source()), edits, done }
}

/// The script that binds what stood in attributes. A slot that the game has filled is left alone.
fn script(bindings: &[&str]) -> String {
    let bindings = bindings.join("\n");
    let is_made = bindings.contains("bindMarkup(");
    let names = if is_made { ", bindMarkup, markupValue, markupText" } else { "" };
    let functions = if is_made { BIND_MARKUP.trim_end() } else { "" };
    format!(
        "<script>\n(function (bindHandler{names}) {{\n{bindings}\n}})(function (element, slot, handler) {{\n  \
         if (element && !element[slot]) element[slot] = handler;\n}}{functions});\n</script>\n"
    )
}

/// Binds elements of markup that the game makes when they come into the page, and reads what
/// their handlers were given. Three functions, as arguments.
const BIND_MARKUP: &str = include_str!("../../assets/bind-markup.js");
