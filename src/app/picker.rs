//! A list over the panes to choose from, narrowed as words are typed.

use crate::library::VersionId;

/// What may be chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stock {
    /// Earlier prompts, for the editor.
    Prompts,
    /// Games of the library, to open.
    Games,
    /// Versions of the library, to compare with.
    Against,
    /// Files and folders that begin like the words: a place to save at.
    Paths,
    /// How many variants, and by whom.
    Variants,
    /// What the server serves, to make games with.
    Models,
    /// The ways to one model: as the server chooses, or by one provider.
    Routes,
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
    /// The model whose ways are listed.
    pub model: Option<String>,
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
    /// The words become this.
    Words(String),
    /// One game by each of these models; nothing is the model of the plan.
    Variants(Vec<Option<String>>),
    /// A model, by its plain name.
    Model(String),
    /// A model with the way to it, as it is asked for.
    Route(String),
    /// The name of a theme of the screen.
    Theme(String),
}

impl Picker {
    pub fn new(stock: Stock, query: String) -> Self {
        Self { stock, query, items: None, chosen: 0, model: None, offered: None }
    }

    /// A list of what is there.
    pub fn offering(stock: Stock, items: Vec<Item>) -> Self {
        let picker = Self::new(stock, String::new());
        Self { items: Some(items.clone()), offered: Some(items), ..picker }
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
