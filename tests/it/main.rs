//! Everything that goes through the public door, in one binary.

#[path = "../fake/server.rs"]
mod fake;

#[cfg(unix)]
mod browser;
#[cfg(unix)]
mod chromium;
mod cli;
mod hub;
mod laws;
mod replay;
mod rules;
mod screens;
mod time;
#[cfg(unix)]
mod vetted;
mod vetting;
