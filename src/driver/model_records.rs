//! What models came to before, out of the library.

use std::sync::Arc;

use super::TaskContext;
use super::library_thread::LibraryHandle;
use crate::app::SessionEvent;

/// Sends the sums of all models. Sends nothing if the library fails, which is reported elsewhere.
pub(super) async fn send_summaries(library: &Arc<LibraryHandle>, events: &TaskContext) {
    if let Ok(summaries) = library.ask(|library| library.model_summaries()).await {
        events.send(SessionEvent::ModelRecordsLoaded(summaries));
    }
}
