//! Why there is no game, and what helps.

use std::sync::Arc;

use crate::game::{ExtractError, Rejection, UnmatchedBlock};
use crate::inference::outcome::format_duration;
use crate::inference::retry::GiveUpReason;
use crate::inference::{ErrorCause, InferenceError, LimitReached, PermanentCause, TransientCause};
use crate::library::DiskError;
use crate::local::LocalError;

use super::prompt::PromptError;

/// The end of a job that brought no game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobError {
    /// A model was asked for, and no token to ask with.
    NoToken,
    Prompt(PromptError),
    /// No attempt brought an answer.
    GaveUp {
        last: InferenceError,
        why: GiveUpReason,
        attempts: u32,
    },
    /// A local limit is reached.
    OverLimit(LimitReached),
    /// An answer began and did not end.
    CutOff(CutOffReason),
    /// The reply holds no game.
    NoGame(ExtractError),
    /// The reply is the game that was to be changed, as it was.
    Unchanged,
    /// The reply says nothing that the prompt does not say.
    NoDescription,
    /// The composer knows no change for the wish: how it understood it.
    NoChange(String),
    /// The blocks of a change do not match the game.
    UnmatchedBlocks(Vec<UnmatchedBlock>),
    /// No model runs on this machine.
    Local(LocalError),
    /// No model was chosen, and the service has no default one.
    NoModel,
    /// The price of the model is unknown, so a budget in dollars cannot be kept.
    NoPrice,
    /// A reply may cost more than the user wants to spend without a question: the most it may cost, and
    /// the limit, both as text.
    Expensive {
        most: String,
        limit: String,
    },
    /// What is left of the user's budget pays for no game.
    OverBudget,
    /// The composer was to change a game that it did not make.
    NotComposed,
    /// The game breaks a rule.
    Refused(Arc<Rejection>),
    /// The checks crashed, so the game is not vetted.
    VettingCrashed(String),
    Disk(DiskError),
    Cancelled,
}

/// What cut an answer off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CutOffReason {
    /// The token limit.
    Length,
    /// The same, before a single word of the answer: all went into thinking.
    Thinking,
    /// The provider's content filter.
    Filter,
    /// It repeats itself without end.
    Repetition,
    /// The connection or the server.
    Broke(InferenceError),
    /// The server says it was done, but the document has no end.
    Document,
}

impl JobError {
    /// The cause, as one sentence without a full stop at its end.
    pub fn message(&self) -> String {
        match self {
            Self::NoToken => "no HuggingFace token: using a model needs one".to_owned(),
            Self::Prompt(error) => error.to_string(),
            Self::GaveUp { last, why, attempts } => gave_up(last, *why, *attempts),
            Self::OverLimit(limit) => {
                format!(
                    "{} is reached; the next request can start in {}",
                    limit.describe(),
                    format_duration(limit.wait)
                )
            }
            Self::CutOff(cut) => cut.message(),
            Self::Unchanged => "the model gave the game back as it was: nothing changed".into(),
            Self::NoDescription => "the model described no game".into(),
            Self::NoChange(understood) => format!("nothing would change: {understood}"),
            Self::NoGame(no_game) => no_game.to_string().trim_end_matches('.').to_owned(),
            Self::UnmatchedBlocks(blocks) => {
                let mismatches: Vec<_> = blocks.iter().map(UnmatchedBlock::describe).collect();
                format!("the patch does not apply to the game: {}", mismatches.join(", "))
            }
            Self::Local(error) => error.to_string(),
            Self::NoModel => "no model was chosen".into(),
            Self::NoPrice => {
                "the price of this model is unknown, so a budget cannot be kept".into()
            }
            Self::Expensive { most, limit } => {
                format!(
                    "one reply may cost up to {most}, more than the {limit} that need no question"
                )
            }
            Self::OverBudget => "the budget leaves no room for another reply".into(),
            Self::NotComposed => "the composer can only change games that it made".to_owned(),
            Self::Refused(rejection) => rejection.summary().trim_end_matches('.').to_owned(),
            Self::VettingCrashed(why) => format!("the checks did not finish: {why}"),
            Self::Disk(error) => error.to_string(),
            Self::Cancelled => "cancelled".to_owned(),
        }
    }

