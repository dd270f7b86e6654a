//! The way from a source to a game, and the one place that says no.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::page::script::{Reader, reading};
use crate::page::{Lines, Page, Span};
use crate::rules::edit::{Edits, WayBack};
use crate::rules::{self, Finding, MAX_BYTES, Objection, Severity, State};
use crate::untrusted::Untrusted;

use super::HtmlSource;
use super::harden::{self, HardenedPage, harden, unharden, unhardening_edits};
use super::repair::repair;
use super::seal::{self, StorageKey, is_altered_seal, seal, unsealing_edits};

/// The stack that [`vet`] needs for the deepest page it accepts: call it on a thread that has this much.
pub const STACK_BYTES: usize = 32 * 1024 * 1024;

/// How often a page is repaired before its repairs are given up.
const MAX_ROUNDS: usize = 3;

/// A page that passed every check and was hardened. Nothing else makes one.
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
    /// From the hardened page to the repaired one, and from there to the original.
    hardening_offsets: WayBack,
    repair_offsets: Vec<WayBack>,
}

impl Vetted {
    /// Where a byte of the hardened page was in [`Self::source`] and in [`Self::original`]; nothing
    /// where hardening put it there.
    pub fn to_source_offsets(&self, at: usize) -> Option<(usize, usize)> {
        let source = self.hardening_offsets.kept(at)?;
        let original = self.repair_offsets.iter().rev().fold(source, |at, round| round.before(at));
        Some((source, original))
    }

    /// The hardened page: the bytes to save and to open.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// The page after repairs, before it was hardened.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The text as it came, the page around a sealed game and all: what the findings point into.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// The text with its repairs, in the form in which it came and hardened anew where it was not
    /// as hardening leaves it; nothing where there is nothing to write.
    pub fn repaired_text(&self) -> Option<String> {
        let is_wanted = self.is_repaired || self.is_as_hardened() == Some(false);
        is_wanted.then(|| self.in_original_form().into_owned())
    }

    /// The game in the form in which it came.
    fn in_original_form(&self) -> Cow<'_, str> {
        match self.form {
            InputForm::Page => Cow::Borrowed(&self.source),
            InputForm::Hardened => Cow::Borrowed(&self.html),
            InputForm::Sealed => Cow::Owned(seal(self, &self.key)),
        }
    }

    /// Under which name its storage lasts: the one in the sealed file that it came from, else the
    /// one of a game that begins with this version.
    pub fn storage_key(&self) -> &StorageKey {
        &self.key
    }

    /// Whether the text is, as it came, what hardening makes of it today or once made, but for the
    /// ends of its lines; nothing for a page that was never hardened. What is not may do harm as it
    /// stands, whatever the game in it is like.
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

    /// Whether it came from a sealed file.
    pub fn is_sealed(&self) -> bool {
        self.form == InputForm::Sealed
    }

    /// The first of its two policies, for whoever frames it or sends it with headers.
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// Its `<title>`, or its first heading, or nothing.
    pub fn title(&self) -> Untrusted {
        self.title.clone()
    }

    /// What was repaired and what the user should know.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

/// A page that is not valid, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub findings: Vec<Finding>,
    /// The page as it was extracted: what the findings point into.
    pub source: String,
}

impl Rejection {
    /// The page for `--unsafe`: as it came, with a comment that names the rules it breaks.
    ///
    /// The comment comes after the doctype: before it, old browsers would lay
    /// the page out as if there were none.
    pub fn with_warning(&self) -> String {
        let broken: BTreeSet<_> = self.denied().map(|finding| finding.rule).collect();
        let rules = broken.into_iter().collect::<Vec<_>>().join(", ");
        let comment = format!("<!-- codeagent: not checked as safe. It breaks: {rules}. -->\n");
        let page =
            Page::read(self.source.get(..self.source.len().min(MAX_BYTES)).unwrap_or_default());
        let at = page.doctype().map_or(page.start(), |doctype| doctype.end);
        let (before, after) = self.source.split_at_checked(at).unwrap_or(("", &self.source));
        let gap = if before.is_empty() || before == "\u{feff}" { "" } else { "\n" };
        format!("{before}{gap}{comment}{after}")
    }

    /// One sentence: the first objection with its place, and how many more there are.
    pub fn summary(&self) -> String {
        let mut denied = self.denied();
        let Some(first) = denied.next() else { return "The page was refused.".to_owned() };
        let place = Lines::new(&self.source).position(first.span.start);
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

/// The hardened game that a sealed file holds; another text as it is.
fn unseal(text: &str) -> Cow<'_, str> {
    unsealing_edits(text).map_or(Cow::Borrowed(text), |(edits, _)| Cow::Owned(edits.apply(text)))
}

/// The game that a text holds, as it was before it was hardened and sealed, for those who want to
/// change it.
pub fn strip_protection(text: &str) -> String {
    unharden(&unseal(text))
}

/// Reads, checks, repairs and hardens a page. Of a game that is sealed or hardened, what was put
/// around it is taken away first.
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
    match reading(|reader| draft.repair_until_stable(reader)) {
        Ok(settled) => settled.finish(draft, original),
        Err(open) => Err(draft.into_rejection(open, original)),
    }
}

