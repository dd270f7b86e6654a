//! REMEMBERS what was made: games and drafts, as plain files for now.

mod files;

pub use files::{DiskError, Draft, Shelf, probe, write_new, write_over};
