//! SHOWS a game as a web page: to the user's own browser, and to nobody else.
//!
//! A server on loopback, a path that cannot be guessed, and three addresses
//! under it: the page around the game, the game, and the news of its versions.
//! It sends only what was vetted, and a game gets the same sandbox as in a
//! sealed file. What is asked is decided in `route.rs` and what is sent in
//! `page.rs`, both without a socket.

mod connections;
mod page;
mod route;
mod server;

pub use page::ServedPage;
pub use server::{GameServer, PlayState};
