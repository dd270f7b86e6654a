//! Inserts the content security policy into a page: only its own scripts run, and nothing is sent.
//!
//! The browser enforces it, whatever a rule has missed. There are two policies: a hash allows a
//! script by its text, also an external one that claims that hash, so a second policy allows no
//! external script at all. No policy in a page stops navigation, new windows or peer connections,
//! so a guard runs before the page's scripts and removes these powers. Hardening a hardened page
//! changes nothing: an earlier hardening is removed first.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::page::script::ScriptKind;
use crate::page::{Element, HtmlPage, NodeId, Span};
use crate::rules::TextEdit;
use crate::rules::edit::{EditSet, OffsetMap};

/// A page with its policies and its guard.
pub(super) struct HardenedPage {
    pub html: String,
    /// The first of its two policies.
    pub policy: String,
    /// Maps offsets back to the page before hardening.
    pub offsets: OffsetMap,
}

/// Hardens a page, allowing `handlers` in its attributes. `None` if the browser would not apply the
/// policy first.
pub(super) fn harden(page: &HtmlPage, handlers: &[String]) -> Option<HardenedPage> {
    let policy = page_policy(page, handlers);
    // No line break after it, which would be another text node in the head.
    let block = format!("{}<script>\n{GUARD}</script>", head_metas(&policy));
    let mut edits = EditSet::default();
    edits.add_all(&[TextEdit::insert(page.head_start(), block)]);
    for (id, element) in page.elements() {
        edits.add_all(removal_of(page, id, element).as_slice());
    }
    let html = edits.apply(page.source());
    let offsets = edits.offset_map();
    is_effective(page, &html, &policy).then_some(HardenedPage { html, policy, offsets })
}

/// The tags at the start of a head.
fn head_metas(policy: &str) -> String {
    format!("{}{NO_LOOK_UPS}\n{REFERRER}\n", policy_metas(policy))
}

/// The first of these tags, enough for a page without links.
pub(super) fn policy_metas(policy: &str) -> String {
    let meta =
        |content| format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{content}\">\n");
    format!("{CHARSET}\n{}{}", meta(policy), meta(OWN_ONLY))
}

/// The edits that remove an earlier hardening. `None` for pages without one.
pub(super) fn unhardening_edits(html: &str) -> Option<EditSet> {
    if !(html.contains(GUARD) || html.contains(RETIRED_MARK)) {
        return None;
    }
    let page = HtmlPage::parse(html);
    let is_guard = |(id, element)| is_in_head(&page, id) && is_guard(&page, id, element);
    page.elements().any(is_guard).then(|| hardening_removals(&page))
}

/// Whether the page is exactly as an earlier version hardened it: its head starts with the charset,
/// the policy of exactly its scripts, the referrer policy and the guard.
pub(super) fn is_unchanged_since_earlier(html: &str) -> bool {
    let page = HtmlPage::parse(html);
    let mut elements = page.elements().filter(|(_, e)| !e.is("html") && !e.is("head"));
    let mut next = || elements.next().filter(|(id, _)| is_in_head(&page, *id));
    let charset = next().is_some_and(|(_, first)| is_charset(first));
    let policy = next().and_then(|(_, it)| it.value("content").map(str::to_owned));
    let referrer = next().is_some_and(|(_, third)| third.value("content") == Some("no-referrer"));
    let Some((guard, _)) = next().filter(|(id, fourth)| is_guard(&page, *id, fourth)) else {
        return false;
    };
    let text = page.child_text(guard);
    let expected = policy_with_scripts(&script_sources(&page, text.text(), &[]));
    charset && referrer && !is_current(text.text()) && policy == Some(expected)
}

/// The edits that remove the policies and the guard from the head.
fn hardening_removals(page: &HtmlPage) -> EditSet {
    let is_ours = |(id, element): &(NodeId, &Element)| {
        is_in_head(page, *id) && (is_policy(element) || is_guard(page, *id, element))
    };
    let mut edits = EditSet::default();
    for (id, element) in page.elements().filter(is_ours) {
        edits.add_all(removal_of(page, id, element).as_slice());
    }
    // The page's own charset follows ours, but an earlier version removed it.
    let mut heads = page.elements().filter(|(id, _)| is_in_head(page, *id));
    if heads.any(|(id, element)| element.is("script") && is_current(page.child_text(id).text())) {
        let charset = page.elements().find(|(id, e)| is_in_head(page, *id) && is_charset(e));
        let tag = charset.and_then(|(_, charset)| charset.start_tag);
        edits.add_all(tag.map(|tag| remove_with_newline(page, tag)).as_slice());
    }
    edits
}

