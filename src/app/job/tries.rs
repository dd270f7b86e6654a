//! The tries of a job: how one ended, what the policy says, and the next one.

use std::sync::Arc;

use super::current_try::CurrentTry;
use super::{Job, JobContext, JobPhase, millis};
use crate::app::dialogs::Tone;
use crate::app::effect::JobTask;
use crate::app::effects::Milestone;
use crate::app::engine::Engine;
use crate::app::failure::{CutOffReason, JobError};
use crate::app::options::{JobOptions, SaveTarget};
use crate::app::play_test::{FixOutcome, FixResult};
use crate::app::progress::JobProgress;
use crate::app::prompt::PreviousFault;
use crate::app::tries::{NextStep, StopReason, TryGrade, TryKind, TryReport};
use crate::inference::TokenUsage;
use crate::inference::price::format_usd;
use crate::library::{DiskError, ModelTry};
use crate::play::{Grade, PlayTestError, Verdict};

/// The best of the tries that have ended.
#[derive(Debug, Clone)]
pub(super) struct BestTry {
    pub grade: TryGrade,
    pub state: CurrentTry,
}

impl Job {
    /// The try has ended: with a game, or without. Another begins, or the job is done.
    pub(super) fn end(&mut self, context: &mut JobContext) {
        self.finish(context.now);
        let step = self.conclude_try(context);
        let is_better = self.is_best_so_far();
        if is_better && let Some(task) = self.overwriting() {
            self.pending_step = Some(step);
            self.current.phase = JobPhase::Saving;
            return context.effects.start(self.id, task);
        }
        self.take_step(step, context);
    }

    /// Replaces the file of a worse try. `None` if the game has a file of its own, or none is wanted.
    fn overwriting(&self) -> Option<JobTask> {
        let before = self.best.as_ref()?.state.game()?.path.clone()?;
        let game = self.game().filter(|game| game.path.is_none())?;
        Some(JobTask::Overwrite { product: game.product.clone(), path: before })
    }

    /// The user's file holds the better game now, or could not be written.
    pub(super) fn on_overwritten(
        &mut self,
        written: Result<std::path::PathBuf, DiskError>,
        context: &mut JobContext,
    ) {
        match written {
            Ok(path) => {
                self.log.push(JobProgress::Saved { path: DiskError::display_path(&path) });
                if let Some(Ok(game)) = self.current.result.as_mut() {
                    game.path = Some(path);
                }
            }
            Err(error) => {
                let text = format!("the better game is in the library only: {error}");
                context.effects.notify(Tone::Bad, text);
            }
        }
        self.finish(context.now);
        if let Some(step) = self.pending_step.take() {
            self.take_step(step, context);
        }
    }

    fn take_step(&mut self, step: NextStep, context: &mut JobContext) {
        match step {
            NextStep::Try(kind) => self.begin_try(kind, context),
            NextStep::Finish => self.settle(None, context),
            NextStep::Stop(reason) => self.settle(Some(reason), context),
        }
    }

    /// Records how the try ended, and asks the policy.
    fn conclude_try(&mut self, context: &mut JobContext) -> NextStep {
        self.conclude_fix(context);
        let report = self.report();
        let is_over = self.ends_the_job();
        let (number, of) = (self.tries.number(), self.tries.budget.tries);
        let ended = JobProgress::TryEnded {
            number,
            of,
            grade: report.grade.name(),
            words: report.words.clone(),
        };
        if !is_over {
            keep_record(self, number, &report, context);
        }
        let (engine, model) = (self.options.engine, &self.options.terms.model);
        let repairs = context.shared.records.repairs(engine, model);
        let step = match self.tries.conclude(report, repairs) {
            _ if is_over => NextStep::Finish,
            NextStep::Try(_) if self.options.engine == Engine::Offline => NextStep::Finish,
            NextStep::Try(_) if !context.is_wanted => NextStep::Stop(StopReason::Left),
            step => step,
        };
        // A game that plays at once was no series of tries.
        if number > 1 || matches!(step, NextStep::Try(_)) {
            self.log.push(ended);
        }
        step
    }

