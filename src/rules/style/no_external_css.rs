//! `no-external-css`: a style loads nothing from elsewhere.
//!
//! What a style loads is decoration: without it the game plays on, so it is
//! taken out rather than refused.

use crate::page::Page;
use crate::page::style::{Load, LoadKind};
use crate::page::url::{Target, target};
use crate::rules::{Edit, Fix, Look, Notes, Rule, Severity};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "no-external-css",
    severity: Severity::Repair,
    title: "a style loads something from elsewhere",
    help: "Use the fonts a system has, and draw backgrounds with gradients or data URLs.",
    why: "A game is one file; a style that loads from elsewhere can also tell who plays.",
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

fn find(look: &Look<'_, '_>, notes: &mut Notes) {
    for load in look.page.loads() {
        let leaves = target(&load.url) == Target::Remote;
        let local = target(&load.url) == Target::Relative || load.kind == LoadKind::Import;
        if leaves || local {
            notes.repair(load.span, why(&load), Fix::edit(without(look.page, &load)));
        }
    }
}

fn why(load: &Load) -> &'static str {
    match (load.kind, target(&load.url)) {
        (LoadKind::Import, _) => "the style imports another one",
        (_, Target::Relative) => "the style loads a file that is not part of the game",
        _ => "the style loads from the network",
    }
}

/// Nothing instead of an import, an empty picture instead of a URL.
fn without(page: &Page, load: &Load) -> Edit {
    let quoted = load.span.of(page.source());
    match load.kind {
        LoadKind::Import => Edit::remove(load.span),
        LoadKind::Url => Edit::new(load.span, "url(data:,)"),
        LoadKind::Text if quoted.starts_with('"') => Edit::new(load.span, "\"data:,\""),
        LoadKind::Text => Edit::new(load.span, "'data:,'"),
    }
}
