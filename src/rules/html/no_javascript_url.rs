//! `no-javascript-url`: a URL is an address, not code. (CWE-79)
//!
//! White space, control characters and entities do not hide the scheme: browsers remove them, and
//! so does the URL reader here.

use oxc_ast::ast::Expression;
use oxc_ast::{AstKind, AstType};
use oxc_span::GetSpan as _;

use crate::page::script::{ScriptTree, parses_as_statements};
use crate::page::url::{UrlTarget, url_target};
use crate::page::{Attribute, Element, NodeId};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

use super::element_locator::ElementLocator;

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-javascript-url",
    severity: Severity::Repair,
    title: "an address is code",
    help: "Use a button and bind its click in a script.",
    why: "Code in an address is never checked, and the page's policy blocks it.",
    fail: &[
        "<a href='javascript:start()'>x</a>",
        "<a href='javascript:void(0)' id=go>x</a>",
        "<a href=' JaVa&#115;cript:&#10;start()'>x</a>",
        "<a href='java&Tab;script:x()'>x</a>",
        "<svg><a xlink:href='javascript:x()'><text>x</text></a></svg>",
        "<iframe src='javascript:x()'></iframe>",
        "<form action='javascript:x()'></form>",
        "<button formaction='javascript:x()'>x</button>",
        "<a href='data:text/html,<script>x()</script>'>x</a>",
        "<a href='vbscript:x()'>x</a>",
        "<object data='javascript:x()'></object>",
        "<svg><animate attributeName=href values='javascript:x()'/></svg>",
        "<svg><set attributeName=href to='javascript:x()'/></svg>",
        "<script>a.href = 'java' + 'script:x()'</script>",
        "<script>location.assign(`javascript:${x}`)</script>",
        "<script>a.setAttribute('href', 'javascript:x()')</script>",
    ],
    pass: &[
        "<a href='#'>x</a>",
        "<a href='#javascript:x'>x</a>",
        "<a href='https://x/javascript:y'>x</a>",
        "<p title='javascript:x()'>javascript:x()</p>",
        "<script>const s = 'javascript: the good parts'</script>",
        "<img src='data:image/svg+xml,x'>",
    ],
    find,
};

/// Attributes that are URLs, or become one by animation.
const ADDRESSES: &[&str] = &[
    "href",
    "src",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "cite",
    "longdesc",
    "manifest",
    "to",
    "from",
    "by",
    "values",
    "srcset",
];

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let mut locator = ElementLocator::new(context.page, "data-link-");
    for (id, element) in context.page.elements() {
        for attribute in &element.attributes {
            if ADDRESSES.contains(&&**attribute.local()) {
                judge(context, &mut locator, (id, element, attribute), diagnostics);
            }
        }
    }
    for tree in context.trees {
        for address in addresses_in_code(tree).filter(|address| is_code(tree, address)) {
            diagnostics.deny(tree.source_span(address.span()), "this address is code");
        }
    }
}

fn judge(
    context: &RuleContext<'_, '_>,
    locator: &mut ElementLocator,
    (id, element, attribute): (NodeId, &Element, &Attribute),
    diagnostics: &mut Diagnostics,
) {
    let Some(place) = &attribute.place else { return };
    let code = match url_target(&attribute.value) {
        UrlTarget::Code(code) => code,
        UrlTarget::Data(kind) if is_document(&kind) && navigates(element) => {
            return diagnostics.deny(place.whole, "this address is a whole page");
        }
        _ => return,
    };
    let code = decode_percent(&code);
    let link = element.is("a") || element.is("area");
    let javascript = attribute.value.trim_start().to_ascii_lowercase().contains("script:");
    let safe = !code.to_ascii_lowercase().contains("</script") && !code.contains("<!--");
    if !link
        || !javascript
        || !safe
        || !parses_as_statements(&code)
        || context.page.is_in_template(id)
    {
        return diagnostics.deny(place.whole, "this address is code");
    }
    let found = locator.locate(element);
    let marker = found.marker.map(|marker| format!(" {marker}")).unwrap_or_default();
    let edit = TextEdit::new(place.whole, format!("href=\"#\"{marker}"));
    let run = if is_nothing(&code) {
        String::new()
    } else {
        format!(" (function () {{\n{code}\n}}).call(window);")
    };
    let binding = format!(
        "if ({0}) {0}.addEventListener(\"click\", function (event) {{ event.preventDefault();{run} }});",
        found.expression
    );
    let fix = FindingFix { edits: vec![edit], bindings: vec![binding], ..FindingFix::default() };
    diagnostics.repair(place.whole, "this address is code", fix);
}

/// Decodes the percent-encoded code of a URL.
fn decode_percent(code: &str) -> String {
    let mut bytes = Vec::with_capacity(code.len());
    let mut rest = code.as_bytes();
    while let [first, others @ ..] = rest {
        let hex = code_unit(rest);
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { others.get(2..).unwrap_or_default() } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn code_unit(rest: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = rest else { return None };
    let digits = [*high, *low];
    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()
}

/// Whether the code does nothing: `void(0)` and the like.
fn is_nothing(code: &str) -> bool {
    let plain: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    matches!(plain.trim_end_matches(';'), "" | "void(0)" | "void0" | "undefined" | "//" | "{}")
}

fn is_document(kind: &str) -> bool {
    kind.contains("html") || kind.contains("xml") || kind.contains("javascript")
}

/// Whether a URL of the element opens a page.
fn navigates(element: &Element) -> bool {
    matches!(
        element.name(),
        "a" | "area"
            | "iframe"
            | "frame"
            | "form"
            | "button"
            | "input"
            | "object"
            | "embed"
            | "base"
    )
}

/// URLs that code sets or opens.
fn addresses_in_code<'t, 'a>(
    tree: &'t ScriptTree<'a>,
) -> impl Iterator<Item = &'a Expression<'a>> + 't {
    let opens = |key| matches!(key, "href" | "src" | "action" | "formAction" | "data" | "location");
    let set = tree.assignments().iter().filter(move |set| set.key.is_some_and(opens));
    let by_method = tree.methods().iter().filter_map(|method| match method.name {
        "setAttribute" | "setAttributeNS" => method.call.arguments.last()?.as_expression(),
        "assign" | "replace" | "open" | "navigate" => tree.argument(method.call, 0),
        _ => None,
    });
    let opened = tree.nodes(&[AstType::CallExpression]).filter_map(|kind| match kind {
        AstKind::CallExpression(call)
            if call.callee.get_inner_expression().is_specific_id("open") =>
        {
            tree.argument(call, 0)
        }
        _ => None,
    });
    set.map(|set| &set.set.right).chain(by_method).chain(opened)
}

fn is_code<'a>(tree: &ScriptTree<'a>, address: &'a Expression<'a>) -> bool {
    let start = tree.constant_start(address);
    start.is_some_and(|start| matches!(url_target(&start), UrlTarget::Code(_)))
}