    /// Whether no other try could help: the server, the limits, the disk or the user ended it.
    fn ends_the_job(&self) -> bool {
        match &self.current.result {
            Some(Err(failure)) => !failure.can_be_tried_again(),
            Some(Ok(_)) | None => {
                matches!(self.current.play_test.verdict, Some(Err(PlayTestError::Stopped)))
            }
        }
    }

    /// What the current try has come to.
    pub(super) fn report(&self) -> TryReport {
        let usage = self.current.answer.usage;
        let verdict = self.verdict();
        let (grade, text) = match (&self.current.result, verdict) {
            (Some(Ok(_)), Some(verdict)) => {
                (TryGrade::from(verdict.grade()), self.played().unwrap_or_default())
            }
            (Some(Ok(_)), None) => (TryGrade::Checked, "passed every check".to_owned()),
            (Some(Err(failure @ JobError::Refused(_))), _) => {
                (TryGrade::Refused, failure.message())
            }
            (Some(Err(failure)), _) => (TryGrade::NoGame, first_sentence(&failure.message())),
            (None, _) => (TryGrade::NoGame, String::new()),
        };
        let denied = self.findings().iter().filter(|found| found.denies());
        let fault = verdict
            .and_then(|verdict| verdict.problems.first())
            .map(|problem| problem.message.headline(200))
            .or_else(|| denied.clone().next().map(|found| found.rule.to_string()));
        TryReport {
            kind: self.current.question.kind,
            grade,
            fault,
            findings: denied.count(),
            words: text,
            usage,
            usd: self.current.request.usd_of(usage),
            elapsed: self
                .current
                .timeline
                .ended
                .map(|end| end.saturating_duration_since(self.current.timeline.started)),
            version: self.game().and_then(|game| game.version),
        }
    }

    /// How good the game of the current try is, if it has ended.
    fn grade(&self) -> Option<TryGrade> {
        self.tries.ended().last().map(|ended| ended.grade)
    }

    /// Whether no earlier try was as good as the one that has ended now.
    fn is_best_so_far(&self) -> bool {
        self.grade() > self.best.as_ref().map(|best| best.grade)
    }

    /// The job is done, with the game of its best try.
    fn settle(&mut self, reason: Option<StopReason>, context: &mut JobContext) {
        self.stop_reason = reason;
        if let Some(reason) = reason.filter(|_| self.tries.budget.tries > 1) {
            let words = reason.describe(self.tries.budget);
            self.log.push(JobProgress::TriesStopped { reason: reason.code(), words });
        }
        if !self.is_best_so_far() {
            self.restore_best(context);
        }
        self.best = None;
        context.effects.reach(Milestone::Ended);
    }

    /// Gives the game of the best try back, with all that was learned since.
    fn restore_best(&mut self, context: &mut JobContext) {
        let Some(best) = self.best.take() else { return };
        if let Some(failure) =
            self.current.failure().filter(|failure| !failure.can_be_tried_again())
        {
            if *failure == JobError::Cancelled {
                context.effects.notify(Tone::Plain, "stopped; here is the best game so far");
            } else {
                let why = failure.message();
                context.effects.notify(Tone::Bad, format!("{why}; here is the best game so far"));
            }
        }
        let mut best = best.state;
        best.round = self.current.round + 1;
        best.draft = self.current.draft.take();
        if let Some(fixed) = self.current.play_test.fixed.take() {
            best.play_test.fixed = Some(fixed);
        }
        self.current = best;
        self.finish(context.now);
    }

