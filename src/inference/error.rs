//! Why an attempt failed, and whether waiting helps.
//!
//! Two enums, because this difference matters more than any other: a request that failed for a
//! [`TransientCause`] may be retried, one that failed for a [`PermanentCause`] must not be.

use std::time::Duration;

use super::RequestAdjustment;
use super::answer::mentions_length_limit;
use crate::untrusted::Untrusted;

/// One failed attempt: the cause, the server's message, and what it asks of the next attempt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.cause.describe())]
pub struct InferenceError {
    pub cause: ErrorCause,
    pub status: Option<u16>,
    /// How long to wait before the next attempt, if the server says so.
    pub retry_hint: Option<RetryHint>,
    /// The server's own message, or the client's; without secrets.
    pub message: Untrusted,
    pub request_id: Option<Untrusted>,
    /// How the request must change for this server, if it says so.
    pub adjustment: Option<RequestAdjustment>,
}

/// Why an attempt failed, split by whether a retry may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCause {
    Transient(TransientCause),
    Permanent(PermanentCause),
}

/// Waiting may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransientCause {
    /// No connection was made.
    Unreachable,
    /// Nothing listens at an address of this machine.
    NotRunning,
    /// No answer arrived in time.
    TimedOut,
    /// The connection closed before the answer was whole.
    Dropped,
    /// The model is loading, or its endpoint is starting.
    Loading,
    /// Too many requests.
    Limited,
    /// The server is overloaded or failed for now.
    Busy,
}

/// Waiting cannot help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermanentCause {
    BadToken,
    NoCredits,
    NoPermission,
    Gated,
    NoModel,
    Gone,
    Paused,
    RequestTooLarge,
    /// The server did not accept the request as it is.
    Rejected,
    /// The answer is not one of a model server.
    NotAnAnswer,
    /// The server failed and does not expect to recover.
    Broken,
    /// The answer was larger than the limits in this room.
    AnswerTooLarge,
    /// The server has no list of models.
    NoList,
    /// No request was made, because the user chose offline.
    Offline,
    /// A firewall, a proxy or a login page answered in place of the server.
    Blocked,
    /// The address redirects to another one, which is not followed.
    Redirected,
    /// The stream ended properly, without an answer.
    Empty,
    /// The system has no root certificates.
    NoCertificates,
    /// The system does not trust the server's certificate.
    BadCertificate,
    /// The address of the proxy is invalid.
    BadProxy,
}

/// How long a server asks to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryHint {
    /// Demanded in a header or a sentence: an earlier request only makes it worse.
    RetryAfter(Duration),
    /// The server's estimate of its loading time; recorded estimates have no relation to the truth.
    Estimate(Duration),
}

impl InferenceError {
    /// An error that the client detected itself: a connection, a timeout, a size.
    pub fn local(cause: ErrorCause, message: impl Into<String>) -> Self {
        Self {
            cause,
            status: None,
            retry_hint: None,
            message: Untrusted::new(message),
            request_id: None,
            adjustment: None,
        }
    }
}

impl InferenceError {
    /// Whether the client detected it after the answer began: a timeout or a closed connection.
    pub fn is_local(&self) -> bool {
        let is_seen = matches!(
            self.cause,
            ErrorCause::Transient(TransientCause::TimedOut | TransientCause::Dropped)
        );
        is_seen && self.status.is_none() && !self.message.is_empty()
    }

    /// The remedy, in one sentence.
    pub fn advice(&self) -> &'static str {
        match self.cause {
            ErrorCause::Transient(passing) => passing.advice(),
            ErrorCause::Permanent(PermanentCause::Rejected)
                if mentions_length_limit(self.message.raw()) =>
            {
                "Lower --max-tokens, shorten the prompt, or choose a model with a longer context."
            }
            ErrorCause::Permanent(lasting) => lasting.advice(),
        }
    }
}

impl ErrorCause {
    /// A clause for the user, to follow a colon: lower case, no full stop.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Transient(passing) => passing.describe(),
            Self::Permanent(lasting) => lasting.describe(),
        }
    }

    /// A stable identifier for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Transient(passing) => passing.code(),
            Self::Permanent(lasting) => lasting.code(),
        }
    }
}