    /// What helps, as one sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NoToken => {
                "Run `codeagent login`, or set HF_TOKEN (https://huggingface.co/settings/tokens); \
                 `codeagent local` runs a model here for free, and --offline is the built-in composer."
            }
            Self::Prompt(_) => "Describe the game in a sentence or two.",
            Self::GaveUp { last, .. } => last.advice(),
            Self::OverLimit(_) => {
                "Wait that long, or raise the limit in `config.toml` under [limits]."
            }
            Self::Local(error) => error.advice(),
            Self::NoModel => {
                "Choose one with --model: `codeagent models` lists what the server has."
            }
            Self::NoPrice => "Limit the tries with --tries, or choose a model with a price.",
            Self::Expensive { .. } => {
                "Nothing was asked. Allow it with --ask-above USD or `ask_above_usd`, lower --max-tokens, or \
                 choose a cheaper --model."
            }
            Self::OverBudget => "Raise --budget or --budget-tokens, or choose a cheaper --model.",
            Self::CutOff(cut) => cut.advice(),
            Self::UnmatchedBlocks(_) => {
                "Rephrase the request, or choose another --model; the game is unchanged."
            }
            Self::NotComposed => {
                "Set HF_TOKEN to a HuggingFace token, so that a model can change it."
            }
            Self::Unchanged => {
                "Say more exactly what should be different, or choose another --model; nothing was saved."
            }
            Self::NoChange(_) => {
                "The composer can change speed, size, lives, time, goals, colours, light, weather, music, who and \
                 what takes part, the theme and the kind of game; a model can change anything. Nothing was saved."
            }
            Self::NoDescription => {
                "Try again, or choose another --model; with --offline the composer adds what it knows."
            }
            Self::NoGame(_) => "Try again, rephrase the request, or choose another --model.",
            Self::Refused(_) => {
                "Try again, or say what to avoid in the prompt. `codeagent new --unsafe` saves \
                 such a game, marked as unsafe."
            }
            Self::VettingCrashed(_) => {
                "This is a bug in codeagent: please report it with the draft."
            }
            Self::Disk(_) => "Choose a folder that you can write to, with -o or --home.",
            Self::Cancelled => "Stopped. The partial reply is saved.",
        }
    }

    /// The process's exit code, as the README documents them.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Prompt(_) | Self::NotComposed | Self::NoModel | Self::NoPrice => 2,
            Self::NoToken => 3,
            Self::Local(error) => error.exit_code(),
            Self::OverLimit(_) | Self::OverBudget | Self::Expensive { .. } => 4,
            Self::GaveUp { last, why, .. } => exit_code(last, *why),
            Self::CutOff(_) => 6,
            Self::NoGame(_)
            | Self::NoDescription
            | Self::Unchanged
            | Self::UnmatchedBlocks(_)
            | Self::Refused(_)
            | Self::VettingCrashed(_) => 7,
            Self::Disk(_) => 9,
            Self::NoChange(_) => 11,
            Self::Cancelled => 130,
        }
    }

    /// A word for programs; stable.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoToken => "no-token",
            Self::Prompt(_) => "prompt",
            Self::GaveUp { last, .. } => last.cause.code(),
            Self::OverLimit(_) => "over-limit",
            Self::CutOff(_) => "cut-off",
            Self::NoGame(_) => "no-game",
            Self::NoDescription => "no-description",
            Self::Unchanged => "unchanged",
            Self::NoChange(_) => "no-change",
            Self::UnmatchedBlocks(_) => "unmatched",
            Self::Local(error) => error.code(),
            Self::NoModel => "no-model-chosen",
            Self::NoPrice => "no-price",
            Self::OverBudget => "over-budget",
            Self::Expensive { .. } => "expensive",
            Self::NotComposed => "not-composed",
            Self::Refused(_) => "refused",
            Self::VettingCrashed(_) => "unchecked",
            Self::Disk(_) => "disk",
            Self::Cancelled => "cancelled",
        }
    }

    /// The end of a question that is asked once.
    pub fn of(error: InferenceError) -> Self {
        Self::GaveUp { last: error, why: GiveUpReason::Permanent, attempts: 1 }
    }

    /// The last answer of a server that led here.
    pub fn inference_error(&self) -> Option<&InferenceError> {
        match self {
            Self::GaveUp { last, .. } | Self::CutOff(CutOffReason::Broke(last)) => Some(last),
            Self::NoToken
            | Self::Prompt(_)
            | Self::Local(_)
            | Self::NoModel
            | Self::NoDescription
            | Self::NoPrice
            | Self::OverBudget
            | Self::Expensive { .. }
            | Self::OverLimit(_)
            | Self::CutOff(_)
            | Self::NoGame(_)
            | Self::Unchanged
            | Self::NoChange(_)
            | Self::UnmatchedBlocks(_)
            | Self::NotComposed
            | Self::Refused(_)
            | Self::VettingCrashed(_)
            | Self::Disk(_)
            | Self::Cancelled => None,
        }
    }
}

