//! Everything that goes through the public door, in one binary.

mod rules;
