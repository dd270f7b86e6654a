//! SPEAKS to model servers: chat completions and text-generation, as streams.
//!
//! Request bodies, the reading of answers and the retry policy are pure functions of bytes and
//! time. Only `client.rs` (with `client/`) opens sockets. Statuses, shapes and header dialects are
//! those of HuggingFace's router, TGI and the providers behind them, as documented or recorded up
//! to September 2026.

pub mod account;
pub mod answer;
pub mod client;
pub mod device_login;
pub mod endpoint;
pub mod error;
pub mod limits;
pub mod local_server;
pub mod model_size;
pub mod models;
pub mod outcome;
pub mod price;
pub mod protocol;
pub mod proxy;
mod reasoning_filter;
pub mod repetition;
pub mod request;
pub mod retry;
pub mod sampling;
pub mod sse;
pub mod stream;

pub use client::{InferenceClient, Timeouts};
pub use endpoint::Endpoint;
pub use error::{ErrorCause, InferenceError, PermanentCause, RetryHint, TransientCause};
pub use limits::{LimitKind, LimitReached, RequestLimits};
pub use models::{CachedCatalogue, Catalogue};
pub use outcome::{FinishReason, Outcome, Reply, ResponseMeta, TokenUsage};
pub use price::{ModelPrices, Price, ServerCost};
pub use protocol::Protocol;
pub use proxy::{Proxy, ProxyError};
pub use request::{ChatTurn, CompletionRequest, RequestAdjustment};
pub use retry::{Pause, Policy, Retry, RetryDecision};
pub use sampling::Sampling;