impl TransientCause {
    fn describe(self) -> &'static str {
        match self {
            Self::Unreachable => "the server cannot be reached",
            Self::NotRunning => "no model server runs at this address of this machine",
            Self::TimedOut => "the server did not answer in time",
            Self::Dropped => "the connection was lost",
            Self::Loading => "the model is still loading",
            Self::Limited => "rate limited",
            Self::Busy => "the server is overloaded or failing",
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::NotRunning => "not-running",
            Self::TimedOut => "timeout",
            Self::Dropped => "dropped",
            Self::Loading => "loading",
            Self::Limited => "limited",
            Self::Busy => "busy",
        }
    }

    /// The remedy once all attempts are used up.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Unreachable => {
                "Check the network and the base URL, or use --offline for the built-in composer."
            }
            Self::NotRunning => {
                "Start it, or correct the base URL; `codeagent local` runs a model on this machine, and \
                 --offline is the built-in composer."
            }
            Self::TimedOut => "Try a faster model or provider, or raise --timeout-first-byte.",
            Self::Dropped => {
                "Try again; if it keeps failing, choose another provider (`model:provider`)."
            }
            Self::Loading => {
                "Try again in a few minutes, or choose a model that is already loaded."
            }
            Self::Limited => "Wait a few minutes, or choose another provider (`model:provider`).",
            Self::Busy => "Try again later, or choose another provider (`model:provider`).",
        }
    }
}

impl PermanentCause {
    fn describe(self) -> &'static str {
        match self {
            Self::BadToken => "the token was refused",
            Self::NoCredits => "the account has no credits to pay for this request",
            Self::NoPermission => "the token has no right to use Inference Providers",
            Self::Gated => "the model's terms have not been accepted",
            Self::NoModel => "the server does not serve this model",
            Self::Gone => "the address no longer exists",
            Self::Paused => "the endpoint is paused",
            Self::RequestTooLarge => "the request is larger than the server accepts",
            Self::Rejected => "the server did not accept the request",
            Self::NotAnAnswer => "the address is not that of a model server",
            Self::Broken => "the server failed and does not expect to recover",
            Self::AnswerTooLarge => "the reply is larger than any game",
            Self::NoList => "the server does not list its models",
            Self::Offline => "offline by choice, so no server is contacted",
            Self::Blocked => "a firewall or proxy answered in place of the server",
            Self::Redirected => "the server redirects to another address",
            Self::Empty => "the server's response is empty",
            Self::NoCertificates => "this system has no CA certificates",
            Self::BadCertificate => "the server's certificate is not trusted here",
            Self::BadProxy => "the proxy's address is invalid",
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
            Self::RequestTooLarge => "too-large",
            Self::Rejected => "rejected",
            Self::NotAnAnswer => "not-an-answer",
            Self::Broken => "broken",
            Self::AnswerTooLarge => "endless",
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

    /// The remedy, in one sentence. The links are HuggingFace's own pages.
    pub fn advice(self) -> &'static str {
        match self {
            Self::BadToken => {
                "Set HF_TOKEN to a valid token (https://huggingface.co/settings/tokens); one \
                 from `hf auth login` may have expired."
            }
            Self::NoCredits => {
                "Ways on: buy credits or PRO (https://huggingface.co/settings/billing); a provider's \
                 own key (https://huggingface.co/settings/inference-providers); a model on this \
                 machine, which is free (--base-url http://localhost:11434/v1 for Ollama); or \
                 --offline for the built-in composer."
            }
            Self::NoPermission => {
                "Create a token that has it: https://huggingface.co/settings/tokens/new\
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
            Self::RequestTooLarge => "Shorten the prompt.",
            Self::Rejected => {
                "Change what the message names; a server without chat completions may need \
                 --protocol text-generation."
            }
            Self::NotAnAnswer => {
                "Check --base-url: it should be like https://router.huggingface.co/v1."
            }
            Self::Broken => "Choose another --model or provider (`model:provider`).",
            Self::AnswerTooLarge => "Ask for a smaller game, or lower --max-tokens.",
            Self::NoList => "Set --model to the name that the server's documentation uses.",
            Self::Offline => {
                "Try again without --offline, `engine = \"offline\"` or HF_HUB_OFFLINE."
            }
            Self::Blocked => {
                "Check for a VPN, a company proxy or a network login page; set HTTPS_PROXY or \
                 NO_PROXY to get past it. If there is none, check --base-url."
            }
            Self::Redirected => "If you trust the address that it names, set --base-url to it.",
            Self::Empty => "Try again, or choose another --model or provider (`model:provider`).",
            Self::NoCertificates => {
                "Install the package ca-certificates, or set SSL_CERT_FILE to a file of \
                 certificates."
            }
            Self::BadCertificate => {
                "If a proxy inspects encrypted connections, set SSL_CERT_FILE to its certificate; \
                 otherwise check --base-url and this machine's clock."
            }
            Self::BadProxy => {
                "Write it like http://proxy.example:3128 or socks5://127.0.0.1:1080, or unset the \
                 variable."
            }
        }
    }
}
