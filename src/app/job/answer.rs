//! What becomes of a whole answer: it is checked, or asked for again (its rest, blocks that fit, the
//! whole game).

use super::{Job, JobContext, JobPhase};
use crate::app::conversation::{AskMode, MAX_CONTINUATIONS, ReceivedChange, missed};
use crate::app::effect::JobTask;
use crate::app::engine::Engine;
use crate::app::failure::{CutOffReason, JobError};
use crate::app::finished_game::GamePage;
use crate::app::progress::JobProgress;
use crate::app::prompt;
use crate::app::vetting_outcome::VettingOutcome;
use crate::compose::Composition;
use crate::game::{ExtractError, HtmlSource, UnmatchedBlock};
use crate::inference::{ChatTurn, CompletionRequest, Retry};
use crate::rules;
use crate::untrusted::Untrusted;

impl Job {
    /// Ends an answer. A continuation is joined with the part before it.
    pub(super) fn conclude(&mut self, cut_off: Option<CutOffReason>, context: &mut JobContext) {
        let Some(offset) = self.current.conversation.resume_offset.take() else {
            return self.on_answer(cut_off, context);
        };
        let (before, more) = self.current.reply.raw().split_at_checked(offset).unwrap_or_default();
        if more.trim().is_empty() {
            return self.fail(JobError::CutOff(cut_off.unwrap_or(CutOffReason::Document)), context);
        }
        let task = JobTask::Stitch { cut: before.to_owned(), more: more.to_owned() };
        self.current.conversation.cut_off = cut_off;
        self.current.phase = JobPhase::Checking;
        context.effects.start(self.id, task);
    }

    /// The parts of a continued reply are joined.
    pub(super) fn on_stitched(&mut self, text: String, context: &mut JobContext) {
        self.current.reply = Untrusted::new(text);
        let cut_off = self.current.conversation.cut_off.take();
        self.on_answer(cut_off, context);
    }

    fn on_answer(&mut self, cut_off: Option<CutOffReason>, context: &mut JobContext) {
        if let Some(cut_off) = cut_off {
            return self.continue_reply(cut_off, context);
        }
        self.current.phase = JobPhase::Checking;
        self.current.timeline.checking = Some(context.now);
        let reply = self.current.reply.raw().to_owned();
        let (base, model) =
            (self.current.conversation.base.clone(), self.current.request.model.clone());
        context.effects.start(self.id, JobTask::VetReply { reply, base, model });
    }

    /// The composer has written a page: it is checked like any other.
    pub(super) fn on_composed(&mut self, composition: Composition, context: &mut JobContext) {
        let understood = composition.understood.clone();
        let base = self.current.conversation.base.as_ref();
        if base.is_some_and(|base| composition.is_same_game_as(&base.source)) {
            return self.fail(JobError::NoChange(understood), context);
        }
        self.log.push(JobProgress::Composed { understood: understood.clone() });
        self.current.answer.understood = Some(understood);
        check_page(self, composition.source, context);
    }

    /// The check of a page has ended: the game is saved, or the model is asked again.
    pub(super) fn on_vetted(&mut self, vetting: VettingOutcome, context: &mut JobContext) {
        self.on_checked(&vetting);
        let model = self.current.request.model.clone();
        let tally = self.current.conversation.base.as_ref().and_then(|_| missed(&vetting, model));
        if let Some(tally) = tally {
            context.shared.forms.add(&tally);
        }
        match vetting {
            VettingOutcome::Passed(vetted) => self.deliver(self.in_form(vetted), context),
            VettingOutcome::Refused(rejection) if self.options.keep_unsafe => {
                self.deliver(GamePage::Unsafe(rejection), context);
            }
            VettingOutcome::Refused(rejection) => self.fail(JobError::Refused(rejection), context),
            VettingOutcome::Cut => self.continue_reply(CutOffReason::Document, context),
            VettingOutcome::Unmatched(unmatched) => self.on_unmatched(unmatched, context),
            VettingOutcome::Unchanged => self.fail(JobError::Unchanged, context),
            VettingOutcome::Nothing(why) => self.on_nothing(why, context),
            VettingOutcome::Broke(why) => self.fail(JobError::VettingCrashed(why), context),
        }
    }

    fn on_checked(&mut self, vetting: &VettingOutcome) {
        let (valid, findings) = match vetting {
            VettingOutcome::Passed(vetted) => (true, vetted.findings()),
            VettingOutcome::Refused(rejection) => (false, rejection.findings.as_slice()),
            VettingOutcome::Cut
            | VettingOutcome::Unchanged
            | VettingOutcome::Unmatched(_)
            | VettingOutcome::Nothing(_)
            | VettingOutcome::Broke(_) => {
                return;
            }
        };
        let repaired = findings.iter().filter(|found| found.state == rules::FindingState::Repaired);
        let repaired = repaired.count();
        self.log.push(JobProgress::Checked { valid, repaired, open: findings.len() - repaired });
    }

