//! The ledger of requests to model servers, by all processes of the user.
//!
//! The caller decides whether one more request may start, inside the transaction that records it.
//! The wall clock may go back: a request in the future is moved to now, so it neither vanishes nor
//! blocks for longer than its window.

use std::time::Duration;

use rusqlite::{Row, Transaction, named_params};

use super::rows::{FromRow, execute, insert, query_first, query_value, query_values};
use super::{Library, in_transaction};
use crate::library::error::LibraryError;
use crate::library::process_lock::ProcessLock;
use crate::library::version::{RequestCost, UnixMillis};

/// The longest window of the limits.
const DAY: Duration = Duration::from_hours(24);

/// An entry of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(i64);

/// A request that is about to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    pub engine: &'static str,
    pub model: String,
    /// What HuggingFace bills it under. `None` where nobody settles it.
    pub session: Option<String>,
}

/// How a request ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RequestEnding {
    /// An identifier for programs: `replied`, `cancelled`, or the cause of a failure.
    pub code: &'static str,
    pub status: Option<u16>,
    pub request_id: Option<String>,
    pub cost: RequestCost,
}

/// The requests of the last day, and the running ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerLoad {
    /// How long ago each request began, the youngest first.
    pub ages: Vec<Duration>,
    pub running: usize,
}

/// Whether a request was admitted and recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission<H> {
    Admitted(RequestId, LedgerLoad),
    /// Refused, for this reason.
    Refused(H, LedgerLoad),
}

/// The sums over a period.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SpendingTotals {
    pub requests: u64,
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    /// As settled, and as estimated where that is pending.
    pub estimated_usd: f64,
    /// The part of it that is settled.
    pub settled_usd: f64,
    /// How many answered requests are not settled yet.
    pub pending: u64,
}

/// What a request has cost, according to who bills it.
#[derive(Debug, Clone, PartialEq)]
pub struct SettledCost {
    pub session: String,
    pub usd: f64,
}

impl Library {
    /// Records a request if `admit` accepts it, atomically.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn begin_request<H>(
        &mut self,
        request: &NewRequest,
        now: UnixMillis,
        admit: impl FnOnce(&LedgerLoad) -> Result<(), H>,
    ) -> Result<Admission<H>, LibraryError> {
        let Self { db, path, process, .. } = self;
        in_transaction(db, |tx| {
            let mut load = read_load(tx, process, now)?;
            if let Err(refusal) = admit(&load) {
                return Ok(Admission::Refused(refusal, load));
            }
            let values = named_params! {
                ":process": process.name(),
                ":began": now.0,
                ":engine": request.engine,
                ":model": request.model,
                ":session": request.session,
            };
            let id = insert(tx, "requests", values)?;
            load.ages.insert(0, Duration::ZERO);
            load.running += 1;
            Ok(Admission::Admitted(RequestId(id), load))
        })
        .map_err(|error| error.with_path(path))
    }

    /// Records how a request ended.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn end_request(
        &mut self,
        request: RequestId,
        ending: &RequestEnding,
        now: UnixMillis,
    ) -> Result<(), LibraryError> {
        const END: &str = "UPDATE requests SET ended = max(began, :now), ending = :ending, \
            status = :status, request_id = :request_id, prompt_tokens = :prompt_tokens, \
            completion_tokens = :completion_tokens, estimated_usd = :estimated_usd WHERE id = :id";
        let RequestEnding { code: word, status, request_id, cost } = ending;
        self.write(|tx| {
            let values = named_params! {
                ":id": request.0,
                ":now": now.0,
                ":ending": word,
                ":status": status,
                ":request_id": request_id,
                ":prompt_tokens": cost.prompt_tokens.map(u64::cast_signed),
                ":completion_tokens": cost.completion_tokens.map(u64::cast_signed),
                ":estimated_usd": cost.estimated_usd,
            };
            execute(tx, END, values)?;
            Ok(())
        })
    }

    /// Records what requests have cost; sessions that are not in the ledger are left out.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn settle_requests(&mut self, settled: &[SettledCost]) -> Result<(), LibraryError> {
        const SETTLE: &str = "UPDATE requests SET settled_usd = :usd WHERE session = :session";
        self.write(|tx| {
            for SettledCost { session, usd } in settled {
                execute(tx, SETTLE, named_params! { ":session": session, ":usd": usd })?;
            }
            Ok(())
        })
    }

    /// The requests that currently count against the limits.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn current_load(&mut self, now: UnixMillis) -> Result<LedgerLoad, LibraryError> {
        let Self { db, path, process, .. } = self;
        in_transaction(db, |tx| read_load(tx, process, now)).map_err(|error| error.with_path(path))
    }

    /// The sums over all requests since `since`.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn spending_since(&self, since: UnixMillis) -> Result<SpendingTotals, LibraryError> {
        const SPENT: &str = "SELECT count(*) AS requests, \
            coalesce(sum(prompt_tokens), 0) AS prompt_tokens, \
            coalesce(sum(completion_tokens), 0) AS completion_tokens, \
            coalesce(sum(coalesce(settled_usd, estimated_usd)), 0.0) AS estimated_usd, \
            coalesce(sum(settled_usd), 0.0) AS settled_usd, \
            coalesce(sum(session IS NOT NULL AND settled_usd IS NULL AND ending = 'replied'), 0) \
            AS pending \
            FROM requests WHERE began >= :since";
        self.read(|db| {
            let sums = query_first(db, SPENT, named_params! { ":since": since.0 })?;
            Ok(sums.unwrap_or_default())
        })
    }
}

