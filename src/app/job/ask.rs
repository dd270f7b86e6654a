//! Begins a job and sends its requests, as far as the limits let it.

use std::path::Path;

use super::{Job, JobContext, JobPhase, LimitWait, millis};
use crate::app::edit_forms::EditForm;
use crate::app::effect::Task;
use crate::app::engine::Engine;
use crate::app::failure::JobError;
use crate::app::progress::JobProgress;
use crate::app::pulse::StreamPulse;
use crate::app::session::{LimitPolicy, Tone};
use crate::app::shared::LedgerMode;
use crate::inference::limits::{LimitKind, LimitReached, RequestCounters};
use crate::library::{DiskError, LibraryError};

impl Job {
    /// The first step: a request, or a composition.
    pub(in crate::app) fn begin(&mut self, context: &mut JobContext) {
        self.choose_form(context);
        match self.options.engine {
            Engine::HuggingFace if !self.options.has_token => {
                self.fail(JobError::NoToken, context);
            }
            Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration => self.ask(context),
            Engine::Offline => self.compose(context),
        }
    }

    /// Starts the composer. A change is composed from all prompts so far, with the same seed.
    fn compose(&mut self, context: &mut JobContext) {
        let mut wishes = Vec::new();
        if let Some(base) = &self.conversation.base {
            if base.seed.is_none() {
                return self.fail(JobError::NotComposed, context);
            }
            wishes.clone_from(&base.wishes);
        }
        wishes.push(self.prompt.text().to_owned());
        self.phase = JobPhase::Composing;
        let (seed, theme) = (self.seed(), self.options.theme);
        context.effects.start(self.id, Task::Compose { prompt: wishes.join("\n"), seed, theme });
    }

    /// Asks for a change in the form that the model manages. Of a game that does not play only a
    /// little is to change, however short it is.
    fn choose_form(&mut self, context: &mut JobContext) {
        let Some(base) = &self.conversation.base else { return };
        let (forms, model) = (&context.shared.forms, &self.request.model);
        let form = match self.fix {
            Some(_) => forms.managed(model, EditForm::Blocks),
            None => forms.wanted(model, base.source.len()),
        };
        if form == EditForm::Page {
            self.request.system = self.options.terms().whole_change();
        }
    }

    /// Sends the request, the first time or again.
    pub(super) fn ask(&mut self, context: &mut JobContext) {
        if let Err(held) = context.shared.admit(&self.options.limits, context.now) {
            return self.hold(held, context);
        }
        context.shared.counters.begin(context.now);
        self.request.trace = context.shared.random.next_u128();
        self.phase = JobPhase::Requesting;
        self.answer.pulse = StreamPulse::default();
        if self.timeline.held.is_none() {
            let (attempt, attempts) = (self.retry.attempt(), self.retry.attempts());
            self.log.push(JobProgress::Requested { attempt, attempts });
        }
        context.effects.start(self.id, Task::Ask(self.request.clone()));
    }

    /// The pause before the next attempt is over, or is cut short.
    pub(super) fn ask_again(&mut self, context: &mut JobContext) {
        self.retry.resume(context.now);
        self.ask(context);
    }

    /// The user does not wait for the next attempt.
    pub(in crate::app) fn retry_now(&mut self, context: &mut JobContext) {
        if self.poll_timeout().is_some() {
            self.ask_again(context);
        }
    }

    pub(super) fn on_admitted(&mut self, counters: RequestCounters, context: &mut JobContext) {
        context.shared.count_together(counters);
        self.timeline.held = None;
    }

    pub(super) fn on_held(
        &mut self,
        held: LimitReached,
        counters: RequestCounters,
        context: &mut JobContext,
    ) {
        context.shared.count_together(counters);
        self.hold(held, context);
    }

    /// Waits until the request may start; a command does so only for others to finish theirs.
    fn hold(&mut self, held: LimitReached, context: &mut JobContext) {
        let now = context.now;
        let is_first = self.timeline.held.is_none();
        let since = *self.timeline.held.get_or_insert(now);
        let is_patient = held.limit == LimitKind::Running
            && now.duration_since(since) < self.options.policy.budget;
        if self.options.over_limit == LimitPolicy::Fail && !is_patient {
            return self.fail(JobError::OverLimit(held), context);
        }
        if is_first || held.limit != LimitKind::Running {
            self.log.push(JobProgress::Held {
                limit: held.limit.name(),
                words: held.describe(),
                wait_ms: millis(held.wait),
            });
        }
        self.phase = JobPhase::Throttled(LimitWait { held, since: now, until: now + held.wait });
    }

    pub(super) fn on_uncounted(&mut self, error: &LibraryError, context: &mut JobContext) {
        if context.shared.ledger_mode == LedgerMode::Shared {
            context.shared.ledger_mode = LedgerMode::Local;
            let advice = error.advice();
            let trouble = format!("requests are counted in this process only: {error}. {advice}");
            self.report_library(trouble, context);
        }
    }

    pub(super) fn on_set_aside(&mut self, place: &Path, context: &mut JobContext) {
        self.report_library(set_aside(place), context);
    }

    fn report_library(&mut self, trouble: String, context: &mut JobContext) {
        context.effects.notify(Tone::Bad, trouble.clone());
        self.log.push(JobProgress::Library { trouble });
    }
}

/// The notice about a damaged library.
pub(in crate::app) fn set_aside(place: &Path) -> String {
    let place = DiskError::display_path(place);
    format!("the library was damaged and moved to {place}; a new one is in use")
}
