//! Why an attempt brought no game, and whether waiting helps.
//!
//! Two enums, because the difference matters more than any other: a [`Passing`]
//! cause may be asked again, a [`Lasting`] one must not be.

use std::time::Duration;

use super::Adjustment;
use crate::untrusted::Untrusted;

/// One failed attempt: the cause, what the server said, and what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub cause: Cause,
    pub status: Option<u16>,
    /// How long the server wants to be left alone.
    pub asked: Option<Asked>,
    /// The server's own words, without secrets.
    pub said: Untrusted,
    pub request_id: Option<Untrusted>,
    /// How the request must change for this server, where it told.
    pub adjustment: Option<Adjustment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Passing(Passing),
    Lasting(Lasting),
}

/// Waiting may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// No connection could be made.
    Unreachable,
    /// Nothing came in time.
    TimedOut,
    /// The connection closed before the answer was whole.
    Dropped,
    /// The model is being loaded, or its endpoint wakes up.
    Loading,
    /// Too many requests.
    Limited,
    /// The server is overloaded or failed for now.
    Busy,
}

/// Waiting cannot help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    BadToken,
    NoCredits,
    NoPermission,
    Gated,
    NoModel,
    Gone,
    Paused,
    TooLarge,
    /// The server did not accept the request as it is.
    Rejected,
    /// Something answered that is no model server.
    NotAnAnswer,
    /// The server itself is broken in a way that it does not expect to pass.
    Broken,
    /// The answer was larger than any game.
    Endless,
    /// The server does not tell what it serves.
    NoList,
    /// Nothing was asked: the user said so.
    Offline,
}

/// How long a server wants to be left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It said so in a header or a sentence: asking earlier only makes it worse.
    Demand(Duration),
    /// It guesses how long loading takes; recorded guesses have no relation to the truth.
    Estimate(Duration),
}

impl Trouble {
    /// Trouble that no server spoke of: a connection, a clock, a size.
    pub fn local(cause: Cause, said: impl Into<String>) -> Self {
        Self {
            cause,
            status: None,
            asked: None,
            said: Untrusted::new(said),
            request_id: None,
            adjustment: None,
        }
    }
}

impl Cause {
    /// A clause for people, to follow a colon: lower case, no full stop.
    pub fn words(self) -> &'static str {
        match self {
            Self::Passing(passing) => passing.words(),
            Self::Lasting(lasting) => lasting.words(),
        }
    }

    /// A word for programs; stable.
    pub fn code(self) -> &'static str {
        match self {
            Self::Passing(passing) => passing.code(),
            Self::Lasting(lasting) => lasting.code(),
        }
    }
}

impl Passing {
    fn words(self) -> &'static str {
        match self {
            Self::Unreachable => "the server cannot be reached",
            Self::TimedOut => "the server did not answer in time",
            Self::Dropped => "the connection broke off",
            Self::Loading => "the model is still loading",
            Self::Limited => "the server limits how often it may be asked",
            Self::Busy => "the server is overloaded or failing",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timeout",
            Self::Dropped => "dropped",
            Self::Loading => "loading",
            Self::Limited => "limited",
            Self::Busy => "busy",
        }
    }

    /// What helps when all attempts are used up.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "Check the network and the base URL, or use --offline for the built-in composer."
            }
            Self::TimedOut => "Try a faster model or provider, or raise --timeout-first-byte.",
            Self::Dropped => {
                "Try again; if it goes on, choose another provider (`model:provider`)."
            }
            Self::Loading => "Try again in some minutes, or choose a model that is already warm.",
            Self::Limited => "Wait some minutes, or choose another provider (`model:provider`).",
            Self::Busy => "Try again later, or choose another provider (`model:provider`).",
        }
    }
}

impl Lasting {
    fn words(self) -> &'static str {
        match self {
            Self::BadToken => "the token was refused",
            Self::NoCredits => "the month's credits are used up",
            Self::NoPermission => "the token has no right to use Inference Providers",
            Self::Gated => "the model's terms have not been accepted",
            Self::NoModel => "the server does not serve this model",
            Self::Gone => "the address is no longer served",
            Self::Paused => "the endpoint is paused",
            Self::TooLarge => "the request is larger than the server takes",
            Self::Rejected => "the server did not accept the request",
            Self::NotAnAnswer => "what answered is not a model server",
            Self::Broken => "the server failed and does not expect to recover",
            Self::Endless => "the answer grew larger than any game",
            Self::NoList => "the server does not tell which models it serves",
            Self::Offline => "no server is asked, because offline was chosen",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::BadToken => "bad-token",
            Self::NoCredits => "no-credits",
            Self::NoPermission => "no-permission",
            Self::Gated => "gated",
            Self::NoModel => "no-model",
            Self::Gone => "gone",
            Self::Paused => "paused",
            Self::TooLarge => "too-large",
            Self::Rejected => "rejected",
            Self::NotAnAnswer => "not-an-answer",
            Self::Broken => "broken",
            Self::Endless => "endless",
            Self::NoList => "no-list",
            Self::Offline => "offline",
        }
    }

    /// What helps, in one sentence. The links are HuggingFace's own pages.
    pub fn advice(self) -> &'static str {
        match self {
            Self::BadToken => {
                "Put a valid token into HF_TOKEN (https://huggingface.co/settings/tokens); one \
                 from `hf auth login` may have expired."
            }
            Self::NoCredits => {
                "See https://huggingface.co/settings/billing, or use --offline for the built-in \
                 composer."
            }
            Self::NoPermission => {
                "Make a token that may: https://huggingface.co/settings/tokens/new\
                 ?ownUserPermissions=inference.serverless.write&tokenType=fineGrained"
            }
            Self::Gated => {
                "Accept the terms on the model's page (https://huggingface.co/ and its name), or \
                 choose another --model."
            }
            Self::NoModel => {
                "Check the spelling of --model (`codeagent models` lists what is served) and the \
                 providers you enabled at https://huggingface.co/settings/inference-providers."
            }
            Self::Gone => "Use --base-url https://router.huggingface.co/v1.",
            Self::Paused => "Resume it at https://endpoints.huggingface.co and try again.",
            Self::TooLarge => "Shorten the prompt.",
            Self::Rejected => {
                "Change what it names; a server that knows no chat may need --protocol \
                 text-generation."
            }
            Self::NotAnAnswer => {
                "Check --base-url: it should be like https://router.huggingface.co/v1."
            }
            Self::Broken => "Choose another --model or provider (`model:provider`).",
            Self::Endless => "Ask for a smaller game, or lower --max-tokens.",
            Self::NoList => "Name the model with --model as the server's own pages do.",
            Self::Offline => {
                "Try again without --offline, `engine = \"offline\"` or HF_HUB_OFFLINE."
            }
        }
    }
}
