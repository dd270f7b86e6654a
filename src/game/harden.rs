//! Puts the policy into a page: only its own scripts run, and nothing goes out.
//!
//! The browser keeps it, whatever a rule has missed. No policy in a page keeps
//! it from walking away, opening windows or speaking to peers, so a guard runs
//! before its scripts and takes these powers. Hardening a hardened page changes
//! nothing: what an earlier one put in is taken out first.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::page::script::ScriptKind;
use crate::page::{Element, NodeId, Page, Span};
use crate::rules::Edit;
use crate::rules::edit::{Edits, WayBack};

/// The page with its policy and the way back from it, or nothing if the browser would not see the
/// policy first.
pub(super) fn harden(page: &Page) -> Option<(String, WayBack)> {
    let block = format!(
        "{CHARSET}\n<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         {REFERRER}\n<script>\n{GUARD}</script>\n",
        policy(page)
    );
    let mut edits = Edits::default();
    edits.add(&[Edit::insert(page.head_start(), block)]);
    for (id, element) in page.elements() {
        edits.add(taken_out(page, id, element).as_slice());
    }
    let hardened = edits.apply(page.source());
    holds(page, &hardened).then(|| (hardened, edits.way_back()))
}

/// The page as it was before it was hardened, for those who want to change it.
pub fn bare(html: &str) -> String {
    let page = Page::read(html);
    let is_ours = |id, element: &Element| {
        is_in_head(&page, id) && (is_policy(element) || is_guard(&page, id, element))
    };
    let mut edits = Edits::default();
    for (id, element) in page.elements().filter(|(id, element)| is_ours(*id, element)) {
        edits.add(taken_out(&page, id, element).as_slice());
    }
    edits.apply(html)
}

/// Comes first: browsers look for it in the first 1,024 bytes only, and a policy may be longer.
const CHARSET: &str = "<meta charset=\"utf-8\">";

const REFERRER: &str = "<meta name=\"referrer\" content=\"no-referrer\">";

/// Takes from the page what no policy can forbid. Its script has a line break before it.
const GUARD: &str = include_str!("../../assets/guard.js");

/// What a page may do: run the scripts it has now, show and play what it carries.
///
/// `webrtc 'block'` is not part of it: Chromium (156) does not know the directive
/// and only logs an error on every page. The guard takes peer connections away.
pub(super) fn policy(page: &Page) -> String {
    let mut hashes = vec![hash(&format!("\n{GUARD}"))];
    for script in page.scripts() {
        let runs = matches!(script.kind, ScriptKind::Classic | ScriptKind::Module);
        if runs && !script.external && !script.text.is_empty() {
            let hash = hash(script.text.text());
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
    }
    let scripts = hashes.join(" ");
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; \
         img-src data: blob:; media-src data: blob:; font-src data:; base-uri 'none'; \
         form-action 'none'"
    )
}

/// A script or style, as a policy names it that lets nothing else run.
pub fn hash(script: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)))
}

/// Older policies, of ours or of the game.
fn is_policy(element: &Element) -> bool {
    let is = |name: &str, value: &str| {
        element.value(name).is_some_and(|own| own.trim_ascii().eq_ignore_ascii_case(value))
    };
    element.is("meta") && (is("http-equiv", "content-security-policy") || is("name", "referrer"))
}

fn is_charset(element: &Element) -> bool {
    element.is("meta") && element.attributes.len() == 1 && element.attribute("charset").is_some()
}

fn is_guard(page: &Page, id: NodeId, element: &Element) -> bool {
    let text = || page.text_of(id);
    element.is("script")
        && element.attributes.is_empty()
        && text().text().strip_prefix('\n') == Some(GUARD)
}

/// Takes an older policy or guard out of the head. Elsewhere its tag may be what ends an
/// `<svg>`, so an empty one stays in its place and nothing moves.
fn taken_out(page: &Page, id: NodeId, element: &Element) -> Option<Edit> {
    let tag = element.start_tag?;
    let in_head = is_in_head(page, id);
    if in_head && is_guard(page, id, element) {
        return Some(without(page, Span::new(tag.start, element.end_tag?.end)));
    }
    match (is_policy(element), is_charset(element)) {
        (true, _) | (_, true) if in_head => Some(without(page, tag)),
        (true, _) => Some(Edit::new(tag, "<meta>")),
        (false, _) => None,
    }
}

/// Takes a tag out, and the line break after it.
fn without(page: &Page, tag: Span) -> Edit {
    let follows = page.source().get(tag.end..).unwrap_or_default().starts_with('\n');
    Edit::remove(Span::new(tag.start, tag.end + usize::from(follows)))
}

fn is_in_head(page: &Page, id: NodeId) -> bool {
    page.parent(id).is_some_and(|(_, parent)| parent.is("head"))
}

/// Whether the browser sees the policy and the guard, whole, before anything else in the
/// head, and behind them the page that was checked.
fn holds(checked: &Page, hardened: &str) -> bool {
    let page = Page::read(hardened);
    if !same_but_for_ours(checked, &page) {
        return false;
    }
    let mut elements = page.elements().filter(|(_, e)| !e.is("html") && !e.is("head"));
    let mut next = || elements.next().filter(|(id, _)| is_in_head(&page, *id));
    let charset = next().is_some_and(|(_, first)| is_charset(first));
    let policy = next().is_some_and(|(_, it)| it.value("content") == Some(policy(&page).as_str()));
    let referrer = next().is_some_and(|(_, third)| is_policy(third));
    let guard = next().is_some_and(|(id, fourth)| is_guard(&page, id, fourth));
    charset && policy && referrer && guard && !elements.any(|(_, element)| is_policy(element))
}

/// Whether two pages have the same elements with the same attributes, in the same
/// languages, apart from `meta`, the guard and the parts that a browser makes up.
fn same_but_for_ours(a: &Page, b: &Page) -> bool {
    fn counted(page: &Page) -> impl Iterator<Item = &Element> {
        let made_up = |e: &Element| ["meta", "html", "head"].iter().any(|name| e.is(name));
        let counts = move |(id, e): &(NodeId, &Element)| !made_up(e) && !is_guard(page, *id, e);
        page.elements().filter(counts).map(|(_, element)| element)
    }
    let same = |(a, b): (&Element, &Element)| {
        let mut pairs = a.attributes.iter().zip(&b.attributes);
        a.language() == b.language()
            && a.name() == b.name()
            && a.attributes.len() == b.attributes.len()
            && pairs.all(|(a, b)| a.local() == b.local() && a.value == b.value)
    };
    let (mut left, mut right) = (counted(a), counted(b));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if same((a, b)) => {}
            _ => return false,
        }
    }
}
