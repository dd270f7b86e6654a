//! Everything that goes through the public door, in one binary.

#[path = "../fake/server.rs"]
mod fake;

mod cli;
mod hub;
mod replay;
mod rules;
mod screens;
mod time;
