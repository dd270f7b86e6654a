//! `no-inline-handler`: code stands in scripts, not in attributes.  (CWE-79)
//!
//! A policy that knows each script by its hash cannot know an attribute, so a
//! handler in one would be dead without a word. A third of all real games has
//! them: the code is moved into a script that puts it into the same slot,
//! `element.onclick`, so `this`, `event`, `return false` and later changes of
//! the slot mean what they meant. Names are looked up when it is called.

use std::collections::HashMap;

use oxc_ast::ast::BinaryOperator;
use oxc_ast::{AstKind, AstType};

use crate::page::script::{Goal, Handler, MethodCall, Tree};
use crate::page::{Page, Place};
use crate::rules::{Edit, Fix, Look, Notes, Rule, Severity};

use super::locate::Locator;
use super::scope::lift;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-inline-handler",
    severity: Severity::Repair,
    title: "code stands in an attribute",
    help: "Bind it in a script: `element.addEventListener('click', start)`.",
    why: "The page's policy knows each script by its hash, and stops code in attributes.",
    fail: &[
        "<button onclick='start()'>x</button>",
        "<BODY ONLOAD=init()>",
        "<svg><circle onclick='hit(this)'/></svg>",
        "<svg onload='go()'></svg>",
        "<img src='data:,' onerror=\"go()\">",
        "<input onchange='return false'>",
        "<button onclick='if ('>x</button>",
        "<template><b onclick='x()'></b></template>",
        "<math><mi onclick='x()'>x</mi></math>",
        "<button onclick='a()'onmouseover='b()'>x</button>",
        "<script>el.setAttribute('onclick', 'go()')</script>",
        "<script>el.setAttribute('on' + 'click', f)</script>",
        "<script>el.innerHTML = '<b onclick=\"go()\">x</b>'</script>",
        "<script>el.innerHTML = `<b onclick=\"flip(${i})\">x</b>`</script>",
        "<script>el.innerHTML = '<b onclick=\"flip(' + i + ')\">x</b>'</script>",
    ],
    pass: &[
        "<button id=a>x</button><script>a.onclick = () => start()</script>",
        "<script>el.addEventListener('click', f)</script>",
        "<script>el.setAttribute('once', '1')</script>",
        "<p data-onclick='x()'>onclick='x()'</p>",
        "<script>const help = 'use onclick=\"x()\" to start'</script>",
        "<!-- <b onclick='x()'> -->",
        "<script>if (a < b && on) on = a > b</script>",
        "<script>el.innerHTML = `<b class=\"on\" data-on=\"1\">${x}</b>`</script>",
    ],
    find,
};

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    let mut locator = Locator::new(look.page, "data-on-");
    let trees: HashMap<_, _> = look
        .trees
        .iter()
        .filter_map(|tree| Some(((tree.code.element, tree.code.attribute?), tree)))
        .collect();
    for handler in look.page.handlers() {
        let tree = trees.get(&(handler.id, handler.number));
        if let (Some(tree), Some(place)) = (tree, &handler.attribute.place) {
            judge(look, &mut locator, (&handler, place, tree), notes);
        }
    }
    for tree in look.trees.iter().filter(|tree| tree.code.goal != Goal::Handler) {
        for method in tree.methods().iter().filter(|method| sets_handler(tree, method)) {
            let why = "`setAttribute` sets code as text, which does not run";
            notes.deny(tree.place(method.call.span), why);
        }
        for kind in tree.nodes(&[
            AstType::StringLiteral,
            AstType::TemplateLiteral,
            AstType::BinaryExpression,
        ]) {
            in_code(tree, kind, notes);
        }
    }
}

