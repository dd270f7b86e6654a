//! Remembers in which form a model managed to change a game, for the next time.

use std::sync::Arc;

use super::library_thread::LibraryHandle;
use super::{TaskContext, wall_clock};
use crate::app::{JobEvent, ReceivedChange, SessionEvent, VettingOutcome, missed};
use crate::library::FormTally;

/// Records in which form a model changed a game: in the session and in the library.
pub(super) struct EditFormRecorder {
    model: String,
    library: Arc<LibraryHandle>,
    events: TaskContext,
}

impl EditFormRecorder {
    /// A recorder for the answers of this model.
    pub fn new(model: String, library: &Arc<LibraryHandle>, events: &TaskContext) -> Self {
        Self { model, library: Arc::clone(library), events: events.clone() }
    }

    /// A change came in this form.
    pub fn record(&self, change: ReceivedChange) {
        self.keep(change.tally(self.model.clone()));
        self.events.send(JobEvent::ChangeReceived(change));
    }

    /// What became of an answer may say that the model does not manage a form.
    pub fn record_missed_form(&self, vetting: &VettingOutcome) {
        if let Some(tally) = missed(vetting, self.model.clone()) {
            self.keep(tally);
        }
    }

    fn keep(&self, tally: FormTally) {
        self.library.tell(move |library| library.record_form(&tally, wall_clock()));
    }
}

/// Sends the recorded forms of all models. Sends nothing if the library fails, which is reported elsewhere.
pub(super) async fn send_tallies(library: &Arc<LibraryHandle>, events: &TaskContext) {
    if let Ok(tallies) = library.ask(|library| library.form_tallies()).await {
        events.send(SessionEvent::EditFormsLoaded(tallies));
    }
}
