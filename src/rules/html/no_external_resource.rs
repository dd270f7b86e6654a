//! `no-external-resource`: the file is the whole game.
//!
//! Fonts, icon sheets, favicons and visitor counters are removed: the game works without them. An
//! external library or picture is part of the game, so a page that needs one is rejected and
//! requested again.

use oxc_ast::AstType;
use oxc_span::GetSpan as _;

use crate::page::script::{MethodCall, ScriptTree};
use crate::page::url::{UrlTarget, url_host, url_target};
use crate::page::{Attribute, AttributePlace, Element, HtmlPage, NodeId, Span};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-external-resource",
    severity: Severity::Deny,
    title: "external resource",
    help: "Put it into the file: scripts and styles inline, pictures and sounds drawn or as data URLs.",
    why: "A game is one file that works without a network.",
    fail: &[
        "<script src='https://cdn.example/three.js'></script>",
        "<script src=//cdn.example/x.js></script>",
        "<script src=game.js></script>",
        "<script src='https://www.googletagmanager.com/gtag/js?id=x'></script>",
        "<svg><script href='https://x/y.js'></script></svg>",
        "<svg><script xlink:href='https://x/y.js'></script></svg>",
        "<link rel=stylesheet href='https://fonts.googleapis.com/css2?family=Creepster'>",
        "<link rel='stylesheet' href='style.css'>",
        "<link rel=stylesheet href='https://cdn.example/bootstrap.css'>",
        "<link rel='PreConnect' href='https://x'>",
        "<link rel='icon' href='https://x/favicon.ico'>",
        "<link rel='modulepreload' href='https://x/a.js'>",
        "<link rel=icon href='data:image/svg+xml,x'>",
        "<link rel=canonical href='https://x'>",
        "<link rel=stylesheet href='data:text/css,b{}'>",
        "<link>",
        "<body><p><link rel=expect href='#x' blocking=render></p>",
        "<template><link rel=dns-prefetch href=//x></template>",
        "<svg><link rel=preconnect href='https://x'/></svg>",
        "<script>document.createElement('li' + 'nk')</script>",
        "<img src='https://x/ghost.png'>",
        "<img srcset='data:, 1x, https://x/ghost.png 2x'>",
        "<video poster='//x/y.png'></video>",
        "<audio><source src='https://x/boo.mp3'></audio>",
        "<input type=image src='https://x/y.png'>",
        "<svg><image href='https://x/y.png'/></svg>",
        "<svg><use xlink:href='https://x/y.svg#a'/></svg>",
        "<object data='https://x'></object>",
        "<iframe src='https://x'></iframe>",
        "<body background='https://x/y.png'>",
        "<script type=module>import * as T from 'https://x/three.js'</script>",
        "<script type=module>export * from './x.js'</script>",
    ],
    pass: &[
        "<img src='ghost.png'>",
        "<a href='https://x'>credits</a>",
        "<img src='data:image/png;base64,AA=='>",
        "<svg><use href='#ghost'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        "<meta property='og:image' content='https://x/y.png'>",
        "<script>play()</script>",
        "<!-- <img src='https://x/y.png'> -->",
        "<script>const s = \"<img src='https://x'>\"</script>",
        "<img src='' alt=x>",
        "<script type=module>export const a = 1</script>",
    ],
    find,
};

/// Hosts and words of fonts and icons.
const DECORATION: &[&str] = &[
    "fonts.",
    "font-awesome",
    "fontawesome",
    "fontshare",
    "typekit",
    "icon",
    "fonts/",
    "font/",
    "/css2?family",
    "webfont",
];
/// Hosts and words of visitor counters.
const COUNTERS: &[&str] = &[
    "googletagmanager",
    "google-analytics",
    "analytics",
    "gtag",
    "plausible",
    "matomo",
    "hotjar",
    "clarity.ms",
    "cloudflareinsights",
    "adsbygoogle",
    "googlesyndication",
    "doubleclick",
];

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for (id, element) in context.page.elements() {
        match element.name() {
            "script" => check_script(context.page, (id, element), diagnostics),
            "link" => check_link(context.page, element, diagnostics),
            _ => check_media(element, diagnostics),
        }
    }
    for tree in context.trees {
        check_imports(tree, diagnostics);
        for method in tree.methods().iter().filter(|method| makes_link(tree, method)) {
            let why = "the `link` created here is replaced by an inert element";
            diagnostics.warn(tree.source_span(method.call.span), why);
        }
    }
}

fn check_script(page: &HtmlPage, (_, element): (NodeId, &Element), diagnostics: &mut Diagnostics) {
    for attribute in &element.attributes {
        let source = matches!(&**attribute.local(), "src" | "href");
        let Some(place) = attribute.place.as_ref().filter(|_| source) else { continue };
        match url_target(&attribute.value) {
            UrlTarget::Remote
                if is_any(&attribute.value, DECORATION) || is_any(&attribute.value, COUNTERS) =>
            {
                let why = format!("the script is loaded from {}", display_host(&attribute.value));
                diagnostics.repair(place.whole, why, remove_element(page, element));
            }
            UrlTarget::Remote => {
                let host = display_host(&attribute.value);
                diagnostics.deny(place.whole, format!("a script is loaded from {host}"));
            }
            UrlTarget::Relative => {
                diagnostics.deny(
                    place.whole,
                    "the script is in another file, which is not part of the game",
                );
            }
            UrlTarget::Data(_) | UrlTarget::Blob => {
                diagnostics.deny(place.whole, "the script's code is inside its address");
            }
            UrlTarget::Inside | UrlTarget::Code(_) => {}
        }
    }
}

