//! The preview: its code, the position in each tab, and the moves through them.

use unicode_width::UnicodeWidthChar;

use super::image_worker::ImageSlot;
use super::keymap::UiCommand;
use super::preview::Preview;
use super::preview_cursor::{PreviewCursor, SHIFT_COLUMNS};
use super::search::{CodeSearch, FindDirection};
use super::view_state::{PreviewTab, ViewCommand, ViewState};
use crate::app::Action;

/// What the preview keeps between frames.
#[derive(Debug)]
pub(super) struct PreviewState {
    pub code: Preview,
    pub cursor: PreviewCursor,
    /// Lines of code in the last frame: one page of scrolling.
    pub page_rows: usize,
    /// The picture of the play-test.
    pub image: ImageSlot,
}

impl Default for PreviewState {
    fn default() -> Self {
        Self {
            code: Preview::default(),
            cursor: PreviewCursor::default(),
            page_rows: 20,
            image: ImageSlot::default(),
        }
    }
}

impl PreviewState {
    /// Runs a command of the preview pane.
    pub fn run_command(&mut self, command: UiCommand, view: &mut ViewState) -> Vec<Action> {
        let page = self.page_rows.cast_signed();
        match command {
            UiCommand::Open => self.jump_to_finding(view),
            UiCommand::Search => self.begin_search(view),
            UiCommand::FindNext => self.find_next(view.tab, FindDirection::Forward),
            UiCommand::FindBack => self.find_next(view.tab, FindDirection::Backward),
            UiCommand::Rightward => self.scroll_horizontally(SHIFT_COLUMNS),
            UiCommand::Leftward => self.scroll_horizontally(-SHIFT_COLUMNS),
            UiCommand::LineDown => self.scroll(view.tab, 1),
            UiCommand::LineUp => self.scroll(view.tab, -1),
            UiCommand::PageDown => self.scroll(view.tab, page),
            UiCommand::PageUp => self.scroll(view.tab, -page),
            UiCommand::Top => self.scroll_to_top(view.tab),
            UiCommand::Bottom => self.scroll_to_end(view.tab),
            _ => Vec::new(),
        }
    }

    /// Scrolls a tab by so many lines, findings or rows.
    pub fn scroll(&mut self, tab: PreviewTab, by: isize) -> Vec<Action> {
        match tab {
            PreviewTab::Code | PreviewTab::Play => self.code.scroll(by, self.page_rows),
            PreviewTab::Findings => {
                let last = self.cursor.targets.len().saturating_sub(1);
                self.cursor.finding = self.cursor.finding.saturating_add_signed(by).min(last);
            }
            PreviewTab::Diff => {
                self.scroll_diff_to(self.cursor.row.saturating_add_signed(by));
            }
        }
        Vec::new()
    }

    /// Scrolls the lines horizontally.
    pub fn scroll_horizontally(&mut self, by: isize) -> Vec<Action> {
        // The next frame limits this to the longest line.
        self.cursor.column = self.cursor.column.saturating_add_signed(by);
        Vec::new()
    }

    /// Scrolls a tab to its beginning.
    pub fn scroll_to_top(&mut self, tab: PreviewTab) -> Vec<Action> {
        self.cursor.column = 0;
        match tab {
            PreviewTab::Code | PreviewTab::Play => self.code.scroll_to_top(),
            PreviewTab::Findings => self.cursor.finding = 0,
            PreviewTab::Diff => self.cursor.row = 0,
        }
        Vec::new()
    }

    /// Scrolls a tab to its end.
    pub fn scroll_to_end(&mut self, tab: PreviewTab) -> Vec<Action> {
        match tab {
            PreviewTab::Code | PreviewTab::Play => self.code.scroll_to_end(),
            PreviewTab::Findings => {
                self.cursor.finding = self.cursor.targets.len().saturating_sub(1);
            }
            PreviewTab::Diff => self.scroll_diff_to(usize::MAX),
        }
        Vec::new()
    }

    fn scroll_diff_to(&mut self, row: usize) {
        self.cursor.row = row.min(self.cursor.rows.saturating_sub(self.page_rows));
    }

