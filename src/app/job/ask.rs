//! Begins a job and sends its requests, as far as the limits let it.

use super::{Job, JobContext, JobPhase, LimitWait, millis};
use crate::app::dialogs::Tone;
use crate::app::edit_forms::EditForm;
use crate::app::effect::JobTask;
use crate::app::engine::Engine;
use crate::app::failure::JobError;
use crate::app::options::LimitPolicy;
use crate::app::progress::JobProgress;
use crate::app::pulse::StreamPulse;
use crate::app::shared::LedgerMode;
use crate::app::tries::{TryBudget, TryKind};
use crate::app::try_sampling::against_repetition;
use crate::inference::limits::{LimitKind, LimitReached, RequestCounters};
use crate::inference::price::format_usd;
use crate::inference::{CompletionRequest, ModelPrices, TokenUsage};
use crate::library::LibraryError;

/// Fewer tokens make no game: nothing is paid for an answer that must be cut off.
const MIN_PAID_TOKENS: u32 = 1_000;

impl Job {
    /// The first step: a request, or a composition.
    pub(in crate::app) fn begin(&mut self, context: &mut JobContext) {
        self.choose_form(context);
        let request = &mut self.current.request;
        let (engine, model) = (self.options.engine, &self.options.terms.model);
        if self.current.question.kind == TryKind::First
            && context.shared.records.repeats_often(engine, model)
        {
            request.sampling = against_repetition(request.sampling);
        }
        request.omitted_parameters = context.shared.refused_parameters(&request.model).to_vec();
        match self.options.check_engine() {
            Err(failure) => self.fail(failure, context),
            Ok(()) if self.options.engine == Engine::Offline => self.compose(context),
            Ok(()) => self.ask(context),
        }
    }

    /// Starts the composer. A change is composed from all prompts so far, with the same seed.
    fn compose(&mut self, context: &mut JobContext) {
        let mut prompts = Vec::new();
        if let Some(base) = &self.current.conversation.base {
            if base.seed.is_none() {
                return self.fail(JobError::NotComposed, context);
            }
            prompts.clone_from(&base.prompts);
        }
        prompts.push(self.prompt.text().to_owned());
        self.current.phase = JobPhase::Composing;
        let (seed, theme) = (self.seed(), self.options.terms.theme);
        let base = self.current.conversation.base.clone();
        let media = self.options.media.clone();
        context.effects.start(self.id, JobTask::Compose { prompts, base, seed, theme, media });
    }

    /// Asks for a change in the form that the model manages. Of a game that does not play only a
    /// little is to change, however short it is.
    fn choose_form(&mut self, context: &mut JobContext) {
        let Some(base) = &self.current.conversation.base else { return };
        let (forms, model) = (&context.shared.forms, &self.current.request.model);
        let form = match self.current.question.kind {
            TryKind::Fix | TryKind::WakeUp => forms.managed(model, EditForm::Blocks),
            TryKind::First | TryKind::Anew => forms.wanted(model, base.source.len()),
        };
        if form == EditForm::Page {
            self.current.request.system = self.options.terms.whole_change();
            // An example of blocks would contradict it.
            let turns = &mut self.current.request.turns;
            turns.drain(..turns.len().saturating_sub(1));
            self.current.conversation.turns = turns.len();
        }
    }

    /// Sends the request, the first time or again.
    pub(super) fn ask(&mut self, context: &mut JobContext) {
        if let Err(failure) = self.limit_to_budget() {
            return self.fail(failure, context);
        }
        self.current.request.ask_above_usd = question_limit(self);
        if let Some(failure) = expensive(&self.current.request) {
            return self.fail(failure, context);
        }
        if let Err(limit) = context.shared.admit(&self.options.limits, context.now) {
            return self.throttle(limit, context);
        }
        context.shared.counters.begin(context.now);
        self.current.request.trace = context.shared.random.next_u128();
        self.current.phase = JobPhase::Requesting;
        self.current.answer.pulse = StreamPulse::default();
        if self.current.timeline.throttled_since.is_none() {
            let (attempt, attempts) = (self.current.retry.attempt(), self.current.retry.attempts());
            self.log.push(JobProgress::Requested { attempt, attempts });
        }
        context.effects.start(self.id, JobTask::Ask(Box::new(self.current.request.clone())));
    }

