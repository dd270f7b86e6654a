//! One file a pane.

pub(super) mod preview;
pub(super) mod prompt;
pub(super) mod status;
