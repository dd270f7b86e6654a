//! Puts the policy into a page: only its own scripts run, and nothing goes out.
//!
//! The browser keeps it, whatever a rule has missed. Hardening a hardened page
//! changes nothing: an older policy is taken out before the new one is put in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::page::script::ScriptKind;
use crate::page::{Element, Page, Span};
use crate::rules::Edit;
use crate::rules::edit::Edits;

/// The page with its policy, or nothing if the browser would not see the policy first.
pub(super) fn harden(page: &Page) -> Option<String> {
    let block = format!("{}{REFERRER}\n", policy_tag(page));
    let mut edits = Edits::default();
    edits.add(&[Edit::insert(page.head_start(), block)]);
    for (_, element) in page.elements() {
        if let Some(tag) = element.start_tag.filter(|_| is_replaced(element)) {
            edits.add(&[Edit::remove(with_line_break(page.source(), tag))]);
        }
    }
    let hardened = edits.apply(page.source());
    holds(&hardened).then_some(hardened)
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

fn with_line_break(source: &str, tag: Span) -> Span {
    let follows = source.get(tag.end..).unwrap_or_default().starts_with('\n');
    Span::new(tag.start, tag.end + usize::from(follows))
}

/// Whether the browser sees the policy, whole, before anything else in the head.
fn holds(hardened: &str) -> bool {
    let page = Page::read(hardened);
    let mut elements = page.elements().filter(|(_, e)| !e.is("html") && !e.is("head"));
    let Some((id, first)) = elements.next() else { return false };
    let in_head = page.parent(id).is_some_and(|(_, parent)| parent.is("head"));
    let only = elements.filter(|(_, element)| is_replaced(element)).count() == 1;
    in_head && only && first.value("content") == Some(policy(&page).as_str())
}
