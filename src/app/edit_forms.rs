//! In which form a model is asked for a change: as blocks, or as the whole game.
//!
//! Blocks are short. A small model manages them once it has seen an example, and
//! spoils a game that it is to write out again (measured, `benches/models.md`). For
//! others a short game costs little more as a whole. So what came of a model's
//! answers decides, and else the model's size and the game's do.

use std::collections::BTreeMap;

use crate::inference::model_size;
use crate::library::FormTally;

/// Below this size in bytes the whole game is requested of models that are not small: some 2,500
/// tokens.
const SMALL_GAME_BYTES: usize = 8_000;

/// The form of an answer that changes a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EditForm {
    Blocks,
    Page,
}

impl EditForm {
    /// Its name in the library.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::Page => "page",
        }
    }
}

/// What came of the answers of each model, by form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditFormRecord(BTreeMap<(String, &'static str), (u32, u32)>);

impl EditFormRecord {
    /// Adds counts for a model.
    pub fn add(&mut self, tally: &FormTally) {
        let form =
            [EditForm::Blocks, EditForm::Page].into_iter().find(|form| form.name() == tally.form);
        let Some(form) = form else { return };
        let known = self.0.entry((tally.model.clone(), form.name())).or_default();
        known.0 = known.0.saturating_add(tally.fitted);
        known.1 = known.1.saturating_add(tally.missed);
    }

    /// The form in which to ask this model for a change of a game of this size in bytes.
    pub fn wanted(&self, model: &str, bytes: usize) -> EditForm {
        let is_whole = bytes < SMALL_GAME_BYTES && !model_size::is_small(model);
        self.managed(model, if is_whole { EditForm::Page } else { EditForm::Blocks })
    }

    /// This form, or the other one where a model fails in this one and not in the other.
    pub fn managed(&self, model: &str, usual: EditForm) -> EditForm {
        let other = match usual {
            EditForm::Blocks => EditForm::Page,
            EditForm::Page => EditForm::Blocks,
        };
        let is_better = self.fails(model, usual) && !self.fails(model, other);
        if is_better { other } else { usual }
    }

    fn fails(&self, model: &str, form: EditForm) -> bool {
        let known = self.0.get(&(model.to_owned(), form.name()));
        known.is_some_and(|(fitted, missed)| missed > fitted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_decides_until_a_model_shows_what_it_manages() {
        let mut forms = EditFormRecord::default();
        assert_eq!(
            (forms.wanted("m", 7_999), forms.wanted("m", 8_000)),
            (EditForm::Page, EditForm::Blocks)
        );
        assert_eq!(forms.wanted("acme/coder-1.5b", 100), EditForm::Blocks, "a small model");
        let tally = |form: &str, fitted, missed| FormTally {
            model: "m".into(),
            form: form.into(),
            fitted,
            missed,
        };
        forms.add(&tally("blocks", 0, 1));
        assert_eq!(
            (forms.wanted("m", 9_000), forms.wanted("n", 9_000)),
            (EditForm::Page, EditForm::Blocks)
        );
        forms.add(&tally("blocks", 2, 0));
        forms.add(&tally("page", 0, 1));
        forms.add(&tally("a form of tomorrow", 0, 9));
        assert_eq!(
            (forms.wanted("m", 9_000), forms.wanted("m", 100)),
            (EditForm::Blocks, EditForm::Blocks)
        );
        forms.add(&tally("blocks", 0, 9));
        assert_eq!(forms.wanted("m", 100), EditForm::Page, "both fail");
    }
}
