//! Everything that goes through the public door, in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot go on has failed, and it waits on real clocks and threads"
)]

#[path = "../fake/server.rs"]
mod fake;

#[cfg(unix)]
mod browser;
mod check;
mod choose;
#[cfg(unix)]
mod chromium;
mod cli;
mod clicked;
#[cfg(unix)]
mod contrast;
mod correctness;
mod doctor;
#[cfg(target_os = "linux")]
mod download;
mod edit;
mod engines;
#[cfg(target_os = "linux")]
mod escape;
#[cfg(target_os = "linux")]
mod firefox;
mod fixing;
mod fuzzed;
mod generate;
#[cfg(unix)]
mod handlers;
mod harmless;
#[cfg(unix)]
mod hostile;
mod hub;
mod improve;
mod knobs;
mod laws;
mod library;
mod local;
mod log;
#[cfg(target_os = "linux")]
mod login;
mod lull;
mod many;
#[cfg(target_os = "linux")]
mod mended;
mod minified;
mod models;
mod money;
mod pathological;
mod pick;
#[cfg(target_os = "linux")]
mod pictures;
#[cfg(target_os = "linux")]
mod play;
mod pointed;
#[cfg(target_os = "linux")]
mod printed;
#[cfg(unix)]
mod project;
#[cfg(target_os = "linux")]
mod pty;
mod replay;
mod replies;
mod room;
mod rules;
#[cfg(target_os = "linux")]
mod run_local;
mod screens;
mod sealed;
#[cfg(unix)]
mod serve;
#[cfg(unix)]
mod session;
mod settings;
mod sheet;
mod shown;
mod side_by_side;
mod steps;
mod structure;
mod tabs;
mod talk;
#[cfg(target_os = "linux")]
mod terminal;
mod tidy;
mod time;
mod tries;
mod truth;
mod variants;
#[cfg(unix)]
mod vetted;
mod vetting;
mod view;
mod wire;
