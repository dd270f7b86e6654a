//! REMEMBERS what was made: every version of every game, what was asked, and what it cost.
//!
//! [`Library`] is one SQLite file that all processes of the user share. Games
//! and drafts lie as plain files beside it ([`DataDir`]), so nothing depends on it
//! alone: where it cannot be used, games are made and saved all the same.

mod cache;
mod comparison;
mod diff;
mod edit_file;
mod error;
mod files;
mod manifest;
mod path_completion;
mod process_lock;
mod read;
mod store;
mod version;

pub use cache::{AnswerCache, CachedAnswer};
pub use comparison::{ComparedLine, ComparisonRow, PageComparison, compare_pages};
pub use diff::{UnifiedDiff, unified_diff};
pub use edit_file::EditFile;
pub use error::LibraryError;
pub use files::{
    DataDir, DiskError, DraftKind, check_writable, create_empty_folder, replace_file,
    rewrite_unchanged, write_new,
};
pub use manifest::{ExportManifest, ExportedGame, ExportedVersion, ManifestError};
pub use path_completion::{complete_path, expand_home};
pub use read::{ReadError, modified_and_size, read_text, read_text_file};
pub use store::{
    Admission, DraftId, FormTally, LedgerLoad, Library, LibraryHealth, NewRequest, RequestEnding,
    RequestId, SpendingTotals, UnfinishedReply, sha256,
};
pub use version::{
    GameAddress, GameAddressError, GameEntry, GameId, ListRange, MatchField, NewVersion, PageTexts,
    PlayRecord, Provenance, RequestCost, SearchHit, UnixMillis, VersionEntry, VersionId,
    VersionParent,
};
