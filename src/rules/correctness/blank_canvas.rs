//! `blank-canvas`: a canvas that the game has is drawn on.
//!
//! Told where no code of the page, whoever calls it, gets a context, or where none of it calls what
//! draws. Names alone decide, so a context may be passed on in any way.

use std::collections::HashSet;

use oxc_ast::ast::{Argument, Expression};
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::{Bindings, MethodCall, ScriptTree};
use crate::page::{Element, Span};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::element_uses::{ElementLookup, lookups};
use super::page_names::{has_unread_code, string_texts, words};
use super::schedule::{ScheduleKind, scheduled_calls};
use super::selector::Selector;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "blank-canvas",
    severity: Severity::Warn,
    title: "nothing is ever drawn on the canvas",
    help: "Get its context with `getContext('2d')`, and draw with it in each frame.",
    why: "A canvas shows only what is drawn on it: without that the game cannot be seen.",
    fail: &[
        "<canvas id=game></canvas><script>const c = document.getElementById('game'); c.width = 300</script>",
        "<canvas id=game></canvas><script>let x = 1; function step() { x++ } setInterval(step, 9)</script>",
        "<p>x</p><canvas></canvas><script>const c = document.querySelector('canvas'); c.width = 300</script>",
        "<canvas id=game></canvas><script>const ctx = game.getContext('2d'); ctx.fillStyle = 'red'</script>",
        "<canvas id=game></canvas><script>const ctx = game.getContext('2d'); setInterval(() => ctx.clearRect(0, 0, 9, 9), 9)</script>",
        "<canvas id=game></canvas><script>const ctx = game.getContext('2d'); const grid = Array(9).fill(0); ctx.beginPath(); ctx.arc(1, 1, 1, 0, 6)</script>",
    ],
    pass: &[
        "<canvas id=game></canvas><script>const ctx = game.getContext('2d'); ctx.fillRect(0, 0, 9, 9)</script>",
        "<canvas id=game></canvas><script>const ctx = game.getContext('2d'); ctx.beginPath(); ctx.arc(1, 1, 1, 0, 6); ctx.fill()</script>",
        "<canvas id=game></canvas><script>const p = new Path2D('M0 0h9v9z'), ctx = game.getContext('2d'); ctx.fill(p)</script>",
        "<canvas id=game></canvas><script>const gl = game.getContext('webgl'); gl.clear(gl.COLOR_BUFFER_BIT)</script>",
        "<canvas id=game></canvas><script>const ctx = game['get' + 'Context']('2d'); ctx['fill' + 'Rect'](0, 0, 9, 9)</script>",
        "<canvas id=game></canvas><script>const ctx = game.getContext('2d'); for (const how of ['fillRect', 'strokeRect']) ctx[how](0, 0, 9, 9)</script>",
        "<canvas id=game></canvas><script>const { fillRect } = game.getContext('2d')</script>",
        "<canvas id=game></canvas><script>const ctx = game.getContext('2d'); alert(ctx.measureText('x').width)</script>",
        "<canvas id=game></canvas><script>const off = game.transferControlToOffscreen()</script>",
        "<canvas id=game></canvas><script src=lib.js></script><script>start()</script>",
        "<canvas id=game></canvas><p>x</p><script>let x; game.onclick = () => alert(1)</script>",
        "<canvas id=game></canvas>",
        "<canvas id=game></canvas><script>alert(1)</script>",
        "<template><canvas id=game></canvas></template><script>let x</script>",
    ],
    find,
};

/// Elements of a page that shows nothing but its canvas.
const SHOWING_NOTHING: &[&str] = &[
    "html", "head", "meta", "title", "base", "link", "style", "script", "body", "canvas", "div",
    "main", "section",
];

/// Methods that put something on a canvas, whatever its context.
const DRAWING: &[&str] = &[
    "fillRect",
    "strokeRect",
    "stroke",
    "fillText",
    "strokeText",
    "drawImage",
    "putImageData",
    "drawFocusIfNeeded",
    "transferFromImageBitmap",
    "Path2D",
];

/// What else a context may be for than to show something.
const OTHER_USES: &[&str] = &[
    "measureText",
    "getImageData",
    "isPointInPath",
    "isPointInStroke",
    "createImageData",
    "toDataURL",
    "toBlob",
    "transferControlToOffscreen",
    "OffscreenCanvas",
    "captureStream",
];

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let shown = || {
        let all = context.page.elements();
        all.filter(|(id, element)| element.is("canvas") && !context.page.is_in_template(*id))
    };
    if shown().next().is_none() || context.trees.is_empty() || has_unread_code(context) {
        return;
    }
    let mut named = UsedWords::default();
    context.trees.iter().for_each(|tree| named.add(tree));
    if named.may_draw {
        return;
    }
    match first_context(context) {
        Some(span) => {
            let why = "the context of the canvas is got here, and nothing is ever drawn with it";
            diagnostics.warn(span, why);
        }
        None if !named.gets_context => {
            let lookups = lookups(context);
            let shows_more = |element: &Element| !SHOWING_NOTHING.contains(&element.name());
            let is_all = runs_again(context)
                && !context.page.elements().any(|(_, element)| shows_more(element));
            for (_, canvas) in shown().filter(|(_, canvas)| {
                is_all && is_found(canvas, &lookups) || is_sized(canvas, &lookups)
            }) {
                let Some(span) = canvas.start_tag else { continue };
                let why = "nothing is ever drawn on this canvas: no code gets its context";
                diagnostics.warn(span, why);
            }
        }
        _ => {}
    }
}

