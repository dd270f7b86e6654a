//! Parses code as the other kind of script if it then means something else.
//!
//! A policy allows a script by its text and not its type, so code that can create script elements
//! can run a module's text as a classic script, or the reverse. Then `<!--` starts a comment or is
//! an operator, and `await` is a name or a keyword, so that a regular expression may become a
//! division. Nothing else differs and still parses: what only a module forbids does not run there
//! at all, and neither does a `-->` at a line start.

use oxc_ast::{AstKind, AstType};

use super::parsed_script::SyntaxError;
use super::{PageCode, ParseGoal, ScriptReader, ScriptTree, offset};
use crate::page::DecodedText;

impl<'a> ScriptReader<'a> {
    /// The code with each text that differs as the other kind of script parsed as that. `None` if
    /// none differs.
    pub fn other_trees(&mut self, trees: &[ScriptTree<'a>]) -> Option<Vec<ScriptTree<'a>>> {
        let others: Vec<_> = trees.iter().map(|tree| self.with_other_goal(tree)).collect();
        if others.iter().all(Option::is_none) {
            return None;
        }
        let codes =
            trees.iter().zip(others).map(|(tree, other)| other.unwrap_or(tree.code.clone()));
        // The scripts' declarations for each other exist by then.
        Some(self.trees_among(codes.collect(), Some(trees)))
    }

    /// A text with its other goal. `None` unless it parses as that and differs.
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

    /// A text as a classic script. `None` if it does not parse. The parser takes `await` for the
    /// keyword there and reports an error, so each such name is replaced.
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

/// Most rounds in which further uses of `await` may appear.
const MAX_ROUNDS: usize = 8;

/// The text with the `await` at these offsets renamed.
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

/// What starts a comment outside of modules.
const COMMENT_MARK: &str = "<!--";

/// The text with the marks as the operators they are in a module. At a line start the parser takes
/// one for a comment and an error, unlike browsers.
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
    /// Whether there is an `await` that is no keyword in a classic script: outside of async
    /// functions.
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

/// Whether `await` is a keyword in this function, whatever is around it.
fn is_async(kind: AstKind<'_>) -> bool {
    match kind {
        AstKind::Function(function) => function.r#async,
        AstKind::ArrowFunctionExpression(arrow) => arrow.r#async,
        _ => false,
    }
}
