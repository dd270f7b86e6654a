//! Makes a short prompt a full one: by what the composer knows, or by a model that is asked.

use std::time::Instant;

use super::engine::LoadingModel;
use super::event::JobEvent;
use super::failure::{CutOffReason, JobError};
use super::ids::JobId;
use super::options::JobOptions;
use super::prompt::{Prompt, PromptError};
use super::shared::{MAX_ADJUSTMENTS, SharedFacts};
use crate::compose;
use crate::inference::client::StreamProgress;
use crate::inference::outcome::format_duration;
use crate::inference::retry::Retry;
use crate::inference::{
    CompletionRequest, FinishReason, InferenceError, Outcome, Reply, RetryDecision,
};
use crate::untrusted::Untrusted;

/// What a model adds is five lines; more is no description. In lines, and in characters of a line.
const MAX_LINES: usize = 10;
const MAX_LINE: usize = 400;

/// Further than this no line has its label: a colon there is one of the sentence.
const MAX_LABEL: usize = 24;

/// The prompt with what it does not say: goal, controls, losing, growth and look, by what the composer
/// knows. Nobody is asked.
///
/// # Errors
///
/// There is no prompt, or it is too long then.
pub fn improve_prompt(text: &str, options: &JobOptions) -> Result<String, PromptError> {
    let prompt = Prompt::new(text)?;
    let full = compose::improve(prompt.text(), options.seed, options.terms.theme);
    Prompt::new(&full).map(|full| full.text().to_owned())
}

/// What became of the last prompt that was to be made full.
#[derive(Debug, Clone, Default)]
pub struct PromptImprovement {
    /// The question to a model that runs.
    pub running: Option<Box<ImprovementRequest>>,
    /// How many prompts were made full in this session: the editor takes each once.
    pub count: u64,
    /// The last full prompt. Empty before the first.
    pub text: String,
    /// Why the last question brought nothing.
    pub failure: Option<JobError>,
}

impl PromptImprovement {
    /// Whether a question runs under this id.
    pub(super) fn is_running(&self, id: JobId) -> bool {
        self.running.as_ref().is_some_and(|running| running.id == id)
    }

    /// When the model is asked again. `None` if nothing waits for that.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.running.as_ref()?.poll_timeout()
    }

    /// The full prompt is this.
    pub(super) fn finish(&mut self, text: String) {
        *self = Self { count: self.count + 1, text, ..Self::default() };
    }
}

/// A model that is asked what a prompt leaves open.
#[derive(Debug, Clone)]
pub struct ImprovementRequest {
    pub id: JobId,
    pub(super) phase: ImprovementPhase,
    pub(super) request: CompletionRequest,
    /// The prompt that was to be made full.
    pub(super) asked: String,
    answer: Untrusted,
    retry: Retry,
    adjustments: u32,
}

/// How far a model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ImprovementPhase {
    Asked,
    /// It is being loaded into this machine's memory.
    Loading(LoadingModel),
    /// It answers.
    Writing,
}

/// What follows an event of the question.
#[derive(Debug)]
pub(super) enum ImprovementStep {
    /// Nothing: more comes.
    Wait,
    AskAgain,
    /// The lines that the prompt lacks, or why there are none.
    Done(Result<String, JobError>),
}

impl ImprovementRequest {
    /// The question for this prompt.
    ///
    /// # Errors
    ///
    /// There is no prompt, no token, or no model.
    pub(super) fn new(id: JobId, text: &str, options: &JobOptions) -> Result<Self, JobError> {
        let prompt = Prompt::new(text).map_err(JobError::Prompt)?;
        options.check_engine()?;
        Ok(Self {
            id,
            phase: ImprovementPhase::Asked,
            request: options.terms.improvement(&prompt),
            asked: text.trim_end().to_owned(),
            answer: Untrusted::default(),
            retry: Retry::new(options.policy),
            adjustments: 0,
        })
    }

