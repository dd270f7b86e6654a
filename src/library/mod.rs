//! REMEMBERS what was made: games and drafts, as plain files for now.

mod files;
mod read;

pub use files::{DiskError, Draft, Shelf, probe, rewrite, write_new, write_over};
pub use read::{Unreadable, read, read_file};
