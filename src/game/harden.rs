//! Puts the policy into a page: only its own scripts run, and nothing goes out.
//!
//! The browser keeps it, whatever a rule has missed. Hardening a hardened page
//! changes nothing: an older policy is taken out before the new one is put in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::page::script::ScriptKind;
use crate::page::{Element, NodeId, Page, Span};
use crate::rules::Edit;
use crate::rules::edit::Edits;

/// The page with its policy, or nothing if the browser would not see the policy first.
pub(super) fn harden(page: &Page) -> Option<String> {
    let block = format!("{}{REFERRER}\n", policy_tag(page));
    let mut edits = Edits::default();
    edits.add(&[Edit::insert(page.head_start(), block)]);
    for (id, element) in page.elements() {
        if let Some(tag) = element.start_tag.filter(|_| is_replaced(element)) {
            edits.add(&[taken_out(page, id, tag)]);
        }
    }
    let hardened = edits.apply(page.source());
    holds(page, &hardened).then_some(hardened)
}

const REFERRER: &str = "<meta name=\"referrer\" content=\"no-referrer\">";

fn policy_tag(page: &Page) -> String {
    format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n", policy(page))
}

/// What a page may do: run the scripts it has now, show and play what it carries.
///
/// `webrtc 'block'` is not part of it: Chromium (156) does not know the directive
/// and only logs an error on every page. Peer connections are left to `no-network`.
pub(super) fn policy(page: &Page) -> String {
    let mut hashes = Vec::new();
    for script in page.scripts() {
        let runs = matches!(script.kind, ScriptKind::Classic | ScriptKind::Module);
        let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script.text.text())));
        if runs && !script.external && !script.text.is_empty() && !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
    let scripts = if hashes.is_empty() { "'none'".to_owned() } else { hashes.join(" ") };
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; \
         img-src data: blob:; media-src data: blob:; font-src data:; base-uri 'none'; \
         form-action 'none'"
    )
}

/// Older policies, of ours or of the game.
fn is_replaced(element: &Element) -> bool {
    let is = |name: &str, value: &str| {
        element.value(name).is_some_and(|own| own.trim_ascii().eq_ignore_ascii_case(value))
    };
    element.is("meta") && (is("http-equiv", "content-security-policy") || is("name", "referrer"))
}

/// Takes an older policy out of the head. Elsewhere its tag may be what ends an
/// `<svg>`, so an empty one stays in its place and nothing moves.
fn taken_out(page: &Page, id: NodeId, tag: Span) -> Edit {
    if !page.parent(id).is_some_and(|(_, parent)| parent.is("head")) {
        return Edit::new(tag, "<meta>");
    }
    let follows = page.source().get(tag.end..).unwrap_or_default().starts_with('\n');
    Edit::remove(Span::new(tag.start, tag.end + usize::from(follows)))
}

/// Whether the browser sees the policy, whole, before anything else in the head,
/// and behind it the page that was checked.
fn holds(checked: &Page, hardened: &str) -> bool {
    let page = Page::read(hardened);
    if !same_but_for_meta(checked, &page) {
        return false;
    }
    let mut elements = page.elements().filter(|(_, e)| !e.is("html") && !e.is("head"));
    let Some((id, first)) = elements.next() else { return false };
    let in_head = page.parent(id).is_some_and(|(_, parent)| parent.is("head"));
    let only = elements.filter(|(_, element)| is_replaced(element)).count() == 1;
    in_head && only && first.value("content") == Some(policy(&page).as_str())
}

/// Whether two pages have the same elements with the same attributes, in the same
/// languages, apart from `meta` and the parts that a browser makes up.
fn same_but_for_meta(a: &Page, b: &Page) -> bool {
    let counts = |e: &&Element| !e.is("meta") && !e.is("html") && !e.is("head");
    let same = |(a, b): (&Element, &Element)| {
        let mut pairs = a.attributes.iter().zip(&b.attributes);
        a.language() == b.language()
            && a.name() == b.name()
            && a.attributes.len() == b.attributes.len()
            && pairs.all(|(a, b)| a.local() == b.local() && a.value == b.value)
    };
    let mut left = a.elements().map(|(_, element)| element).filter(counts);
    let mut right = b.elements().map(|(_, element)| element).filter(counts);
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if same((a, b)) => {}
            _ => return false,
        }
    }
}