    /// What it does now, as one line of plain text.
    pub fn describe(&self, now: Instant) -> String {
        let name = |name: &str| Untrusted::new(name).headline(60);
        let model = name(&self.request.model);
        if let Some(pause) = self.retry.pause() {
            let left = format_duration(pause.until.saturating_duration_since(now));
            return format!("{}: {model} is asked again in {left}", pause.cause.describe());
        }
        match &self.phase {
            ImprovementPhase::Asked => format!("asking {model} to fill in the prompt"),
            ImprovementPhase::Loading(loading) => format!("loading {}", name(&loading.model)),
            ImprovementPhase::Writing => {
                let letters = self.answer.raw().chars().count();
                format!("{model} fills in the prompt: {letters} letters")
            }
        }
    }

    /// When it is asked again. `None` if it waits for the server.
    pub(super) fn poll_timeout(&self) -> Option<Instant> {
        self.retry.poll_timeout()
    }

    /// The pause is over.
    pub(super) fn resume(&mut self, now: Instant) {
        self.retry.resume(now);
    }

    pub(super) fn on_event(
        &mut self,
        event: JobEvent,
        shared: &mut SharedFacts,
        now: Instant,
    ) -> ImprovementStep {
        match event {
            JobEvent::Admitted(counters) => shared.count_together(counters),
            JobEvent::LimitReached(limit, counters) => {
                shared.count_together(counters);
                return ImprovementStep::Done(Err(JobError::OverLimit(limit)));
            }
            JobEvent::ModelFound(model) => self.request.model = model,
            JobEvent::ModelLoading(loading) => self.phase = ImprovementPhase::Loading(loading),
            JobEvent::ModelLoaded => self.phase = ImprovementPhase::Asked,
            JobEvent::LocalEngineFailed(error) => {
                return ImprovementStep::Done(Err(JobError::Local(error)));
            }
            JobEvent::PricesListed(prices) => self.request.prices = Some(prices),
            JobEvent::StreamProgress(progress) => self.on_progress(progress),
            JobEvent::Ended(outcome) => return self.on_outcome(outcome, shared, now),
            _ => {}
        }
        ImprovementStep::Wait
    }

    fn on_progress(&mut self, progress: StreamProgress) {
        match progress {
            StreamProgress::Answering(meta) => self.request.answered_by(&meta),
            StreamProgress::Bounded { tokens, .. } => self.request.max_tokens = tokens,
            StreamProgress::Content(text) => {
                self.phase = ImprovementPhase::Writing;
                self.answer.push(&text);
            }
            StreamProgress::KeepAlive | StreamProgress::Thinking => {}
        }
    }

    fn on_outcome(
        &mut self,
        outcome: Outcome,
        shared: &mut SharedFacts,
        now: Instant,
    ) -> ImprovementStep {
        match outcome {
            Outcome::Replied(reply) => {
                shared.spend(&self.request, reply.usage);
                ImprovementStep::Done(self.lines_of(&reply))
            }
            Outcome::Interrupted(error) => {
                ImprovementStep::Done(Err(JobError::CutOff(CutOffReason::Broke(error))))
            }
            Outcome::Failed(error) => self.on_error(error, shared, now),
        }
    }

    fn on_error(
        &mut self,
        error: InferenceError,
        shared: &mut SharedFacts,
        now: Instant,
    ) -> ImprovementStep {
        let is_new = self.adjustments < MAX_ADJUSTMENTS;
        let wanted = error.adjustment.clone();
        if let Some(wanted) = wanted.filter(|it| is_new && self.request.would_change(it)) {
            self.adjustments += 1;
            shared.adjust(&mut self.request, &wanted);
            self.retry.on_adjustment(error);
            return ImprovementStep::AskAgain;
        }
        match self.retry.on_error(error.clone(), now, shared.random.next_f64()) {
            RetryDecision::Wait(_) => ImprovementStep::Wait,
            RetryDecision::GiveUp(why) => {
                let attempts = self.retry.attempt().saturating_sub(1);
                ImprovementStep::Done(Err(JobError::GaveUp { last: error, why, attempts }))
            }
        }
    }

    fn lines_of(&self, reply: &Reply) -> Result<String, JobError> {
        let text = match &reply.text {
            Some(text) => self.request.strip_echo(text),
            None => self.answer.raw(),
        };
        let whole = match reply.finish {
            FinishReason::Length => without_last_line(text),
            _ => text,
        };
        let lines = described_lines(whole, &self.asked);
        match reply.finish {
            FinishReason::Filtered => Err(JobError::CutOff(CutOffReason::Filter)),
            FinishReason::Length if text.trim().is_empty() => {
                Err(JobError::CutOff(CutOffReason::Thinking))
            }
            FinishReason::Repetition { .. } => Err(JobError::CutOff(CutOffReason::Repetition)),
            FinishReason::Complete | FinishReason::Length if lines.is_empty() => {
                Err(JobError::NoDescription)
            }
            FinishReason::Complete | FinishReason::Length => Ok(lines.join("\n")),
        }
    }
}

