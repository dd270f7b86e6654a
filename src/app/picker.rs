//! A list over the panes to choose from, narrowed as words are typed.

use crate::library::VersionId;

/// What may be chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// Earlier prompts, for the editor.
    Prompts,
    /// Games of the library, to open.
    Games,
    /// Themes of the screen, which brings them itself.
    Themes,
}

/// The open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    pub stock: Stock,
    /// The words that were typed.
    pub query: String,
    /// What fits them; nothing until the library has answered.
    pub items: Option<Vec<Item>>,
    pub chosen: usize,
    /// Everything there is, where nobody has to be asked for it.
    pub(super) offered: Option<Vec<Item>>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub label: String,
    pub detail: String,
    pub value: Value,
}

/// What choosing a line brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Prompt(String),
    Version(VersionId),
    /// The name of a theme of the screen.
    Theme(String),
}

impl Picker {
    pub fn new(stock: Stock) -> Self {
        Self { stock, query: String::new(), items: None, chosen: 0, offered: None }
    }

    /// A list of what is there.
    pub fn offering(stock: Stock, items: Vec<Item>) -> Self {
        Self { items: Some(items.clone()), offered: Some(items), ..Self::new(stock) }
    }

    /// Leaves what has all the words in it; nothing where the library has to look.
    pub(super) fn sift(&mut self) -> Option<()> {
        let words = self.query.to_lowercase();
        let fits = |item: &&Item| {
            let text = format!("{} {}", item.label, item.detail).to_lowercase();
            words.split_whitespace().all(|word| text.contains(word))
        };
        self.items = Some(self.offered.as_ref()?.iter().filter(fits).cloned().collect());
        Some(())
    }

    pub fn chosen(&self) -> Option<&Item> {
        self.items.as_ref()?.get(self.chosen)
    }

    /// Moves the choice, and stops at both ends.
    pub(super) fn step(&mut self, by: isize) {
        let last = self.items.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }
}
