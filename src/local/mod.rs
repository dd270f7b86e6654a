//! RUNS a model server on the user's own machine: which model fits, where its weights are, how a server
//! is started and ended.
//!
//! What decides is pure and stands in a file of its own; only `hub_cache.rs`, `machine.rs`,
//! `process_identity.rs`, `server_process.rs` and `server_record.rs` touch the machine.

pub mod catalogue;
pub mod download;
pub mod fit;
pub mod gguf;
pub mod hub_cache;
pub mod launch;
pub mod machine;
pub mod model_ref;
pub mod models;
pub mod ollama_pull;
pub mod process_identity;
pub mod repository;
pub mod server_log;
pub mod server_process;
pub mod server_record;

mod download_error;
mod error;

pub use catalogue::{LocalCatalogue, LocalModelRow};
pub use download_error::DownloadError;
pub use error::LocalError;
pub use fit::{Fit, MemoryPlan};
pub use machine::MachineResources;
pub use model_ref::ModelRef;
pub use models::{DownloadOffer, DownloadedModel, LocalModels};
