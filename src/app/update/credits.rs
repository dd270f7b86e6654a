//! What the month has cost according to HuggingFace, requested on demand only.

use std::time::Instant;

use crate::app::credits::ReportedCredits;
use crate::app::dialogs::Tone;
use crate::app::effect::SessionTask;
use crate::app::effects::Effects;
use crate::app::session::Session;
use crate::inference::account::{AccountError, Credits};

impl Session {
    /// Asks HuggingFace what the month has cost.
    pub(super) fn ask_credits(&mut self, effects: &mut Effects) {
        self.notify(Tone::Plain, "asking HuggingFace what this month has cost");
        self.start_task(SessionTask::Credits, effects);
    }

    /// HuggingFace has answered, or could not be asked.
    pub(super) fn on_credits_loaded(
        &mut self,
        credits: Result<Credits, AccountError>,
        now: Instant,
    ) {
        match credits {
            Ok(credits) => {
                let reported = ReportedCredits { credits, at: now };
                self.notify(
                    Tone::Good,
                    format!("{} spent, according to HuggingFace", reported.amount()),
                );
                self.shared.reported_credits = Some(reported);
            }
            Err(error) => {
                self.notify(
                    Tone::Plain,
                    format!("only the estimate is known: {}", error.describe()),
                );
            }
        }
    }
}
