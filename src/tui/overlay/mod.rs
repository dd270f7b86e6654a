//! What lies over the panes for a moment.

pub(super) mod confirm;
pub(super) mod help;
pub(super) mod picker;