/// The lines of an answer that describe a game, each as one line of plain text. Empty if it is code, or
/// nothing that the prompt does not say already.
fn described_lines(answer: &str, asked: &str) -> Vec<String> {
    let is_code = ["<!doctype", "<html", "<script", "</", "function ", "=>"];
    let lower = answer.to_lowercase();
    if is_code.iter().any(|mark| lower.contains(mark)) {
        return Vec::new();
    }
    let plain = answer.lines().map(plain_line);
    let is_new = |line: &String| !line.is_empty() && !asked.lines().any(|said| said.trim() == line);
    let lines: Vec<_> = plain.filter(is_new).collect();
    let (labelled, rest): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| has_label(line));
    let mut lines = if labelled.is_empty() { rest } else { labelled };
    lines.truncate(MAX_LINES);
    lines
}

/// An answer that was cut off, without the sentence in whose middle it ends.
fn without_last_line(answer: &str) -> &str {
    answer.rsplit_once('\n').map_or("", |(whole, _)| whole)
}

/// A line without the marks of lists, headings, emphasis and code.
fn plain_line(line: &str) -> String {
    let line = Untrusted::new(line.replace(['*', '`', '_'], "")).headline(MAX_LINE);
    let numbered = line.split_once(['.', ')']).filter(|(number, rest)| {
        !number.is_empty() && number.chars().all(|it| it.is_ascii_digit()) && rest.starts_with(' ')
    });
    let text = numbered.map_or(line.as_str(), |(_, rest)| rest);
    text.trim_start_matches(['-', '#', '>', '•', ' ']).trim_end().to_owned()
}

/// Whether it begins as in `Goal: …`, in any writing.
fn has_label(line: &str) -> bool {
    let label = line.split_once([':', '：']).filter(|(_, text)| !text.trim().is_empty());
    label.is_some_and(|(label, _)| label.chars().count() <= MAX_LABEL)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: &str = "Goal: eat\nControls: arrows\nLosing: walls\nGrowing: faster\nLook: dark";

    #[test]
    fn an_answer_becomes_plain_lines_whatever_it_is_wrapped_in() {
        let five: Vec<_> = FIVE.lines().collect();
        for answer in [
            FIVE.to_owned(),
            format!("Sure! Here it is:\n\n```\n{FIVE}\n```\nHave fun!"),
            format!("- **{}", FIVE.replace(':', ":**").replace('\n', "\n- **")),
            format!("1. {}", FIVE.replace('\n', "\r\n\r\n2. ")),
            format!("a snake\n{FIVE}\n\u{202e}"),
        ] {
            assert_eq!(described_lines(&answer, "a snake"), five, "{answer:?}");
        }
        let cut = described_lines(without_last_line("Goal: eat\nControls: the arr"), "");
        assert_eq!(cut, ["Goal: eat"], "half a sentence is none");
        let chinese = described_lines("目标：吃苹果\n好的", "贪吃蛇");
        assert_eq!(chinese, ["目标：吃苹果"]);
        let prose = described_lines("You are a snake.\nEat, and grow.", "");
        assert_eq!(
            prose,
            ["You are a snake.", "Eat, and grow."],
            "without labels all of it counts"
        );
    }

    #[test]
    fn what_describes_no_game_adds_nothing() {
        for answer in ["", "\n \n", "a snake", "```html\n<!DOCTYPE html>\n```", "let f = () => 1;"]
        {
            assert!(described_lines(answer, "a snake").is_empty(), "{answer:?}");
        }
        let endless = "Goal: x\n".repeat(1_000);
        assert_eq!(described_lines(&endless, "").len(), MAX_LINES);
        let long = described_lines(&format!("Goal: {}", "x".repeat(9_000)), "");
        assert!(long[0].chars().count() <= MAX_LINE + 1);
    }
}
