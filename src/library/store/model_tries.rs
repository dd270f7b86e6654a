//! What each model made of prompts: a row for each try, and their sums.

use rusqlite::{Row, named_params};

use super::Library;
use super::rows::{FromRow, execute, query_all};
use crate::library::error::LibraryError;
use crate::library::version::UnixMillis;

/// One try of a model at a game.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelTry {
    /// The same for all tries at one prompt, and for no other prompt.
    pub job: String,
    /// From 1, within the job.
    pub number: u32,
    pub model: String,
    /// The engine's name in settings.
    pub engine: String,
    /// How it asked; the code of [`TryKind`](crate::app::TryKind).
    pub kind: String,
    /// How good its game is; the name of [`TryGrade`](crate::app::TryGrade).
    pub grade: String,
    /// Whether the reply was stopped because it repeated itself.
    pub repeated: bool,
    /// Of questions and answers. `None` if no server reported them.
    pub tokens: Option<u64>,
    /// From the question to the end of the play-test.
    pub milliseconds: u64,
    /// US dollars. `None` if unknown.
    pub usd: Option<f64>,
}

/// The sums of one model on one engine. Prompts whose games nobody played are left out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ModelSummary {
    pub model: String,
    pub engine: String,
    /// Prompts.
    pub jobs: u64,
    /// Prompts that ended in a game that responds.
    pub plays: u64,
    pub tries: u64,
    pub repeated: u64,
    pub tokens: u64,
    pub milliseconds: u64,
    /// US dollars, as far as known.
    pub usd: f64,
    /// Tries that were to fix a broken or refused game; they helped if it ran.
    pub fixes: RepairTally,
    /// Tries that were to make a dead game answer.
    pub wake_ups: RepairTally,
}

/// Repairs of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RepairTally {
    pub all: u64,
    pub helped: u64,
}

impl Library {
    /// Records how a try ended. The same try again replaces what was known: its game was played later.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn record_try(&mut self, record: &ModelTry, now: UnixMillis) -> Result<(), LibraryError> {
        const KEEP: &str = "INSERT OR REPLACE INTO model_tries (job, number, model, engine, kind, \
            grade, repeated, tokens, milliseconds, usd, ended) VALUES (:job, :number, :model, \
            :engine, :kind, :grade, :repeated, :tokens, :milliseconds, :usd, :ended)";
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let (tokens, milliseconds) = (record.tokens.map(count), count(record.milliseconds));
        self.write(|tx| {
            let values = named_params! {
                ":job": record.job,
                ":number": record.number,
                ":model": record.model,
                ":engine": record.engine,
                ":kind": record.kind,
                ":grade": record.grade,
                ":repeated": record.repeated,
                ":tokens": tokens,
                ":milliseconds": milliseconds,
                ":usd": record.usd,
                ":ended": now.0,
            };
            execute(tx, KEEP, values)?;
            Ok(())
        })
    }

    /// The sums of all models, the one with the most prompts first.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn model_summaries(&self) -> Result<Vec<ModelSummary>, LibraryError> {
        const SUMS: &str = "SELECT model, engine, count(DISTINCT job) AS jobs, \
            count(DISTINCT iif(grade = 'responds', job, NULL)) AS plays, count(*) AS tries, \
            sum(repeated) AS repeated, coalesce(sum(tokens), 0) AS tokens, \
            sum(milliseconds) AS milliseconds, coalesce(sum(usd), 0.0) AS usd, \
            sum(kind = 'fix') AS fixes, \
            sum(kind = 'fix' AND grade IN ('loads', 'responds')) AS fixes_helped, \
            sum(kind = 'wake-up') AS wake_ups, \
            sum(kind = 'wake-up' AND grade = 'responds') AS wake_ups_helped \
            FROM model_tries \
            WHERE job NOT IN (SELECT job FROM model_tries WHERE grade = 'checked') \
            GROUP BY model, engine ORDER BY jobs DESC, model, engine";
        self.read(|db| query_all(db, SUMS, []))
    }
}

impl FromRow for ModelSummary {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let count =
            |name: &str| row.get::<_, i64>(name).map(|sum| u64::try_from(sum).unwrap_or_default());
        Ok(Self {
            model: row.get("model")?,
            engine: row.get("engine")?,
            jobs: count("jobs")?,
            plays: count("plays")?,
            tries: count("tries")?,
            repeated: count("repeated")?,
            tokens: count("tokens")?,
            milliseconds: count("milliseconds")?,
            usd: row.get("usd")?,
            fixes: RepairTally { all: count("fixes")?, helped: count("fixes_helped")? },
            wake_ups: RepairTally { all: count("wake_ups")?, helped: count("wake_ups_helped")? },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(job: &str, number: u32, kind: &str, grade: &str) -> ModelTry {
        ModelTry {
            job: job.into(),
            number,
            model: "m".into(),
            engine: "endpoint".into(),
            kind: kind.into(),
            grade: grade.into(),
            repeated: false,
            tokens: Some(1_000),
            milliseconds: 2_000,
            usd: None,
        }
    }

    #[test]
    fn tries_add_up_by_prompt_and_a_library_of_before_learns_them() {
        let home = tempfile::tempdir().unwrap();
        let library = Library::open(home.path(), "test").unwrap();
        // As the program left it that had no such table.
        library
            .db
            .execute_batch(
                "ALTER TABLE games DROP COLUMN named; DROP INDEX requests_by_session; ALTER TABLE requests DROP COLUMN session; \
                 ALTER TABLE requests DROP COLUMN settled_usd; DROP TABLE model_tries; \
                 PRAGMA user_version = 3;",
            )
            .unwrap();
        drop(library);
        let mut library = Library::open(home.path(), "test").unwrap();
        assert_eq!(library.model_summaries().unwrap(), []);
        let rows = [
            record("a", 1, "first", "broken"),
            record("a", 2, "fix", "loads"),
            record("a", 3, "wake-up", "responds"),
            ModelTry { repeated: true, ..record("b", 1, "first", "no game") },
            record("b", 2, "anew", "broken"),
            record("b", 3, "fix", "broken"),
            // Nobody has played it.
            record("c", 1, "first", "checked"),
            record("d", 1, "first", "checked"),
            // Played later.
            record("d", 1, "first", "responds"),
        ];
        for row in rows {
            library.record_try(&row, UnixMillis(1)).unwrap();
        }
        let other =
            ModelTry { model: "n".into(), usd: Some(0.5), ..record("e", 1, "first", "loads") };
        library.record_try(&other, UnixMillis(2)).unwrap();
        let summaries = library.model_summaries().unwrap();
        let expected = ModelSummary {
            model: "m".into(),
            engine: "endpoint".into(),
            jobs: 3,
            plays: 2,
            tries: 7,
            repeated: 1,
            tokens: 7_000,
            milliseconds: 14_000,
            usd: 0.0,
            fixes: RepairTally { all: 2, helped: 1 },
            wake_ups: RepairTally { all: 1, helped: 1 },
        };
        assert_eq!(summaries[0], expected);
        assert_eq!((summaries[1].plays, summaries[1].usd), (0, 0.5));
    }
}
