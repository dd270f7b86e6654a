//! Rules about markup.

pub(super) mod complete_document;
pub(super) mod document_basics;
pub(super) mod no_external_resource;
pub(super) mod no_inline_handler;
pub(super) mod no_javascript_url;
pub(super) mod no_markup_power;
pub(super) mod within_limits;

mod gaps;
mod locate;
mod made;
mod scope;
mod stays;

pub(super) use made::encoded;
