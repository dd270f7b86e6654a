//! What is left of the month's credits: asked for on demand alone.

use std::time::Instant;

use crate::app::credit::Reported;
use crate::app::effect::{Effect, Task};
use crate::app::event::JobId;
use crate::app::state::{State, Tone};
use crate::inference::TokenUsage;
use crate::inference::account::{AccountError, Credits};

impl State {
    pub(super) fn ask_credits(&mut self) -> Vec<Effect> {
        self.say(Tone::Plain, "asking HuggingFace what is left");
        vec![Effect::Start(JobId::NONE, Task::Credits)]
    }

    pub(super) fn on_credited(
        &mut self,
        credits: Result<Credits, AccountError>,
        now: Instant,
    ) -> Vec<Effect> {
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
        Vec::new()
    }

    /// A reply has its price, where it is known.
    pub(super) fn spend(&mut self, usage: Option<TokenUsage>) {
        let usd = self.job.as_ref().zip(usage);
        let usd = usd.and_then(|(job, usage)| job.request.estimated_usd(usage));
        if let Some(usd) = usd {
            self.counters.add_spent(usd);
        }
    }
}
