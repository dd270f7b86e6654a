//! Asks again where an answer does not do: for its rest, for blocks that fit, for the whole game.

use std::time::Instant;

use crate::app::effect::{Effect, Task};
use crate::app::engine::Engine;
use crate::app::failure::{CutOff, Failure};
use crate::app::forms::Form;
use crate::app::job::{Job, Phase};
use crate::app::progress::Progress;
use crate::app::prompt;
use crate::app::state::State;
use crate::app::talk::{Given, MOST_CONTINUED, Step};
use crate::game::{ExtractError, UnmatchedBlock};
use crate::inference::{Request, Retry, Turn};
use crate::untrusted::Untrusted;

impl State {
    /// All of an answer has come that will come: it is joined with what came before it.
    pub(super) fn conclude(&mut self, cut: Option<CutOff>, now: Instant) -> Vec<Effect> {
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        let Some(seam) = job.talk.seam.take() else { return self.on_answer(cut, now) };
        let (before, more) = job.reply.raw().split_at_checked(seam).unwrap_or_default();
        if more.trim().is_empty() {
            return self.fail(Failure::CutOff(cut.unwrap_or(CutOff::Document)), now);
        }
        let task = Task::Stitch { cut: before.to_owned(), more: more.to_owned() };
        job.talk.cut = cut;
        job.phase = Phase::Checking;
        vec![Effect::Start(job.id, task)]
    }

    pub(super) fn on_stitched(&mut self, whole: String, now: Instant) -> Vec<Effect> {
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        job.reply = Untrusted::new(whole);
        let cut = job.talk.cut.take();
        self.on_answer(cut, now)
    }

    fn on_answer(&mut self, cut: Option<CutOff>, now: Instant) -> Vec<Effect> {
        if let Some(cut) = cut {
            return self.go_on(cut, now);
        }
        self.with_job(|job| {
            job.phase = Phase::Checking;
            job.times.checking = Some(now);
            let reply = job.reply.raw().to_owned();
            vec![Effect::Start(job.id, Task::VetReply { reply, base: job.talk.base.clone() })]
        })
    }

    /// Asks for the rest of an answer, twice at most.
    pub(super) fn go_on(&mut self, cut: CutOff, now: Instant) -> Vec<Effect> {
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        if job.engine == Engine::Offline || job.talk.continued == MOST_CONTINUED {
            return self.fail(Failure::CutOff(cut), now);
        }
        job.talk.continued += 1;
        job.talk.seam = Some(job.reply.raw().len());
        job.log.push(Progress::GoesOn {
            why: cut.message(),
            part: job.talk.continued,
            parts: MOST_CONTINUED,
        });
        job.request.turns.truncate(job.talk.turns);
        let said = Turn::Model(job.reply.raw().to_owned());
        job.request.turns.extend([said, Turn::User(prompt::go_on())]);
        self.ask_anew(now)
    }

    /// A change came that can be applied.
    pub(super) fn on_given(&mut self, given: Given) -> Vec<Effect> {
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        self.forms.add(&given.tally(job.request.model.clone()));
        match given {
            Given::Blocks(idle) if !idle.is_empty() => {
                job.log.push(Progress::Idle { words: words(&idle) });
            }
            Given::Blocks(_) | Given::Page => {}
        }
        Vec::new()
    }

    /// Asks for a change in the form that the model manages. Of a game that does not play only a little
    /// is to change, however short it is.
    pub(super) fn choose_form(&mut self) {
        let terms = self.plan.terms();
        let Some(job) = self.job.as_mut() else { return };
        let Some(base) = &job.talk.base else { return };
        let model = &job.request.model;
        let form = match job.fix {
            Some(_) => self.forms.managed(model, Form::Blocks),
            None => self.forms.wanted(model, base.source.len()),
        };
        if form == Form::Page {
            job.request.system = terms.whole_change();
        }
    }

    /// Not all blocks fit the game: they are asked for once more, then the whole game is.
    pub(super) fn on_unmatched(
        &mut self,
        unmatched: Vec<UnmatchedBlock>,
        now: Instant,
    ) -> Vec<Effect> {
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        job.log.push(Progress::Unmatched { words: words(&unmatched) });
        match job.talk.step {
            Step::First => {
                job.request.turns.truncate(job.talk.turns);
                let said = Turn::Model(job.reply.raw().to_owned());
                job.request.turns.extend([said, Turn::User(prompt::again(&unmatched))]);
                let request = job.request.clone();
                self.step(Step::Again, request, now)
            }
            Step::Again => self.rewrite(now),
            Step::Rewrite => self.fail(Failure::Unmatched(unmatched), now),
        }
    }

    /// An answer to a wish for a change held neither blocks nor a game.
    pub(super) fn on_nothing(&mut self, why: ExtractError, now: Instant) -> Vec<Effect> {
        let is_change = |job: &Job| job.talk.base.is_some() && job.talk.step != Step::Rewrite;
        if self.job.as_ref().is_some_and(is_change) {
            return self.rewrite(now);
        }
        self.fail(Failure::NoGame(why), now)
    }

    fn rewrite(&mut self, now: Instant) -> Vec<Effect> {
        let terms = self.plan.terms();
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        let Some(base) = job.talk.base.clone() else { return Vec::new() };
        let mut request = terms.rewrite(&base.source, &job.prompt);
        request.without.clone_from(&job.request.without);
        request.max_tokens = job.request.max_tokens;
        self.step(Step::Rewrite, request, now)
    }

    fn step(&mut self, step: Step, request: Request, now: Instant) -> Vec<Effect> {
        let Some(job) = self.job.as_mut() else { return Vec::new() };
        job.log.push(Progress::AsksAgain { whole: step == Step::Rewrite });
        job.talk.step = step;
        job.talk.continued = 0;
        job.talk.turns = request.turns.len();
        job.request = request;
        job.reply = Untrusted::default();
        self.ask_anew(now)
    }

    /// A new question of the same job, with all its attempts before it.
    fn ask_anew(&mut self, now: Instant) -> Vec<Effect> {
        let policy = self.plan.policy;
        if let Some(job) = self.job.as_mut() {
            job.retry = Retry::new(policy);
            job.answer.thought = false;
        }
        self.ask(now)
    }
}

fn words(blocks: &[UnmatchedBlock]) -> String {
    blocks.iter().map(UnmatchedBlock::describe).collect::<Vec<_>>().join(", ")
}