    /// Begins the next try. The job keeps its id, its log, and the best game so far.
    pub(in crate::app) fn begin_try(&mut self, kind: TryKind, context: &mut JobContext) {
        let planned = self.plan(kind, context.shared.random.next_u32());
        let number = self.tries.number();
        self.log.push(match (&planned.question.before, kind) {
            (Some(before), TryKind::Fix) => JobProgress::Fixing { problems: before.problems.len() },
            _ => JobProgress::TryStarted { number, kind: kind.code() },
        });
        let next = CurrentTry::new(planned, self.current.round + 1, &self.options, context.now);
        let grade = self.grade().filter(|_| self.is_best_so_far());
        let ended = std::mem::replace(&mut self.current, next);
        if let Some(grade) = grade {
            self.best = Some(Box::new(BestTry { grade, state: ended }));
        }
        self.stop_reason = None;
        self.begin(context);
    }

    /// The user wants another try, of what is worth most now. Does nothing if the game plays.
    pub(in crate::app) fn try_again(&mut self, options: Arc<JobOptions>, context: &mut JobContext) {
        let kind = match (self.verdict().map(|verdict| verdict.grade()), &self.current.result) {
            (Some(Grade::Broken), _) | (_, Some(Err(JobError::Refused(_)))) => TryKind::Fix,
            (Some(Grade::Loads), _) => TryKind::WakeUp,
            (Some(Grade::Responds), _) => return,
            (None, _) => TryKind::Anew,
        };
        self.options = options;
        self.tries.budget.tries = self.tries.number();
        self.begin_try(kind, context);
    }

    /// Whether another try could bring a better game: it has ended, and does not play.
    pub fn can_be_better(&self) -> bool {
        let is_dead = |verdict: &Arc<Verdict>| verdict.grade() != Grade::Responds;
        let is_lost = |failure: &JobError| failure.can_be_tried_again();
        self.is_done()
            && (self.verdict().is_some_and(is_dead) || self.current.failure().is_some_and(is_lost))
    }

    /// The last version that a try of this job has in the library.
    pub(in crate::app) fn last_version(&self) -> Option<crate::library::VersionId> {
        self.tries.ended().iter().rev().find_map(|ended| ended.version)
    }

    /// Where the game of the current try goes: a worse one must not replace the file of a better.
    pub(super) fn save_target(&self) -> SaveTarget {
        let has_file = self.best.as_ref().is_some_and(|best| best.state.game().is_some());
        match &self.options.saving {
            SaveTarget::GamesFolder => SaveTarget::GamesFolder,
            _ if has_file => SaveTarget::Nowhere,
            saving => saving.clone(),
        }
    }

    /// Concludes a fix by the play-test of the fixed game.
    fn conclude_fix(&mut self, context: &mut JobContext) {
        let Some(before) = self.current.question.before.clone() else { return };
        let outcome = match (&self.current.result, self.verdict()) {
            (Some(Err(failure)), _) => FixOutcome::Failed(failure.message()),
            (_, None) => FixOutcome::Unknown,
            (_, Some(verdict)) if verdict.grade() != Grade::Broken => FixOutcome::Fixed,
            (_, Some(verdict)) if verdict.has_same_problem(&before) => FixOutcome::Same,
            (_, Some(_)) => FixOutcome::Other,
        };
        let end = FixResult::of(self, outcome);
        self.log.push(JobProgress::FixEnded { outcome: end.outcome.code(), words: end.describe() });
        let tone = if end.outcome == FixOutcome::Fixed { Tone::Good } else { Tone::Bad };
        context.effects.notify(tone, end.describe());
        self.current.play_test.fixed = Some(end);
    }

    /// Tokens of all tries. `None` if no server reported any.
    pub fn usage(&self) -> Option<TokenUsage> {
        let ended = self.tries.ended().iter().filter_map(|ended| ended.usage);
        ended.chain(self.running_usage()).reduce(|sum, usage| sum + usage)
    }

