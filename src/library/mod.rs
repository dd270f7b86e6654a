//! REMEMBERS what was made: every version of every game, what was asked, and what it cost.
//!
//! [`Library`] is one SQLite file that all processes of the user share. Games
//! and drafts lie as plain files beside it ([`Shelf`]), so nothing depends on it
//! alone: where it cannot be used, games are made and saved all the same.

mod cache;
mod compare;
mod diff;
mod files;
mod lend;
mod manifest;
mod offers;
mod read;
mod running;
mod store;
mod trouble;
mod version;

pub use cache::{Cache, Kept};
pub use compare::{Comparison, Half, Row, compare};
pub use diff::{Diff, diff};
pub use files::{DiskError, Draft, Shelf, fresh_folder, probe, rewrite, write_new, write_over};
pub use lend::Lent;
pub use manifest::{BadManifest, Exported, ExportedVersion, Manifest};
pub use offers::{at_home, offers};
pub use read::{Unreadable, changed_at, read, read_file};
pub use store::{
    Begun, DraftId, Ending, FormTally, Health, Library, Load, NewRequest, RequestId, Spent,
    Unfinished, sha256,
};
pub use trouble::LibraryError;
pub use version::{
    Address, BadAddress, Cost, Found, Game, GameId, Hit, Making, Moment, NewVersion, Page, Place,
    Play, Slice, Version, VersionId,
};
