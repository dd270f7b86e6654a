//! What becomes of a whole answer: it is checked, or asked for again (its rest, blocks that fit, the
//! whole game).

use super::{Context, Job, Phase};
use crate::app::effect::Task;
use crate::app::engine::Engine;
use crate::app::event::Vetting;
use crate::app::failure::{CutOff, Failure};
use crate::app::job::Product;
use crate::app::progress::Progress;
use crate::app::prompt;
use crate::app::talk::{Given, MOST_CONTINUED, Step, missed};
use crate::compose::Composition;
use crate::game::{ExtractError, UnmatchedBlock};
use crate::inference::{ChatTurn, CompletionRequest, Retry};
use crate::rules;
use crate::untrusted::Untrusted;

impl Job {
    /// All of an answer has come that will come: it is joined with what came before it.
    pub(super) fn conclude(&mut self, cut: Option<CutOff>, context: &mut Context) {
        let Some(seam) = self.talk.seam.take() else { return self.on_answer(cut, context) };
        let (before, more) = self.reply.raw().split_at_checked(seam).unwrap_or_default();
        if more.trim().is_empty() {
            return self.fail(Failure::CutOff(cut.unwrap_or(CutOff::Document)), context);
        }
        let task = Task::Stitch { cut: before.to_owned(), more: more.to_owned() };
        self.talk.cut = cut;
        self.phase = Phase::Checking;
        context.effects.start(self.id, task);
    }

    pub(super) fn on_stitched(&mut self, whole: String, context: &mut Context) {
        self.reply = Untrusted::new(whole);
        let cut = self.talk.cut.take();
        self.on_answer(cut, context);
    }

    fn on_answer(&mut self, cut: Option<CutOff>, context: &mut Context) {
        if let Some(cut) = cut {
            return self.go_on(cut, context);
        }
        self.phase = Phase::Checking;
        self.times.checking = Some(context.now);
        let reply = self.reply.raw().to_owned();
        context.effects.start(self.id, Task::VetReply { reply, base: self.talk.base.clone() });
    }

    pub(super) fn on_composed(&mut self, composition: Composition, context: &mut Context) {
        let understood = composition.understood;
        self.log.push(Progress::Composed { understood: understood.clone() });
        self.answer.understood = Some(understood);
        self.on_content(composition.source.text(), context.now);
        self.phase = Phase::Checking;
        self.times.checking = Some(context.now);
        context.effects.start(self.id, Task::VetSource(composition.source));
    }

    pub(super) fn on_vetted(&mut self, vetting: Vetting, context: &mut Context) {
        self.on_checked(&vetting);
        let model = self.request.model.clone();
        let tally = self.talk.base.as_ref().and_then(|_| missed(&vetting, model));
        if let Some(tally) = tally {
            context.shared.forms.add(&tally);
        }
        match vetting {
            Vetting::Passed(vetted) => self.deliver(self.in_form(vetted), context),
            Vetting::Refused(rejection) if self.options.keep_unsafe => {
                self.deliver(Product::Unsafe(rejection), context);
            }
            Vetting::Refused(rejection) => self.fail(Failure::Refused(rejection), context),
            Vetting::Cut => self.go_on(CutOff::Document, context),
            Vetting::Unmatched(unmatched) => self.on_unmatched(unmatched, context),
            Vetting::Nothing(why) => self.on_nothing(why, context),
            Vetting::Broke(why) => self.fail(Failure::Unchecked(why), context),
        }
    }

    fn on_checked(&mut self, vetting: &Vetting) {
        let (valid, findings) = match vetting {
            Vetting::Passed(vetted) => (true, vetted.findings()),
            Vetting::Refused(rejection) => (false, rejection.findings.as_slice()),
            Vetting::Cut | Vetting::Unmatched(_) | Vetting::Nothing(_) | Vetting::Broke(_) => {
                return;
            }
        };
        let repaired = findings.iter().filter(|found| found.state == rules::State::Repaired);
        let repaired = repaired.count();
        self.log.push(Progress::Checked { valid, repaired, open: findings.len() - repaired });
    }

    /// Asks for the rest of an answer, twice at most.
    fn go_on(&mut self, cut: CutOff, context: &mut Context) {
        if self.options.engine == Engine::Offline || self.talk.continued == MOST_CONTINUED {
            return self.fail(Failure::CutOff(cut), context);
        }
        self.talk.continued += 1;
        self.talk.seam = Some(self.reply.raw().len());
        self.log.push(Progress::GoesOn {
            why: cut.message(),
            part: self.talk.continued,
            parts: MOST_CONTINUED,
        });
        self.request.turns.truncate(self.talk.turns);
        let said = ChatTurn::Model(self.reply.raw().to_owned());
        self.request.turns.extend([said, ChatTurn::User(prompt::go_on())]);
        self.ask_anew(context);
    }

    /// A change came that can be applied.
    pub(super) fn on_given(&mut self, given: Given, context: &mut Context) {
        context.shared.forms.add(&given.tally(self.request.model.clone()));
        match given {
            Given::Blocks(idle) if !idle.is_empty() => {
                self.log.push(Progress::Idle { words: words(&idle) });
            }
            Given::Blocks(_) | Given::Page => {}
        }
    }

    /// Not all blocks fit the game: they are asked for once more, then the whole game is.
    fn on_unmatched(&mut self, unmatched: Vec<UnmatchedBlock>, context: &mut Context) {
        self.log.push(Progress::Unmatched { words: words(&unmatched) });
        match self.talk.step {
            Step::First => {
                self.request.turns.truncate(self.talk.turns);
                let said = ChatTurn::Model(self.reply.raw().to_owned());
                self.request.turns.extend([said, ChatTurn::User(prompt::again(&unmatched))]);
                let request = self.request.clone();
                self.step(Step::Again, request, context);
            }
            Step::Again => self.rewrite(context),
            Step::Rewrite => self.fail(Failure::Unmatched(unmatched), context),
        }
    }

    /// An answer to a wish for a change held neither blocks nor a game.
    fn on_nothing(&mut self, why: ExtractError, context: &mut Context) {
        if self.talk.base.is_some() && self.talk.step != Step::Rewrite {
            return self.rewrite(context);
        }
        self.fail(Failure::NoGame(why), context);
    }

    fn rewrite(&mut self, context: &mut Context) {
        let Some(base) = self.talk.base.clone() else { return };
        let mut request = self.options.terms().rewrite(&base.source, &self.prompt);
        request.omitted_parameters.clone_from(&self.request.omitted_parameters);
        request.max_tokens = self.request.max_tokens;
        self.step(Step::Rewrite, request, context);
    }

    fn step(&mut self, step: Step, request: CompletionRequest, context: &mut Context) {
        self.log.push(Progress::AsksAgain { whole: step == Step::Rewrite });
        self.talk.step = step;
        self.talk.continued = 0;
        self.talk.turns = request.turns.len();
        self.request = request;
        self.reply = Untrusted::default();
        self.ask_anew(context);
    }

    /// A new question of the same job, with all its attempts before it.
    fn ask_anew(&mut self, context: &mut Context) {
        self.retry = Retry::new(self.options.policy);
        self.answer.thought = false;
        self.ask(context);
    }
}

fn words(blocks: &[UnmatchedBlock]) -> String {
    blocks.iter().map(UnmatchedBlock::describe).collect::<Vec<_>>().join(", ")
}
