#![doc = include_str!("ARCHITECTURE.md")]

pub mod config;
pub mod secret;
pub mod untrusted;

pub mod app;

pub mod inference;

pub mod page;
pub mod rules;

pub mod game;

pub mod play;

pub mod compose;

pub mod library;

pub mod serve;

pub mod driver;

pub mod cli;
pub mod report;
pub mod tui;
