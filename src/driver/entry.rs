//! One request in the ledger, from the permission to send it to how it ended,
//! and the reply written down as it comes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::books::Books;
use super::{Tell, now, wall};
use crate::app::{JobId, News};
use crate::inference::limits::{Counters, Held, Limits};
use crate::inference::{Outcome, Request, Trouble, Usage, price};
use crate::library::{Begun, Cost, DraftId, Ending, Load, NewRequest, RequestId};

/// How much of a reply a crash may cost.
pub(super) const WRITE_EVERY: Duration = Duration::from_secs(1);

/// A request that may be sent. Dropped without an end, it was cancelled.
pub(super) struct Entry {
    books: Arc<Books>,
    model: String,
    /// Nothing where there is no ledger.
    line: Option<RequestId>,
    draft: Option<DraftId>,
    /// What came since it was last written down.
    heard: Mutex<String>,
}

impl Entry {
    /// Asks the ledger, and tells what it knows. Nothing means that the request has to wait.
    pub async fn begin(
        books: &Arc<Books>,
        engine: &'static str,
        limits: Limits,
        request: &Request,
        tell: &Tell,
    ) -> Option<Self> {
        let mut entry = Self {
            books: Arc::clone(books),
            model: request.model.clone(),
            line: None,
            draft: None,
            heard: Mutex::default(),
        };
        let new = NewRequest { engine, model: request.model.clone() };
        let (JobId(job), prompt) = (tell.id(), request.user.clone());
        let asked = books.ask(move |library| {
            let at = wall();
            let admit = |load: &Load| limits.admit(&load.ages, load.running);
            let begun = library.begin(&new, at, admit)?;
            let draft = matches!(begun, Begun::Yes(..))
                .then(|| library.begin_draft(job, &prompt, Some(&new.model), at));
            Ok((begun, draft.and_then(Result::ok), library.set_aside()))
        });
        match asked.await {
            Ok((begun, draft, set_aside)) => {
                tell.set_aside(set_aside);
                entry.draft = draft;
                entry.admitted(begun, tell)
            }
            Err(error) => {
                tell.news(News::Uncounted(error));
                Some(entry)
            }
        }
    }

    fn admitted(mut self, begun: Begun<Held>, tell: &Tell) -> Option<Self> {
        match begun {
            Begun::Yes(line, load) => {
                self.line = Some(line);
                tell.news(News::Admitted(Counters::of(&load.ages, load.running, now())));
                Some(self)
            }
            Begun::No(held, load) => {
                tell.news(News::Held(held, Counters::of(&load.ages, load.running, now())));
                None
            }
        }
    }

    /// A piece of the reply has come.
    pub fn hear(&self, text: &str) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }

    /// Writes down what has come.
    pub fn write_down(&self) {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(draft) = self.draft.filter(|_| !heard.is_empty()) {
            self.books.tell(move |library| library.hear(draft, &heard));
        }
    }

    pub fn end(mut self, outcome: &Outcome) {
        let ending = ending(outcome, &self.model);
        self.close(ending);
    }

    fn close(&mut self, ending: Ending) {
        self.write_down();
        if let Some(line) = self.line.take() {
            self.books.tell(move |library| library.end(line, &ending, wall()));
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.close(Ending { word: "cancelled", ..Ending::default() });
    }
}

fn ending(outcome: &Outcome, model: &str) -> Ending {
    match outcome {
        Outcome::Replied(reply) => Ending {
            word: "replied",
            status: None,
            request_id: reply.meta.request_id.as_ref().map(|id| id.headline(200)),
            cost: reply.usage.map(|usage| cost(model, usage)).unwrap_or_default(),
        },
        Outcome::Interrupted(trouble) | Outcome::Failed(trouble) => failed(trouble),
    }
}

fn failed(trouble: &Trouble) -> Ending {
    Ending {
        word: trouble.cause.code(),
        status: trouble.status,
        request_id: trouble.request_id.as_ref().map(|id| id.headline(200)),
        cost: Cost::default(),
    }
}

fn cost(model: &str, usage: Usage) -> Cost {
    Cost {
        prompt_tokens: Some(usage.prompt_tokens),
        completion_tokens: Some(usage.completion_tokens),
        estimated_usd: price::estimated_usd(model, usage),
    }
}
