//! Vets a source: the one place that accepts or rejects a game.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::page::script::{ScriptReader, with_reader};
use crate::page::{HtmlPage, LineIndex, Span};
use crate::rules::edit::{EditSet, OffsetMap};
use crate::rules::{self, CheckedFinding, Finding, FindingState, MAX_BYTES, Severity};
use crate::untrusted::Untrusted;

use super::HtmlSource;
use super::harden::{self, HardenedPage, harden, unharden, unhardening_edits};
use super::repair::repair;
use super::seal::{self, StorageKey, is_altered_seal, seal, unsealing_edits};

/// Stack that [`vet`] needs for the deepest accepted page: call it on a thread with this much.
pub const STACK_BYTES: usize = 32 * 1024 * 1024;

/// Most rounds of repair.
const MAX_ROUNDS: usize = 3;

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

/// A page during the rounds of repair.
#[derive(Default)]
struct VetDraft {
    text: String,
    /// The key of the sealed input. `None` for other input.
    key: Option<StorageKey>,
    form: InputForm,
    is_repaired: bool,
    /// One per change; the first ones remove sealing and hardening.
    rounds: Vec<OffsetMap>,
    repaired: Vec<Finding>,
}

/// A page without open repairs.
struct StablePage {
    page: HtmlPage,
    warnings: Vec<Finding>,
    /// The code that stays in attributes.
    handlers: Vec<String>,
}

impl VetDraft {
    /// Removes sealing or hardening and records how offsets moved.
    fn remove_protection(
        &mut self,
        text: String,
        form: InputForm,
        edits: Option<EditSet>,
    ) -> String {
        let Some(edits) = edits else { return text };
        self.form = self.form.max(form);
        self.rounds.push(edits.offset_map());
        edits.apply(&text)
    }

    /// Checks and repairs until nothing is left to repair; `Err` with the findings otherwise.
    fn repair_until_stable(
        &mut self,
        reader: &mut ScriptReader<'_>,
    ) -> Result<StablePage, Vec<Finding>> {
        for round in 0..=MAX_ROUNDS {
            let page = HtmlPage::parse(&self.text);
            let checked_findings = rules::check_with_reader(&page, reader);
            let denied = checked_findings.iter().any(|o| o.finding.severity == Severity::Deny);
            let wanted = checked_findings.iter().any(|o| o.finding.severity == Severity::Repair);
            if !denied && !wanted {
                let handlers =
                    checked_findings.iter().flat_map(|o| o.allows.iter().cloned()).collect();
                let warnings =
                    checked_findings.into_iter().map(|o| self.to_original(o.finding)).collect();
                return Ok(StablePage { page, warnings, handlers });
            }
            if denied {
                return Err(checked_findings
                    .into_iter()
                    .map(|o| self.to_original(o.finding))
                    .collect());
            }
            if round == MAX_ROUNDS || !self.repair(&page, &checked_findings) {
                return Err(self.unrepaired(checked_findings));
            }
        }
        Err(Vec::new())
    }

    /// Makes the repairs of one round. Returns whether any was made.
    fn repair(&mut self, page: &HtmlPage, checked_findings: &[CheckedFinding]) -> bool {
        let repaired = repair(page, checked_findings);
        for (checked, done) in checked_findings.iter().zip(&repaired.is_done) {
            if *done {
                let finding = Finding { state: FindingState::Repaired, ..checked.finding.clone() };
                self.repaired.push(self.to_original(finding));
            }
        }
        self.text = repaired.text;
        self.rounds.push(repaired.edits.offset_map());
        let is_done = repaired.is_done.contains(&true);
        self.is_repaired |= is_done;
        is_done
    }

    /// Findings whose repairs did not help become errors.
    fn unrepaired(&self, checked_findings: Vec<CheckedFinding>) -> Vec<Finding> {
        let deny = |checked: CheckedFinding| match checked.finding.severity {
            Severity::Repair => Finding { severity: Severity::Deny, ..checked.finding },
            Severity::Deny | Severity::Warn => checked.finding,
        };
        checked_findings.into_iter().map(|checked| self.to_original(deny(checked))).collect()
    }

    /// A finding of this round, pointing into the original.
    fn to_original(&self, mut finding: Finding) -> Finding {
        for round in self.rounds.iter().rev() {
            let (start, end) =
                (round.to_source(finding.span.start), round.to_source(finding.span.end));
            finding.span = Span::new(start, end);
        }
        finding
    }

    fn into_rejection(self, open: Vec<Finding>, source: String) -> Rejection {
        // A rejected page is unchanged: its repaired findings are open again.
        let repaired = self.repaired.into_iter();
        let mut findings: Vec<_> =
            repaired.map(|finding| Finding { state: FindingState::Open, ..finding }).collect();
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

fn title(page: &HtmlPage) -> Untrusted {
    let text = |name| {
        let (id, _) = page.first_element(name)?;
        let text = page.descendant_text(id);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then_some(line)
    };
    Untrusted::new(text("title").or_else(|| text("h1")).unwrap_or_default())
}
