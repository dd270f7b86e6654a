//! One request in the ledger, from the permission to send it to how it ended,
//! and the reply written down as it comes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::library_thread::LibraryHandle;
use super::{TaskContext, now, wall_clock};
use crate::app::{JobEvent, JobId};
use crate::inference::limits::{LimitReached, RequestCounters, RequestLimits};
use crate::inference::{CompletionRequest, InferenceError, Outcome, TokenUsage};
use crate::library::{
    Admission, DraftId, LedgerLoad, Library, LibraryError, NewRequest, RequestCost, RequestEnding,
    RequestId,
};

/// How much of a reply a crash may cost.
pub(super) const FLUSH_INTERVAL: Duration = Duration::from_secs(1);

/// A request that may be sent.
pub(super) struct RequestRecorder {
    books: Arc<LibraryHandle>,
    job: u64,
    request: CompletionRequest,
    /// `None` if there is no ledger.
    line: Option<OpenRequest>,
    draft: Option<DraftId>,
    /// What came since it was last written down.
    unflushed: Mutex<String>,
    has_heard: AtomicBool,
}

/// A line of the ledger that has no end yet. Dropped without one, the request was cancelled: also
/// if the job was stopped while the ledger answered.
struct OpenRequest {
    books: Weak<LibraryHandle>,
    id: Option<RequestId>,
}

impl OpenRequest {
    fn end(&mut self, ending: RequestEnding) {
        // Without books the program ends, and its lines with it.
        if let (Some(books), Some(id)) = (self.books.upgrade(), self.id.take()) {
            books.tell(move |library| library.end_request(id, &ending, wall_clock()));
        }
    }
}

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.end(RequestEnding { code: "cancelled", ..RequestEnding::default() });
    }
}

/// The ledger's answer: the open request and its draft, or the limit that holds it; and what the
/// month has cost.
type LedgerAnswer = (Result<(OpenRequest, Option<DraftId>), LimitReached>, LedgerLoad, f64);

impl RequestRecorder {
    /// Asks the ledger and sends its counters. `None` if a limit holds the request.
    pub async fn begin(
        books: &Arc<LibraryHandle>,
        engine: &'static str,
        limits: RequestLimits,
        request: &CompletionRequest,
        events: &TaskContext,
    ) -> Option<Self> {
        let JobId(job) = events.id();
        let entry = Self {
            books: Arc::clone(books),
            job,
            request: request.clone(),
            line: None,
            draft: None,
            unflushed: Mutex::default(),
            has_heard: AtomicBool::new(false),
        };
        let new = NewRequest { engine, model: request.model.clone() };
        let (weak, prompt) = (Arc::downgrade(books), request.user_prompt.clone());
        let asked = books.ask(move |library| {
            let (begun, load) = begin(library, &new, limits, weak)?;
            let begun = begun.map(|line| {
                let draft = library.begin_draft(job, &prompt, Some(&new.model), wall_clock());
                (line, draft.ok())
            });
            let spent = library.spending_since(wall_clock().month_start())?.estimated_usd;
            Ok(((begun, load, spent), library.take_quarantined()))
        });
        match asked.await {
            Ok((answer, set_aside)) => {
                events.send_quarantined(set_aside);
                entry.answered(answer, events)
            }
            Err(error) => {
                events.send(JobEvent::LedgerUnavailable(error));
                Some(entry)
            }
        }
    }

    fn answered(
        mut self,
        (begun, load, spent): LedgerAnswer,
        events: &TaskContext,
    ) -> Option<Self> {
        let counters =
            RequestCounters::from_ages(&load.ages, load.running, now()).with_spent(spent);
        match begun {
            Ok((line, draft)) => {
                (self.line, self.draft) = (Some(line), draft);
                events.send(JobEvent::Admitted(counters));
                Some(self)
            }
            Err(held) => {
                events.send(JobEvent::LimitReached(held, counters));
                None
            }
        }
    }

    /// Appends a piece of the reply.
    pub fn append(&self, text: &str) {
        self.has_heard.store(true, Ordering::Relaxed);
        self.unflushed.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }

    /// Writes the unflushed pieces to the library.
    pub fn flush(&self) {
        let heard =
            std::mem::take(&mut *self.unflushed.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(draft) = self.draft.filter(|_| !heard.is_empty()) {
            self.books.tell(move |library| library.append_chunk(draft, &heard));
        }
    }

    pub fn end(mut self, outcome: &Outcome) {
        if let Some(mut line) = self.line.take() {
            line.end(ending(outcome, &self.request));
        }
    }
}

impl Drop for RequestRecorder {
    /// Writes the rest of the reply. A request without any reply leaves no draft.
    fn drop(&mut self) {
        self.flush();
        let job = self.job;
        if self.draft.is_some() && !self.has_heard.load(Ordering::Relaxed) {
            self.books.tell(move |library| library.end_draft(job));
        }
    }
}

/// Writes the request down, if the limits let it.
fn begin(
    library: &mut Library,
    new: &NewRequest,
    limits: RequestLimits,
    books: Weak<LibraryHandle>,
) -> Result<(Result<OpenRequest, LimitReached>, LedgerLoad), LibraryError> {
    let admit = |load: &LedgerLoad| limits.admit(&load.ages, load.running);
    Ok(match library.begin_request(new, wall_clock(), admit)? {
        Admission::Admitted(id, load) => (Ok(OpenRequest { books, id: Some(id) }), load),
        Admission::Refused(held, load) => (Err(held), load),
    })
}

fn ending(outcome: &Outcome, request: &CompletionRequest) -> RequestEnding {
    match outcome {
        Outcome::Replied(reply) => RequestEnding {
            code: "replied",
            status: None,
            request_id: reply.meta.request_id.as_ref().map(|id| id.headline(200)),
            cost: reply.usage.map(|usage| cost(request, usage)).unwrap_or_default(),
        },
        Outcome::Interrupted(trouble) | Outcome::Failed(trouble) => failed(trouble),
    }
}

fn failed(trouble: &InferenceError) -> RequestEnding {
    RequestEnding {
        code: trouble.cause.code(),
        status: trouble.status,
        request_id: trouble.request_id.as_ref().map(|id| id.headline(200)),
        cost: RequestCost::default(),
    }
}

fn cost(request: &CompletionRequest, usage: TokenUsage) -> RequestCost {
    RequestCost {
        prompt_tokens: Some(usage.prompt_tokens),
        completion_tokens: Some(usage.completion_tokens),
        estimated_usd: request.estimated_usd(usage),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_that_nobody_waits_for_any_more_is_given_back() {
        let home = tempfile::tempdir().unwrap();
        let books = Arc::new(LibraryHandle::new(home.path().to_owned()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let load = runtime.block_on(async {
            let weak = Arc::downgrade(&books);
            let new = NewRequest { engine: "huggingface", model: "acme/coder".to_owned() };
            let asked =
                books.ask(move |library| begin(library, &new, RequestLimits::default(), weak));
            // The order is given, and then the job is stopped.
            drop(tokio::time::timeout(Duration::ZERO, asked).await);
            books.ask(|_| Ok(())).await.unwrap();
            books.ask(|library| library.current_load(wall_clock())).await.unwrap()
        });
        assert_eq!((load.ages.len(), load.running), (1, 0));
    }
}
