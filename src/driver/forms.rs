//! Remembers in which form a model managed to change a game, for the next time.

use std::sync::Arc;

use super::books::Books;
use super::{Tell, wall};
use crate::app::{Given, News, Vetting, missed};
use crate::library::FormTally;

/// Where it is told and kept what came of a model's answer.
pub(super) struct Memory {
    model: String,
    books: Arc<Books>,
    tell: Tell,
}

impl Memory {
    pub fn new(model: String, books: &Arc<Books>, tell: &Tell) -> Self {
        Self { model, books: Arc::clone(books), tell: tell.clone() }
    }

    /// A change came in this form.
    pub fn given(&self, given: Given) {
        self.keep(given.tally(self.model.clone()));
        self.tell.news(News::Given(given));
    }

    /// What became of an answer may say that the model does not manage a form.
    pub fn missed(&self, vetting: &Vetting) {
        if let Some(tally) = missed(vetting, self.model.clone()) {
            self.keep(tally);
        }
    }

    fn keep(&self, tally: FormTally) {
        self.books.tell(move |library| library.record_form(&tally, wall()));
    }
}

/// Tells what is known of all models; nothing without a library, which is told elsewhere.
pub(super) async fn tell(books: &Arc<Books>, tell: &Tell) {
    if let Ok(tallies) = books.ask(|library| library.form_tallies()).await {
        tell.news(News::FormsKnown(tallies));
    }
}
