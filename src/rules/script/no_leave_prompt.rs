//! `no-leave-prompt`: a player can leave a game without a prompt.
//!
//! A page that listens for `beforeunload` makes the browser ask first. That is harmless, and an
//! editor has reasons for it, so it is only a warning.

use oxc_ast::ast::Expression;
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::ScriptTree;
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-leave-prompt",
    severity: Severity::Warn,
    title: "the player is asked before leaving the game",
    help: "Save the state as it changes, and let the player go.",
    why: "Bad pages hold people with such questions, and a game has saved its scores by then.",
    fail: &[
        "<script>window.onbeforeunload = () => 'stay'</script>",
        "<script>onbeforeunload = stay</script>",
        "<script>document.body.onbeforeunload = stay</script>",
        "<script>addEventListener('beforeunload', stay)</script>",
        "<script>window.addEventListener('before' + 'unload', stay)</script>",
        "<script>document.body.setAttribute('onbeforeunload', 'x()')</script>",
        "<script>self['onbefore' + 'unload'] = stay</script>",
    ],
    pass: &[
        "<script>window.onbeforeunload = null</script>",
        "<script>removeEventListener('beforeunload', stay)</script>",
        "<script>addEventListener('pagehide', save); onunload = save</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for tree in context.trees {
        for span in asks(tree) {
            diagnostics.warn(
                tree.source_span(span),
                "the browser asks the player before leaving the game",
            );
        }
    }
}

fn asks(tree: &ScriptTree<'_>) -> Vec<oxc_span::Span> {
    let set = tree.assignments().iter().filter(|set| !set.set.right.is_null()).filter(|set| {
        let path = tree.assigned_path(&set.set.left);
        set.key == Some("onbeforeunload") || path.is_some_and(|path| path == ["onbeforeunload"])
    });
    let named = tree.nodes(&[AstType::StringLiteral]).filter(
        |kind| matches!(kind, AstKind::StringLiteral(text) if text.value == "onbeforeunload"),
    );
    let listeners = tree.nodes(&[AstType::CallExpression]).filter_map(|kind| {
        let AstKind::CallExpression(call) = kind else { return None };
        let event = tree.argument(call, 0).filter(|_| listens(&call.callee))?;
        (tree.constant(event)? == "beforeunload").then_some(call.span)
    });
    set.map(|set| set.set.span).chain(named.map(|kind| kind.span())).chain(listeners).collect()
}

/// Whether a method with this name is called on any object.
fn listens(callee: &Expression<'_>) -> bool {
    let callee = callee.get_inner_expression();
    let member = callee.as_member_expression();
    callee.is_specific_id("addEventListener")
        || member.is_some_and(|m| m.static_property_name() == Some("addEventListener"))
}
