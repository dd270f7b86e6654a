//! Plans the next try: what is asked, and which page the answer changes.

use std::sync::Arc;

use super::Job;
use super::current_try::{CurrentTry, PlannedTry, TryQuestion};
use crate::app::conversation::BaseVersion;
use crate::app::failure::{CutOffReason, JobError};
use crate::app::options::JobOptions;
use crate::app::prompt::{
    PreviousFault, Prompt, describe_findings, describe_idle, describe_problems,
};
use crate::app::tries::TryKind;
use crate::app::try_sampling::sampling_of;
use crate::inference::ChatTurn;
use crate::play::Grade;
use crate::untrusted::Untrusted;

/// The user's own prompt, for the first time or again.
pub(super) fn original(
    options: &JobOptions,
    prompt: &Prompt,
    base: Option<Arc<BaseVersion>>,
    kind: TryKind,
) -> PlannedTry {
    let terms = &options.terms;
    let request = match &base {
        None if kind == TryKind::Anew => terms.new_game_again(prompt),
        None => terms.new_game(prompt),
        Some(base) => terms.change(&base.source, prompt),
    };
    let question = TryQuestion { kind, prompt: prompt.clone(), before: None };
    PlannedTry { question, request, base }
}

impl Job {
    /// What to ask in a try of this kind. `seed` is for the sampling.
    pub(super) fn plan(&self, kind: TryKind, seed: u32) -> PlannedTry {
        let planned = match kind {
            TryKind::First | TryKind::Anew => None,
            TryKind::Fix => self.plan_fix(),
            TryKind::WakeUp => self.plan_wake_up(),
        };
        let again = || original(&self.options, &self.prompt, self.origin.clone(), TryKind::Anew);
        let mut planned = planned.unwrap_or_else(again);
        // A new game changes nothing that could stay as it was.
        let is_change = planned.base.is_some();
        let fault = self.current.fault();
        let fault = fault.filter(|fault| is_change || *fault != PreviousFault::Unchanged);
        if planned.question.kind == TryKind::Anew
            && let (Some(fault), Some(ChatTurn::User(text))) =
                (&fault, planned.request.turns.last_mut())
        {
            text.push_str("\n\n");
            text.push_str(&fault.describe());
        }
        planned.request.sampling = sampling_of(
            self.options.terms.sampling,
            planned.question.kind,
            self.tries.number(),
            fault.as_ref(),
            seed,
        );
        planned
    }

    /// To fix what the play-test or the checks found. `None` if nothing was found.
    fn plan_fix(&self) -> Option<PlannedTry> {
        let (base, problems, first, before) = match &self.current.result {
            Some(Ok(_)) => {
                let verdict = self.verdict()?;
                let base = self.as_base()?;
                let problems = describe_problems(verdict, &base.source, self.findings());
                let first = verdict.problems.first().map(|problem| problem.message.headline(120));
                (base, problems, first, Some(Arc::clone(verdict)))
            }
            Some(Err(JobError::Refused(rejection))) => {
                let problems = describe_findings(&rejection.findings);
                let first = rejection.findings.iter().find(|found| found.denies());
                let first = first.map(|found| format!("{}: {}", found.rule, found.why));
                (self.refused_base(&rejection.source), problems, first, None)
            }
            Some(Err(_)) | None => return None,
        };
        let prompt = format!("fix: {}", first.unwrap_or_else(|| "it is not playable".to_owned()));
        let prompt = Prompt::new(&prompt).unwrap_or_default();
        let request = self.options.terms.fix(&base.source, &problems, &prompt);
        let question = TryQuestion { kind: TryKind::Fix, prompt, before };
        Some(PlannedTry { question, request, base: Some(Arc::new(base)) })
    }

    /// To make a game answer that loads and answers nothing. `None` without a verdict.
    fn plan_wake_up(&self) -> Option<PlannedTry> {
        let base = self.as_base()?;
        let problems = describe_idle(self.verdict()?, self.findings());
        let prompt = Prompt::new("fix: it answers no input").unwrap_or_default();
        let request = self.options.terms.fix(&base.source, &problems, &prompt);
        let question = TryQuestion { kind: TryKind::WakeUp, prompt, before: None };
        Some(PlannedTry { question, request, base: Some(Arc::new(base)) })
    }

    /// A refused page as one that may be changed.
    fn refused_base(&self, source: &str) -> BaseVersion {
        let before = self.current.conversation.base.as_deref();
        let mut prompts = before.map(|base| base.prompts.clone()).unwrap_or_default();
        prompts.push(self.current.question.prompt.text().to_owned());
        BaseVersion {
            version: self.last_version(),
            title: before.map_or_else(
                || Untrusted::new(self.prompt.text()).headline(40),
                |base| base.title.clone(),
            ),
            source: source.into(),
            key: before.and_then(|base| base.key.clone()),
            prompts,
            seed: None,
        }
    }
}

impl CurrentTry {
    /// What is wrong with its answer, to be told when it is asked anew. `None` if asking otherwise would not help.
    pub(super) fn fault(&self) -> Option<PreviousFault> {
        Some(match &self.result {
            Some(Ok(_)) => {
                let verdict = self.play_test.verdict.as_ref()?.as_ref().ok()?;
                match verdict.grade() {
                    Grade::Broken => {
                        PreviousFault::Failed(verdict.problems.first()?.message.headline(120))
                    }
                    Grade::Loads => PreviousFault::Dead,
                    Grade::Responds => return None,
                }
            }
            Some(Err(JobError::CutOff(CutOffReason::Repetition))) => PreviousFault::Repeated,
            Some(Err(JobError::CutOff(_))) => PreviousFault::TooLong,
            Some(Err(JobError::Unchanged)) => PreviousFault::Unchanged,
            Some(Err(JobError::NoGame(_))) => PreviousFault::NoDocument,
            Some(Err(JobError::Refused(rejection))) => {
                PreviousFault::Refused(describe_findings(&rejection.findings))
            }
            Some(Err(_)) | None => return None,
        })
    }
}
