//! The way from a source to a game, and the one place that says no.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::page::script::{Reader, reading};
use crate::page::{Lines, Page, Span};
use crate::rules::edit::{Edits, WayBack};
use crate::rules::{self, Finding, MAX_BYTES, Objection, Severity, State};
use crate::untrusted::Untrusted;

use super::Source;
use super::harden::{self, Hardened, harden, soft, softening};
use super::repair::repair;
use super::seal::{self, StorageKey, is_altered, seal, unsealing};

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
    form: Form,
    is_repaired: bool,
    policy: String,
    /// From the hardened page to the repaired one, and from there to the original.
    hardened: WayBack,
    repaired: Vec<WayBack>,
}

impl Vetted {
    /// Where a byte of the hardened page was in [`Self::source`] and in [`Self::original`]; nothing
    /// where hardening put it there.
    pub fn traced(&self, at: usize) -> Option<(usize, usize)> {
        let source = self.hardened.kept(at)?;
        let original = self.repaired.iter().rev().fold(source, |at, round| round.before(at));
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
    pub fn repaired(&self) -> Option<String> {
        let is_wanted = self.is_repaired || self.is_as_hardened() == Some(false);
        is_wanted.then(|| self.in_its_form().into_owned())
    }

    /// The game in the form in which it came.
    fn in_its_form(&self) -> Cow<'_, str> {
        match self.form {
            Form::Page => Cow::Borrowed(&self.source),
            Form::Hardened => Cow::Borrowed(&self.html),
            Form::Sealed => Cow::Owned(seal(self, &self.key)),
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
        if self.form == Form::Page {
            return None;
        }
        let same = |text: &str| text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let is_earlier = || match self.form {
            Form::Sealed => seal::is_as_earlier(&self.original, &unsealed(&self.original)),
            Form::Hardened | Form::Page => harden::is_as_earlier(&self.original),
        };
        Some(same(&self.in_its_form()) == same(&self.original) || is_earlier())
    }

    /// Whether it came from a sealed file.
    pub fn is_sealed(&self) -> bool {
        self.form == Form::Sealed
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
    pub fn marked(&self) -> String {
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
fn unsealed(text: &str) -> Cow<'_, str> {
    unsealing(text).map_or(Cow::Borrowed(text), |(edits, _)| Cow::Owned(edits.apply(text)))
}

/// The game that a text holds, as it was before it was hardened and sealed, for those who want to
/// change it.
pub fn bare(text: &str) -> String {
    soft(&unsealed(text))
}

/// Reads, checks, repairs and hardens a page. Of a game that is sealed or hardened, what was put
/// around it is taken away first.
pub fn vet(source: Source) -> Result<Vetted, Rejection> {
    let original = source.into_text();
    let mut draft = Draft::default();
    let (sealed, key) = unsealing(&original).unzip();
    draft.text = draft.undo(original.clone(), Form::Sealed, sealed);
    if draft.form == Form::Page && is_altered(&original) {
        return Err(Rejection { findings: vec![rules::altered()], source: original });
    }
    if draft.text.len() > MAX_BYTES {
        let findings = vec![rules::too_large(draft.text.len())];
        return Err(Rejection { findings, source: original });
    }
    let hardened = softening(&draft.text);
    let text = std::mem::take(&mut draft.text);
    draft.text = draft.undo(text, Form::Hardened, hardened);
    draft.key = key.flatten();
    match reading(|reader| draft.settle(reader)) {
        Ok(settled) => settled.finish(draft, original),
        Err(open) => Err(draft.refuse(open, original)),
    }
}

/// In what form a text came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    #[default]
    Page,
    Hardened,
    Sealed,
}

/// A page on its way through the rounds of repair.
#[derive(Default)]
struct Draft {
    text: String,
    /// Of the sealed file that it came from.
    key: Option<StorageKey>,
    form: Form,
    is_repaired: bool,
    /// The first of them take away what was put around the game.
    rounds: Vec<WayBack>,
    repaired: Vec<Finding>,
}

/// A page that needs no more repair.
struct Settled {
    page: Page,
    warnings: Vec<Finding>,
    /// The code in attributes that stays.
    handlers: Vec<String>,
}

impl Draft {
    /// Takes away what was put around a game; the findings know the way back.
    fn undo(&mut self, text: String, form: Form, edits: Option<Edits>) -> String {
        let Some(edits) = edits else { return text };
        self.form = self.form.max(form);
        self.rounds.push(edits.way_back());
        edits.apply(&text)
    }

    /// Checks and repairs until nothing is left to repair, or says what cannot be.
    fn settle(&mut self, reader: &mut Reader<'_>) -> Result<Settled, Vec<Finding>> {
        for round in 0..=MAX_ROUNDS {
            let page = Page::read(&self.text);
            let objections = rules::check_again(&page, reader);
            let denied = objections.iter().any(|o| o.finding.severity == Severity::Deny);
            let wanted = objections.iter().any(|o| o.finding.severity == Severity::Repair);
            if !denied && !wanted {
                let handlers = objections.iter().flat_map(|o| o.allows.iter().cloned()).collect();
                let warnings = objections.into_iter().map(|o| self.back(o.finding)).collect();
                return Ok(Settled { page, warnings, handlers });
            }
            if denied {
                return Err(objections.into_iter().map(|o| self.back(o.finding)).collect());
            }
            if round == MAX_ROUNDS || !self.repair(&page, &objections) {
                return Err(self.given_up(objections));
            }
        }
        Err(Vec::new())
    }

    /// Makes the repairs of one round; false if none could be made.
    fn repair(&mut self, page: &Page, objections: &[Objection]) -> bool {
        let repaired = repair(page, objections);
        for (objection, done) in objections.iter().zip(&repaired.done) {
            if *done {
                let finding = Finding { state: State::Repaired, ..objection.finding.clone() };
                self.repaired.push(self.back(finding));
            }
        }
        self.text = repaired.text;
        self.rounds.push(repaired.edits.way_back());
        let is_done = repaired.done.contains(&true);
        self.is_repaired |= is_done;
        is_done
    }

    /// A repair that did not help in the end is a reason to refuse.
    fn given_up(&self, objections: Vec<Objection>) -> Vec<Finding> {
        let deny = |objection: Objection| match objection.finding.severity {
            Severity::Repair => Finding { severity: Severity::Deny, ..objection.finding },
            Severity::Deny | Severity::Warn => objection.finding,
        };
        objections.into_iter().map(|objection| self.back(deny(objection))).collect()
    }

    /// A finding of this round, pointing into the page as it was extracted.
    fn back(&self, mut finding: Finding) -> Finding {
        for round in self.rounds.iter().rev() {
            let (start, end) = (round.before(finding.span.start), round.before(finding.span.end));
            finding.span = Span::new(start, end);
        }
        finding
    }

    fn refuse(self, open: Vec<Finding>, source: String) -> Rejection {
        // Nothing was rewritten in a page that is refused: what could have been is open.
        let repaired = self.repaired.into_iter();
        let mut findings: Vec<_> =
            repaired.map(|finding| Finding { state: State::Open, ..finding }).collect();
        findings.extend(open);
        findings.sort_by_key(|finding| finding.span);
        Rejection { findings, source }
    }
}

impl Settled {
    fn finish(self, draft: Draft, original: String) -> Result<Vetted, Rejection> {
        let Some(Hardened { html, policy, way_back }) = harden(&self.page, &self.handlers) else {
            let finding = rules::unplaceable();
            return Err(draft.refuse(vec![finding], original));
        };
        let title = title(&self.page);
        let mut findings = draft.repaired;
        findings.extend(self.warnings);
        findings.sort_by_key(|finding| finding.span);
        let key = draft.key.unwrap_or_else(|| StorageKey::of(&draft.text));
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
            hardened: way_back,
            repaired: draft.rounds,
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