    /// Jumps to the line of the chosen finding.
    pub fn jump_to_finding(&mut self, view: &mut ViewState) -> Vec<Action> {
        let target = self.cursor.targets.get(self.cursor.finding).copied().flatten();
        let target = target.filter(|_| view.tab == PreviewTab::Findings);
        let Some((line, column)) = target else { return Vec::new() };
        self.jump_to(line, column.saturating_sub(1));
        view.apply(ViewCommand::Show(PreviewTab::Code))
    }

    /// Shows this character of the code with some lines before it.
    fn jump_to(&mut self, line: usize, letter: usize) {
        self.cursor.jump_line = Some(line);
        self.cursor.jump_column = Some(letter);
        self.code.pinned_line = Some(line.saturating_sub(1).saturating_sub(self.page_rows / 3));
    }

    /// Scrolls horizontally so that the character jumped to is within `width` columns.
    pub fn reveal_jump_column(&mut self, width: usize) {
        let Some(letter) = self.cursor.jump_column.take() else { return };
        let line = self.cursor.jump_line.and_then(|line| self.code.line_text(line - 1));
        let before = line.unwrap_or_default().chars().take(letter);
        let column: usize = before.map(|letter| letter.width().unwrap_or(0)).sum();
        let is_near = column < width;
        self.cursor.column = if is_near { 0 } else { column - width / 3 };
    }

    /// Opens the search, which starts at the first visible line.
    pub fn begin_search(&mut self, view: &mut ViewState) -> Vec<Action> {
        self.cursor.search = Some(CodeSearch::new(self.code.first_visible(self.page_rows)));
        view.apply(ViewCommand::Show(PreviewTab::Code))
    }

    /// Jumps to the next match, or to the next change.
    pub fn find_next(&mut self, tab: PreviewTab, direction: FindDirection) -> Vec<Action> {
        if tab == PreviewTab::Diff {
            let (row, changes) = (self.cursor.row, &self.cursor.change_rows);
            let to = match direction {
                FindDirection::Forward => changes.iter().find(|at| **at > row),
                FindDirection::Backward => changes.iter().rev().find(|at| **at < row),
            };
            if let Some(to) = to.copied() {
                self.scroll_diff_to(to);
            }
            return Vec::new();
        }
        let Some(search) = self.cursor.search.as_ref() else {
            return vec![Action::Note("no search yet: / starts one".to_owned())];
        };
        let from = self.cursor.jump_line.map_or(search.start_line, |line| line - 1);
        match search.next_line(&self.code, from, direction) {
            Some(line) => self.jump_to(line + 1, search.match_column(&self.code, line)),
            None => return vec![Action::Note("no matches".to_owned())],
        }
        Vec::new()
    }

    /// Edits the query and shows its first match.
    pub fn edit_search(&mut self, change: impl FnOnce(&mut String)) -> Vec<Action> {
        let Some(search) = self.cursor.search.as_mut() else { return Vec::new() };
        search.edit_query(change);
        let (from, found) = (search.start_line, search.first_line(&self.code));
        match found {
            Some(line) => {
                let letter = search.match_column(&self.code, line);
                self.jump_to(line + 1, letter);
            }
            None => self.return_to(from),
        }
        Vec::new()
    }

    /// Completes the query; an empty one ends the search.
    pub fn end_search(&mut self) -> Vec<Action> {
        if let Some(search) = self.cursor.search.as_mut() {
            search.is_complete = true;
        }
        self.cursor.search.take_if(|search| search.query.is_empty());
        Vec::new()
    }

    /// Closes the search and returns to where it started.
    pub fn cancel_search(&mut self) -> Vec<Action> {
        if let Some(search) = self.cursor.search.take() {
            self.return_to(search.start_line);
        }
        Vec::new()
    }

    fn return_to(&mut self, line: usize) {
        self.cursor.column = 0;
        self.cursor.jump_line = None;
        self.code.pinned_line = Some(line);
    }

    /// Whether letters belong to the query.
    pub fn is_searching(&self) -> bool {
        self.cursor.search.as_ref().is_some_and(|search| !search.is_complete)
    }

    /// Resets the cursor for another page.
    pub fn reset_cursor(&mut self) {
        let search = self.cursor.search.take();
        self.cursor = PreviewCursor { search, ..PreviewCursor::default() };
    }
}
