//! `no-network`: a game talks to nobody.  (CWE-918)
//!
//! A page that can send can tell what it sees in the user's network, so what
//! sends is forbidden where it is taken hold of, whatever it is called later.

use oxc_ast::AstKind;
use oxc_ast::ast::{Argument, AssignmentTarget, CallExpression, Expression};
use oxc_span::GetSpan as _;

use crate::page::script::Tree;
use crate::page::url::{Target, target};
use crate::rules::{Look, Notes, Rule, Severity};

use super::escapes;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-network",
    severity: Severity::Deny,
    title: "the network is used",
    help: "Keep everything the game needs in the file; keep scores in localStorage.",
    why: "A game is one file; what it asks of the network fails, and could spy on it.",
    fail: &[
        "<script>fetch('/scores')</script>",
        "<script>window['fetch']('/scores')</script>",
        "<script>const { fetch: get } = globalThis</script>",
        "<script>const send = fetch.bind(window)</script>",
        "<script>new XMLHttpRequest()</script>",
        "<script>const x = new window.XMLHttpRequest</script>",
        "<script>new WebSocket('wss://x')</script>",
        "<script>class S extends WebSocket {}</script>",
        "<script>new EventSource('/x')</script>",
        "<script>navigator.sendBeacon('/x', 1)</script>",
        "<script>const n = navigator; n['send' + 'Beacon']('/x')</script>",
        "<script>const { sendBeacon } = navigator</script>",
        "<script>new WebTransport('https://x')</script>",
        "<script>new RTCPeerConnection()</script>",
        "<script>new (window.RTCPeerConnection || window.webkitRTCPeerConnection)()</script>",
        "<script>importScripts('x.js')</script>",
        "<script>new Image().src = 'https://x/?' + document.title</script>",
        "<script>img.src = `//x/${score}`</script>",
        "<script>new Audio('https://x/a.mp3').play()</script>",
        "<script>el.setAttribute('src', 'https://x/a.png')</script>",
        "<script>[1].map(fetch)</script>",
    ],
    pass: &[
        "<script>function fetch() {} fetch()</script>",
        "<script>function fetch() {}</script><script>fetch()</script><b onclick='fetch()'>x</b>",
        "<script>var fetch = 1; fetch + 1</script>",
        "<script>const o = { fetch: 1 }; o.fetch</script>",
        "<script>dog.fetch('ball')</script>",
        "<script>if (window.fetch) {}</script>",
        "<script>'fetch(x)' // new WebSocket()</script>",
        "<script>img.src = 'data:image/png;base64,AA=='</script>",
        "<script>img.src = canvas.toDataURL()</script>",
        "<script>new Audio('data:audio/wav;base64,AA==')</script>",
        "<script>(function (fetch) { fetch() })(play)</script>",
        "<script>navigator.vibrate(9)</script>",
        "<script>link.href = 'https://x'</script>",
    ],
    find,
};

/// The ways out.
const OUT: &[&[&str]] = &[
    &["fetch"],
    &["fetchLater"],
    &["XMLHttpRequest"],
    &["ActiveXObject"],
    &["WebSocket"],
    &["WebSocketStream"],
    &["EventSource"],
    &["WebTransport"],
    &["RTCPeerConnection"],
    &["webkitRTCPeerConnection"],
    &["mozRTCPeerConnection"],
    &["importScripts"],
    &["navigator", "sendBeacon"],
];

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for tree in look.trees {
        for reach in tree.reaches().iter().filter(|reach| escapes(reach)) {
            if OUT.iter().any(|out| reach.path == *out) {
                notes.deny(reach.span, format!("`{}` reaches the network", reach.path.join(".")));
            }
        }
        for call in tree.calls() {
            let first = call.arguments.first().filter(|_| call.path == ["Audio"]);
            if first.is_some_and(|url| is_remote(tree, url)) {
                notes.deny(call.span, "the sound is loaded from the network");
            }
        }
        for kind in tree.nodes() {
            if let Some(span) = loads(tree, kind) {
                notes.deny(tree.place(span), "this is loaded from the network");
            }
        }
    }
}

/// An assignment or a call that makes an element load something from elsewhere.
fn loads<'a>(tree: &Tree<'a>, kind: AstKind<'a>) -> Option<oxc_span::Span> {
    match kind {
        AstKind::AssignmentExpression(set) => {
            let key = assigned_key(&set.left)?;
            let loads = matches!(key, "src" | "srcset" | "poster") && is_remote(tree, &set.right);
            loads.then_some(set.right.span())
        }
        AstKind::CallExpression(call) => sets_source(tree, call),
        _ => None,
    }
}

fn assigned_key<'t>(target: &'t AssignmentTarget<'_>) -> Option<&'t str> {
    target.as_member_expression()?.static_property_name()
}

fn sets_source<'a>(tree: &Tree<'a>, call: &'a CallExpression<'a>) -> Option<oxc_span::Span> {
    let method = call.callee.get_inner_expression().as_member_expression()?;
    if method.static_property_name() != Some("setAttribute") {
        return None;
    }
    let name = tree.constant(call.arguments.first().and_then(Argument::as_expression)?)?;
    let value = call.arguments.get(1).and_then(Argument::as_expression)?;
    let loads = ["src", "srcset", "poster"].iter().any(|source| name.eq_ignore_ascii_case(source));
    (loads && is_remote(tree, value)).then(|| value.span())
}

fn is_remote<'a>(tree: &Tree<'a>, url: &'a Expression<'a>) -> bool {
    tree.constant_start(url).is_some_and(|start| target(&start) == Target::Remote)
}
