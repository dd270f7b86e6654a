//! `idle-handler`: what the player does changes something.
//!
//! Told of handlers that are empty, or that only set what nothing reads, where no other handler
//! answers the same: another key listener, or one of the page for all clicks. Touch listeners may be
//! empty, since some browsers need them.

use std::collections::HashSet;

use oxc_ast::ast::{AssignmentTarget, Expression};
use oxc_span::GetSpan as _;

use crate::page::Span;
use crate::page::script::{ParseGoal, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::idle_code::{IdleCode, IdleEffects};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "idle-handler",
    severity: Severity::Warn,
    title: "a key or a click changes nothing",
    help: "Change something in the handler that the game then draws or reads.",
    why: "A handler without an effect leaves the player without a control.",
    fail: &[
        "<script>document.addEventListener('keydown', (e) => {})</script>",
        "<script>onkeydown = function (e) { /* later */ }</script>",
        "<script>let dx = 0; addEventListener('keydown', e => { if (e.key === 'ArrowLeft') dx = -1; else dx += 1 })</script>",
        "<script>document.addEventListener('keydown', e => { switch (e.key) { case 'ArrowUp': break; default: } })</script>",
        "<button id=go>x</button><script>go.addEventListener('click', start); function start() {}</script>",
        "<button id=go>x</button><script>let gone; go.onclick = () => { gone = true }</script>",
        "<button onclick='jump()'>x</button><script>function jump() { const height = 3 }</script>",
        "<script>document.addEventListener('keydown', e => move(e.key)); function move(key) { if (key === 'a') {} }</script>",
    ],
    pass: &[
        "<script>let dx = 0; onkeydown = e => { dx = 1 }; setInterval(() => alert(dx), 9)</script>",
        "<script>onkeydown = e => e.preventDefault(); oncontextmenu = () => false</script>",
        "<button id=go>x</button><script>go.onclick = () => console.log('go')</script>",
        "<script>onkeyup = () => {}; onkeydown = () => alert(1)</script>",
        "<script>document.addEventListener('touchstart', () => {}); document.body.addEventListener('click', () => {})</script>",
        "<script>const keys = {}; onkeydown = e => { keys[e.key] = true }</script>",
        "<button id=go>x</button><script>go.onclick = () => {}; document.addEventListener('click', e => alert(e.target))</script>",
        "<button id=go>x</button><script>go.onmousedown = () => alert(1); go.onclick = () => {}</script>",
        "<script>let n = 0; onclick = () => { n = 1 }</script><p onclick='alert(n)'>x</p>",
        "<script>let n = 0; onclick = () => { n = 1 }; document.body.innerHTML = '<b onclick=\"alert(n + 1)\">x</b>'</script>",
        "<script>onkeydown = e => go(e); function go() { go2() } function go2() { alert(1) }</script>",
        "<script>onkeydown = e => { score = 1 }</script>",
        "<button onclick=''>x</button><script>onkeydown = e => handlers[e.key](); const handlers = {}</script>",
        "<script>onresize = () => {}; addEventListener('message', () => {}); onload = () => {}</script>",
        "<script>let name = ''; var title = 1; onkeydown = e => { name = e.key; document.title = name }</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let Some(table) = context.names() else { return };
    let idle = IdleCode::new(table);
    let mut all = Vec::new();
    for (number, tree) in context.trees.iter().enumerate() {
        add_calls(tree, number, &idle, &mut all);
        add_assignments(tree, number, &idle, &mut all);
        all.extend(inline_listener(context, tree, number, &idle));
    }
    let working: HashSet<_> = all
        .iter()
        .filter(|listener| listener.effects.is_none())
        .flat_map(|listener| [(listener.input, None), (listener.input, Some(listener.target))])
        .collect();
    for listener in &all {
        let is_alone = is_alone(listener, &working);
        let Some(effects) = listener.effects.as_ref().filter(|_| is_alone) else { continue };
        diagnostics.warn(listener.span, why(&listener.event, effects));
    }
}

/// Listeners that change something: by what the player acts with, and by that and the target.
type WorkingListeners<'a> = HashSet<(ListenerInput, Option<Option<&'a str>>)>;

/// Whether no other listener answers what the player does here.
fn is_alone(listener: &Listener<'_>, working: &WorkingListeners<'_>) -> bool {
    let any_works = working.contains(&(listener.input, None));
    let is_empty = listener.effects == Some(IdleEffects::new());
    match listener.input {
        ListenerInput::Key => !any_works,
        // An empty listener of the whole page makes some browsers send clicks at all.
        ListenerInput::Pointer if listener.target.is_none() => !is_empty && !any_works,
        ListenerInput::Pointer | ListenerInput::Field => {
            !working.contains(&(listener.input, Some(None)))
                && !working.contains(&(listener.input, Some(listener.target)))
        }
    }
}

fn why(event: &str, set: &IdleEffects) -> String {
    let names: Vec<_> = set.iter().map(|name| format!("`{name}`")).collect();
    if names.is_empty() {
        return format!("this `{event}` handler does nothing");
    }
    format!("this `{event}` handler only sets {}, which nothing reads", names.join(", "))
}