    /// Shortens the answer to what the user's budget leaves, in money at the highest price that the
    /// request can have.
    ///
    /// # Errors
    ///
    /// The price is unknown, or too little is left for a game.
    fn limit_to_budget(&mut self) -> Result<(), JobError> {
        let TryBudget { usd, tokens, .. } = self.tries.budget;
        let request = &self.current.request;
        let affordable = match usd {
            Some(budget) => {
                let left = budget - self.usd().unwrap_or_default();
                Some(request.affordable_tokens(left).ok_or(JobError::NoPrice)?)
            }
            None => None,
        };
        let allowed = tokens.map(|max| {
            let used = self.usage().map_or(0, TokenUsage::total);
            request.tokens_left_of(max.saturating_sub(used))
        });
        let Some(max_tokens) = affordable.into_iter().chain(allowed).min() else { return Ok(()) };
        if max_tokens < MIN_PAID_TOKENS {
            return Err(JobError::OverBudget);
        }
        self.current.request.max_tokens = self.current.request.max_tokens.min(max_tokens);
        Ok(())
    }

    /// The pause before the next attempt is over, or is cut short.
    pub(super) fn ask_again(&mut self, context: &mut JobContext) {
        self.current.retry.resume(context.now);
        self.ask(context);
    }

    /// The user does not wait for the next attempt.
    pub(in crate::app) fn retry_now(&mut self, context: &mut JobContext) {
        if self.poll_timeout().is_some() {
            self.ask_again(context);
        }
    }

    /// The ledger lets the request start.
    pub(super) fn on_admitted(&mut self, counters: RequestCounters, context: &mut JobContext) {
        context.shared.count_together(counters);
        self.current.timeline.throttled_since = None;
    }

    /// The ledger holds the request at a limit.
    pub(super) fn on_limit_reached(
        &mut self,
        limit: LimitReached,
        counters: RequestCounters,
        context: &mut JobContext,
    ) {
        context.shared.count_together(counters);
        self.throttle(limit, context);
    }

    /// Waits until the request may start; a command does so only for others to finish theirs.
    fn throttle(&mut self, limit: LimitReached, context: &mut JobContext) {
        let now = context.now;
        let is_first = self.current.timeline.throttled_since.is_none();
        let since = *self.current.timeline.throttled_since.get_or_insert(now);
        let is_patient = limit.limit == LimitKind::Running
            && now.duration_since(since) < self.options.policy.budget;
        if self.options.over_limit == LimitPolicy::Fail && !is_patient {
            return self.fail(JobError::OverLimit(limit), context);
        }
        if is_first || limit.limit != LimitKind::Running {
            self.log.push(JobProgress::Held {
                limit: limit.limit.name(),
                words: limit.describe(),
                wait_ms: millis(limit.wait),
            });
        }
        self.current.phase =
            JobPhase::Throttled(LimitWait { limit, since: now, until: now + limit.wait });
    }

    /// The ledger cannot be used: from here on this process counts for itself. Reported once.
    pub(super) fn on_ledger_unavailable(&mut self, error: &LibraryError, context: &mut JobContext) {
        if context.shared.ledger_mode == LedgerMode::Shared {
            context.shared.ledger_mode = LedgerMode::Local;
            let advice = error.advice();
            let text = format!("requests are counted in this process only: {error}. {advice}");
            self.report_library(text, context);
        }
    }

    fn report_library(&mut self, text: String, context: &mut JobContext) {
        context.effects.notify(Tone::Bad, text.clone());
        self.log.push(JobProgress::Library { trouble: text });
    }
}

/// The first request of a job asks its user above this sum; what follows it costs as much at most.
fn question_limit(job: &Job) -> Option<f64> {
    let is_first = job.tries.ended().is_empty()
        && job.current.retry.attempt() == 1
        && job.current.conversation.resume_offset.is_none();
    job.options.ask_above_usd.filter(|_| is_first)
}

/// Why the request needs a question first; `None` if it does not.
fn expensive(request: &CompletionRequest) -> Option<JobError> {
    let (most, limit) = request.costs_too_much()?;
    Some(JobError::Expensive { most: format_usd(most), limit: format_usd(limit) })
}

/// The server's list names prices; above the user's limit nothing was sent.
pub(super) fn on_prices_listed(job: &mut Job, prices: ModelPrices, context: &mut JobContext) {
    job.current.request.prices = Some(prices);
    if let Some(failure) = expensive(&job.current.request) {
        job.settle_request(context);
        job.fail(failure, context);
    }
}
