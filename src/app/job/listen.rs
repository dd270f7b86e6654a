//! Handles the progress of a request, its outcome and its errors.

use std::sync::Arc;
use std::time::Instant;

use super::{Job, JobContext, JobPhase, LoadingWait, millis};
use crate::app::engine::LoadingModel;
use crate::app::failure::{CutOffReason, JobError};
use crate::app::progress::JobProgress;
use crate::app::pulse::StreamLull;
use crate::app::shared::MAX_ADJUSTMENTS;
use crate::inference::{
    FinishReason, InferenceError, Outcome, Reply, RequestAdjustment, ResponseMeta, RetryDecision,
    TokenUsage, client,
};
use crate::untrusted::Untrusted;

impl Job {
    /// Something arrived for the running request.
    pub(super) fn on_progress(&mut self, progress: client::StreamProgress, now: Instant) {
        match progress {
            client::StreamProgress::Bounded { tokens, context } => self.on_bounded(tokens, context),
            client::StreamProgress::Answering(meta) => self.on_answering(meta, now),
            client::StreamProgress::KeepAlive => self.current.answer.pulse.beat(now),
            client::StreamProgress::Thinking => self.on_thinking(now),
            client::StreamProgress::Content(text) => self.on_content(&text, now),
        }
    }

    /// Logs a lull, once per kind and answer.
    pub(super) fn report_lull(&mut self, now: Instant) {
        if self.lull_deadline().is_none_or(|at| at > now) {
            return;
        }
        let gives_up_ms = millis(self.options.idle_timeout);
        let report = self.current.answer.pulse.next_report(now).map(|lull| match lull {
            StreamLull::Alive => JobProgress::Alive,
            StreamLull::Silent(silence) => {
                JobProgress::Silent { silent_ms: millis(silence), gives_up_ms }
            }
        });
        self.log.extend(report);
    }

    /// The request has ended, with a reply or an error.
    pub(super) fn on_outcome(&mut self, outcome: Outcome, context: &mut JobContext) {
        self.settle_request(context);
        match outcome {
            Outcome::Replied(mut reply) => {
                reply.usage = reply.usage.or_else(|| self.unfinished_usage(reply.finish));
                context.shared.spend(&self.current.request, reply.usage);
                self.on_finished_reply(&reply, context);
            }
            Outcome::Interrupted(error) => {
                self.conclude(Some(CutOffReason::Broke(error)), context);
            }
            Outcome::Failed(error) => self.on_error(error, context),
        }
    }

    /// The estimated usage of a reply that was not read to its end. `None` if it was: then the server
    /// tells it, or nobody.
    fn unfinished_usage(&self, finish: FinishReason) -> Option<TokenUsage> {
        let before = self.current.conversation.resume_offset.unwrap_or_default();
        let received = self.current.reply.raw().len().saturating_sub(before);
        matches!(finish, FinishReason::Repetition { .. })
            .then(|| self.current.request.estimated_usage(received))
    }

    /// A request no longer runs, however it ended.
    pub(super) fn settle_request(&mut self, context: &mut JobContext) {
        if matches!(self.current.phase, JobPhase::Requesting | JobPhase::Streaming) {
            context.shared.counters.end();
        }
    }

    fn on_error(&mut self, error: InferenceError, context: &mut JobContext) {
        let jitter = context.shared.random.next_f64();
        self.log.push(self.failed(&error));
        let is_new = |wanted: &RequestAdjustment| {
            self.current.answer.adjustments < MAX_ADJUSTMENTS
                && self.current.request.would_change(wanted)
        };
        if let Some(adjustment) = error.adjustment.clone().filter(is_new) {
            self.adjust(&adjustment, error, context);
            return self.ask(context);
        }
        match self.current.retry.on_error(error.clone(), context.now, jitter) {
            RetryDecision::Wait(pause) => {
                self.current.phase = JobPhase::Waiting(pause);
                self.log.push(JobProgress::Waiting {
                    attempt: self.current.retry.attempt(),
                    attempts: self.current.retry.attempts(),
                    wait_ms: millis(pause.until - pause.since),
                });
            }
            RetryDecision::GiveUp(_) if self.current.conversation.resume_offset.is_some() => {
                self.fail(JobError::CutOff(CutOffReason::Broke(error)), context);
            }
            RetryDecision::GiveUp(why) => {
                let attempts = self.current.retry.attempt().saturating_sub(1);
                self.fail(JobError::GaveUp { last: error, why, attempts }, context);
            }
        }
    }