/// What a player acts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum ListenerInput {
    Key,
    Pointer,
    Field,
}

impl ListenerInput {
    /// What an event comes from. `None` for events that no game has to answer.
    fn of(event: &str) -> Option<Self> {
        match event {
            "keydown" | "keyup" | "keypress" => Some(Self::Key),
            "click" | "dblclick" | "mousedown" | "mouseup" | "mousemove" | "pointerdown"
            | "pointerup" | "pointermove" => Some(Self::Pointer),
            "input" | "change" => Some(Self::Field),
            _ => None,
        }
    }
}

/// A handler of an event.
struct Listener<'a> {
    event: String,
    input: ListenerInput,
    /// What is listened to, as it is written. `None` for the page.
    target: Option<&'a str>,
    /// `None` if it may change something.
    effects: Option<IdleEffects>,
    span: Span,
}

/// What is listened to, as it is written. `None` for the window and what fills it.
fn target<'a>(tree: &ScriptTree<'a>, object: &'a Expression<'a>) -> Option<&'a str> {
    let path = tree.path(object);
    let is_page = path.is_some_and(|path| {
        matches!(*path, [] | ["document"] | ["document", "body" | "documentElement"])
    });
    (!is_page).then(|| tree.text(object.span()))
}

fn add_calls<'a>(
    tree: &ScriptTree<'a>,
    number: usize,
    idle: &IdleCode<'_, '_, 'a>,
    all: &mut Vec<Listener<'a>>,
) {
    for method in tree.methods().iter().filter(|method| method.name == "addEventListener") {
        let member = method.call.callee.get_inner_expression().as_member_expression();
        let target = member.and_then(|member| target(tree, member.object()));
        let arguments = (tree.argument(method.call, 0), tree.argument(method.call, 1));
        let (Some(event), Some(handler)) = arguments else { continue };
        all.extend(
            tree.constant(event)
                .and_then(|event| listener(tree, (number, target), &event, handler, idle)),
        );
    }
    let direct = tree.global_calls().iter().filter(|call| call.path == ["addEventListener"]);
    for call in direct.filter(|call| is_bare(tree, call.node)) {
        let [event, handler, ..] = call.arguments.as_slice() else { continue };
        all.extend(
            tree.constant(event)
                .and_then(|event| listener(tree, (number, None), &event, handler, idle)),
        );
    }
}

/// `addEventListener(…)` without an object.
fn is_bare(tree: &ScriptTree<'_>, call: oxc_syntax::node::NodeId) -> bool {
    use crate::page::script::Bindings;
    let kind = Bindings::of(tree).node(call);
    matches!(kind, oxc_ast::AstKind::CallExpression(call)
        if matches!(call.callee, Expression::Identifier(_)))
}

fn add_assignments<'a>(
    tree: &ScriptTree<'a>,
    number: usize,
    idle: &IdleCode<'_, '_, 'a>,
    all: &mut Vec<Listener<'a>>,
) {
    for set in tree.assignments() {
        let (name, target) = match (&set.set.left, set.key) {
            (AssignmentTarget::AssignmentTargetIdentifier(name), _) if tree.is_global(name) => {
                (name.name.as_str(), None)
            }
            (left, Some(key)) => {
                let member = left.as_member_expression();
                (key, member.and_then(|member| target(tree, member.object())))
            }
            _ => continue,
        };
        let Some(event) = name.strip_prefix("on") else { continue };
        all.extend(listener(tree, (number, target), event, &set.set.right, idle));
    }
}

fn listener<'a>(
    tree: &ScriptTree<'a>,
    (number, target): (usize, Option<&'a str>),
    event: &str,
    handler: &'a Expression<'a>,
    idle: &IdleCode<'_, '_, 'a>,
) -> Option<Listener<'a>> {
    let input = ListenerInput::of(event)?;
    // Taking a handler away answers nothing.
    if matches!(handler.get_inner_expression(), Expression::NullLiteral(_)) {
        return None;
    }
    let effects = idle.function(number, handler);
    let span = tree.source_span(handler.span());
    Some(Listener { event: event.to_owned(), input, target, effects, span })
}

/// The handler that a piece of code in an attribute is. `None` for other code, and for an empty
/// attribute.
fn inline_listener<'a>(
    context: &RuleContext<'_, '_>,
    tree: &ScriptTree<'a>,
    number: usize,
    idle: &IdleCode<'_, '_, 'a>,
) -> Option<Listener<'a>> {
    if tree.code.goal != ParseGoal::Handler {
        return None;
    }
    let element = context.page.element(tree.code.element)?;
    let attribute = element.attributes.get(tree.code.attribute?)?.local().to_ascii_lowercase();
    let event = attribute.strip_prefix("on")?.to_owned();
    let input = ListenerInput::of(&event)?;
    let statements = &tree.program().body;
    let first = statements.first()?;
    let whole = oxc_span::Span::new(first.span().start, statements.last()?.span().end);
    let target = (!element.is("body")).then(|| tree.text(whole));
    let span = tree.source_span(whole);
    Some(Listener { event, input, target, effects: idle.statements(number, statements), span })
}
