//! Moves through the open tab of the preview: lines, findings, changes.

use unicode_width::UnicodeWidthChar;

use super::UiState;
use crate::app::{Action, PreviewTab};
use crate::tui::modal::Modal;
use crate::tui::preview_cursor::PreviewCursor;
use crate::tui::search::{CodeSearch, FindDirection};

impl UiState {
    pub(in crate::tui) fn scroll(&mut self, by: isize) -> Vec<Action> {
        if self.modal == Modal::Help {
            self.help_row = self.help_row.saturating_add_signed(by);
            return Vec::new();
        }
        match self.tab {
            PreviewTab::Code | PreviewTab::Play => self.preview.scroll(by, self.page_rows),
            PreviewTab::Findings => {
                let last = self.preview_cursor.targets.len().saturating_sub(1);
                self.preview_cursor.finding =
                    self.preview_cursor.finding.saturating_add_signed(by).min(last);
            }
            PreviewTab::Diff => {
                self.scroll_diff_to(self.preview_cursor.row.saturating_add_signed(by));
            }
        }
        Vec::new()
    }

    /// Scrolls the lines horizontally.
    pub(in crate::tui) fn scroll_horizontally(&mut self, by: isize) -> Vec<Action> {
        if self.modal != Modal::Help {
            // The next frame limits this to the longest line.
            self.preview_cursor.column = self.preview_cursor.column.saturating_add_signed(by);
        }
        Vec::new()
    }

    pub(in crate::tui) fn scroll_to_top(&mut self) -> Vec<Action> {
        self.preview_cursor.column = 0;
        match self.tab {
            PreviewTab::Code | PreviewTab::Play => self.preview.scroll_to_top(),
            PreviewTab::Findings => self.preview_cursor.finding = 0,
            PreviewTab::Diff => self.preview_cursor.row = 0,
        }
        Vec::new()
    }

    pub(in crate::tui) fn scroll_to_end(&mut self) -> Vec<Action> {
        match self.tab {
            PreviewTab::Code | PreviewTab::Play => self.preview.scroll_to_end(),
            PreviewTab::Findings => {
                self.preview_cursor.finding = self.preview_cursor.targets.len().saturating_sub(1);
            }
            PreviewTab::Diff => self.scroll_diff_to(usize::MAX),
        }
        Vec::new()
    }

    fn scroll_diff_to(&mut self, row: usize) {
        self.preview_cursor.row = row.min(self.preview_cursor.rows.saturating_sub(self.page_rows));
    }

    /// Jumps to the line of the chosen finding.
    pub(in crate::tui) fn jump_to_finding(&mut self) -> Vec<Action> {
        let target =
            self.preview_cursor.targets.get(self.preview_cursor.finding).copied().flatten();
        let target = target.filter(|_| self.tab == PreviewTab::Findings);
        let Some((line, column)) = target else { return Vec::new() };
        self.jump_to(line, column.saturating_sub(1));
        vec![Action::Show(PreviewTab::Code)]
    }

    /// Shows this character of the code with some lines before it.
    fn jump_to(&mut self, line: usize, letter: usize) {
        self.preview_cursor.jump_line = Some(line);
        self.preview_cursor.jump_column = Some(letter);
        self.preview.pinned_line = Some(line.saturating_sub(1).saturating_sub(self.page_rows / 3));
    }

    /// Scrolls horizontally so that the character jumped to is within `width` columns.
    pub(in crate::tui) fn reveal_jump_column(&mut self, width: usize) {
        let Some(letter) = self.preview_cursor.jump_column.take() else { return };
        let line = self.preview_cursor.jump_line.and_then(|line| self.preview.line_text(line - 1));
        let before = line.unwrap_or_default().chars().take(letter);
        let column: usize = before.map(|letter| letter.width().unwrap_or(0)).sum();
        let is_near = column < width;
        self.preview_cursor.column = if is_near { 0 } else { column - width / 3 };
    }

    pub(in crate::tui) fn begin_search(&mut self) -> Vec<Action> {
        self.preview_cursor.search =
            Some(CodeSearch::new(self.preview.first_visible(self.page_rows)));
        vec![Action::Show(PreviewTab::Code)]
    }

    /// Jumps to the next match, or to the next change.
    pub(in crate::tui) fn find_next(&mut self, way: FindDirection) -> Vec<Action> {
        if self.tab == PreviewTab::Diff {
            let (row, changes) = (self.preview_cursor.row, &self.preview_cursor.change_rows);
            let to = match way {
                FindDirection::Forward => changes.iter().find(|at| **at > row),
                FindDirection::Backward => changes.iter().rev().find(|at| **at < row),
            };
            if let Some(to) = to.copied() {
                self.scroll_diff_to(to);
            }
            return Vec::new();
        }
        let Some(search) = self.preview_cursor.search.as_ref() else {
            return vec![Action::Note("no search yet: / starts one".to_owned())];
        };
        let from = self.preview_cursor.jump_line.map_or(search.start_line, |line| line - 1);
        match search.next_line(&self.preview, from, way) {
            Some(line) => self.jump_to(line + 1, search.match_column(&self.preview, line)),
            None => return vec![Action::Note("no matches".to_owned())],
        }
        Vec::new()
    }

    /// Edits the query and shows its first match.
    pub(in crate::tui) fn edit_search(&mut self, change: impl FnOnce(&mut String)) -> Vec<Action> {
        let Some(search) = self.preview_cursor.search.as_mut() else { return Vec::new() };
        search.edit_query(change);
        let (from, found) = (search.start_line, search.first_line(&self.preview));
        match found {
            Some(line) => {
                let letter = search.match_column(&self.preview, line);
                self.jump_to(line + 1, letter);
            }
            None => self.return_to(from),
        }
        Vec::new()
    }

    /// Completes the query; an empty one ends the search.
    pub(in crate::tui) fn end_search(&mut self) -> Vec<Action> {
        if let Some(search) = self.preview_cursor.search.as_mut() {
            search.is_complete = true;
        }
        self.preview_cursor.search.take_if(|search| search.query.is_empty());
        Vec::new()
    }

    pub(in crate::tui) fn cancel_search(&mut self) -> Vec<Action> {
        if let Some(search) = self.preview_cursor.search.take() {
            self.return_to(search.start_line);
        }
        Vec::new()
    }

    fn return_to(&mut self, line: usize) {
        self.preview_cursor.column = 0;
        self.preview_cursor.jump_line = None;
        self.preview.pinned_line = Some(line);
    }

    /// Whether letters belong to the query.
    pub(in crate::tui) fn is_searching(&self) -> bool {
        self.preview_cursor.search.as_ref().is_some_and(|search| !search.is_complete)
    }

    /// Resets the cursor for another page.
    pub(in crate::tui) fn reset_preview_cursor(&mut self) {
        let search = self.preview_cursor.search.take();
        self.preview_cursor = PreviewCursor { search, ..PreviewCursor::default() };
    }
}