    fn on_finished_reply(&mut self, reply: &Reply, context: &mut JobContext) {
        self.on_reply(reply);
        match reply.finish {
            FinishReason::Length if self.current.reply.is_empty() => {
                self.fail(JobError::CutOff(CutOffReason::Thinking), context);
            }
            FinishReason::Length => self.conclude(Some(CutOffReason::Length), context),
            FinishReason::Repetition { start } => self.on_repetition(start, context),
            FinishReason::Filtered => self.fail(JobError::CutOff(CutOffReason::Filter), context),
            FinishReason::Complete => self.conclude(None, context),
        }
    }

    /// The driver knew the context and asked for less than was wanted.
    fn on_bounded(&mut self, tokens: u32, context: u64) {
        self.current.request.max_tokens = tokens;
        self.log.push(JobProgress::Bounded { tokens, context });
    }

    fn on_answering(&mut self, meta: ResponseMeta, now: Instant) {
        self.current.answer.loading = None;
        self.current.answer.pulse.answer(now);
        let headline = |text: &Option<Untrusted>| text.as_ref().map(|text| text.headline(120));
        self.log.push(JobProgress::Answering {
            provider: headline(&meta.provider),
            request_id: headline(&meta.request_id),
        });
        self.current.request.answered_by(&meta);
        self.current.answer.meta = meta;
    }

    fn on_thinking(&mut self, now: Instant) {
        self.current.answer.pulse.think(now);
        if !self.current.answer.thought {
            self.current.answer.thought = true;
            self.log.push(JobProgress::Thinking);
        }
    }

    /// A piece of the reply's text arrived.
    pub(super) fn on_content(&mut self, text: &str, now: Instant) {
        self.current.answer.pulse.text(text.len(), now);
        // The rest of an answer that was cut off streams as its begin did.
        if self.current.phase != JobPhase::Streaming {
            self.current.phase = JobPhase::Streaming;
            if self.current.timeline.first_content.is_none() {
                self.current.timeline.first_content = Some(now);
                self.log.push(JobProgress::Streaming);
            }
        }
        self.current.reply.push(text);
    }

    fn on_reply(&mut self, reply: &Reply) {
        // A job may ask more than once: it costs what all its questions cost.
        self.current.answer.usage = match (self.current.answer.usage, reply.usage) {
            (Some(before), Some(now)) => Some(before + now),
            (before, now) => now.or(before),
        };
        self.current.answer.meta = reply.meta.clone();
        if let Some(text) = &reply.text {
            // Some servers repeat the question in front of the answer.
            let before = self
                .current
                .conversation
                .resume_offset
                .and_then(|offset| self.current.reply.raw().get(..offset));
            let text = self.current.request.strip_echo(text);
            self.current.reply = Untrusted::new([before.unwrap_or_default(), text].concat());
        }
        self.log.push(JobProgress::Received { bytes: self.current.reply.raw().len() });
    }

    fn failed(&self, error: &InferenceError) -> JobProgress {
        JobProgress::Failed {
            attempt: self.current.retry.attempt(),
            status: error.status,
            cause: error.cause.code(),
            words: error.cause.describe(),
            said: error.message.headline(240),
        }
    }

    /// Adjusts the request as the server's error suggests.
    fn adjust(
        &mut self,
        adjustment: &RequestAdjustment,
        error: InferenceError,
        context: &mut JobContext,
    ) {
        self.current.answer.adjustments += 1;
        context.shared.adjust(&mut self.current.request, adjustment);
        let how = adjustment.describe(&self.current.request);
        self.current.retry.on_adjustment(error);
        self.log.push(JobProgress::Adjusted { how });
    }
}

/// The model has to be loaded first.
pub(super) fn on_loading(job: &mut Job, loading: LoadingModel, now: Instant) {
    let LoadingModel { model, estimate } = loading;
    job.log.push(JobProgress::Loading { model: model.clone(), estimate_ms: millis(estimate) });
    job.current.answer.loading = Some(LoadingWait { model, since: now, until: now + estimate });
}

/// The server has no model of the default's name, and one of its own.
pub(super) fn on_model_found(job: &mut Job, model: String) {
    job.log.push(JobProgress::ModelFound { model: model.clone() });
    Arc::make_mut(&mut job.options).terms.model.clone_from(&model);
    job.current.request.model = model;
}
