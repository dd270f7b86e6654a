//! The position in each tab of the preview.

use super::search::CodeSearch;

/// The position in each tab; that of the code is kept with its lines.
#[derive(Debug, Clone, Default)]
pub(super) struct PreviewCursor {
    /// The chosen finding.
    pub finding: usize,
    /// Line and column of each finding in the code, from 1, as drawn last.
    pub targets: Vec<Option<(usize, usize)>>,
    /// The line jumped to, from 1.
    pub jump_line: Option<usize>,
    /// The character of it that the next frame must show.
    pub jump_column: Option<usize>,
    /// Columns of code or of a comparison scrolled out at the left.
    pub column: usize,
    /// The first visible row of the comparison.
    pub row: usize,
    /// Its number of rows, and the rows at which its changes start.
    pub rows: usize,
    pub change_rows: Vec<usize>,
    pub search: Option<CodeSearch>,
}

/// Columns scrolled per key.
pub(super) const SHIFT_COLUMNS: isize = 20;
