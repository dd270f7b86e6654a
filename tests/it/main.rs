//! Everything that goes through the public door, in one binary.

mod laws;
mod rules;
mod vetting;
