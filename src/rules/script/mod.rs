//! Rules about code.

pub(super) mod no_device_api;
pub(super) mod no_document_write;
pub(super) mod no_dynamic_code;
pub(super) mod no_dynamic_global;
pub(super) mod no_endless_loop;
pub(super) mod no_eval;
pub(super) mod no_frame;
pub(super) mod no_function_constructor;
pub(super) mod no_html_injection;
pub(super) mod no_leave_prompt;
pub(super) mod no_navigation;
pub(super) mod no_network;
pub(super) mod no_prototype_tampering;
pub(super) mod no_string_timer;
pub(super) mod syntax;

mod other_file;
mod own_page;
mod powers;

use crate::page::script::{AccessKind, GlobalAccess};

/// Whether the object itself is used here, and not only its name.
pub(super) fn gives_away(access: &GlobalAccess<'_>) -> bool {
    match &access.usage {
        AccessKind::Called | AccessKind::Taken => true,
        AccessKind::Member(name) => matches!(*name, "call" | "apply" | "bind" | ""),
        AccessKind::Tested | AccessKind::Written => false,
    }
}
