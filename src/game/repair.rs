//! Makes the repairs that do not change what the game does.
//!
//! Each change is a span and its replacement; all other bytes stay. The page is checked again
//! afterwards, so a repair that does not help, or does harm, is detected.

use crate::page::HtmlPage;
use crate::rules::edit::EditSet;
use crate::rules::{CheckedFinding, TextEdit};

/// A repaired page and its edits.
pub(super) struct RepairedPage {
    pub text: String,
    pub edits: EditSet,
    /// For each finding, in order, whether it was repaired.
    pub is_done: Vec<bool>,
}

/// Makes every repair that does not conflict with an earlier one.
pub(super) fn repair(page: &HtmlPage, checked_findings: &[CheckedFinding]) -> RepairedPage {
    let mut edits = EditSet::default();
    let (mut bindings, mut handlers) = (Vec::new(), Vec::new());
    let mut done = Vec::new();
    for checked in checked_findings {
        let fix = checked.fix.as_ref().filter(|fix| !fix.edits.is_empty());
        let is_added = fix.is_some_and(|fix| edits.add_all(&fix.edits));
        if let Some(fix) = fix.filter(|_| is_added) {
            bindings.extend(fix.bindings.iter().map(String::as_str));
            handlers.extend(fix.handlers.iter().map(String::as_str));
        }
        done.push(is_added);
    }
    if !handlers.is_empty() {
        let list = handlers.join(",\n");
        let script = format!("<script>\n{}([\n{list}\n]);\n</script>", BIND_HANDLERS.trim_end());
        edits.add_all(&[TextEdit::insert(page.script_start(), script)]);
    }
    if !bindings.is_empty() {
        let bindings = bindings.join("\n");
        let script = format!("<script>\n{REMOVE_OWN_SCRIPT}\n{bindings}\n</script>");
        edits.add_all(&[TextEdit::insert(page.script_end(), script)]);
    }
    RepairedPage { text: edits.apply(page.source()), edits, is_done: done }
}

/// Removes the inserted script's own element, which the game must not see.
const REMOVE_OWN_SCRIPT: &str = "document.currentScript.remove();";

/// Puts each of a list of handlers into its slot as soon as its element exists, before another
/// script sees it.
const BIND_HANDLERS: &str = include_str!("../../assets/bind-handlers.js");
