//! What is left of the month's credits: asked for on demand alone.

use std::time::Instant;

use crate::app::credit::Reported;
use crate::app::effect::Task;
use crate::app::effects::Effects;
use crate::app::state::{State, Tone};
use crate::inference::account::{AccountError, Credits};

impl State {
    pub(super) fn ask_credits(&mut self, effects: &mut Effects) {
        self.say(Tone::Plain, "asking HuggingFace what is left");
        self.start_task(Task::Credits, effects);
    }

    pub(super) fn on_credited(&mut self, credits: Result<Credits, AccountError>, now: Instant) {
        match credits {
            Ok(credits) => {
                let reported = Reported { credits, at: now };
                self.say(Tone::Good, format!("{} used, says HuggingFace", reported.amount()));
                self.reported = Some(reported);
            }
            Err(silence) => {
                self.say(
                    Tone::Plain,
                    format!("the estimate is all there is: {}", silence.describe()),
                );
            }
        }
    }
}
