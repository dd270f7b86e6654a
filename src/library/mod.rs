//! REMEMBERS the user's work: every version of every game, the prompts, and the cost of requests.
//!
//! [`Library`] is one SQLite file that all processes of the user share. Games and drafts are also
//! plain files beside it ([`DataDir`]), so games are made and saved even if the library cannot be
//! used.

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
pub use edit_file::{EditFile, EditFileError, EditKind};
pub use error::LibraryError;
pub use files::{
    DataDir, DiskError, DraftKind, check_writable, create_empty_folder, is_stream, replace_file,
    rewrite_unchanged, write_new, write_private,
};
pub use manifest::{ExportManifest, ExportedGame, ExportedVersion, ManifestError};
pub use path_completion::{complete_path, expand_home};
pub use read::{ReadError, modified_and_size, read_text, read_text_file};
pub use store::{
    Admission, DraftId, FormTally, LedgerLoad, Library, LibraryHealth, ModelSummary, ModelTry,
    NewRequest, RepairTally, RequestEnding, RequestId, SettledCost, SpendingTotals,
    UnfinishedReply, sha256,
};
pub use version::{
    GameAddress, GameAddressError, GameEntry, GameId, ListRange, MatchField, NewVersion, PageTexts,
    PlayRecord, Provenance, RequestCost, SearchHit, UnixMillis, VersionEntry, VersionId,
    VersionParent,
};
