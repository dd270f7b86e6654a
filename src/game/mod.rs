//! VETS a game: from a model's reply to a page that is safe.
//!
//! [`extract()`] finds the document in a reply; [`vet()`] parses, checks, repairs and hardens it.
//! Only the last step creates a [`Vetted`], so nothing can be saved or opened as a game without all
//! of them.

mod source;
mod stitch;

mod change;
mod extract;
mod harden;
mod repair;
mod seal;
mod vet;

pub mod report;

pub use change::{
    BlockMismatch, EditOutcome, NearestPlace, PatchedGame, UnmatchedBlock, apply_change,
};
pub use extract::{ExtractError, Extraction, extract};
pub use harden::{OWN_ONLY, csp_hash};
pub use report::{report, to_json};
pub use seal::{SANDBOX, StorageKey, escape_html, game_frame, seal};
pub use source::HtmlSource;
pub use stitch::stitch;
pub use vet::{Rejection, STACK_BYTES, Vetted, strip_protection, vet};
