//! What a job takes note of while its answer comes.

use std::time::Instant;

use crate::app::event::Vetting;
use crate::app::job::{Job, Phase};
use crate::app::progress::Progress;
use crate::inference::{Adjustment, Meta, Reply, Trouble};
use crate::rules;
use crate::untrusted::Untrusted;

impl Job {
    /// The driver knew the context and asked for less than was wanted.
    pub(super) fn on_bounded(&mut self, tokens: u32, context: u64) {
        self.request.max_tokens = tokens;
        self.log.push(Progress::Bounded { tokens, context });
    }

    pub(super) fn on_answering(&mut self, meta: Meta, now: Instant) {
        self.answer.pulse.answer(now);
        let shown = |text: &Option<Untrusted>| text.as_ref().map(|text| text.headline(120));
        self.log.push(Progress::Answering {
            provider: shown(&meta.provider),
            request_id: shown(&meta.request_id),
        });
        self.answer.meta = meta;
    }

    pub(super) fn on_thinking(&mut self, now: Instant) {
        self.answer.pulse.think(now);
        if !self.answer.thought {
            self.answer.thought = true;
            self.log.push(Progress::Thinking);
        }
    }

    pub(super) fn on_content(&mut self, text: &str, now: Instant) {
        self.answer.pulse.text(text.len(), now);
        // The rest of an answer that was cut off streams as its begin did.
        if self.phase != Phase::Streaming {
            self.phase = Phase::Streaming;
            if self.times.first_content.is_none() {
                self.times.first_content = Some(now);
                self.log.push(Progress::Streaming);
            }
        }
        self.reply.push(text);
    }

    pub(super) fn on_reply(&mut self, reply: &Reply) {
        // A job may ask more than once: it costs what all its questions cost.
        self.answer.usage = match (self.answer.usage, reply.usage) {
            (Some(before), Some(now)) => Some(before + now),
            (before, now) => now.or(before),
        };
        self.answer.meta = reply.meta.clone();
        if let Some(text) = &reply.text {
            // Some servers repeat the question in front of the answer.
            let question = self.request.instruction();
            let before = self.talk.seam.and_then(|seam| self.reply.raw().get(..seam));
            let text = text.strip_prefix(&question).unwrap_or(text);
            self.reply = Untrusted::new([before.unwrap_or_default(), text].concat());
        }
        self.log.push(Progress::Received { bytes: self.reply.raw().len() });
    }

    pub(super) fn failed(&self, trouble: &Trouble) -> Progress {
        Progress::Failed {
            attempt: self.retry.attempt(),
            status: trouble.status,
            cause: trouble.cause.code(),
            words: trouble.cause.words(),
            said: trouble.said.headline(240),
        }
    }

    /// The server told how to ask instead: do so, once.
    pub(super) fn adjust(&mut self, adjustment: &Adjustment, trouble: Trouble) {
        self.answer.adjusted = true;
        self.request.adjust(adjustment.clone());
        let how = adjustment.words(&self.request);
        self.retry.on_adjustment(trouble);
        self.log.push(Progress::Adjusted { how });
    }

    pub(super) fn on_checked(&mut self, vetting: &Vetting) {
        let (valid, findings) = match vetting {
            Vetting::Passed(vetted) => (true, vetted.findings()),
            Vetting::Refused(rejection) => (false, rejection.findings.as_slice()),
            Vetting::Cut | Vetting::Unmatched(_) | Vetting::Nothing(_) | Vetting::Broke(_) => {
                return;
            }
        };
        let repaired = findings.iter().filter(|found| found.state == rules::FindingState::Repaired);
        let repaired = repaired.count();
        self.log.push(Progress::Checked { valid, repaired, open: findings.len() - repaired });
    }
}
