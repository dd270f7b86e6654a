//! Everything that goes through the public door, in one binary.

#[cfg(unix)]
mod browser;
#[cfg(unix)]
mod chromium;

#[path = "../fake/server.rs"]
mod fake;
mod rules;
#[cfg(unix)]
mod vetted;