    /// The answer repeats itself: what comes before the repetition is kept. Where that is nearly a
    /// whole game, the model is asked once to close it.
    pub(super) fn on_repetition(&mut self, start: usize, context: &mut JobContext) {
        let resumed = self.current.conversation.resume_offset.take();
        let start = resumed.unwrap_or_default() + start;
        let reply = self.current.reply.raw();
        let text = reply.get(..reply.floor_char_boundary(start)).unwrap_or_default();
        let text = text.rfind('\n').and_then(|end| text.get(..=end)).unwrap_or_default().to_owned();
        let used = self.current.answer.usage.map_or(0, |usage| usage.completion_tokens);
        let max_tokens = self.current.request.max_tokens;
        self.log.push(JobProgress::Repeats { tokens: used, most: max_tokens });
        let is_nearly_whole = is_nearly_whole(&text);
        self.current.reply = Untrusted::new(text);
        if resumed.is_some() || !is_nearly_whole {
            return self.fail(JobError::CutOff(CutOffReason::Repetition), context);
        }
        self.continue_reply(CutOffReason::Repetition, context);
    }

    /// Asks for the rest of an answer, twice at most.
    fn continue_reply(&mut self, cut_off: CutOffReason, context: &mut JobContext) {
        if self.options.engine == Engine::Offline
            || self.current.conversation.continuations == MAX_CONTINUATIONS
        {
            return self.fail(JobError::CutOff(cut_off), context);
        }
        self.current.conversation.continuations += 1;
        self.current.conversation.resume_offset = Some(self.current.reply.raw().len());
        self.log.push(JobProgress::Continued {
            why: cut_off.message(),
            part: self.current.conversation.continuations,
            parts: MAX_CONTINUATIONS,
        });
        self.current.request.turns.truncate(self.current.conversation.turns);
        let reply = ChatTurn::Model(self.current.reply.raw().to_owned());
        let instruction = match cut_off {
            CutOffReason::Repetition => prompt::close_prompt(),
            _ => prompt::continue_prompt(),
        };
        self.current.request.turns.extend([reply, ChatTurn::User(instruction)]);
        self.ask_anew(context);
    }

    /// A change came that can be applied.
    pub(super) fn on_change_received(&mut self, change: ReceivedChange, context: &mut JobContext) {
        context.shared.forms.add(&change.tally(self.current.request.model.clone()));
        match change {
            ReceivedChange::Blocks(idle) if !idle.is_empty() => {
                self.log.push(JobProgress::Idle { words: describe_blocks(&idle) });
            }
            ReceivedChange::Blocks(_) | ReceivedChange::Page => {}
        }
    }

    /// Not all blocks fit the game: they are asked for once more, then the whole game is.
    fn on_unmatched(&mut self, unmatched: Vec<UnmatchedBlock>, context: &mut JobContext) {
        self.log.push(JobProgress::Unmatched { words: describe_blocks(&unmatched) });
        match self.current.conversation.mode {
            AskMode::First => {
                self.current.request.turns.truncate(self.current.conversation.turns);
                let reply = ChatTurn::Model(self.current.reply.raw().to_owned());
                self.current
                    .request
                    .turns
                    .extend([reply, ChatTurn::User(prompt::retry_blocks_prompt(&unmatched))]);
                let request = self.current.request.clone();
                self.step(AskMode::Again, request, context);
            }
            AskMode::Again => self.rewrite(context),
            AskMode::Rewrite => self.fail(JobError::UnmatchedBlocks(unmatched), context),
        }
    }

    /// Handles an answer without blocks and without a game.
    fn on_nothing(&mut self, why: ExtractError, context: &mut JobContext) {
        if self.current.conversation.base.is_some()
            && self.current.conversation.mode != AskMode::Rewrite
        {
            return self.rewrite(context);
        }
        self.fail(JobError::NoGame(why), context);
    }

    fn rewrite(&mut self, context: &mut JobContext) {
        let Some(base) = self.current.conversation.base.clone() else { return };
        let mut request = self.options.terms.rewrite(&base.source, &self.prompt);
        request.omitted_parameters.clone_from(&self.current.request.omitted_parameters);
        request.max_tokens = self.current.request.max_tokens;
        self.step(AskMode::Rewrite, request, context);
    }

    fn step(&mut self, step: AskMode, request: CompletionRequest, context: &mut JobContext) {
        self.log.push(JobProgress::AsksAgain { whole: step == AskMode::Rewrite });
        self.current.conversation.mode = step;
        self.current.conversation.continuations = 0;
        self.current.conversation.turns = request.turns.len();
        self.current.request = request;
        self.current.reply = Untrusted::default();
        self.ask_anew(context);
    }

    /// A new question of the same job, with all its attempts before it.
    fn ask_anew(&mut self, context: &mut JobContext) {
        self.current.retry = Retry::new(self.options.policy);
        self.current.answer.thought = false;
        self.ask(context);
    }
}

/// Whether so much of a game is there that closing it may make it play: its loop runs, and it listens.
fn is_nearly_whole(reply: &str) -> bool {
    let runs = ["requestAnimationFrame", "setInterval"].iter().any(|name| reply.contains(name));
    let listens =
        ["addEventListener", "onkeydown", "onclick"].iter().any(|name| reply.contains(name));
    reply.contains("<script") && runs && listens
}

fn describe_blocks(blocks: &[UnmatchedBlock]) -> String {
    blocks.iter().map(UnmatchedBlock::describe).collect::<Vec<_>>().join(", ")
}

/// Checks a page that no model has written: it becomes a version like any other.
pub(in crate::app) fn check_page(job: &mut Job, page: HtmlSource, context: &mut JobContext) {
    job.on_content(page.text(), context.now);
    job.current.phase = JobPhase::Checking;
    job.current.timeline.checking = Some(context.now);
    context.effects.start(job.id, JobTask::VetSource(page));
}
