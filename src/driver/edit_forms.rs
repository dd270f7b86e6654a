//! Remembers in which form a model managed to change a game, for the next time.

use std::sync::Arc;

use super::library_thread::LibraryHandle;
use super::{TaskContext, wall_clock};
use crate::app::{ReceivedChange, TaskEvent, VettingOutcome, missed};
use crate::library::FormTally;

/// Where it is told and kept what came of a model's answer.
pub(super) struct EditFormRecorder {
    model: String,
    books: Arc<LibraryHandle>,
    tell: TaskContext,
}

impl EditFormRecorder {
    pub fn new(model: String, books: &Arc<LibraryHandle>, tell: &TaskContext) -> Self {
        Self { model, books: Arc::clone(books), tell: tell.clone() }
    }

    /// A change came in this form.
    pub fn given(&self, given: ReceivedChange) {
        self.keep(given.tally(self.model.clone()));
        self.tell.news(TaskEvent::ChangeReceived(given));
    }

    /// What became of an answer may say that the model does not manage a form.
    pub fn missed(&self, vetting: &VettingOutcome) {
        if let Some(tally) = missed(vetting, self.model.clone()) {
            self.keep(tally);
        }
    }

    fn keep(&self, tally: FormTally) {
        self.books.tell(move |library| library.record_form(&tally, wall_clock()));
    }
}

/// Tells what is known of all models; nothing without a library, which is told elsewhere.
pub(super) async fn tell(books: &Arc<LibraryHandle>, tell: &TaskContext) {
    if let Ok(tallies) = books.ask(|library| library.form_tallies()).await {
        tell.news(TaskEvent::EditFormsLoaded(tallies));
    }
}
