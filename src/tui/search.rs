//! Searches the code.

use std::ops::Range;

use super::preview::Preview;

/// A search, while its query is typed and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CodeSearch {
    pub query: String,
    /// Index of the line where it began, to which cancelling returns.
    pub start_line: usize,
    /// Whether the query is complete, so that letters are commands again.
    pub is_complete: bool,
}

/// The direction of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FindDirection {
    Forward,
    Backward,
}

impl CodeSearch {
    /// A search without a query that starts at this line.
    pub fn new(from: usize) -> Self {
        Self { query: String::new(), start_line: from, is_complete: false }
    }

    /// Changes the query.
    pub fn edit_query(&mut self, change: impl FnOnce(&mut String)) {
        change(&mut self.query);
    }

    /// The matches in a line. Only a query with capitals is case-sensitive, as with vi's smartcase.
    pub fn matches(&self, text: &str) -> Vec<Range<usize>> {
        if self.query.is_empty() {
            return Vec::new();
        }
        if self.query.chars().any(char::is_uppercase) {
            return find_all(text, &self.query);
        }
        // Lower-casing other alphabets may change lengths and so the positions.
        find_all(&text.to_ascii_lowercase(), &self.query)
    }

    /// The first matching line at or after the start, or else from the top. `None` without a match.
    pub fn first_line(&self, preview: &Preview) -> Option<usize> {
        let lines = || preview.matching_lines(|text| !self.matches(text).is_empty());
        lines().find(|line| *line >= self.start_line).or_else(|| lines().next())
    }

    /// The next matching line in a direction, wrapping around. `None` without a match.
    pub fn next_line(
        &self,
        preview: &Preview,
        from: usize,
        direction: FindDirection,
    ) -> Option<usize> {
        let lines = || preview.matching_lines(|text| !self.matches(text).is_empty());
        match direction {
            FindDirection::Forward => lines().find(|line| *line > from).or_else(|| lines().next()),
            FindDirection::Backward => {
                lines().rev().find(|line| *line < from).or_else(|| lines().next_back())
            }
        }
    }

    /// Index of the first matching character of a line.
    pub fn match_column(&self, preview: &Preview, line: usize) -> usize {
        let text = preview.line_text(line).unwrap_or_default();
        let start = self.matches(text).first().map_or(0, |range| range.start);
        text.get(..start).map_or(0, |before| before.chars().count())
    }

    /// The number of this line among the matching ones, and their count.
    pub fn match_number(&self, preview: &Preview, line: Option<usize>) -> (usize, usize) {
        let lines = preview.matching_lines(|text| !self.matches(text).is_empty());
        lines.fold((0, 0), |(at, all), fitting| {
            let is_before = line.is_some_and(|line| fitting < line);
            (at + usize::from(is_before), all + 1)
        })
    }
}

fn find_all(text: &str, query: &str) -> Vec<Range<usize>> {
    text.match_indices(query).map(|(at, found)| at..at + found.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::preview::CodeLine;

    #[test]
    fn words_are_found_around_the_end() {
        let line = |text: &str| CodeLine { text: text.into(), styles: Vec::new() };
        let lines = ["let ghosts = 1;", "draw();", "Ghost(2)", "// ghost ghost"].map(line);
        let mut preview = Preview::default();
        preview.lines.extend(lines);
        let mut search = CodeSearch::new(1);
        search.edit_query(|query| query.push_str("ghost"));
        assert_eq!(search.first_line(&preview), Some(2));
        assert_eq!(search.next_line(&preview, 3, FindDirection::Forward), Some(0));
        assert_eq!(search.next_line(&preview, 0, FindDirection::Backward), Some(3));
        assert_eq!(search.match_number(&preview, Some(3)), (2, 3));
        assert_eq!(search.matches("// ghost ghost"), [3..8, 9..14]);
        search.edit_query(|query| *query = "Ghost".to_owned());
        assert_eq!(search.first_line(&preview), Some(2));
        assert_eq!(
            search.next_line(&preview, 2, FindDirection::Forward),
            Some(2),
            "only a capital is a capital"
        );
        search.edit_query(String::clear);
        assert_eq!(search.first_line(&preview), None);
    }
}
