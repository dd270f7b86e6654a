//! A page on its way through the rounds of repair.

use crate::page::script::ScriptReader;
use crate::page::{HtmlPage, Span};
use crate::rules::edit::{EditSet, OffsetMap};
use crate::rules::{self, CheckedFinding, Finding, FindingState, Severity};

use super::super::harden::{HardenedPage, harden};
use super::super::repair::repair;
use super::super::seal::StorageKey;
use super::{InputForm, Rejection, Vetted, title};

/// Most rounds of repair.
const MAX_ROUNDS: usize = 3;

/// A page during the rounds of repair.
#[derive(Default)]
pub(super) struct VetDraft {
    pub(super) text: String,
    /// The key of the sealed input. `None` for other input.
    pub(super) key: Option<StorageKey>,
    pub(super) form: InputForm,
    is_repaired: bool,
    /// One per change; the first ones remove sealing and hardening.
    rounds: Vec<OffsetMap>,
    repaired: Vec<Finding>,
    /// The warnings about the page as it came.
    first_warnings: Vec<Finding>,
}

/// A page without open repairs.
pub(super) struct StablePage {
    page: HtmlPage,
    /// Warnings, of which some come with a repair.
    warnings: Vec<CheckedFinding>,
    /// The code that stays in attributes.
    handlers: Vec<String>,
}

impl VetDraft {
    /// Removes sealing or hardening and records how offsets moved.
    pub(super) fn remove_protection(
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
    ///
    /// The repairs that a valid page needs come first. Those of warnings are made only if the page
    /// stays valid with them.
    pub(super) fn repair_until_stable(
        &mut self,
        reader: &mut ScriptReader<'_>,
    ) -> Result<StablePage, Vec<Finding>> {
        let mut stable = self.repair_until_valid(reader)?;
        for _ in 0..MAX_ROUNDS {
            let Some(next) = self.follow_advice(&stable, reader) else { break };
            stable = next;
        }
        Ok(stable)
    }

    fn repair_until_valid(
        &mut self,
        reader: &mut ScriptReader<'_>,
    ) -> Result<StablePage, Vec<Finding>> {
        for round in 0..=MAX_ROUNDS {
            let page = HtmlPage::parse(&self.text);
            let mut checked_findings = rules::check_with_reader(&page, reader);
            if self.first_warnings.is_empty() && self.repaired.is_empty() {
                self.first_warnings = self.warnings(&checked_findings);
            }
            let denied = checked_findings.iter().any(|o| o.finding.severity == Severity::Deny);
            let wanted = checked_findings.iter().any(|o| o.finding.severity == Severity::Repair);
            if !denied && !wanted {
                let handlers = checked_findings
                    .iter_mut()
                    .flat_map(|checked| std::mem::take(&mut checked.allows))
                    .collect();
                return Ok(StablePage { page, warnings: checked_findings, handlers });
            }
            if denied {
                return Err(checked_findings
                    .into_iter()
                    .map(|o| self.to_original(o.finding))
                    .collect());
            }
            // What only a warning asks for waits until the page is valid.
            let warned = |c: &&mut CheckedFinding| c.finding.severity == Severity::Warn;
            checked_findings.iter_mut().filter(warned).for_each(|checked| checked.fix = None);
            if round == MAX_ROUNDS || !self.repair(&page, &checked_findings) {
                return Err(self.unrepaired(checked_findings));
            }
        }
        Err(Vec::new())
    }

    /// Makes the repairs of warnings. `None`, with the page as it was, if there are none or the
    /// page is not valid with them.
    fn follow_advice(
        &mut self,
        stable: &StablePage,
        reader: &mut ScriptReader<'_>,
    ) -> Option<StablePage> {
        let (text, is_repaired) = (self.text.clone(), self.is_repaired);
        let (rounds, repaired) = (self.rounds.len(), self.repaired.len());
        let next = self
            .repair(&stable.page, &stable.warnings)
            .then(|| self.repair_until_valid(reader).ok())
            .flatten();
        if next.is_none() {
            self.text = text;
            self.is_repaired = is_repaired;
            self.rounds.truncate(rounds);
            self.repaired.truncate(repaired);
        }
        next
    }

    fn warnings(&self, checked_findings: &[CheckedFinding]) -> Vec<Finding> {
        let findings = checked_findings.iter().map(|checked| &checked.finding);
        let warnings = findings.filter(|finding| finding.severity == Severity::Warn);
        warnings.map(|finding| self.to_original(finding.clone())).collect()
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

    /// A warning about the stable page, pointing into the original. What is in code that a repair
    /// moved is where it was in the page as it came.
    fn warning_in_original(&self, finding: Finding) -> Finding {
        let offset = finding.span.start;
        let is_kept = self
            .rounds
            .iter()
            .rev()
            .try_fold(offset, |at, round| round.to_source_unless_edited(at));
        let same = |first: &&Finding| first.rule == finding.rule && first.why == finding.why;
        match self.first_warnings.iter().find(same).filter(|_| is_kept.is_none()) {
            Some(first) => first.clone(),
            None => self.to_original(finding),
        }
    }

    /// Rejects the page: its repaired findings are open again, because it is not changed.
    pub(super) fn into_rejection(self, open: Vec<Finding>, source: String) -> Rejection {
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
    /// Hardens the page and returns the vetted game.
    ///
    /// # Errors
    ///
    /// The page leaves no place for its protection.
    pub(super) fn finish(self, draft: VetDraft, original: String) -> Result<Vetted, Rejection> {
        let Some(HardenedPage { html, policy, offsets }) = harden(&self.page, &self.handlers)
        else {
            let finding = rules::unplaceable();
            return Err(draft.into_rejection(vec![finding], original));
        };
        let title = title(&self.page);
        let warnings = self.warnings.into_iter().map(|checked| checked.finding);
        let warnings: Vec<_> = warnings.map(|warning| draft.warning_in_original(warning)).collect();
        let mut findings = draft.repaired;
        findings.extend(warnings);
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
            hardening_offsets: offsets,
            repair_offsets: draft.rounds,
        })
    }
}
