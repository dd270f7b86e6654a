//! Rules about markup.

pub(super) mod complete_document;
pub(super) mod document_basics;
pub(super) mod no_external_resource;
pub(super) mod no_inline_handler;
pub(super) mod no_javascript_url;
pub(super) mod no_markup_power;
pub(super) mod within_limits;

mod element_locator;
mod generated_markup;
mod handler_retention;
mod scope;
mod template_holes;

pub(super) use generated_markup::encode_quoted;
pub(super) use no_external_resource::{is_frame, loads};
pub(super) use scope::has_name;
