#![doc = include_str!("ARCHITECTURE.md")]

pub mod config;
pub mod secret;
pub mod untrusted;

pub mod app;

pub mod inference;

pub mod local;

pub mod page;
pub mod rules;

pub mod game;

pub mod play;

pub mod compose;

pub mod library;

#[cfg(feature = "server")]
pub mod serve;

pub mod driver;

pub mod cli;
pub mod report;
#[cfg(feature = "screen")]
pub mod tui;
