//! `no-document-write`: markup is in the page and not written into it.
//!
//! After loading, a write discards the whole game; before, it hides markup from every check.
//! Constant text that a script writes last is moved to where it would appear: right after the
//! script.

use oxc_ast::ast::{CallExpression, Expression, Statement};
use oxc_span::GetSpan as _;

use crate::page::script::{ParseGoal, ScriptTree};
use crate::page::{HtmlPage, Span};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::gives_away;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-document-write",
    severity: Severity::Repair,
    title: "markup is written at run time",
    help: "Put the markup into the page, or create elements and append them.",
    why: "A late write replaces the page, and what it writes was never checked.",
    fail: &[
        "<script>document.write('<p>x</p>')</script>",
        "<script>document.writeln(x)</script>",
        "<script>document['wri' + 'te'](x)</script>",
        "<script>const d = document; d.write(x)</script>",
        "<script>const { write } = document</script>",
        "<script>document.write.call(document, x)</script>",
        "<script>document.open()</script>",
        "<script>window.document.write('<script>x()<\\/script>')</script>",
        "<button onclick='document.write(1)'>x</button>",
    ],
    pass: &[
        "<script>log.write('x'); stream.open()</script>",
        "<script>(function (document) { document.write('x') })(paper)</script>",
        "<script>document.body.append('x')</script>",
        "<script>// document.write('x')</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for tree in context.trees {
        let last = last_writes(tree);
        for access in tree.global_accesses().iter().filter(|access| gives_away(access)) {
            let ["document", name @ ("write" | "writeln" | "open")] = *access.path else {
                continue;
            };
            let why = format!("`document.{name}` writes markup at run time");
            // In page order, last first.
            let next = last.partition_point(|write| write.place.start > access.span.start);
            let enclosing = last.get(next).filter(|write| access.span.end <= write.place.end);
            match enclosing.and_then(|write| fix(context.page, tree, write)) {
                Some(fix) => diagnostics.repair(access.span, why, fix),
                None => diagnostics.deny(access.span, why),
            }
        }
    }
}

struct DocumentWrite {
    place: Span,
    text: String,
}

/// The constant texts that a script writes at its very end, after which no code can see them.
fn last_writes(tree: &ScriptTree<'_>) -> Vec<DocumentWrite> {
    if tree.code.goal != ParseGoal::Script || !tree.code.text.is_verbatim() {
        return Vec::new();
    }
    let statements = tree.program().body.iter().rev();
    statements.map_while(|statement| written(tree, statement)).collect()
}

fn written<'a>(tree: &ScriptTree<'a>, statement: &'a Statement<'a>) -> Option<DocumentWrite> {
    let Statement::ExpressionStatement(only) = statement else { return None };
    let Expression::CallExpression(call) = only.expression.get_inner_expression() else {
        return None;
    };
    let text = text(tree, call)?;
    Some(DocumentWrite { place: tree.source_span(only.span()), text })
}

fn text<'a>(tree: &ScriptTree<'a>, call: &'a CallExpression<'a>) -> Option<String> {
    let path = tree.path(&call.callee)?;
    let line = if path == ["document", "writeln"] { "\n" } else { "" };
    if line.is_empty() && path != ["document", "write"] || call.arguments.len() != 1 {
        return None;
    }
    let text = tree.constant(tree.argument(call, 0)?)?;
    // Code in it would follow other rules than the page's, and truncated markup joins what follows.
    let lower = text.to_ascii_lowercase();
    let whole =
        !lower.contains("<script") && text.matches('<').count() == text.matches('>').count();
    (whole && !text.contains("<!--")).then(|| format!("{text}{line}"))
}

fn fix(page: &HtmlPage, tree: &ScriptTree<'_>, write: &DocumentWrite) -> Option<FindingFix> {
    let after = page.element(tree.code.element)?.end_tag?.end;
    let edits = vec![TextEdit::remove(write.place), TextEdit::insert(after, write.text.clone())];
    Some(FindingFix { edits, ..FindingFix::default() })
}
