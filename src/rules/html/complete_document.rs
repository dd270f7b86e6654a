//! `complete-document`: something that could be a game.

use oxc_ast::{AstKind, AstType};

use crate::page::script::{ScriptKind, ScriptTree};
use crate::page::{Element, HtmlPage, Span};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "complete-document",
    severity: Severity::Deny,
    title: "not a complete game",
    help: "Ask for the whole file: markup, style and script.",
    why: "A page without code, or without anything to see, cannot be played.",
    fail: &[
        "<!doctype html><p>Here is your game!</p>",
        "<canvas></canvas>",
        "<!doctype html><body><script>let score = 0</script></body>",
        "<canvas></canvas><script type='text/plain'>play()</script>",
        "<canvas></canvas><script></script>",
        "<canvas></canvas><script>play()",
    ],
    pass: &[
        "<canvas></canvas><script>play()</script>",
        "<div id=game></div><script>play()</script>",
        "<script>document.body.appendChild(document.createElement('canvas'))</script>",
        "<script>document.body.innerHTML = '<p>x'</script>",
        "<p>Score</p><script type=module>play()</script>",
        "<svg><circle r=9 /></svg><script>play()</script>",
        "<button onclick='this.textContent++'>1</button>",
        "<button onclick='n++'>x</button><script>let n = 0</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let page = context.page;
    let end = Span::new(page.source().len(), page.source().len());
    let scripts = page.scripts();
    for script in &scripts {
        let element = page.element(script.element);
        let open = element.filter(|element| element.end_tag.is_none() && element.is("script"));
        if let Some(tag) = open.and_then(|element| element.start_tag) {
            diagnostics.deny(tag, "this script is never closed: the page was cut off");
            return;
        }
    }
    let handlers = page.handlers().next().is_some();
    let runs = |kind| matches!(kind, ScriptKind::Classic | ScriptKind::Module);
    let code =
        scripts.iter().any(|s| runs(s.kind) && (s.external || !s.text.text().trim().is_empty()));
    if !code && !handlers {
        diagnostics.deny(end, "the page has no script, so nothing can be played");
    } else if !has_something_to_see(page) && !context.trees.iter().any(makes_elements) {
        diagnostics.deny(end, "the page shows nothing and its script draws nothing");
    }
}

fn has_something_to_see(page: &HtmlPage) -> bool {
    page.elements().any(|(_, element)| is_seen(element))
}

/// Elements that are not only there for the browser.
fn is_seen(element: &Element) -> bool {
    const UNSEEN: &[&str] = &[
        "html", "head", "body", "title", "meta", "link", "style", "script", "noscript", "base",
        "template", "br", "audio",
    ];
    !UNSEEN.contains(&element.name())
}

/// Whether code puts elements into the page.
fn makes_elements(tree: &ScriptTree<'_>) -> bool {
    const MAKERS: &[&str] = &[
        "createElement",
        "createElementNS",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "append",
        "appendChild",
        "write",
        "writeln",
        "textContent",
        "innerText",
        "setHTML",
        "parseFromString",
    ];
    let mut names = tree.nodes(&[AstType::StaticMemberExpression, AstType::StringLiteral]);
    names.any(|kind| match kind {
        AstKind::StaticMemberExpression(member) => MAKERS.contains(&member.property.name.as_str()),
        AstKind::StringLiteral(text) => MAKERS.contains(&text.value.as_str()),
        _ => false,
    })
}
