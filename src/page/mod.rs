//! READS a page: HTML, scripts and styles, with the place of everything.
//!
//! Reading never fails. Odd input is a value that the rules can look at; the
//! one place that says no is [`crate::game::vet`].

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
