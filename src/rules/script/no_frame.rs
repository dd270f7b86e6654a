//! `no-frame`: a game is one page, and does not communicate with pages around it.
//!
//! A frame is an unchecked page. The window around the game may belong to another site that shows
//! the file, so it is off limits; testing whether there is one is fine.

use std::collections::HashSet;

use oxc_ast::ast::Expression;
use oxc_span::GetSpan as _;

use crate::page::Element;
use crate::page::script::{AccessKind, GlobalAccess, GlobalCall, MethodCall, ScriptTree};
use crate::rules::{Diagnostics, Rule, RuleContext, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-frame",
    severity: Severity::Deny,
    title: "the page embeds a page, or uses the one around it",
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
        "<webview src='https://x'></webview>",
        "<controlledframe></controlledframe>",
        "<fencedframe></fencedframe><portal></portal>",
        "<script>document.createElement('webview')</script>",
        "<script>customElements.define('x-y', F, { extends: 'iframe' })</script>",
        "<script>const how = { extends: 'OBJ'.toLowerCase() + 'ect' }; window.customElements.define('x-y', F, how)</script>",
        "<script>customElements.define('x-y', class extends HTMLIFrameElement {})</script>",
        "<script>Reflect.construct(HTMLElement, [], HTMLObjectElement)</script>",
    ],
    pass: &[
        "<p>An iframe</p><!-- <iframe> -->",
        "<script>const s = '<iframe>'</script>",
        "<script>if (window.top === window.self) {} if (parent !== window) {}</script>",
        "<script>let top = 1, parent = 2, frames = 3; draw(top, parent, frames)</script>",
        "<script>frames = 0; function loop() { draw(frames++) }</script>",
        "<script>node.parent.top = box.top; this.parent = node; e.frames.length</script>",
        "<script>function f(parent, top) { return parent.x + top }</script>",
        "<script>document.createElement('canvas'); customElements.define('x-y', class extends HTMLElement {})</script>",
        "<script>customElements.define('x-y', B, { extends: 'button' }); if (e instanceof HTMLIFrameElement) {}</script>",
        "<script>class A { set(parent) { this.parent = parent; parent.add(this) } }</script>",
        "<script>window.postMessage('next', '*')</script>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for (_, element) in context.page.elements() {
        if let Some(tag) = element.start_tag.filter(|_| is_frame(element.name()) || holds(element))
        {
            diagnostics.deny(tag, format!("`{}` embeds a page", element.name()));
        }
    }
    let written = |access: &&GlobalAccess<'_>| access.usage == AccessKind::Written;
    let others = || context.trees.iter().flat_map(ScriptTree::other_window_accesses);
    // `frames = 0` without a declaration makes it the game's own; `top` cannot be replaced.
    let written_paths =
        others().filter(written).map(|access| access.path).filter(|path| *path != ["top"]);
    let written_paths: HashSet<_> = written_paths.collect();
    for access in others().filter(|access| is_used(access)) {
        if !written_paths.contains(&access.path) {
            let name = access.path.join(".");
            diagnostics.deny(
                access.span,
                format!("`{name}` is a window that does not belong to the game"),
            );
        }
    }
    for tree in context.trees {
        let calls = tree.methods().iter().filter(|method| makes_frame(tree, method));
        let calls = calls.map(|method| method.call.span);
        let sets = tree.assignments().iter().filter(|set| set.key == Some("srcdoc"));
        for span in calls.chain(sets.map(|set| set.set.left.span())) {
            diagnostics.deny(tree.source_span(span), "this embeds a page");
        }
        let defined = tree.global_calls().iter().filter(|call| defines_kin(tree, call));
        let classes = tree.global_accesses().iter().filter(|access| is_class(access));
        for span in defined.map(|call| call.span).chain(classes.map(|access| access.span)) {
            diagnostics.deny(span, "this creates an element that loads or frames something");
        }
    }
}

fn is_used(access: &GlobalAccess<'_>) -> bool {
    match access.usage {
        AccessKind::Called | AccessKind::Taken => true,
        // The number of frames only tells whether there are any.
        AccessKind::Member(name) => {
            name != "length" && !(name == "location" && access.path == ["frames"])
        }
        AccessKind::Tested | AccessKind::Written => false,
    }
}

fn is_frame(name: &str) -> bool {
    const FRAMES: &[&str] = &[
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "portal",
        "fencedframe",
        "applet",
        "controlledframe",
        "webview",
    ];
    FRAMES.contains(&name)
}

fn holds(element: &Element) -> bool {
    element.attribute("srcdoc").is_some()
}

/// Elements besides frames that load, run or link something; no custom element may extend them.
const OTHERS: &[&str] = &["link", "base", "script", "meta"];

/// `customElements.define(name, Class, { extends: 'iframe' })`.
fn defines_kin<'a>(tree: &ScriptTree<'a>, call: &GlobalCall<'a>) -> bool {
    let options =
        call.arguments.get(2).copied().filter(|_| call.path == ["customElements", "define"]);
    let options = options.map(|options| match options.get_inner_expression() {
        Expression::Identifier(name) => tree.constant_value(name).unwrap_or(options),
        inner => inner,
    });
    let Some(Expression::ObjectExpression(options)) = options else { return false };
    options.properties.iter().filter_map(|property| property.as_property()).any(|property| {
        let name = tree.constant(&property.value).map(|name| name.to_ascii_lowercase());
        property.key.static_name().is_some_and(|key| key == "extends")
            && name.is_some_and(|name| is_frame(&name) || OTHERS.contains(&name.as_str()))
    })
}

/// Whether an access is a class of such elements, of which one is constructed.
fn is_class(access: &GlobalAccess<'_>) -> bool {
    const CLASSES: &[&str] = &[
        "HTMLIFrameElement",
        "HTMLFrameElement",
        "HTMLFrameSetElement",
        "HTMLObjectElement",
        "HTMLEmbedElement",
        "HTMLPortalElement",
        "HTMLFencedFrameElement",
        "HTMLLinkElement",
        "HTMLBaseElement",
        "HTMLScriptElement",
        "HTMLMetaElement",
    ];
    let is_one = matches!(*access.path, [name] if CLASSES.contains(&name));
    is_one && matches!(access.usage, AccessKind::Called | AccessKind::Taken)
}

fn makes_frame<'a>(tree: &ScriptTree<'a>, method: &MethodCall<'a>) -> bool {
    let name = match method.name {
        "createElement" => tree.argument(method.call, 0),
        "createElementNS" => tree.argument(method.call, 1),
        _ => None,
    };
    let name = name.and_then(|name| tree.constant(name));
    name.is_some_and(|name| is_frame(&name.to_ascii_lowercase()))
}
