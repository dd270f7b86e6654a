//! READS a page: HTML, scripts and styles, all with source spans.
//!
//! Parsing never fails: odd input is a value that rules can inspect. Only [`crate::game::vet`]
//! rejects pages.

pub mod span;

mod decoded;
mod html;
mod insertion_points;
pub mod script;
pub mod style;
pub mod url;

mod token;
mod tree;
mod tree_sink;

pub use decoded::DecodedText;
pub use html::{HtmlPage, MAX_DEPTH};
pub use span::{LineIndex, Position, Span};
pub use token::AttributePlace;
pub use tree::{Attribute, Element, Namespace, NodeId};

#[cfg(test)]
mod tests;
