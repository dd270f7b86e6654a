//! The life of one job: ask, wait, listen, check, save.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use crate::app::effect::{Effect, Task};
use crate::app::engine::Engine;
use crate::app::event::{News, Vetting};
use crate::app::failure::{CutOff, Failure};
use crate::app::job::{Game, Job, Phase, Product};
use crate::app::progress::Progress;
use crate::app::prompt::Prompt;
use crate::app::pulse::{Lull, Pulse};
use crate::app::state::{State, Tone};
use crate::app::talk::missed;
use crate::compose::Composition;
use crate::inference::{
    FinishReason, InferenceError, Outcome, Reply, RequestAdjustment, RetryDecision, client,
};
use crate::library::{DiskError, DraftKind};

impl State {
    /// Makes a new game, or changes the current one.
    pub(super) fn begin(&mut self, prompt: Prompt, now: Instant) -> Vec<Effect> {
        self.last_job = self.last_job.next();
        let base = self.current.clone();
        // Going on with one of the variants is choosing it.
        self.variants = None;
        self.job = Some(Job::new(self.last_job, &self.plan, base, prompt, now));
        self.first_step(now)
    }

    pub(super) fn first_step(&mut self, now: Instant) -> Vec<Effect> {
        self.choose_form();
        match self.plan.engine {
            Engine::HuggingFace if !self.plan.has_token => self.fail(Failure::NoToken, now),
            Engine::HuggingFace | Engine::Endpoint | Engine::TextGeneration => self.ask(now),
            Engine::Offline => self.compose(now),
        }
    }

    /// A change is composed from all wishes so far, with the same numbers drawn.
    fn compose(&mut self, now: Instant) -> Vec<Effect> {
        let (seed, theme) = (self.plan.seed, self.plan.theme);
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        let mut wishes = Vec::new();
        if let Some(base) = &job.talk.base {
            if base.seed.is_none() {
                return self.fail(Failure::NotComposed, now);
            }
            wishes.clone_from(&base.wishes);
        }
        wishes.push(job.prompt.text().to_owned());
        job.phase = Phase::Composing;
        let (prompt, seed) = (wishes.join("\n"), job.seed(seed));
        vec![Effect::Start(job.id, Task::Compose { prompt, seed, theme })]
    }

    /// Sends the request, the first time or again.
    pub(super) fn ask(&mut self, now: Instant) -> Vec<Effect> {
        if let Err(held) = self.admit(now) {
            return self.hold(held, now);
        }
        self.counters.begin(now);
        let trace = self.dice.trace();
        self.with_job(|job| {
            job.request.trace = trace;
            job.phase = Phase::Requesting;
            job.answer.pulse = Pulse::default();
            if job.times.held.is_none() {
                let (attempt, attempts) = (job.retry.attempt(), job.retry.attempts());
                job.log.push(Progress::Requested { attempt, attempts });
            }
            vec![Effect::Start(job.id, Task::Ask(job.request.clone()))]
        })
    }

    pub(super) fn ask_again(&mut self, now: Instant) -> Vec<Effect> {
        self.with_job(|job| {
            job.retry.resume(now);
            Vec::new()
        });
        self.ask(now)
    }

    pub(super) fn retry_now(&mut self, now: Instant) -> Vec<Effect> {
        let waits = self.job.as_ref().and_then(Job::poll_timeout);
        if waits.is_some() { self.ask_again(now) } else { Vec::new() }
    }

    pub(super) fn on_news(&mut self, news: News, now: Instant) -> Vec<Effect> {
        match news {
            News::Admitted(counters) => self.on_admitted(counters),
            News::Held(held, counters) => self.on_held(held, counters, now),
            News::Uncounted(error) => self.on_uncounted(&error),
            News::SetAside(place) => self.on_set_aside(&place),
            News::Heard(progress) => self.on_heard(progress, now),
            News::Ended(outcome) => self.on_outcome(outcome, now),
            News::Composed(composition) => self.on_composed(*composition, now),
            News::Given(given) => self.on_given(given),
            News::Stitched(whole) => self.on_stitched(whole, now),
            News::Vetted(vetting) => self.on_vetted(vetting, now),
            News::Saved(saved) => self.on_saved(saved, now),
            News::DraftKept(kept) => self.on_draft_kept(kept, now),
            News::Trying(stage) => self.on_stage(stage),
            News::Tried(played) => self.on_tried(played, now),
            News::PromptKept(_)
            | News::Greeted(_)
            | News::Opened(_)
            | News::Played(_)
            | News::FormsKnown(_)
            | News::Compared(_)
            | News::Catalogued(_)
            | News::Credited(_)
            | News::Found { .. } => Vec::new(),
        }
    }