/// In what form a text came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum InputForm {
    #[default]
    Page,
    Hardened,
    Sealed,
}

/// A page on its way through the rounds of repair.
#[derive(Default)]
struct VetDraft {
    text: String,
    /// Of the sealed file that it came from.
    key: Option<StorageKey>,
    form: InputForm,
    is_repaired: bool,
    /// The first of them take away what was put around the game.
    rounds: Vec<WayBack>,
    repaired: Vec<Finding>,
}

/// A page that needs no more repair.
struct StablePage {
    page: Page,
    warnings: Vec<Finding>,
    /// The code in attributes that stays.
    handlers: Vec<String>,
}

impl VetDraft {
    /// Takes away what was put around a game; the findings know the way back.
    fn remove_protection(&mut self, text: String, form: InputForm, edits: Option<Edits>) -> String {
        let Some(edits) = edits else { return text };
        self.form = self.form.max(form);
        self.rounds.push(edits.way_back());
        edits.apply(&text)
    }

    /// Checks and repairs until nothing is left to repair, or says what cannot be.
    fn repair_until_stable(&mut self, reader: &mut Reader<'_>) -> Result<StablePage, Vec<Finding>> {
        for round in 0..=MAX_ROUNDS {
            let page = Page::read(&self.text);
            let objections = rules::check_again(&page, reader);
            let denied = objections.iter().any(|o| o.finding.severity == Severity::Deny);
            let wanted = objections.iter().any(|o| o.finding.severity == Severity::Repair);
            if !denied && !wanted {
                let handlers = objections.iter().flat_map(|o| o.allows.iter().cloned()).collect();
                let warnings =
                    objections.into_iter().map(|o| self.to_original(o.finding)).collect();
                return Ok(StablePage { page, warnings, handlers });
            }
            if denied {
                return Err(objections.into_iter().map(|o| self.to_original(o.finding)).collect());
            }
            if round == MAX_ROUNDS || !self.repair(&page, &objections) {
                return Err(self.unrepaired(objections));
            }
        }
        Err(Vec::new())
    }

    /// Makes the repairs of one round; false if none could be made.
    fn repair(&mut self, page: &Page, objections: &[Objection]) -> bool {
        let repaired = repair(page, objections);
        for (objection, done) in objections.iter().zip(&repaired.is_done) {
            if *done {
                let finding = Finding { state: State::Repaired, ..objection.finding.clone() };
                self.repaired.push(self.to_original(finding));
            }
        }
        self.text = repaired.text;
        self.rounds.push(repaired.edits.way_back());
        let is_done = repaired.is_done.contains(&true);
        self.is_repaired |= is_done;
        is_done
    }

    /// A repair that did not help in the end is a reason to refuse.
    fn unrepaired(&self, objections: Vec<Objection>) -> Vec<Finding> {
        let deny = |objection: Objection| match objection.finding.severity {
            Severity::Repair => Finding { severity: Severity::Deny, ..objection.finding },
            Severity::Deny | Severity::Warn => objection.finding,
        };
        objections.into_iter().map(|objection| self.to_original(deny(objection))).collect()
    }

    /// A finding of this round, pointing into the page as it was extracted.
    fn to_original(&self, mut finding: Finding) -> Finding {
        for round in self.rounds.iter().rev() {
            let (start, end) = (round.before(finding.span.start), round.before(finding.span.end));
            finding.span = Span::new(start, end);
        }
        finding
    }

    fn into_rejection(self, open: Vec<Finding>, source: String) -> Rejection {
        // Nothing was rewritten in a page that is refused: what could have been is open.
        let repaired = self.repaired.into_iter();
        let mut findings: Vec<_> =
            repaired.map(|finding| Finding { state: State::Open, ..finding }).collect();
        findings.extend(open);
        findings.sort_by_key(|finding| finding.span);
        Rejection { findings, source }
    }
}

impl StablePage {
    fn finish(self, draft: VetDraft, original: String) -> Result<Vetted, Rejection> {
        let Some(HardenedPage { html, policy, offsets: way_back }) =
            harden(&self.page, &self.handlers)
        else {
            let finding = rules::unplaceable();
            return Err(draft.into_rejection(vec![finding], original));
        };
        let title = title(&self.page);
        let mut findings = draft.repaired;
        findings.extend(self.warnings);
        findings.sort_by_key(|finding| finding.span);
        let key = draft.key.unwrap_or_else(|| StorageKey::from_source(&draft.text));
        Ok(Vetted {
            html,
            key,
            form: draft.form,
            is_repaired: draft.is_repaired,
            policy,
            source: draft.text,
            original,
            title,
            findings,
            hardening_offsets: way_back,
            repair_offsets: draft.rounds,
        })
    }
}

fn title(page: &Page) -> Untrusted {
    let text = |name| {
        let (id, _) = page.first(name)?;
        let text = page.whole_text_of(id);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then_some(line)
    };
    Untrusted::new(text("title").or_else(|| text("h1")).unwrap_or_default())
}