/// The page without policies and guard, for changes to it.
pub(super) fn unharden(html: &str) -> String {
    hardening_removals(&HtmlPage::parse(html)).apply(html)
}

/// First, because browsers look for it only in the first 1,024 bytes and a policy may be longer.
const CHARSET: &str = "<meta charset=\"utf-8\">";

const REFERRER: &str = "<meta name=\"referrer\" content=\"no-referrer\">";

/// The second policy: no external script runs, whatever hash it claims. CSP 3 lets a hash allow an
/// external script that names it as its `integrity`.
pub const OWN_ONLY: &str = "script-src 'unsafe-inline'";

/// Keeps Chromium from resolving the host names of links.
const NO_LOOK_UPS: &str = "<meta http-equiv=\"x-dns-prefetch-control\" content=\"off\">";

/// The guard, which removes what no policy can forbid. Its script starts with a line break. Built
/// from `assets/frame/guard.js`.
const GUARD: &str = include_str!("../../assets/minified/guard.js");

/// Occurs in scripts that earlier versions inserted, which are removed again; they are known by
/// their hashes.
const RETIRED_MARK: &str = "codeagent";
const RETIRED: &[&str] = &[
    "88973977c5d14b15dac1312a0f48ee32e426b85e49b1ebf4d9f7821d6806d9f2",
    "af8e075f517f863f9864a6fb2539b5c7f0b5a4e98c0a035b0e1e7d89c9ec98ef",
    // Storage replacements, in sealed pages.
    "8d014ed2d180ea7b84fa6c2ed18a0e48262a527fb1ad26590407c499ad1d39e3",
    "04b889bba39f430eb50f684751bb0e0169d5f27382dc29514ad9e2aae6b64bd1",
];

/// Longest script ever inserted, in bytes.
const MAX_RETIRED_BYTES: usize = 32 * 1024;

/// The policy of a page: it may run its current scripts, and show and play what it contains.
///
/// `webrtc 'block'` is omitted: Chromium (156) does not know the directive and logs an error on
/// every page. The guard removes peer connections. Trusted Types pass all markup through the
/// guard's filter.
fn page_policy(page: &HtmlPage, handlers: &[String]) -> String {
    format!(
        "{}{TRUSTED_TYPES}",
        policy_with_scripts(&script_sources(page, &format!("\n{GUARD}"), handlers))
    )
}

/// Source that makes hashes apply to code in attributes too.
pub(super) const IN_ATTRIBUTES: &str = "'unsafe-hashes'";

/// The allowed script sources: the guard, the page's scripts, and handlers.
fn script_sources(page: &HtmlPage, guard: &str, handlers: &[String]) -> String {
    let mut hashes = vec![csp_hash(guard)];
    for script in page.scripts() {
        let runs = matches!(script.kind, ScriptKind::Classic | ScriptKind::Module);
        let is_theirs = runs && !script.external && !script.text.is_empty();
        if is_theirs && script.text.text() != guard {
            let hash = csp_hash(script.text.text());
            if !hashes.contains(&hash) {
                hashes.push(hash);
            }
        }
    }
    if !handlers.is_empty() {
        hashes.push(IN_ATTRIBUTES.to_owned());
        let texts: BTreeSet<_> = handlers.iter().map(|text| csp_hash(text)).collect();
        hashes.extend(texts);
    }
    hashes.join(" ")
}

/// The complete policy for these script sources: nothing is loaded, and nothing is sent.
pub(super) fn policy_with_scripts(scripts: &str) -> String {
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; \
         img-src data: blob:; media-src data: blob:; font-src data:; base-uri 'none'; \
         form-action 'none'"
    )
}

const TRUSTED_TYPES: &str = "; require-trusted-types-for 'script'; trusted-types default";

/// The policy of the shell page around a game, which the frame inherits. It also allows the shell's
/// script, which puts the game into the frame as text.
pub(super) fn framing_policy(policy: &str, script: &str) -> String {
    allow_script(policy.strip_suffix(TRUSTED_TYPES).unwrap_or(policy), script)
}

/// The policy with one more script that may run.
fn allow_script(policy: &str, script: &str) -> String {
    policy.replacen("script-src ", &format!("script-src {} ", csp_hash(script)), 1)
}

