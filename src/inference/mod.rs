//! SPEAKS to model servers: chat completions and text-generation, as streams.
//!
//! What is sent, what an answer means and when to ask again are pure functions
//! of bytes and time. `client.rs` alone (with `client/`) opens sockets. Statuses, shapes and
//! header dialects are those of HuggingFace's router, TGI and the providers
//! behind them, as documented or recorded up to September 2026.

pub mod account;
pub mod answer;
pub mod client;
pub mod endpoint;
pub mod events;
pub mod limits;
pub mod models;
pub mod outcome;
pub mod price;
pub mod proxy;
pub mod request;
pub mod retry;
pub mod stream;
mod thought;
pub mod trouble;

pub use client::{Client, Timeouts};
pub use endpoint::{Endpoint, Protocol};
pub use limits::{Held, Limit, Limits};
pub use models::{Catalogue, Listed};
pub use outcome::{Finish, Meta, Outcome, Reply, Usage};
pub use price::Price;
pub use proxy::{BadProxy, Proxy};
pub use request::{Adjustment, Request, Turn};
pub use retry::{Decision, Pause, Policy, Retry};
pub use trouble::{Asked, Cause, Lasting, Passing, Trouble};
