//! Everything that goes through the public door, in one binary.

#[cfg(unix)]
mod browser;
#[cfg(unix)]
mod chromium;

#[path = "../fake/server.rs"]
mod fake;

mod cli;
mod hub;
mod replay;
mod rules;
mod screens;
mod time;
#[cfg(unix)]
mod vetted;
