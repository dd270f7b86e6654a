//! SHOWS a game as a web page, only to the user's own browser.
//!
//! A server on loopback with an unguessable path, and four addresses under it: the shell page
//! around the game, the game, the events of its versions, and where the shell page reports what the
//! user pointed at ([`PointedTarget`]). It sends only vetted games, in the same sandbox as a sealed
//! file. `route.rs` routes requests and `page.rs` builds the responses, both without a socket.

mod connections;
mod page;
mod pointed_target;
mod route;
mod server;

pub use page::{Pointing, ServedPage};
pub use pointed_target::PointedTarget;
pub use server::{GameServer, PlayState};
