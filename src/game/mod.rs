//! VETS a game: from a model's reply to a page that cannot hurt.

mod source;

pub use source::Source;
