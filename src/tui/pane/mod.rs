//! One file per pane.

mod advice;
mod attempts;
pub(super) mod diff;
pub(super) mod findings;
mod horizontal_scroll;
mod outcome;
pub(super) mod play;
pub(super) mod preview;
pub(super) mod prompt;
mod quota;
pub(super) mod session;
mod stages;
pub(super) mod status;
pub(super) mod tabs;
pub(super) mod variants;
pub(super) mod verdict;
