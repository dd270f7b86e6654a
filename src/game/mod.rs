//! VETS a game: from a model's reply to a page that cannot hurt.
//!
//! [`extract()`] finds the document in a reply, [`vet()`] reads, checks, repairs
//! and hardens it. Only the last step makes a [`Vetted`], so nothing can be
//! saved or opened as a game without having passed all of them.

mod source;
mod stitch;

mod change;
mod extract;
mod harden;
mod repair;
mod seal;
mod vet;

pub mod report;

pub use change::{Change, Mismatch, Nearest, Patch, Unmatched, change};
pub use extract::{Extraction, NoGame, extract};
pub use harden::{OWN_ONLY, hash};
pub use report::{report, to_json};
pub use seal::{SANDBOX, StorageKey, escaped, frame, seal};
pub use source::Source;
pub use stitch::stitch;
pub use vet::{Rejection, STACK_BYTES, Vetted, bare, vet};