fn judge(
    look: &Look<'_, '_>,
    locator: &mut Locator,
    (handler, place, tree): (&Handler<'_>, &Place, &Tree<'_>),
    notes: &mut Notes,
) {
    let name = handler.attribute.name();
    if let Some(problem) = tree.problems.first() {
        let why = format!("the code in `{name}` does not parse: {}", problem.message);
        return notes.deny(problem.span, why);
    }
    if look.page.is_in_template(handler.id) {
        return notes.deny(place.whole, format!("`{name}` stands in a template"));
    }
    let code = lift(tree).filter(|code| is_safe(code));
    let Some(code) = code else {
        return notes.deny(place.whole, format!("the code in `{name}` cannot be moved"));
    };
    let found = locator.find(handler.element);
    let edit = match found.marker {
        Some(marker) => Edit::new(place.whole, marker),
        None => Edit::remove_attribute(look.page.source(), place.whole),
    };
    let slot = name.to_ascii_lowercase();
    let binding = format!(
        "bindHandler({}, \"{slot}\", function (event) {{{}}});",
        found.expression,
        body(&code)
    );
    let fix = Fix { edits: vec![edit], bindings: vec![binding] };
    notes.repair(place.whole, format!("the code of `{name}` stands in the markup"), fix);
}

/// Whether code can stand in a script element.
fn is_safe(code: &str) -> bool {
    let lower = code.to_ascii_lowercase();
    !lower.contains("</script") && !lower.contains("<script") && !lower.contains("<!--")
}

/// The code as the body of a function, where a comment at its end swallows no bracket.
fn body(code: &str) -> String {
    let code = code.trim();
    if code.contains("//") || code.contains('\n') {
        format!("\n{code}\n")
    } else {
        format!(" {code} ")
    }
}

/// Markup with handlers that code makes.
fn in_code<'a>(tree: &Tree<'a>, kind: AstKind<'a>, notes: &mut Notes) {
    match kind {
        AstKind::StringLiteral(text) if is_outermost(tree, text.node_id.get()) => {
            let value = text.value.as_str();
            in_markup(tree, text.span, || value.to_owned(), value, notes);
        }
        AstKind::TemplateLiteral(text) if is_outermost(tree, text.node_id.get()) => {
            let raw = tree.text(text.span);
            let quasis = || {
                let quasis = text.quasis.iter().map(|quasi| quasi.value.raw.as_str());
                quasis.collect::<Vec<_>>().join("0")
            };
            in_markup(tree, text.span, quasis, raw, notes);
        }
        AstKind::BinaryExpression(sum)
            if sum.operator == BinaryOperator::Addition
                && is_outermost(tree, sum.node_id.get()) =>
        {
            let raw = tree.text(sum.span);
            let left = || tree.skeleton(&sum.left, "0") + &tree.skeleton(&sum.right, "0");
            in_markup(tree, sum.span, left, raw, notes);
        }
        _ => {}
    }
}

/// Whether a piece of text is not part of a larger sum.
fn is_outermost(tree: &Tree<'_>, id: oxc_syntax::node::NodeId) -> bool {
    !matches!(tree.parent(id), AstKind::BinaryExpression(sum) if sum.operator == BinaryOperator::Addition)
}

/// Text that is markup with handlers. `hint` is what decides whether a look is worth it.
fn in_markup(
    tree: &Tree<'_>,
    span: oxc_span::Span,
    text: impl Fn() -> String,
    hint: &str,
    notes: &mut Notes,
) {
    if !(hint.contains('<') && hint.contains("on") && hint.contains('=')) {
        return;
    }
    let page = Page::read(&text());
    let Some(handler) = page.handlers().next() else { return };
    let why =
        format!("the markup made here has `{}`, which does not run", handler.attribute.name());
    notes.deny(tree.place(span), why);
}

fn sets_handler<'a>(tree: &Tree<'a>, method: &MethodCall<'a>) -> bool {
    let name = tree.argument(method.call, 0).filter(|_| method.name == "setAttribute");
    name.and_then(|name| tree.constant(name)).is_some_and(|name| is_handler_name(&name))
}

/// `onclick`, but not `once`.
fn is_handler_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("on") && !matches!(lower.as_str(), "on" | "once" | "online" | "only")
}
