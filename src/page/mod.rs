//! READS a page: HTML, scripts and styles, with the place of everything.
//!
//! Reading never fails. Odd input is a value that the rules can look at; the
//! one place that says no is [`crate::game::vet`].

pub mod span;

mod decoded;
mod html;
mod places;
pub mod script;
pub mod style;
pub mod url;

mod build;
mod token;
mod tree;

pub use decoded::Decoded;
pub use html::{MAX_DEPTH, Page};
pub use span::{Lines, Position, Span};
pub use token::Place;
pub use tree::{Attribute, Element, Language, NodeId};

#[cfg(test)]
mod tests;
