//! `no-string-timer`: a timer must get a function, not text.  (CWE-95)
//!
//! `setTimeout('tick()', 50)` is `eval` with a delay. Constant text is written
//! out as a function; a name that may hold anything is let pass, because in
//! real games it holds a function, and the policy stops it where it does not.

use oxc_span::GetSpan as _;

use crate::page::Span;
use crate::page::script::{Call, Goal, Shape, Tree, parses};
use crate::rules::{Edit, Fix, Look, Notes, Rule, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-string-timer",
    severity: Severity::Repair,
    title: "a timer runs text as code",
    help: "Pass a function: `setTimeout(() => tick(), 50)`.",
    why: "Text in a timer is run like `eval`, and the page's policy stops it.",
    fail: &[
        "<script>setTimeout('tick()', 50)</script>",
        "<script>window.setInterval(`tick()`, 50)</script>",
        "<script>setTimeout('tick(' + i + ')', 50)</script>",
        "<script>const code = 'tick()'; setInterval(code, 50)</script>",
        "<script>const later = setTimeout; later('tick()', 1)</script>",
        "<script>setTimeout.call(window, 'tick()', 1)</script>",
        "<script>setTimeout.apply(null, ['tick()', 1])</script>",
        "<script>Reflect.apply(setTimeout, null, ['tick()'])</script>",
        "<script>self['setTime' + 'out'](`f(${x})`, 1)</script>",
        "<script>setTimeout(String(x), 1)</script>",
        "<button onclick=\"setTimeout('go()', 9)\">x</button>",
    ],
    pass: &[
        "<script>setTimeout(tick, 10)</script>",
        "<script>setTimeout(() => tick('a'), 10)</script>",
        "<script>setInterval(function () { tick() }, 10)</script>",
        "<script>setTimeout(this.tick.bind(this), 10)</script>",
        "<script>function later(f) { setTimeout(f, 10) }</script>",
        "<script>function setTimeout(text) {} setTimeout('a')</script>",
        "<script>game.setTimeout('a', 10)</script>",
        "<script>new Promise(r => setTimeout(r, 9))</script>",
        "<script>setTimeout(next ? a : b, 10)</script>",
    ],
    find,
};

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for tree in look.trees {
        for call in tree.calls() {
            if call.path == ["setTimeout"] || call.path == ["setInterval"] {
                judge(tree, call, notes);
            }
        }
    }
}

fn judge<'a>(tree: &Tree<'a>, call: &Call<'a>, notes: &mut Notes) {
    let Some(first) = call.arguments.first() else { return };
    let span = tree.place(first.span());
    match tree.shape(first) {
        Shape::Function | Shape::Unknown => {}
        Shape::Text => notes.deny(span, "the timer gets text that is put together at run time"),
        Shape::Constant(code) => match fix(tree, span, &code) {
            Some(fix) => notes.repair(span, "the timer gets text instead of a function", fix),
            None => notes.deny(span, "the timer gets text that cannot be made a function"),
        },
    }
}

/// The text as a function. In an attribute the code is moved into a script first.
fn fix(tree: &Tree<'_>, span: Span, code: &str) -> Option<Fix> {
    let breaks_out = code.to_ascii_lowercase().contains("</script") || code.contains("<!--");
    if breaks_out || !parses(code) {
        return None;
    }
    if tree.code.goal == Goal::Handler {
        return Some(Fix::default());
    }
    if !tree.code.text.is_plain() {
        return None;
    }
    let end = if code.contains("//") { "\n" } else { "" };
    Some(Fix::edit(Edit::new(span, format!("function () {{ {code}{end} }}"))))
}
