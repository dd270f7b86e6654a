//! How the open tab of the preview is moved through: lines, findings, changes.

use unicode_width::UnicodeWidthChar;

use super::desk::Desk;
use super::over::Over;
use super::preview::Preview;
use super::search::Search;
use crate::app::{Action, Tab};

/// Where the user is in each tab; the code's own place is kept with its lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    /// The chosen line of the findings.
    pub finding: usize,
    /// The line and column of the code that each finding is in, from 1, as they were drawn last.
    pub targets: Vec<Option<(usize, usize)>>,
    /// The line that was jumped to, from 1.
    pub landed: Option<usize>,
    /// The letter of it that the next frame is to show.
    pub sight: Option<usize>,
    /// So many columns of code, or of a comparison, are out of sight at the left.
    pub column: usize,
    /// The first visible row of the comparison.
    pub row: usize,
    /// How many rows it has, and where its changes begin.
    pub rows: usize,
    pub changes: Vec<usize>,
    pub search: Option<Search>,
}

/// How many columns one key goes sideways.
pub(super) const SIDE: isize = 20;

/// Which way to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    On,
    Back,
}

impl Desk {
    pub(super) fn scroll(&mut self, by: isize) -> Vec<Action> {
        if self.over == Over::Help {
            self.help_row = self.help_row.saturating_add_signed(by);
            return Vec::new();
        }
        match self.tab {
            Tab::Code | Tab::Play => self.preview.scroll(by, self.page),
            Tab::Findings => {
                let last = self.reading.targets.len().saturating_sub(1);
                self.reading.finding = self.reading.finding.saturating_add_signed(by).min(last);
            }
            Tab::Diff => self.show_row(self.reading.row.saturating_add_signed(by)),
        }
        Vec::new()
    }

    /// Looks at what is further right or left in the lines.
    pub(super) fn shift(&mut self, by: isize) -> Vec<Action> {
        if self.over != Over::Help {
            // The next frame knows how long the lines are.
            self.reading.column = self.reading.column.saturating_add_signed(by);
        }
        Vec::new()
    }

    pub(super) fn go_top(&mut self) -> Vec<Action> {
        self.reading.column = 0;
        match self.tab {
            Tab::Code | Tab::Play => self.preview.go_top(),
            Tab::Findings => self.reading.finding = 0,
            Tab::Diff => self.reading.row = 0,
        }
        Vec::new()
    }

    pub(super) fn go_bottom(&mut self) -> Vec<Action> {
        match self.tab {
            Tab::Code | Tab::Play => self.preview.go_bottom(),
            Tab::Findings => self.reading.finding = self.reading.targets.len().saturating_sub(1),
            Tab::Diff => self.show_row(usize::MAX),
        }
        Vec::new()
    }

    fn show_row(&mut self, row: usize) {
        self.reading.row = row.min(self.reading.rows.saturating_sub(self.page));
    }

    /// Goes to the line of the chosen finding.
    pub(super) fn jump(&mut self) -> Vec<Action> {
        let target = self.reading.targets.get(self.reading.finding).copied().flatten();
        let target = target.filter(|_| self.tab == Tab::Findings);
        let Some((line, column)) = target else { return Vec::new() };
        self.land(line, column.saturating_sub(1));
        vec![Action::Show(Tab::Code)]
    }

    /// Shows this letter of the code, with some before it.
    fn land(&mut self, line: usize, letter: usize) {
        self.reading.landed = Some(line);
        self.reading.sight = Some(letter);
        self.preview.left_at = Some(line.saturating_sub(1).saturating_sub(self.page / 3));
    }

    /// Moves sideways, so that the letter that was jumped to is in sight in so many columns.
    pub(super) fn bring_in_sight(&mut self, width: usize) {
        let Some(letter) = self.reading.sight.take() else { return };
        let line = self.reading.landed.and_then(|line| self.preview.text(line - 1));
        let before = line.unwrap_or_default().chars().take(letter);
        let column: usize = before.map(|letter| letter.width().unwrap_or(0)).sum();
        let is_near = column < width;
        self.reading.column = if is_near { 0 } else { column - width / 3 };
    }

    pub(super) fn begin_search(&mut self) -> Vec<Action> {
        self.reading.search = Some(Search::begin(self.preview.first_visible(self.page)));
        vec![Action::Show(Tab::Code)]
    }

    /// The next place that fits the words, or the next change.
    pub(super) fn find(&mut self, way: Way) -> Vec<Action> {
        if self.tab == Tab::Diff {
            let (row, changes) = (self.reading.row, &self.reading.changes);
            let to = match way {
                Way::On => changes.iter().find(|at| **at > row),
                Way::Back => changes.iter().rev().find(|at| **at < row),
            };
            if let Some(to) = to.copied() {
                self.show_row(to);
            }
            return Vec::new();
        }
        let Some(search) = self.reading.search.as_ref() else {
            return vec![Action::Note("nothing is searched for: / begins".to_owned())];
        };
        let from = self.reading.landed.map_or(search.from, |line| line - 1);
        match search.next(&self.preview, from, way) {
            Some(line) => self.land(line + 1, search.letter(&self.preview, line)),
            None => return vec![Action::Note("nothing fits".to_owned())],
        }
        Vec::new()
    }

    /// Words that are being typed: the first place that fits them is shown.
    pub(super) fn search_for(&mut self, change: impl FnOnce(&mut String)) -> Vec<Action> {
        let Some(search) = self.reading.search.as_mut() else { return Vec::new() };
        search.narrow(change);
        let (from, found) = (search.from, search.first(&self.preview));
        match found {
            Some(line) => {
                let letter = search.letter(&self.preview, line);
                self.land(line + 1, letter);
            }
            None => self.leave_at(from),
        }
        Vec::new()
    }

    /// Ends the typing; without words the search itself.
    pub(super) fn end_search(&mut self) -> Vec<Action> {
        if let Some(search) = self.reading.search.as_mut() {
            search.is_typed = true;
        }
        self.reading.search.take_if(|search| search.query.is_empty());
        Vec::new()
    }

    pub(super) fn drop_search(&mut self) -> Vec<Action> {
        if let Some(search) = self.reading.search.take() {
            self.leave_at(search.from);
        }
        Vec::new()
    }

    fn leave_at(&mut self, line: usize) {
        self.reading.column = 0;
        self.reading.landed = None;
        self.preview.left_at = Some(line);
    }

    /// Whether letters belong to the search.
    pub(super) fn is_searching(&self) -> bool {
        self.reading.search.as_ref().is_some_and(|search| !search.is_typed)
    }

    /// Another page: nothing of the old one is chosen or found.
    pub(super) fn read_anew(&mut self) {
        let search = self.reading.search.take();
        self.reading = Reading { search, ..Reading::default() };
    }
}

impl Preview {
    /// The lines that hold the words.
    pub fn fitting(&self, fits: impl Fn(&str) -> bool) -> impl DoubleEndedIterator<Item = usize> {
        let lines = self.lines.iter().enumerate();
        lines.filter(move |(_, line)| fits(&line.text)).map(|(at, _)| at)
    }
}
