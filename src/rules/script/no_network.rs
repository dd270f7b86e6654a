//! `no-network`: a game does not communicate. (CWE-918)
//!
//! A page that can send can report what it sees in the user's network, so sending APIs are
//! forbidden where they are accessed, whatever their later names.

use oxc_ast::ast::Expression;
use oxc_span::GetSpan as _;

use crate::page::script::{MethodCall, ScriptTree};
use crate::page::url::{UrlTarget, url_target};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

use super::{gives_away, powers};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-network",
    severity: Severity::Deny,
    title: "the network is used",
    help: "Keep everything the game needs in the file; keep scores in localStorage.",
    why: "A game is one file; requests to the network fail, and could be used to spy.",
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

/// APIs that send or load.
pub(super) const NETWORK_APIS: &[&[&str]] = &[
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

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for tree in context.trees {
        for reach in tree.global_accesses().iter().filter(|reach| gives_away(reach)) {
            if NETWORK_APIS.contains(&&*reach.path) {
                let why = format!("`{}` reaches the network", reach.path.join("."));
                powers::report_access(tree, reach, why, diagnostics);
            }
        }
        for call in tree.global_calls() {
            let first = call.arguments.first().filter(|_| call.path == ["Audio"]);
            if first.is_some_and(|url| is_remote(tree, url)) {
                diagnostics.deny(call.span, "the sound is loaded from the network");
            }
        }
        let set = tree.assignments().iter().filter(|set| set.key.is_some_and(is_source));
        let set = set.map(|set| &set.set.right);
        let called = tree.methods().iter().filter_map(|method| sets_source(tree, method));
        for url in set.chain(called).filter(|url| is_remote(tree, url)) {
            diagnostics.deny(tree.source_span(url.span()), "this is loaded from the network");
        }
    }
}

/// Whether an element loads this property.
fn is_source(key: &str) -> bool {
    matches!(key, "src" | "srcset" | "poster")
}

/// The URL that a call makes an element load. `None` if it makes none.
fn sets_source<'a>(tree: &ScriptTree<'a>, method: &MethodCall<'a>) -> Option<&'a Expression<'a>> {
    let name = tree.argument(method.call, 0).filter(|_| method.name == "setAttribute")?;
    let loads = is_source(&tree.constant(name)?.to_ascii_lowercase());
    tree.argument(method.call, 1).filter(|_| loads)
}

fn is_remote<'a>(tree: &ScriptTree<'a>, url: &'a Expression<'a>) -> bool {
    tree.constant_start(url).is_some_and(|start| url_target(&start) == UrlTarget::Remote)
}
