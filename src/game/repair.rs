//! Rewrites what can be rewritten without changing what the game does.
//!
//! Every change is a span and the text that replaces it; all other bytes stay.
//! The page is checked again afterwards, so a repair that leaves something
//! open, or makes something new, is not believed.

use crate::page::Page;
use crate::rules::edit::Edits;
use crate::rules::{Edit, Objection};

/// A changed page and how it was changed.
pub(super) struct RepairedPage {
    pub text: String,
    pub edits: Edits,
    /// For each objection, in order, whether its repair was made.
    pub is_done: Vec<bool>,
}

/// Makes every repair that is not in the way of another one.
pub(super) fn repair(page: &Page, objections: &[Objection]) -> RepairedPage {
    let mut edits = Edits::default();
    let (mut bindings, mut handlers) = (Vec::new(), Vec::new());
    let mut done = Vec::new();
    for objection in objections {
        let fix = objection.fix.as_ref().filter(|fix| !fix.edits.is_empty());
        let made = fix.is_some_and(|fix| edits.add(&fix.edits));
        if let Some(fix) = fix.filter(|_| made) {
            bindings.extend(fix.bindings.iter().map(String::as_str));
            handlers.extend(fix.handlers.iter().map(String::as_str));
        }
        done.push(made);
    }
    if !handlers.is_empty() {
        let list = handlers.join(",\n");
        let script = format!("<script>\n{}([\n{list}\n]);\n</script>", BIND_HANDLERS.trim_end());
        edits.add(&[Edit::insert(page.script_start(), script)]);
    }
    if !bindings.is_empty() {
        let bindings = bindings.join("\n");
        let script = format!("<script>\n{REMOVE_OWN_SCRIPT}\n{bindings}\n</script>");
        edits.add(&[Edit::insert(page.tail(), script)]);
    }
    RepairedPage { text: edits.apply(page.source()), edits, is_done: done }
}

/// A script that the game did not write is not there for it.
const REMOVE_OWN_SCRIPT: &str = "document.currentScript.remove();";

/// Takes a list of handlers and puts each into its slot as soon as its element is there, before
/// another script sees it.
const BIND_HANDLERS: &str = include_str!("../../assets/bind-handlers.js");