impl CutOffReason {
    /// A clause for people, without a final period.
    pub(super) fn message(&self) -> String {
        match self {
            Self::Length => "the reply reached the token limit before the game was complete".into(),
            Self::Repetition => "the reply repeats itself without end".into(),
            Self::Thinking => "the model spent all its tokens on thinking".into(),
            Self::Filter => "the provider's content filter ended the reply".into(),
            // The client's own message says more than the name of the cause.
            Self::Broke(error) if error.is_local() => {
                format!("the reply was cut off: {}", error.message.headline(240))
            }
            Self::Broke(error) => {
                format!(
                    "the reply was cut off: {}{}",
                    error.cause.describe(),
                    server_message(error)
                )
            }
            Self::Document => "the reply ends in the middle of the game".into(),
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Self::Length => "Raise --max-tokens, or ask for a smaller game.",
            Self::Repetition => {
                "Try again, or choose a larger model: small ones repeat themselves."
            }
            Self::Thinking => "Raise --max-tokens, or choose a model that does not reason.",
            Self::Filter => "Rephrase the request, or choose another provider.",
            Self::Broke(_) | Self::Document => "Try again; the partial reply is saved as a draft.",
        }
    }
}

fn gave_up(last: &InferenceError, why: GiveUpReason, attempts: u32) -> String {
    let cause = last.cause.describe();
    let status = last.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let message = server_message(last);
    match why {
        GiveUpReason::Permanent => format!("{cause}{status}{message}"),
        GiveUpReason::NoAttemptsLeft => {
            format!("{cause}{status}, after {attempts} attempts{message}")
        }
        GiveUpReason::TooLong(wait) => {
            format!("{cause}{status}; try again in {}{message}", format_duration(wait))
        }
    }
}

/// The server's message, shortened to one line.
fn server_message(error: &InferenceError) -> String {
    if error.message.is_empty() {
        return String::new();
    }
    format!(": {}", error.message.headline(240).trim_end_matches('.'))
}

fn exit_code(last: &InferenceError, why: GiveUpReason) -> u8 {
    match last.cause {
        ErrorCause::Permanent(
            PermanentCause::BadToken | PermanentCause::NoPermission | PermanentCause::Gated,
        ) => 3,
        ErrorCause::Permanent(PermanentCause::NoCredits) => 4,
        ErrorCause::Permanent(PermanentCause::Offline) => 5,
        ErrorCause::Permanent(_) => 10,
        ErrorCause::Transient(TransientCause::Limited)
            if matches!(why, GiveUpReason::TooLong(_)) =>
        {
            4
        }
        ErrorCause::Transient(_) => 5,
    }
}
