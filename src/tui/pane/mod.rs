//! One file a pane.

pub(super) mod play;
pub(super) mod preview;
pub(super) mod prompt;
pub(super) mod status;
pub(super) mod verdict;
