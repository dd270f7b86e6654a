//! Rules about styles.

pub(super) mod no_external_css;
