//! What became of a reply.

use std::sync::Arc;

use crate::game::{ExtractError, Rejection, UnmatchedBlock, Vetted};

/// What became of a reply.
#[derive(Debug, Clone)]
pub enum VettingOutcome {
    Passed(Arc<Vetted>),
    Refused(Arc<Rejection>),
    /// The document stops in the middle.
    Cut,
    /// Blocks that do not fit the game that was to be changed.
    Unmatched(Vec<UnmatchedBlock>),
    /// The game that was to be changed, as it was.
    Unchanged,
    Nothing(ExtractError),
    /// The checks themselves failed: a defect of ours.
    Broke(String),
}
