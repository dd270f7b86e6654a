//! A list over the panes to choose from, narrowed as words are typed.

use super::engine::EngineTarget;
use super::variant_mode::VariantMode;
use crate::library::VersionId;
use crate::local::DownloadOffer;

/// What may be chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickerKind {
    /// Earlier prompts, for the editor.
    Prompts,
    /// Games of the library, to open.
    Games,
    /// Versions of the library, to compare with.
    DiffBase,
    /// Files and folders that begin like the words: a place to save at.
    Paths,
    /// How many variants, and by whom.
    Variants,
    /// Models of the server.
    Models,
    /// The ways to one model: as the server chooses, or by one provider.
    Routes,
    /// Screen themes, which brings them itself.
    Themes,
}

/// The open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picker {
    pub kind: PickerKind,
    /// The words that were typed.
    pub query: String,
    /// The items that match. `None` until the library has answered.
    pub items: Option<Vec<PickerItem>>,
    pub chosen: usize,
    /// The model whose ways are listed.
    pub model: Option<String>,
    /// All items, if they are known without a query.
    pub(super) all_items: Option<Vec<PickerItem>>,
    /// The most items that it has had: its window does not shrink while words are typed.
    pub most_items: usize,
    /// Words below the items: what would bring more of them. Plain text of ours.
    pub note: Option<String>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickerItem {
    pub label: String,
    pub detail: String,
    pub value: PickerValue,
}

/// What choosing a line brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickerValue {
    Prompt(String),
    Version(VersionId),
    /// The words become this.
    Words(String),
    /// One variant by each of these models; `None` is the model of the session.
    Variants(Vec<Option<String>>, VariantMode),
    /// A model, by its plain name.
    Model(String),
    /// A model with the way to it, as it is asked for.
    Route(String),
    /// Another engine.
    Engine(EngineTarget),
    /// A model to download.
    Download(DownloadOffer),
    /// The name of a theme of the screen.
    Theme(String),
}

impl PickerItem {
    /// Whether it contains all words.
    pub(super) fn fits(&self, words: &str) -> bool {
        let text = format!("{} {}", self.label, self.detail).to_lowercase();
        words.to_lowercase().split_whitespace().all(|word| text.contains(word))
    }
}

impl Picker {
    /// A list whose items are still being loaded.
    pub fn new(kind: PickerKind, query: String) -> Self {
        Self {
            kind,
            query,
            items: None,
            chosen: 0,
            model: None,
            all_items: None,
            most_items: 0,
            note: None,
        }
    }

    /// A picker over items that are known.
    pub fn with_items(kind: PickerKind, items: Vec<PickerItem>) -> Self {
        let picker = Self::new(kind, String::new());
        let most_items = items.len();
        Self { items: Some(items.clone()), all_items: Some(items), most_items, ..picker }
    }

    /// Keeps the items that contain all words. `None` if the library has to search.
    pub(super) fn filter_items(&mut self) -> Option<()> {
        let all = self.all_items.as_ref()?.iter();
        self.items = Some(all.filter(|item| item.fits(&self.query)).cloned().collect());
        Some(())
    }

    /// All items, where they are known without a query.
    pub fn known_items(&self) -> Option<&[PickerItem]> {
        self.all_items.as_deref()
    }

    /// The selected item. `None` while there are no items.
    pub fn chosen(&self) -> Option<&PickerItem> {
        self.items.as_ref()?.get(self.chosen)
    }

    /// Moves the choice, and stops at both ends.
    pub(super) fn step(&mut self, by: isize) {
        let last = self.items.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
    }
}
