//! Words that are looked for in the code.

use std::ops::Range;

use super::preview::Preview;
use super::reading::Way;

/// A search, while its words are typed and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Search {
    pub query: String,
    /// The line where it began, from 0: there the user is again when it is dropped.
    pub from: usize,
    /// Whether the words are complete, so that letters are keys again.
    pub is_typed: bool,
}

impl Search {
    pub fn begin(from: usize) -> Self {
        Self { query: String::new(), from, is_typed: false }
    }

    pub fn narrow(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.query);
    }

    /// Where the words are in a line. Only a capital asks for capitals, as in vi's smartcase.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        if self.query.is_empty() {
            return Vec::new();
        }
        if self.query.chars().any(char::is_uppercase) {
            return found(text, &self.query);
        }
        // Lower case of other alphabets may have another length, and the places would be off.
        found(&text.to_ascii_lowercase(), &self.query)
    }

    /// The first line that fits at or after the beginning, else from the top.
    pub fn first(&self, preview: &Preview) -> Option<usize> {
        let lines = || preview.fitting(|text| !self.places(text).is_empty());
        lines().find(|line| *line >= self.from).or_else(|| lines().next())
    }

    /// The next line that fits, around the end.
    pub fn next(&self, preview: &Preview, from: usize, way: Way) -> Option<usize> {
        let lines = || preview.fitting(|text| !self.places(text).is_empty());
        match way {
            Way::On => lines().find(|line| *line > from).or_else(|| lines().next()),
            Way::Back => lines().rev().find(|line| *line < from).or_else(|| lines().next_back()),
        }
    }

    /// The first letter of a line that fits, by its number in the line.
    pub fn letter(&self, preview: &Preview, line: usize) -> usize {
        let text = preview.text(line).unwrap_or_default();
        let place = self.places(text).first().map_or(0, |place| place.start);
        text.get(..place).map_or(0, |before| before.chars().count())
    }

    /// Which of all fitting lines this is, from 1, and how many there are.
    pub fn count(&self, preview: &Preview, line: Option<usize>) -> (usize, usize) {
        let lines = preview.fitting(|text| !self.places(text).is_empty());
        lines.fold((0, 0), |(at, all), fitting| {
            let is_before = line.is_some_and(|line| fitting < line);
            (at + usize::from(is_before), all + 1)
        })
    }
}

fn found(text: &str, words: &str) -> Vec<Range<usize>> {
    text.match_indices(words).map(|(at, found)| at..at + found.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::preview::Line;

    #[test]
    fn words_are_found_around_the_end() {
        let line = |text: &str| Line { text: text.into(), paint: Vec::new() };
        let lines = ["let ghosts = 1;", "draw();", "Ghost(2)", "// ghost ghost"].map(line);
        let mut preview = Preview::default();
        preview.lines.extend(lines);
        let mut search = Search::begin(1);
        search.narrow(|query| query.push_str("ghost"));
        assert_eq!(search.first(&preview), Some(2));
        assert_eq!(search.next(&preview, 3, Way::On), Some(0));
        assert_eq!(search.next(&preview, 0, Way::Back), Some(3));
        assert_eq!(search.count(&preview, Some(3)), (2, 3));
        assert_eq!(search.places("// ghost ghost"), [3..8, 9..14]);
        search.narrow(|query| *query = "Ghost".to_owned());
        assert_eq!(search.first(&preview), Some(2));
        assert_eq!(search.next(&preview, 2, Way::On), Some(2), "only a capital is a capital");
        search.narrow(String::clear);
        assert_eq!(search.first(&preview), None);
    }
}
