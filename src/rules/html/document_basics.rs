//! `document-basics`: what every page begins with, put in where it is missing.
//!
//! Without a doctype the browser lays the page out as in 1998; without a
//! charset emoji become letters; without a viewport a phone shows a stamp; and
//! without a title a tab shows the name of a file: the heading is a better one.

use crate::page::{HtmlPage, Span};
use crate::rules::{Diagnostics, FindingFix, Rule, RuleContext, Severity, TextEdit};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "document-basics",
    severity: Severity::Repair,
    title: "missing doctype, charset or viewport",
    help: "Begin with a doctype, a charset and a viewport.",
    why: "Browsers guess what is missing, and guess differently.",
    fail: &[
        "<p>x<script>play()</script>",
        "<!doctype html><meta charset=utf-8><canvas></canvas><script>play()</script>",
        "<!doctype html><meta name=viewport content='width=device-width'><script>play()</script>",
        "<!doctype html><meta charset=utf-8><meta name=viewport content=x><h1>Bats &amp; Cats</h1><script>play()</script>",
    ],
    pass: &[
        "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><title>x</title><script>play()</script>",
        "\u{feff}<!-- x --><!DOCTYPE HTML><html><head><meta http-equiv='Content-Type' content='text/html; charset=utf-8'><META NAME=VIEWPORT content=x></head></html>",
    ],
    find,
};

fn find(context: &RuleContext<'_, '_>, diagnostics: &mut Diagnostics) {
    let page = context.page;
    let start = page.content_start();
    if page.doctype().is_none() {
        let fix = FindingFix::from_edit(TextEdit::insert(start, "<!DOCTYPE html>\n"));
        diagnostics.repair(Span::new(start, start), "the page has no doctype", fix);
    }
    let head = page.head_start();
    if !has_charset(page) {
        let fix = FindingFix::from_edit(TextEdit::insert(head, "<meta charset=\"utf-8\">\n"));
        diagnostics.repair(Span::new(head, head), "the page declares no charset", fix);
    }
    if !has_viewport(page) {
        let tag = "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
        let fix = FindingFix::from_edit(TextEdit::insert(head, tag));
        diagnostics.repair(Span::new(head, head), "the page sets no viewport", fix);
    }
    if let Some(heading) = heading(page) {
        let fix =
            FindingFix::from_edit(TextEdit::insert(head, format!("<title>{heading}</title>\n")));
        diagnostics.repair(Span::new(head, head), "the page has no title", fix);
    }
}

/// The first heading, as the text of a title.
fn heading(page: &HtmlPage) -> Option<String> {
    let (id, _) = page.first_element("h1").filter(|_| page.first_element("title").is_none())?;
    let words = page.descendant_text(id);
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    (!words.is_empty()).then(|| words.replace('&', "&amp;").replace('<', "&lt;"))
}

fn has_charset(page: &HtmlPage) -> bool {
    page.elements().filter(|(_, element)| element.is("meta")).any(|(_, meta)| {
        let equiv = meta.value("http-equiv").unwrap_or_default();
        meta.attribute("charset").is_some() || equiv.eq_ignore_ascii_case("content-type")
    })
}

fn has_viewport(page: &HtmlPage) -> bool {
    page.elements().filter(|(_, element)| element.is("meta")).any(|(_, meta)| {
        meta.value("name").is_some_and(|name| name.trim().eq_ignore_ascii_case("viewport"))
    })
}