/// Every link is removed: it resolves names and connects before any policy applies, and a game of
/// one file has nothing to link. Only a needed style is rejected.
fn check_link(page: &HtmlPage, element: &Element, diagnostics: &mut Diagnostics) {
    let Some(tag) = element.start_tag else { return };
    let rel = element.value("rel").unwrap_or_default().to_ascii_lowercase();
    let styles = rel.split_ascii_whitespace().any(|word| word == "stylesheet");
    let href = element.attribute("href").and_then(|href| Some((href, href.place.as_ref()?.whole)));
    let (url, place) = href.map_or(("", tag), |(href, place)| (href.value.as_str(), place));
    match url_target(url) {
        UrlTarget::Remote | UrlTarget::Relative if styles && !is_any(url, DECORATION) => {
            diagnostics.deny(place, format!("a style is loaded from {}", display_host(url)));
        }
        UrlTarget::Data(_) | UrlTarget::Blob if styles => {
            diagnostics.deny(place, "a style is inside an address, where the policy blocks it");
        }
        UrlTarget::Remote | UrlTarget::Relative => {
            let why = format!("the page asks for {}", display_host(url));
            diagnostics.repair(place, why, remove_element(page, element));
        }
        UrlTarget::Inside | UrlTarget::Data(_) | UrlTarget::Blob | UrlTarget::Code(_) => {
            let why = "a game needs no `link`, so it is removed";
            diagnostics.repair(tag, why, remove_element(page, element));
        }
    }
}

fn makes_link<'a>(tree: &ScriptTree<'a>, method: &MethodCall<'a>) -> bool {
    let name = match method.name {
        "createElement" => tree.argument(method.call, 0),
        "createElementNS" => tree.argument(method.call, 1),
        _ => None,
    };
    let name = name.and_then(|name| tree.constant(name));
    name.is_some_and(|name| name.eq_ignore_ascii_case("link"))
}

/// Checks pictures, sounds and all else that an attribute loads.
fn check_media(element: &Element, diagnostics: &mut Diagnostics) {
    for attribute in &element.attributes {
        let Some(place) = &attribute.place else { continue };
        if loads(element, attribute) {
            check_address(element, place, &attribute.value, diagnostics);
        } else if matches!(&**attribute.local(), "srcset" | "imagesrcset") {
            let urls = attribute.value.split_ascii_whitespace().map(|url| url.trim_matches(','));
            for url in urls.filter(|url| url_target(url) == UrlTarget::Remote) {
                check_address(element, place, url, diagnostics);
            }
        }
    }
}

fn check_address(
    element: &Element,
    place: &AttributePlace,
    url: &str,
    diagnostics: &mut Diagnostics,
) {
    let name = element.name();
    match url_target(url) {
        UrlTarget::Remote => {
            diagnostics.deny(place.whole, format!("`{name}` loads from {}", display_host(url)));
        }
        UrlTarget::Relative if is_frame(element) => {
            diagnostics
                .deny(place.whole, format!("`{name}` loads a file that is not part of the game"));
        }
        // It was missing before, and `missing-file` tells of it.
        UrlTarget::Relative
        | UrlTarget::Inside
        | UrlTarget::Data(_)
        | UrlTarget::Blob
        | UrlTarget::Code(_) => {}
    }
}

/// Whether this attribute of the element loads something.
pub(in crate::rules) fn loads(element: &Element, attribute: &Attribute) -> bool {
    let by = &**attribute.local();
    match element.name() {
        "img" | "audio" | "video" | "source" | "track" | "embed" | "iframe" | "frame" | "input" => {
            matches!(by, "src" | "poster")
        }
        "object" => matches!(by, "data" | "codebase"),
        "image" | "use" | "feImage" | "mpath" | "pattern" | "linearGradient" | "radialGradient"
        | "textPath" => by == "href",
        "body" | "table" | "td" | "th" | "tr" => by == "background",
        _ => false,
    }
}

/// Whether the element shows another page.
pub(in crate::rules) fn is_frame(element: &Element) -> bool {
    matches!(element.name(), "iframe" | "frame" | "object" | "embed")
}

fn check_imports(tree: &ScriptTree<'_>, diagnostics: &mut Diagnostics) {
    let imports = tree.nodes(&[
        AstType::ImportDeclaration,
        AstType::ExportAllDeclaration,
        AstType::ExportFromDeclaration,
        AstType::ImportExpression,
    ]);
    for kind in imports {
        let why = "the module is in another file, which is not part of the game";
        diagnostics.deny(tree.source_span(kind.span()), why);
    }
}

/// Removes the element.
fn remove_element(page: &HtmlPage, element: &Element) -> FindingFix {
    let Some(tag) = element.start_tag else { return FindingFix::default() };
    let end = element.end_tag.map_or(tag.end, |end| end.end);
    let line_break = page.source().get(end..).unwrap_or_default().starts_with('\n');
    FindingFix::from_edit(TextEdit::remove(Span::new(tag.start, end + usize::from(line_break))))
}

fn is_any(url: &str, words: &[&str]) -> bool {
    let url = url.to_ascii_lowercase();
    words.iter().any(|word| url.contains(word))
}

fn display_host(url: &str) -> String {
    let host = url_host(url);
    if host.is_empty() { "another file".to_owned() } else { format!("`{host}`") }
}
