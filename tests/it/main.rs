//! Everything that goes through the public door, in one binary.

#[path = "../fake/server.rs"]
mod fake;
mod hub;
mod rules;
