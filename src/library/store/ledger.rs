//! The ledger of requests to model servers, by all processes of the user.
//!
//! The caller decides whether one more request may start, inside the transaction that records it.
//! The wall clock may go back: a request in the future is moved to now, so it neither vanishes nor
//! blocks for longer than its window.

use std::time::Duration;

use rusqlite::{Transaction, params};

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
    pub estimated_usd: f64,
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
        const BEGIN: &str =
            "INSERT INTO requests (process, began, engine, model) VALUES (?, ?, ?, ?)";
        let Self { db, path, process, .. } = self;
        in_transaction(db, |tx| {
            let mut load = read_load(tx, process, now)?;
            if let Err(refusal) = admit(&load) {
                return Ok(Admission::Refused(refusal, load));
            }
            tx.prepare_cached(BEGIN)?.execute(params![
                process.name(),
                now.0,
                request.engine,
                request.model
            ])?;
            load.ages.insert(0, Duration::ZERO);
            load.running += 1;
            Ok(Admission::Admitted(RequestId(tx.last_insert_rowid()), load))
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
        const END: &str = "UPDATE requests SET ended = max(began, ?), ending = ?, status = ?, \
            request_id = ?, prompt_tokens = ?, completion_tokens = ?, estimated_usd = ? \
            WHERE id = ?";
        let RequestEnding { code: word, status, request_id, cost } = ending;
        self.write(|tx| {
            tx.prepare_cached(END)?.execute(params![
                now.0,
                word,
                status,
                request_id,
                cost.prompt_tokens.map(u64::cast_signed),
                cost.completion_tokens.map(u64::cast_signed),
                cost.estimated_usd,
                request.0,
            ])?;
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
        const SPENT: &str = "SELECT count(*), coalesce(sum(prompt_tokens), 0), \
            coalesce(sum(completion_tokens), 0), coalesce(sum(estimated_usd), 0.0) \
            FROM requests WHERE began >= ?";
        self.read(|db| {
            let number = |number: i64| u64::try_from(number).unwrap_or_default();
            Ok(db.query_row(SPENT, [since.0], |row| {
                Ok(SpendingTotals {
                    requests: number(row.get(0)?),
                    prompt_tokens: number(row.get(1)?),
                    completion_tokens: number(row.get(2)?),
                    estimated_usd: row.get(3)?,
                })
            })?)
        })
    }
}

fn read_load(
    tx: &Transaction<'_>,
    process: &ProcessLock,
    now: UnixMillis,
) -> Result<LedgerLoad, LibraryError> {
    tx.prepare_cached("UPDATE requests SET began = ?1 WHERE began > ?1")?.execute([now.0])?;
    close_orphans(tx, process, now)?;
    let mut statement =
        tx.prepare_cached("SELECT began FROM requests WHERE began > ? ORDER BY began DESC")?;
    let began = statement.query_map([now.before(DAY).0], |row| Ok(UnixMillis(row.get(0)?)))?;
    let ages = began.map(|began| began.map(|began| now.since(began)));
    let ages = ages.collect::<Result<_, _>>()?;
    let running: i64 = tx
        .prepare_cached("SELECT count(*) FROM requests WHERE ended IS NULL")?
        .query_row([], |row| row.get(0))?;
    Ok(LedgerLoad { ages, running: usize::try_from(running).unwrap_or_default() })
}

/// Ends the requests of dead processes, and those that began more than a day ago.
fn close_orphans(
    tx: &Transaction<'_>,
    process: &ProcessLock,
    now: UnixMillis,
) -> Result<(), LibraryError> {
    const LOST: &str = "UPDATE requests SET ended = ?1, ending = 'lost' \
        WHERE ended IS NULL AND (process = ?2 OR began < ?3)";
    let mut statement =
        tx.prepare_cached("SELECT DISTINCT process FROM requests WHERE ended IS NULL")?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    for name in names.collect::<Result<Vec<_>, _>>()? {
        let gone = if process.is_alive(&name) { "" } else { name.as_str() };
        tx.prepare_cached(LOST)?.execute(params![now.0, gone, now.before(DAY).0])?;
    }
    Ok(())
}
