//! `no-external-css`: a style loads nothing external.
//!
//! What a style loads is decoration: the game works without it, so it is removed instead of
//! rejected.

use crate::page::HtmlPage;
use crate::page::style::{StyleLoad, StyleLoadKind};
use crate::page::url::{UrlTarget, url_target};
use crate::rules::correctness::MediaKind;
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-external-css",
    severity: Severity::Repair,
    title: "a style loads an external resource",
    help: "Use the fonts a system has, and draw backgrounds with gradients or data URLs.",
    why: "A game is one file; a style loaded from elsewhere can also reveal who plays.",
    fail: &[
        "<style>@import url('https://x/font.css'); a {}</style>",
        "<style>@import 'https://x/font.css';</style>",
        "<style>body { background: url(https://x/bg.png) }</style>",
        "<style>@font-face { font-family: a; src: url('//x/a.woff2') }</style>",
        "<style>a { b: \\75rl( 'https://x' ) }</style>",
        "<style>a { background: image-set('https://x/a.png' 1x) }</style>",
        "<style>@media all { a { background: URL(https://x) } }</style>",
        "<p style=\"background: url('https://x/a.png')\">x</p>",
        "<p style='background:url(&quot;https://x&quot;)'>x</p>",
    ],
    pass: &[
        "<style>body { background: url(data:image/png;base64,AA==) }</style>",
        "<style>a { mask: url(#ghost) }</style>",
        "<style>a::before { content: 'url(https://x)' }</style>",
        "<style>/* @import 'https://x' */ a { color: rgb(1, 2, 3) }</style>",
        "<svg><rect fill='url(#g)'/></svg>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    for load in context.page.loads() {
        let leaves = url_target(&load.url) == UrlTarget::Remote;
        let local =
            url_target(&load.url) == UrlTarget::Relative || load.kind == StyleLoadKind::Import;
        if leaves || local {
            diagnostics.repair(
                load.span,
                why(&load),
                FindingFix::from_edit(without(context.page, &load)),
            );
        }
    }
}

fn why(load: &StyleLoad) -> &'static str {
    match (load.kind, url_target(&load.url)) {
        (StyleLoadKind::Import, _) => "the style imports another one",
        (_, UrlTarget::Relative) => "the style loads a file that is not part of the game",
        _ => "the style loads from the network",
    }
}

/// Replaces a URL by a picture, an empty one where it leads elsewhere, and removes an import.
fn without(page: &HtmlPage, load: &StyleLoad) -> TextEdit {
    let quoted = load.span.text_in(page.source());
    match load.kind {
        StyleLoadKind::Import => TextEdit::remove(load.span),
        StyleLoadKind::Url => {
            let is_beside = url_target(&load.url) == UrlTarget::Relative;
            let kind = MediaKind::from_name(&load.url).filter(|_| is_beside);
            let url = kind.and_then(|kind| kind.stand_in(&load.url));
            TextEdit::new(load.span, format!("url({})", url.as_deref().unwrap_or("data:,")))
        }
        StyleLoadKind::Text if quoted.starts_with('"') => TextEdit::new(load.span, "\"data:,\""),
        StyleLoadKind::Text => TextEdit::new(load.span, "'data:,'"),
    }
}
