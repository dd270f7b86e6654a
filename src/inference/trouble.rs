//! Why an attempt brought no game, and whether waiting helps.
//!
//! Two enums, because the difference matters more than any other: a [`Passing`]
//! cause may be asked again, a [`Lasting`] one must not be.

use std::time::Duration;

use super::Adjustment;
use super::answer::speaks_of_length;
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
    /// A firewall, a proxy or a login page answered in place of the server.
    Blocked,
    /// The address leads to another one, which is not followed.
    Redirected,
    /// The stream ended well and brought no word of an answer.
    Empty,
    /// The system has no certificates to know servers by.
    NoCertificates,
    /// The server's certificate is not one that the system trusts.
    BadCertificate,
    /// The address of the proxy cannot be understood.
    BadProxy,
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

impl Trouble {
    /// Whether the client saw it itself: a silence, the end of a connection.
    pub fn is_local(&self) -> bool {
        let is_seen = matches!(self.cause, Cause::Passing(Passing::TimedOut | Passing::Dropped));
        is_seen && self.status.is_none() && !self.said.is_empty()
    }

    /// What helps, in one sentence.
    pub fn advice(&self) -> &'static str {
        match self.cause {
            Cause::Passing(passing) => passing.advice(),
            Cause::Lasting(Lasting::Rejected) if speaks_of_length(self.said.raw()) => {
                "Lower --max-tokens, shorten the prompt, or choose a model with a longer context."
            }
            Cause::Lasting(lasting) => lasting.advice(),
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
            Self::Blocked => "a firewall or proxy answered in place of the server",
            Self::Redirected => "the server wants to be asked at another address",
            Self::Empty => "the server's answer is empty",
            Self::NoCertificates => "this system has no certificates to check servers with",
            Self::BadCertificate => "the server's certificate is not trusted here",
            Self::BadProxy => "the address of the proxy cannot be used",
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
            Self::Blocked => "blocked",
            Self::Redirected => "redirected",
            Self::Empty => "empty",
            Self::NoCertificates => "no-certificates",
            Self::BadCertificate => "bad-certificate",
            Self::BadProxy => "bad-proxy",
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
            Self::Blocked => {
                "Look for a VPN, a company's proxy or a login page of the network: HTTPS_PROXY and \
                 NO_PROXY say how to pass it. If there is none, check --base-url."
            }
            Self::Redirected => "Use the address it names as --base-url, if you trust it.",
            Self::Empty => "Try again, or choose another --model or provider (`model:provider`).",
            Self::NoCertificates => {
                "Install the package ca-certificates, or name a file of certificates with \
                 SSL_CERT_FILE."
            }
            Self::BadCertificate => {
                "Behind a proxy that opens encrypted connections, name its certificate with \
                 SSL_CERT_FILE; else check --base-url and the clock of this machine."
            }
            Self::BadProxy => {
                "Write it like http://proxy.example:3128 or socks5://127.0.0.1:1080, or unset the \
                 variable."
            }
        }
    }
}
