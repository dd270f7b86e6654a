//! `no-frame`: a game is one page, and talks to no page around it.
//!
//! A frame is a page that nobody checked. The window around the game may be
//! somebody else's when the file is shown on a site, so it is left alone; to
//! ask whether there is one is fine.

use oxc_ast::AstKind;
use oxc_span::GetSpan as _;

use crate::page::Element;
use crate::page::script::{Reach, Tree, Use};
use crate::rules::{Look, Notes, Rule, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-frame",
    severity: Severity::Deny,
    title: "there is a page in the page, or one around it is used",
    help: "Draw it in the page itself.",
    why: "A frame is a page that was never checked, and the one around the game is not its own.",
    fail: &[
        "<iframe></iframe>",
        "<IFRAME srcdoc='<p>x'></IFRAME>",
        "<frameset><frame></frameset>",
        "<object></object>",
        "<embed type='image/svg+xml'>",
        "<template><iframe></iframe></template>",
        "<svg><foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml'></iframe></foreignObject></svg>",
        "<script>document.createElement('iframe')</script>",
        "<script>const tag = 'if' + 'rame'; document.createElement(tag)</script>",
        "<script>document.createElementNS('http://www.w3.org/1999/xhtml', 'object')</script>",
        "<script>f.srcdoc = '<p>x'</script>",
        "<script>parent.postMessage(1, '*')</script>",
        "<script>window.parent.postMessage({ score }, '*')</script>",
        "<script>window['par' + 'ent'].postMessage(1, '*')</script>",
        "<script>top.document.title</script>",
        "<script>const p = window.top</script>",
        "<script>opener.postMessage(1, '*')</script>",
        "<script>send(frames[0])</script>",
    ],
    pass: &[
        "<p>An iframe</p><!-- <iframe> -->",
        "<script>const s = '<iframe>'</script>",
        "<script>if (window.top === window.self) {} if (parent !== window) {}</script>",
        "<script>let top = 1, parent = 2, frames = 3; draw(top, parent, frames)</script>",
        "<script>frames = 0; function loop() { draw(frames++) }</script>",
        "<script>node.parent.top = box.top; this.parent = node; e.frames.length</script>",
        "<script>function f(parent, top) { return parent.x + top }</script>",
        "<script>document.createElement('canvas')</script>",
        "<script>class A { set(parent) { this.parent = parent; parent.add(this) } }</script>",
        "<script>window.postMessage('next', '*')</script>",
    ],
    find,
};

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for (_, element) in look.page.elements() {
        if let Some(tag) = element.start_tag.filter(|_| is_frame(element.name()) || holds(element))
        {
            notes.deny(tag, format!("`{}` is a page in the page", element.name()));
        }
    }
    let written = |reach: &&Reach| reach.usage == Use::Written;
    let others = || look.trees.iter().flat_map(Tree::other_windows);
    // `frames = 0` without a declaration makes it the game's own; `top` cannot be replaced.
    let own: Vec<_> = others().filter(written).filter(|r| r.path != ["top"]).collect();
    for reach in others().filter(|reach| is_used(reach)) {
        if !own.iter().any(|other| other.path == reach.path) {
            let name = reach.path.join(".");
            notes.deny(reach.span, format!("`{name}` is a window that is not the game's"));
        }
    }
    for tree in look.trees {
        for kind in tree.nodes() {
            if let Some(span) = makes_frame(tree, kind) {
                notes.deny(tree.place(span), "this makes a page in the page");
            }
        }
    }
}

fn is_used(reach: &Reach) -> bool {
    match &reach.usage {
        Use::Called | Use::Taken => true,
        // How many frames there are tells only whether there are any.
        Use::Member(name) => name != "length" && !(name == "location" && reach.path == ["frames"]),
        Use::Tested | Use::Written => false,
    }
}

fn is_frame(name: &str) -> bool {
    const FRAMES: &[&str] =
        &["iframe", "frame", "frameset", "object", "embed", "portal", "fencedframe", "applet"];
    FRAMES.contains(&name)
}

fn holds(element: &Element) -> bool {
    element.attribute("srcdoc").is_some()
}

fn makes_frame<'a>(tree: &Tree<'a>, kind: AstKind<'a>) -> Option<oxc_span::Span> {
    match kind {
        AstKind::CallExpression(call) => {
            let method = call.callee.get_inner_expression().as_member_expression()?;
            let name = match method.static_property_name()? {
                "createElement" => tree.argument(call, 0)?,
                "createElementNS" => tree.argument(call, 1)?,
                _ => return None,
            };
            let name = tree.constant(name)?.to_ascii_lowercase();
            is_frame(&name).then_some(call.span)
        }
        AstKind::AssignmentExpression(set) => {
            let key = set.left.as_member_expression()?.static_property_name()?;
            (key == "srcdoc").then(|| set.left.span())
        }
        _ => None,
    }
}
