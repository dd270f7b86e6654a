//! The command palette, narrowed by a query.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher};

use super::keymap::{Keymap, UiCommand};

/// The open palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandPalette {
    /// The query.
    pub query: String,
    /// The matching commands, best first.
    pub matches: Vec<UiCommand>,
    pub chosen: usize,
}

/// A command and the text it is matched by.
struct NamedCommand(UiCommand, String);

impl AsRef<str> for NamedCommand {
    fn as_ref(&self) -> &str {
        &self.1
    }
}

impl CommandPalette {
    /// A palette that lists all commands.
    pub fn new(keys: &Keymap) -> Self {
        let found = keys.commands().map(|(command, _)| command).collect();
        Self { query: String::new(), matches: found, chosen: 0 }
    }

    /// Edits the query and chooses the best match.
    pub fn edit_query(&mut self, keys: &Keymap, change: impl FnOnce(&mut String)) {
        change(&mut self.query);
        self.chosen = 0;
        let named = keys.commands().map(|(command, help)| NamedCommand(command, help.to_owned()));
        let pattern = Pattern::parse(&self.query, CaseMatching::Ignore, Normalization::Smart);
        let found = pattern.match_list(named, &mut Matcher::new(Config::DEFAULT));
        self.matches = found.into_iter().map(|(named, _)| named.0).collect();
    }

    /// Moves the choice and stops at both ends.
    pub fn move_choice(&mut self, by: isize) {
        let last = self.matches.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }

    /// The selected command. `None` if none matches.
    pub fn chosen(&self) -> Option<UiCommand> {
        self.matches.get(self.chosen).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_their_order_find_an_action() {
        let keys = Keymap::built_in();
        let mut palette = CommandPalette::new(&keys);
        let all = palette.matches.len();
        palette.edit_query(&keys, |query| query.push_str("pltst"));
        assert_eq!(palette.chosen(), Some(UiCommand::PlayTest));
        palette.edit_query(&keys, |query| query.push_str("qqq"));
        assert_eq!(palette.chosen(), None);
        palette.edit_query(&keys, String::clear);
        assert_eq!(palette.matches.len(), all);
        palette.move_choice(1_000);
        assert_eq!(palette.chosen, all - 1);
    }
}
