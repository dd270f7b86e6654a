//! Rules about code.

pub(super) mod no_eval;
pub(super) mod no_function_constructor;
pub(super) mod no_navigation;
pub(super) mod no_network;
pub(super) mod no_string_timer;
pub(super) mod syntax;

use crate::page::script::{Reach, Use};

/// Whether a power gets away here, and not only its name.
pub(super) fn escapes(reach: &Reach) -> bool {
    match &reach.usage {
        Use::Called | Use::Taken => true,
        Use::Member(name) => matches!(name.as_str(), "call" | "apply" | "bind" | ""),
        Use::Tested | Use::Written => false,
    }
}
