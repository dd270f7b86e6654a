//! One file per pane.

mod attempts;
mod background;
pub(super) mod diff;
pub(super) mod findings;
mod horizontal_scroll;
pub(super) mod play;
pub(super) mod preview;
pub(super) mod prompt;
mod quota;
mod stages;
pub(super) mod status;
pub(super) mod tabs;
pub(super) mod variants;
pub(super) mod verdict;