/// A hardened page, and its policy, with one more script of ours: it runs before the guard, which
/// removes it from the document.
pub(super) fn with_first_script(html: &str, policy: &str, script: &str) -> (String, String) {
    let script = format!("\n{script}");
    let allowed = allow_script(policy, &script);
    let guard = format!("<script>\n{GUARD}</script>");
    let html = html.replacen(policy, &allowed, 1);
    (html.replacen(&guard, &format!("<script>{script}</script>{guard}"), 1), allowed)
}

fn sha256(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// The CSP source that allows exactly this script or style.
pub fn csp_hash(script: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)))
}

/// Whether this is a policy, of ours or of the game.
fn is_policy(element: &Element) -> bool {
    let is = |name: &str, value: &str| {
        element.value(name).is_some_and(|own| own.trim_ascii().eq_ignore_ascii_case(value))
    };
    let forbids = ["content-security-policy", "x-dns-prefetch-control"];
    let is_forbidding = forbids.iter().any(|kind| is("http-equiv", kind));
    element.is("meta") && (is_forbidding || is("name", "referrer"))
}

fn is_charset(element: &Element) -> bool {
    element.is("meta") && element.attributes.len() == 1 && element.attribute("charset").is_some()
}

fn is_guard(page: &HtmlPage, id: NodeId, element: &Element) -> bool {
    element.is("script") && element.attributes.is_empty() && is_ours(page.child_text(id).text())
}

/// Whether hardening inserts this script, or once did.
fn is_ours(script: &str) -> bool {
    let is_retired = || {
        script.len() < MAX_RETIRED_BYTES
            && script.contains(RETIRED_MARK)
            && RETIRED.contains(&sha256(script).as_str())
    };
    is_current(script) || is_retired()
}

fn is_current(script: &str) -> bool {
    script.strip_prefix('\n') == Some(GUARD)
}

/// The edit that removes an older policy or guard. Outside of the head its tag may end an `<svg>`,
/// so an empty one remains and the structure is unchanged.
fn removal_of(page: &HtmlPage, id: NodeId, element: &Element) -> Option<TextEdit> {
    let tag = element.start_tag?;
    let in_head = is_in_head(page, id);
    if in_head && is_guard(page, id, element) {
        let whole = Span::new(tag.start, element.end_tag?.end);
        let is_current = is_current(page.child_text(id).text());
        return Some(if is_current {
            TextEdit::remove(whole)
        } else {
            remove_with_newline(page, whole)
        });
    }
    match is_policy(element) {
        true if in_head => Some(remove_with_newline(page, tag)),
        true => Some(TextEdit::new(tag, "<meta>")),
        false => None,
    }
}

/// Removes a tag and the line break after it.
fn remove_with_newline(page: &HtmlPage, tag: Span) -> TextEdit {
    let after = page.source().get(tag.end..).unwrap_or_default();
    let ends = ["\r\n", "\n"].into_iter().find(|end| after.starts_with(end));
    TextEdit::remove(Span::new(tag.start, tag.end + ends.map_or(0, str::len)))
}

fn is_in_head(page: &HtmlPage, id: NodeId) -> bool {
    page.parent(id).is_some_and(|(_, parent)| parent.is("head"))
}

/// Whether the browser sees the policy and the guard, whole, before anything else in the head,
/// followed by the checked page.
fn is_effective(checked: &HtmlPage, hardened: &str, policy: &str) -> bool {
    let page = HtmlPage::parse(hardened);
    if !has_same_elements(checked, &page) {
        return false;
    }
    let mut elements = page.elements().filter(|(_, e)| !e.is("html") && !e.is("head"));
    let mut next = || elements.next().filter(|(id, _)| is_in_head(&page, *id));
    let charset = next().is_some_and(|(_, first)| is_charset(first));
    let mut says =
        |content: &str| next().is_some_and(|(_, it)| it.value("content") == Some(content));
    let policies = says(policy) && says(OWN_ONLY) && says("off") && says("no-referrer");
    let guard = next().is_some_and(|(id, last)| is_guard(&page, id, last));
    charset && policies && guard && !elements.any(|(_, element)| is_policy(element))
}

/// Whether two pages have the same elements with the same attributes and namespaces, except `meta`,
/// the guard and elements that browsers insert.
fn has_same_elements(a: &HtmlPage, b: &HtmlPage) -> bool {
    fn counted(page: &HtmlPage) -> impl Iterator<Item = &Element> {
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