    /// US dollars of all tries. `None` if a price or a count of tokens is unknown.
    pub fn usd(&self) -> Option<f64> {
        self.usage()?;
        Some(self.tries.usd()? + self.current.request.usd_of(self.running_usage())?)
    }

    /// Tokens of the try that has not ended.
    fn running_usage(&self) -> Option<TokenUsage> {
        self.current.answer.usage.filter(|_| !self.is_done())
    }

    /// What another try is likely to cost in US dollars: as much as those before. `None` if unknown.
    pub fn cost_of_a_try(&self) -> Option<f64> {
        let count = u32::try_from(self.tries.ended().len()).ok().filter(|count| *count > 0)?;
        Some(self.usd()? / f64::from(count))
    }

    /// `try 3 of 6 · best: loads`, once there is more than one try.
    pub fn tries_line(&self) -> Option<String> {
        let ended = self.tries.ended().len();
        let number = if self.is_done() { ended } else { ended + 1 };
        if number < 2 {
            return None;
        }
        let best = self.tries.best().map(|best| format!(" · best: {}", best.name()));
        let of = self.tries.budget.tries.max(u32::try_from(number).unwrap_or(u32::MAX));
        let tokens = self.usage().map(TokenUsage::total);
        let tokens = tokens.map(|count| format!(" · {count} tokens"));
        let usd = self.usd().map(|usd| format!(" · {}", format_usd(usd)));
        let parts = [best, tokens, usd].into_iter().flatten().collect::<String>();
        Some(format!("try {number} of {of}{parts}"))
    }
}

/// Has the library remember what the model came to. The composer has no record.
pub(super) fn keep_record(job: &Job, number: u32, report: &TryReport, context: &mut JobContext) {
    let (engine, model) = (job.options.engine, &job.options.terms.model);
    if engine == Engine::Offline {
        return;
    }
    context.shared.records.count(engine, model, report.kind, report.grade);
    let ended = job.current.timeline.ended.unwrap_or(context.now);
    let record = ModelTry {
        job: context.shared.job_key(job.id),
        number,
        model: model.clone(),
        engine: engine.name().to_owned(),
        kind: report.kind.code().to_owned(),
        grade: report.grade.name().to_owned(),
        repeated: job.current.fault() == Some(PreviousFault::Repeated),
        tokens: report.usage.map(TokenUsage::total),
        milliseconds: millis(ended.duration_since(job.current.timeline.started)),
        usd: report.usd,
    };
    context.effects.start(job.id, JobTask::KeepTry(Box::new(record)));
}

/// What stands before the first full stop, to follow a comma.
fn first_sentence(text: &str) -> String {
    let sentence = text.split_once(". ").map_or(text, |(first, _)| first);
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

impl From<Grade> for TryGrade {
    fn from(grade: Grade) -> Self {
        match grade {
            Grade::Broken => Self::Broken,
            Grade::Loads => Self::Loads,
            Grade::Responds => Self::Responds,
        }
    }
}

impl JobError {
    /// Whether the same question may bring a game: the model answered, and badly.
    pub(super) fn can_be_tried_again(&self) -> bool {
        match self {
            Self::CutOff(reason) => match reason {
                CutOffReason::Length
                | CutOffReason::Thinking
                | CutOffReason::Document
                | CutOffReason::Repetition => true,
                CutOffReason::Filter | CutOffReason::Broke(_) => false,
            },
            Self::NoGame(_) | Self::Unchanged | Self::UnmatchedBlocks(_) | Self::Refused(_) => true,
            Self::NoToken
            | Self::NoModel
            | Self::Local(_)
            | Self::NoPrice
            | Self::OverBudget
            | Self::Expensive { .. }
            | Self::Prompt(_)
            | Self::GaveUp { .. }
            | Self::OverLimit(_)
            | Self::NotComposed
            | Self::NoChange(_)
            | Self::NoDescription
            | Self::VettingCrashed(_)
            | Self::Disk(_)
            | Self::Cancelled => false,
        }
    }
}
