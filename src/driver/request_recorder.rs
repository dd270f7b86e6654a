//! One request in the ledger, from the permission to send it to how it ended,
//! and the reply written down as it comes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use super::library_thread::LibraryHandle;
use super::{TaskContext, now, wall_clock};
use crate::app::{JobEvent, JobId};
use crate::inference::limits::{LimitReached, RequestCounters, RequestLimits};
use crate::inference::{CompletionRequest, InferenceError, Outcome, Reply, TokenUsage};
use crate::library::{
    Admission, DraftId, LedgerLoad, Library, LibraryError, NewRequest, RequestCost, RequestEnding,
    RequestId,
};

/// How much of a reply a crash may cost.
pub(super) const FLUSH_INTERVAL: Duration = Duration::from_secs(1);

/// A request that may be sent.
pub(super) struct RequestRecorder {
    library: Arc<LibraryHandle>,
    job: u64,
    request: CompletionRequest,
    /// `None` if there is no ledger.
    open_request: Option<OpenRequest>,
    draft: Option<DraftId>,
    /// What came since it was last written down.
    unflushed: Mutex<String>,
    has_content: AtomicBool,
}

/// A line of the ledger that has no end yet. Dropped without one, the request was cancelled: also
/// if the job was stopped while the ledger answered.
struct OpenRequest {
    library: Weak<LibraryHandle>,
    id: Option<RequestId>,
}

impl OpenRequest {
    fn end(&mut self, ending: RequestEnding) {
        // Without a library the program ends, and its open requests with it.
        if let (Some(library), Some(id)) = (self.library.upgrade(), self.id.take()) {
            library.tell(move |library| library.end_request(id, &ending, wall_clock()));
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
        library: &Arc<LibraryHandle>,
        engine: &'static str,
        limits: RequestLimits,
        request: &CompletionRequest,
        events: &TaskContext,
    ) -> Option<Self> {
        let JobId(job) = events.id();
        let recorder = Self {
            library: Arc::clone(library),
            job,
            request: request.clone(),
            open_request: None,
            draft: None,
            unflushed: Mutex::default(),
            has_content: AtomicBool::new(false),
        };
        let session = request.is_settled.then(|| request.trace_id());
        let new = NewRequest { engine, model: request.model.clone(), session };
        let weak = Arc::downgrade(library);
        let prompt = request.is_for_game.then(|| request.user_prompt.clone());
        let asked = library.ask(move |library| {
            let (opened, load) = begin(library, &new, limits, weak)?;
            let opened = opened.map(|open_request| {
                let draft = begin_draft(library, job, prompt.as_deref(), &new.model);
                (open_request, draft)
            });
            let spent = library.spending_since(wall_clock().month_start())?.estimated_usd;
            Ok(((opened, load, spent), library.take_quarantined()))
        });
        match asked.await {
            Ok((answer, quarantined)) => {
                events.send_quarantined(quarantined);
                recorder.apply_answer(answer, events)
            }
            Err(error) => {
                events.send(JobEvent::LedgerUnavailable(error));
                Some(recorder)
            }
        }
    }

    fn apply_answer(
        mut self,
        (opened, load, spent): LedgerAnswer,
        events: &TaskContext,
    ) -> Option<Self> {
        let counters =
            RequestCounters::from_ages(&load.ages, load.running, now()).with_spent(spent);
        match opened {
            Ok((open_request, draft)) => {
                (self.open_request, self.draft) = (Some(open_request), draft);
                events.send(JobEvent::Admitted(counters));
                Some(self)
            }
            Err(limit) => {
                events.send(JobEvent::LimitReached(limit, counters));
                None
            }
        }
    }

    /// Appends a piece of the reply.
    pub fn append(&self, text: &str) {
        self.has_content.store(true, Ordering::Relaxed);
        self.unflushed.lock().unwrap_or_else(PoisonError::into_inner).push_str(text);
    }

    /// Writes the unflushed pieces to the library.
    pub fn flush(&self) {
        let unflushed =
            std::mem::take(&mut *self.unflushed.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(draft) = self.draft.filter(|_| !unflushed.is_empty()) {
            self.library.tell(move |library| library.append_chunk(draft, &unflushed));
        }
    }

    /// Records how the request ended, and what it cost.
    pub fn end(mut self, outcome: &Outcome) {
        if let Some(mut open_request) = self.open_request.take() {
            open_request.end(ending(outcome, &self.request));
        }
    }
}

impl Drop for RequestRecorder {
    /// Writes the rest of the reply. A request without any reply leaves no draft.
    fn drop(&mut self) {
        self.flush();
        let job = self.job;
        if self.draft.is_some() && !self.has_content.load(Ordering::Relaxed) {
            self.library.tell(move |library| library.end_draft(job));
        }
    }
}

/// Writes the prompt of a game down, for its reply. `None` without one, or if that fails: the game is
/// made all the same.
fn begin_draft(
    library: &mut Library,
    job: u64,
    prompt: Option<&str>,
    model: &str,
) -> Option<DraftId> {
    library.begin_draft(job, prompt?, Some(model), wall_clock()).ok()
}

/// Writes the request down, if the limits let it.
fn begin(
    library: &mut Library,
    new: &NewRequest,
    limits: RequestLimits,
    handle: Weak<LibraryHandle>,
) -> Result<(Result<OpenRequest, LimitReached>, LedgerLoad), LibraryError> {
    let admit = |load: &LedgerLoad| limits.admit(&load.ages, load.running);
    Ok(match library.begin_request(new, wall_clock(), admit)? {
        Admission::Admitted(id, load) => (Ok(OpenRequest { library: handle, id: Some(id) }), load),
        Admission::Refused(limit, load) => (Err(limit), load),
    })
}

fn ending(outcome: &Outcome, request: &CompletionRequest) -> RequestEnding {
    match outcome {
        Outcome::Replied(reply) => RequestEnding {
            code: "replied",
            status: None,
            request_id: reply.meta.request_id.as_ref().map(|id| id.headline(200)),
            cost: reply.usage.map(|usage| cost(request, reply, usage)).unwrap_or_default(),
        },
        Outcome::Interrupted(error) | Outcome::Failed(error) => failed(error),
    }
}

fn failed(error: &InferenceError) -> RequestEnding {
    RequestEnding {
        code: error.cause.code(),
        status: error.status,
        request_id: error.request_id.as_ref().map(|id| id.headline(200)),
        cost: RequestCost::default(),
    }
}

/// At the price of the provider that answered.
fn cost(request: &CompletionRequest, reply: &Reply, usage: TokenUsage) -> RequestCost {
    let mut request = request.clone();
    request.answered_by(&reply.meta);
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
        let library = Arc::new(LibraryHandle::new(home.path().to_owned()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let load = runtime.block_on(async {
            let weak = Arc::downgrade(&library);
            let new =
                NewRequest { engine: "huggingface", model: "acme/coder".to_owned(), session: None };
            let asked =
                library.ask(move |library| begin(library, &new, RequestLimits::default(), weak));
            // The call is queued, and then the job is stopped.
            drop(tokio::time::timeout(Duration::ZERO, asked).await);
            library.ask(|_| Ok(())).await.unwrap();
            library.ask(|library| library.current_load(wall_clock())).await.unwrap()
        });
        assert_eq!((load.ages.len(), load.running), (1, 0));
    }
}
