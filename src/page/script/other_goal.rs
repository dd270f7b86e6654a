//! Reads code as the other kind of script, where it would then mean something else.
//!
//! A policy allows a script by its text and not by its type, so whoever can make a script
//! element runs a module's text as a classic script, or the other way round. Then `<!--` begins
//! a comment or is an operator, and `await` is a name or a keyword, so that a pattern may become
//! a division. Nothing else reads differently and still parses: what only a module forbids does
//! not run there at all, and neither does a `-->` where a line begins.

use oxc_ast::{AstKind, AstType};

use super::parsed_script::SyntaxError;
use super::{PageCode, ParseGoal, ScriptReader, ScriptTree, offset};
use crate::page::DecodedText;

impl<'a> ScriptReader<'a> {
    /// The same code, with each text that is something else as the other kind of script read as
    /// that. Nothing where there is no such text.
    pub fn other_trees(&mut self, trees: &[ScriptTree<'a>]) -> Option<Vec<ScriptTree<'a>>> {
        let others: Vec<_> = trees.iter().map(|tree| self.with_other_goal(tree)).collect();
        if others.iter().all(Option::is_none) {
            return None;
        }
        let codes =
            trees.iter().zip(others).map(|(tree, other)| other.unwrap_or(tree.code.clone()));
        // What the scripts of the page declare for each other they have declared by then.
        Some(self.trees_among(codes.collect(), Some(trees)))
    }

    /// A text with its other goal, if it parses as that and reads differently.
    fn with_other_goal(&mut self, tree: &ScriptTree<'a>) -> Option<PageCode> {
        let code = &tree.code;
        let marked = code.text.text().contains(COMMENT_MARK);
        if code.goal == ParseGoal::Handler || !marked && !tree.has_free_await() {
            return None;
        }
        match code.goal {
            ParseGoal::Script => {
                let text = if marked { split_comment_marks(&code.text) } else { code.text.clone() };
                let errors = &self.parse(text.text(), ParseGoal::Module).errors;
                errors.is_empty().then(|| PageCode {
                    goal: ParseGoal::Module,
                    text,
                    ..code.clone()
                })
            }
            ParseGoal::Module => {
                let text = self.as_classic(code.text.clone())?;
                Some(PageCode { goal: ParseGoal::Script, text, ..code.clone() })
            }
            ParseGoal::Handler => None,
        }
    }

    /// A text as a classic script, where that parses. The parser takes an `await` for the
    /// keyword there, with an error: it is told the name that it is by another name.
    fn as_classic(&mut self, mut text: DecodedText) -> Option<DecodedText> {
        for _ in 0..MAX_ROUNDS {
            let parsed = self.parse(text.text(), ParseGoal::Script);
            if parsed.errors.is_empty() {
                return Some(text);
            }
            let at = |error: &SyntaxError| offset(error.span.start);
            let is_await =
                |at: &usize| text.text().get(*at..).is_some_and(|t| t.starts_with("await"));
            let mut places: Vec<_> = parsed.errors.iter().map(at).filter(is_await).collect();
            if places.is_empty() {
                return None;
            }
            places.sort_unstable();
            places.dedup();
            text = rename_await(&text, &places);
        }
        None
    }
}

/// How often hidden uses of `await` may come to light.
const MAX_ROUNDS: usize = 8;

/// The text with other names for each `await` at these places.
fn rename_await(text: &DecodedText, places: &[usize]) -> DecodedText {
    let mut out = DecodedText::default();
    let mut done = 0;
    for at in places {
        out.append(&text.slice(done, *at));
        out.push("awai_", text.span(*at, *at).start);
        done = at + "await".len();
    }
    out.append(&text.slice(done, text.text().len()));
    out
}

/// What begins a comment, outside of modules.
const COMMENT_MARK: &str = "<!--";

/// The text with the marks as the operators that they are in a module. The parser takes one
/// where a line begins for a comment and for an error, and browsers do not.
fn split_comment_marks(text: &DecodedText) -> DecodedText {
    let mut out = DecodedText::default();
    let mut done = 0;
    for (at, _) in text.text().match_indices(COMMENT_MARK) {
        out.append(&text.slice(done, at + 1));
        out.push(" ", text.span(at, at + 1).end);
        done = at + 1;
    }
    out.append(&text.slice(done, text.text().len()));
    out
}

impl ScriptTree<'_> {
    /// Whether there is an `await` that is no keyword in a classic script: outside of async functions.
    fn has_free_await(&self) -> bool {
        if !self.code.text.text().contains("await") {
            return false;
        }
        let named =
            [AstType::IdentifierReference, AstType::BindingIdentifier, AstType::LabelIdentifier];
        self.nodes(&named).any(|kind| match kind {
            AstKind::IdentifierReference(name) => name.name == "await",
            AstKind::BindingIdentifier(name) => name.name == "await",
            AstKind::LabelIdentifier(name) => name.name == "await",
            _ => false,
        }) || self.nodes(&[AstType::AwaitExpression, AstType::ForOfStatement]).any(|kind| {
            let id = match kind {
                AstKind::AwaitExpression(await_) => await_.node_id.get(),
                AstKind::ForOfStatement(each) if each.r#await => each.node_id.get(),
                _ => return false,
            };
            !self.ancestors(id).any(is_async)
        })
    }
}

/// Whether `await` is a keyword in it, whatever is around.
fn is_async(kind: AstKind<'_>) -> bool {
    match kind {
        AstKind::Function(function) => function.r#async,
        AstKind::ArrowFunctionExpression(arrow) => arrow.r#async,
        _ => false,
    }
}
