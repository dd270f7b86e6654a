//! SHOWS a game as a web page, only to the user's own browser.
//!
//! A server on loopback with an unguessable path, and three addresses under it: the shell page
//! around the game, the game, and the events of its versions. It sends only vetted games, in the
//! same sandbox as a sealed file. `route.rs` routes requests and `page.rs` builds the responses,
//! both without a socket.

mod connections;
mod page;
mod route;
mod server;

pub use page::ServedPage;
pub use server::{GameServer, PlayState};