impl FromRow for SpendingTotals {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let sum =
            |name: &str| row.get::<_, i64>(name).map(|sum| u64::try_from(sum).unwrap_or_default());
        Ok(Self {
            requests: sum("requests")?,
            prompt_tokens: sum("prompt_tokens")?,
            completion_tokens: sum("completion_tokens")?,
            estimated_usd: row.get("estimated_usd")?,
            settled_usd: row.get("settled_usd")?,
            pending: sum("pending")?,
        })
    }
}

fn read_load(
    tx: &Transaction<'_>,
    process: &ProcessLock,
    now: UnixMillis,
) -> Result<LedgerLoad, LibraryError> {
    const NO_FUTURE: &str = "UPDATE requests SET began = :now WHERE began > :now";
    const BEGAN: &str = "SELECT began FROM requests WHERE began > :since ORDER BY began DESC";
    const RUNNING: &str = "SELECT count(*) AS running FROM requests WHERE ended IS NULL";
    execute(tx, NO_FUTURE, named_params! { ":now": now.0 })?;
    close_orphans(tx, process, now)?;
    let began = query_values(tx, BEGAN, named_params! { ":since": now.before(DAY).0 })?;
    let ages = began.into_iter().map(|began| now.since(UnixMillis(began))).collect();
    let running: i64 = query_value(tx, RUNNING, [])?.unwrap_or_default();
    Ok(LedgerLoad { ages, running: usize::try_from(running).unwrap_or_default() })
}

/// Ends the requests of dead processes, and those that began more than a day ago.
fn close_orphans(
    tx: &Transaction<'_>,
    process: &ProcessLock,
    now: UnixMillis,
) -> Result<(), LibraryError> {
    const LOST: &str = "UPDATE requests SET ended = :now, ending = 'lost' \
        WHERE ended IS NULL AND (process = :gone OR began < :since)";
    const OWNERS: &str = "SELECT DISTINCT process FROM requests WHERE ended IS NULL";
    for name in query_values::<String>(tx, OWNERS, [])? {
        let dead_process = if process.is_alive(&name) { "" } else { name.as_str() };
        let lost =
            named_params! { ":now": now.0, ":gone": dead_process, ":since": now.before(DAY).0 };
        execute(tx, LOST, lost)?;
    }
    Ok(())
}