    fn on_heard(&mut self, progress: client::StreamProgress, now: Instant) -> Vec<Effect> {
        self.with_job(|job| {
            match progress {
                client::StreamProgress::Bounded { tokens, context } => {
                    job.on_bounded(tokens, context);
                }
                client::StreamProgress::Answering(meta) => job.on_answering(meta, now),
                client::StreamProgress::KeepAlive => job.answer.pulse.beat(now),
                client::StreamProgress::Thinking => job.on_thinking(now),
                client::StreamProgress::Content(text) => job.on_content(&text, now),
            }
            Vec::new()
        })
    }

    /// Nothing comes, and that is said once an answer.
    pub(super) fn tell_lull(&mut self, now: Instant) {
        let patience = self.plan.patience;
        let Some(job) = self.job.as_mut().filter(|job| job.lull_due().is_some_and(|at| at <= now))
        else {
            return;
        };
        let told = job.answer.pulse.tell(now).map(|lull| match lull {
            Lull::Alive => Progress::Alive,
            Lull::Silent(silence) => {
                Progress::Silent { silent_ms: millis(silence), gives_up_ms: millis(patience) }
            }
        });
        job.log.extend(told);
    }

    fn on_outcome(&mut self, outcome: Outcome, now: Instant) -> Vec<Effect> {
        self.settle_request();
        match outcome {
            Outcome::Replied(reply) => {
                self.spend(reply.usage);
                self.on_reply(&reply, now)
            }
            Outcome::Interrupted(trouble) => self.conclude(Some(CutOff::Broke(trouble)), now),
            Outcome::Failed(trouble) => self.on_trouble(trouble, now),
        }
    }

    /// A request no longer runs, however it ended.
    pub(super) fn settle_request(&mut self) {
        let asks = |job: &Job| matches!(job.phase, Phase::Requesting | Phase::Streaming);
        if self.job.as_ref().is_some_and(asks) {
            self.counters.end();
        }
    }

    fn on_trouble(&mut self, trouble: InferenceError, now: Instant) -> Vec<Effect> {
        let jitter = self.dice.roll();
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        job.log.push(job.failed(&trouble));
        let is_new = |it: &RequestAdjustment| !job.answer.adjusted && job.request.would_change(it);
        if let Some(adjustment) = trouble.adjustment.clone().filter(is_new) {
            job.adjust(&adjustment, trouble);
            return self.ask(now);
        }
        match job.retry.on_error(trouble.clone(), now, jitter) {
            RetryDecision::Wait(pause) => {
                job.phase = Phase::Waiting(pause);
                job.log.push(Progress::Waiting {
                    attempt: job.retry.attempt(),
                    attempts: job.retry.attempts(),
                    wait_ms: millis(pause.until - pause.since),
                });
                Vec::new()
            }
            RetryDecision::GiveUp(why) => {
                if job.talk.seam.is_some() {
                    return self.fail(Failure::CutOff(CutOff::Broke(trouble)), now);
                }
                let attempts = job.retry.attempt().saturating_sub(1);
                self.fail(Failure::GaveUp { last: trouble, why, attempts }, now)
            }
        }
    }

    fn on_reply(&mut self, reply: &Reply, now: Instant) -> Vec<Effect> {
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        job.on_reply(reply);
        match reply.finish {
            FinishReason::Length if job.reply.is_empty() => {
                self.fail(Failure::CutOff(CutOff::Thinking), now)
            }
            FinishReason::Length => self.conclude(Some(CutOff::Length), now),
            FinishReason::Filtered => self.fail(Failure::CutOff(CutOff::Filter), now),
            FinishReason::Complete => self.conclude(None, now),
        }
    }

