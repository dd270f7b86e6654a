//! Vets a source: the one place that accepts or rejects a game.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::page::script::with_reader;
use crate::page::{HtmlPage, LineIndex};
use crate::rules::edit::OffsetMap;
use crate::rules::{self, Finding, MAX_BYTES};
use crate::untrusted::Untrusted;

mod draft;

use draft::VetDraft;

use super::HtmlSource;
use super::harden::{self, unharden, unhardening_edits};
use super::seal::{self, StorageKey, is_altered_seal, seal, unsealing_edits};

/// Stack that [`vet`] needs for the deepest accepted page: call it on a thread with this much.
pub const STACK_BYTES: usize = 32 * 1024 * 1024;

/// A page that passed every check and was hardened. Only [`vet`] creates one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vetted {
    html: String,
    source: String,
    original: String,
    title: Untrusted,
    findings: Vec<Finding>,
    key: StorageKey,
    form: InputForm,
    is_repaired: bool,
    policy: String,
    /// Maps offsets of the hardened page to the repaired one, and from there to the original.
    hardening_offsets: OffsetMap,
    repair_offsets: Vec<OffsetMap>,
}

impl Vetted {
    /// Maps an offset of the hardened page to [`Self::source`] and [`Self::original`]. `None` if
    /// hardening inserted that byte.
    pub fn to_source_offsets(&self, at: usize) -> Option<(usize, usize)> {
        let source = self.hardening_offsets.to_source_unless_edited(at)?;
        let original =
            self.repair_offsets.iter().rev().fold(source, |at, round| round.to_source(at));
        Some((source, original))
    }

    /// The hardened page: the bytes to save and to open.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// The page after repairs, before hardening.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The original input, with its shell if sealed: what the findings point into.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The repaired text in its original form, hardened again unless it is as hardening leaves it.
    /// `None` if there is nothing to write.
    pub fn repaired_text(&self) -> Option<String> {
        let is_wanted = self.is_repaired || self.is_as_hardened() == Some(false);
        is_wanted.then(|| self.in_original_form().into_owned())
    }

    /// The game in the form of its input.
    fn in_original_form(&self) -> Cow<'_, str> {
        match self.form {
            InputForm::Page => Cow::Borrowed(&self.source),
            InputForm::Hardened => Cow::Borrowed(&self.html),
            InputForm::Sealed => Cow::Owned(seal(self, &self.key)),
        }
    }

    /// The key of its storage: that of the sealed input, or else one derived from this version.
    pub fn storage_key(&self) -> &StorageKey {
        &self.key
    }

    /// Whether the input is exactly what this or an earlier version hardens to, apart from line
    /// ends. `None` for a page that was never hardened. An altered one may be harmful as it is,
    /// whatever its game.
    pub fn is_as_hardened(&self) -> Option<bool> {
        if self.form == InputForm::Page {
            return None;
        }
        let same = |text: &str| text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let is_earlier = || match self.form {
            InputForm::Sealed => {
                seal::is_unchanged_since_earlier(&self.original, &unseal(&self.original))
            }
            InputForm::Hardened | InputForm::Page => {
                harden::is_unchanged_since_earlier(&self.original)
            }
        };
        Some(same(&self.in_original_form()) == same(&self.original) || is_earlier())
    }

    /// Whether the input was sealed.
    pub fn is_sealed(&self) -> bool {
        self.form == InputForm::Sealed
    }

    /// The first of its two policies, for a frame or HTTP headers.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// The hardened page and its policy with a script of ours that runs before the guard, to serve
    /// and not to save. The text of the script must not end its element.
    pub fn with_first_script(&self, script: &str) -> (String, String) {
        harden::with_first_script(&self.html, &self.policy, script)
    }

    /// Its `<title>`, or else its first heading, or else empty.
    pub fn title(&self) -> Untrusted {
        self.title.clone()
    }

    /// Repaired findings and warnings.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// A page that is not valid, with the findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub findings: Vec<Finding>,
    /// The extracted page, which the findings point into.
    pub source: String,
}

impl Rejection {
    /// The page for `--unsafe`: unchanged, with a comment that names the broken rules.
    ///
    /// The comment follows the doctype; before it, old browsers would use quirks mode.
    pub fn with_warning(&self) -> String {
        let broken: BTreeSet<_> = self.denied().map(|finding| finding.rule).collect();
        let rules = broken.into_iter().collect::<Vec<_>>().join(", ");
        let comment = format!("<!-- codeagent: not checked as safe. It breaks: {rules}. -->\n");
        let page = HtmlPage::parse(
            self.source.get(..self.source.len().min(MAX_BYTES)).unwrap_or_default(),
        );
        let at = page.doctype().map_or(page.content_start(), |doctype| doctype.end);
        let (before, after) = self.source.split_at_checked(at).unwrap_or(("", &self.source));
        let gap = if before.is_empty() || before == "\u{feff}" { "" } else { "\n" };
        format!("{before}{gap}{comment}{after}")
    }

    /// One sentence: the first error with its position, and the number of others.
    pub fn summary(&self) -> String {
        let mut denied = self.denied();
        let Some(first) = denied.next() else { return "The page was refused.".to_owned() };
        let place = LineIndex::new(&self.source).position(first.span.start);
        let why = Untrusted::new(first.why.as_str()).headline(160);
        let more = match denied.count() {
            0 => String::new(),
            1 => ", and 1 more".to_owned(),
            n => format!(", and {n} more"),
        };
        format!("{}:{} {}: {why}{more}.", place.line, place.column, first.rule)
    }

    fn denied(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.denies())
    }
}

/// The hardened game in a sealed file; other text is returned unchanged.
fn unseal(text: &str) -> Cow<'_, str> {
    unsealing_edits(text).map_or(Cow::Borrowed(text), |(edits, _)| Cow::Owned(edits.apply(text)))
}

/// The game in a text, before hardening and sealing, for changes to it.
pub fn strip_protection(text: &str) -> String {
    unharden(&unseal(text))
}

/// Parses, checks, repairs and hardens a page. An earlier sealing or hardening is removed first.
///
/// # Errors
/// If the page breaks a rule and cannot be repaired.
pub fn vet(source: HtmlSource) -> Result<Vetted, Rejection> {
    let original = source.into_text();
    let mut draft = VetDraft::default();
    let (sealed, key) = unsealing_edits(&original).unzip();
    draft.text = draft.remove_protection(original.clone(), InputForm::Sealed, sealed);
    if draft.form == InputForm::Page && is_altered_seal(&original) {
        return Err(Rejection { findings: vec![rules::altered()], source: original });
    }
    if draft.text.len() > MAX_BYTES {
        let findings = vec![rules::too_large(draft.text.len())];
        return Err(Rejection { findings, source: original });
    }
    let hardened = unhardening_edits(&draft.text);
    let text = std::mem::take(&mut draft.text);
    draft.text = draft.remove_protection(text, InputForm::Hardened, hardened);
    draft.key = key.flatten();
    match with_reader(|reader| draft.repair_until_stable(reader)) {
        Ok(settled) => settled.finish(draft, original),
        Err(open) => Err(draft.into_rejection(open, original)),
    }
}

/// The form of the input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum InputForm {
    #[default]
    Page,
    Hardened,
    Sealed,
}

fn title(page: &HtmlPage) -> Untrusted {
    let text = |name| {
        let (id, _) = page.first_element(name)?;
        let text = page.descendant_text(id);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then_some(line)
    };
    Untrusted::new(text("title").or_else(|| text("h1")).unwrap_or_default())
}
