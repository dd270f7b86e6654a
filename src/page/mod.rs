//! READS a page: HTML, scripts and styles, with the place of everything.
//!
//! Reading never fails. Odd input is a value that the rules can look at; the
//! one place that says no is [`crate::game::vet`].

pub mod span;

pub use span::{Lines, Position, Span};