    fn on_composed(&mut self, composition: Composition, now: Instant) -> Vec<Effect> {
        self.with_job(|job| {
            let understood = composition.understood;
            job.log.push(Progress::Composed { understood: understood.clone() });
            job.answer.understood = Some(understood);
            job.on_content(composition.source.text(), now);
            job.phase = Phase::Checking;
            job.times.checking = Some(now);
            vec![Effect::Start(job.id, Task::VetSource(composition.source))]
        })
    }

    fn on_vetted(&mut self, vetting: Vetting, now: Instant) -> Vec<Effect> {
        if let Some(job) = self.job.as_mut() {
            job.on_checked(&vetting);
            let model = job.request.model.clone();
            let tally = job.talk.base.as_ref().and_then(|_| missed(&vetting, model));
            if let Some(tally) = tally {
                self.forms.add(&tally);
            }
        }
        match vetting {
            Vetting::Passed(vetted) => self.deliver(self.in_form(vetted), now),
            Vetting::Refused(rejection) if self.plan.keep_unsafe => {
                self.deliver(Product::Unsafe(rejection), now)
            }
            Vetting::Refused(rejection) => self.fail(Failure::Refused(rejection), now),
            Vetting::Cut => self.go_on(CutOff::Document, now),
            Vetting::Unmatched(unmatched) => self.on_unmatched(unmatched, now),
            Vetting::Nothing(why) => self.on_nothing(why, now),
            Vetting::Broke(why) => self.fail(Failure::Unchecked(why), now),
        }
    }

    /// The job failed; what it had made so far is kept before it ends.
    pub(super) fn fail(&mut self, failure: Failure, now: Instant) -> Vec<Effect> {
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        job.retry.resume(now);
        let game = job.result.take().and_then(Result::ok);
        job.result = Some(Err(failure));
        let from_model = job.engine != Engine::Offline && !job.reply.is_empty();
        let (text, kind) = match game {
            Some(game) => (game.product.html(), DraftKind::Page),
            None if from_model => (job.reply.raw().to_owned(), DraftKind::Reply),
            None => return self.end(now),
        };
        job.phase = Phase::Saving;
        job.times.saving = Some(now);
        let slug = Prompt::slug(job.prompt.text());
        vec![Effect::Start(job.id, Task::KeepDraft { text, slug, kind })]
    }

    fn on_draft_kept(&mut self, kept: Result<PathBuf, DiskError>, now: Instant) -> Vec<Effect> {
        match kept {
            Ok(path) => {
                self.with_job(|job| {
                    job.log.push(Progress::DraftKept { path: DiskError::display_path(&path) });
                    job.draft = Some(path);
                    Vec::new()
                });
            }
            Err(error) => self.say(Tone::Bad, format!("the draft is not kept: {error}")),
        }
        self.end(now)
    }

    pub(super) fn end(&mut self, now: Instant) -> Vec<Effect> {
        self.with_job(|job| {
            job.finish(now);
            Vec::new()
        });
        self.take_over(now);
        self.return_prompt(now);
        self.give_back(now);
        self.end_variants();
        self.hold_queue();
        Vec::new()
    }

    /// What came of the job is what the next wish is about.
    pub(super) fn take_over(&mut self, now: Instant) {
        let Some(job) = self.job.as_ref() else { return };
        if let Some(Ok(Game { path: Some(path), .. })) = &job.result {
            // A fixed game takes the place of the broken one.
            self.written.retain(|written| written != path);
            self.written.push(path.clone());
        }
        self.written.extend(job.draft.clone());
        if let Some(base) = job.as_base(self.plan.seed) {
            self.current = Some(Arc::new(base));
            // It is not to come back at the next start.
            self.draft.due = self.draft.due.or(self.draft.sent.as_ref().map(|_| now));
        }
    }

    pub(super) fn with_job(&mut self, act: impl FnOnce(&mut Job) -> Vec<Effect>) -> Vec<Effect> {
        self.job.as_mut().map(act).unwrap_or_default()
    }
}

pub(super) fn millis(wait: std::time::Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
