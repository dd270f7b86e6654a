//! codeagent turns a sentence into a playable browser game, in the terminal.

pub mod config;
pub mod secret;
pub mod untrusted;

pub mod app;

pub mod inference;

pub mod page;
pub mod rules;

pub mod game;

pub mod compose;

pub mod library;

pub mod driver;

pub mod cli;
pub mod tui;
