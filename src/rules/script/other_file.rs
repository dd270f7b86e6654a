//! Removes navigation to other files of the game: a menu, the next level, the previous page.
//!
//! Such a file does not exist, and the guard prevents leaving the page, so a button for it does
//! nothing. The navigation is removed from the code, as a link loses its address, and the rest of
//! the game works.

use std::cell::OnceCell;

use oxc_ast::ast::Expression;

use crate::page::Span;
use crate::page::script::{GlobalCall, PossibleValue, ScriptTree, ValueAnalysis};
use crate::page::url::{UrlTarget, url_target};
use crate::rules::{Diagnostics, FindingFix, RuleContext, TextEdit};

const WHY: &str = "this leads to a file that is not part of the game, so it is removed";

/// The possible values of URLs, computed only for a page with some.
pub(super) struct FileAddresses<'t, 'a> {
    trees: &'t [ScriptTree<'a>],
    choices: OnceCell<ValueAnalysis<'t, 'a>>,
}

impl<'t, 'a> FileAddresses<'t, 'a> {
    /// The URLs of this page's scripts. Nothing is computed before the first one is judged.
    pub fn from_context(context: &RuleContext<'t, 'a>) -> Self {
        Self { trees: context.trees, choices: OnceCell::new() }
    }

    /// Whether a URL is certainly that of a file of the game: no part is from the page, and there
    /// is no other host.
    fn is_file(&self, tree: usize, to: &'a Expression<'a>) -> bool {
        let choices = self
            .choices
            .get_or_init(|| ValueAnalysis::with_members_by_name(self.trees))
            .possible_values(tree, to);
        let is_file = |choice: &PossibleValue<'_>| match choice {
            PossibleValue::Text(text) => url_target(text) == UrlTarget::Relative,
            _ => false,
        };
        !choices.is_empty() && choices.iter().all(is_file)
    }

    /// Reports navigation to a URL, and removes it if that is a file.
    pub fn report(
        &self,
        tree: usize,
        span: Span,
        to: Option<&'a Expression<'a>>,
        diagnostics: &mut Diagnostics,
    ) {
        if to.is_some_and(|to| self.is_file(tree, to)) {
            leave_out(span, "undefined", diagnostics);
        } else {
            diagnostics.deny(span, "this leads to another page");
        }
    }

    /// The replacement of a call that can be removed: `history.back()`, and `open('menu.html')`,
    /// which then returns no window.
    pub fn replacement(&self, tree: usize, call: &GlobalCall<'a>) -> Option<&'static str> {
        let whole = self.trees.get(tree)?;
        if !call.is_direct || whole.is_result_used(call) {
            return None;
        }
        match *call.path {
            ["history", "back" | "forward" | "go"] => Some("undefined"),
            ["open"] => self.is_file(tree, call.arguments.first()?).then_some("null"),
            _ => None,
        }
    }
}

/// Removes navigation to another file.
pub(super) fn leave_out(span: Span, instead: &str, diagnostics: &mut Diagnostics) {
    diagnostics.repair(span, WHY, FindingFix::from_edit(TextEdit::new(span, instead)));
}

/// Whether a span is inside one of these.
pub(super) fn is_inside(span: Span, all: &[Span]) -> bool {
    all.iter().any(|around| around.start <= span.start && span.end <= around.end)
}