/// Whether the page has code that runs again and again.
fn runs_again(context: &RuleContext<'_, '_>) -> bool {
    scheduled_calls(context.trees).iter().any(|call| call.kind != ScheduleKind::Timeout)
}

/// Whether a canvas is there to be found by code.
fn is_found(canvas: &Element, lookups: &[ElementLookup<'_>]) -> bool {
    canvas.value("id").is_some_and(|id| !id.is_empty())
        || lookups.iter().any(|lookup| lookup.selector == Selector::Tag("canvas".to_owned()))
}

/// Whether the code gives a canvas a size, as one does to draw on it: others may only be pressed.
fn is_sized(canvas: &Element, lookups: &[ElementLookup<'_>]) -> bool {
    let is_this = |selector: &Selector| match selector {
        Selector::Id(id) => canvas.value("id") == Some(id),
        Selector::Tag(tag) => tag == "canvas",
        Selector::Class(_) => false,
    };
    lookups
        .iter()
        .filter(|lookup| is_this(&lookup.selector))
        .any(|lookup| ["width", "height"].iter().any(|member| lookup.members.contains(*member)))
}

/// Where the code first gets a context for drawing. `None` if it gets none.
fn first_context(context: &RuleContext<'_, '_>) -> Option<Span> {
    let contexts = context.trees.iter().flat_map(|tree| {
        let methods = tree.methods().iter().filter(|method| method.name == "getContext");
        methods.map(move |method| tree.source_span(method.call.span))
    });
    contexts.min()
}

/// What the names in the code of a page tell about drawing.
#[derive(Default)]
struct UsedWords {
    may_draw: bool,
    /// Whether a context is got in any way.
    gets_context: bool,
}

impl UsedWords {
    fn add(&mut self, tree: &ScriptTree<'_>) {
        const NAMES: &[AstType] = &[AstType::IdentifierName, AstType::IdentifierReference];
        let names = tree.nodes(NAMES).filter_map(|kind| match kind {
            AstKind::IdentifierName(name) => Some(name.name.as_str()),
            AstKind::IdentifierReference(name) => Some(name.name.as_str()),
            _ => None,
        });
        let all: HashSet<&str> = names.chain(string_texts(tree).flat_map(words)).collect();
        let draws = |word: &&str| DRAWING.contains(word) || OTHER_USES.contains(word);
        self.may_draw |= all.iter().any(draws);
        self.gets_context |= all.contains("getContext");
        // Names that are put together may be any.
        let composed = tree.nodes(&[AstType::ComputedMemberExpression]).any(|kind| {
            let AstKind::ComputedMemberExpression(member) = kind else { return false };
            let parent = tree.parent(member.node_id.get());
            matches!(parent, AstKind::CallExpression(call) if call.callee.span() == member.span)
        });
        self.may_draw |= composed;
        self.may_draw |= tree.methods().iter().any(|method| fills(method));
        let mut contexts = tree.methods().iter().filter(|method| method.name == "getContext");
        self.may_draw |= !contexts.all(is_2d);
        let taken = tree.nodes(&[AstType::StaticMemberExpression]).any(|kind| {
            matches!(kind, AstKind::StaticMemberExpression(member)
                if member.property.name == "fill" && !is_called(tree, member.node_id.get()))
        });
        self.may_draw |= taken;
    }
}

/// `getContext('2d')`.
fn is_2d(method: &MethodCall<'_>) -> bool {
    let first = method.call.arguments.first().and_then(Argument::as_expression);
    matches!(first, Some(Expression::StringLiteral(kind)) if kind.value == "2d")
}

/// `ctx.fill()` and `ctx.fill('evenodd')`, but not `list.fill(0)`.
fn fills(method: &MethodCall<'_>) -> bool {
    let first = method.call.arguments.first().map(Argument::as_expression);
    method.name == "fill"
        && match first {
            None => true,
            Some(Some(Expression::StringLiteral(rule))) => {
                matches!(rule.value.as_str(), "evenodd" | "nonzero")
            }
            _ => false,
        }
}

fn is_called(tree: &ScriptTree<'_>, member: oxc_syntax::node::NodeId) -> bool {
    let span = Bindings::of(tree).node(member).span();
    matches!(tree.parent(member), AstKind::CallExpression(call) if call.callee.span() == span)
}
