//! Counts how often each model's answers could be applied, per answer form.

use rusqlite::{Row, named_params};

use super::Library;
use super::rows::{FromRow, execute, query_all};
use crate::library::error::LibraryError;
use crate::library::version::UnixMillis;

/// The results of one model's answers in one form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormTally {
    pub model: String,
    /// `blocks` or `page`.
    pub form: String,
    /// The number of answers that could be applied.
    pub fitted: u32,
    /// The number of answers that could not.
    pub missed: u32,
}

impl Library {
    /// Adds a result to the model's tally.
    ///
    /// # Errors
    ///
    /// The library cannot be written.
    pub fn record_form(&mut self, tally: &FormTally, now: UnixMillis) -> Result<(), LibraryError> {
        const KEEP: &str = "INSERT INTO answer_forms (model, form, fitted, missed, changed) \
            VALUES (:model, :form, :fitted, :missed, :changed) ON CONFLICT DO UPDATE SET fitted = fitted + excluded.fitted, \
            missed = missed + excluded.missed, changed = excluded.changed";
        self.write(|tx| {
            let FormTally { model, form, fitted, missed } = tally;
            let values = named_params! {
                ":model": model,
                ":form": form,
                ":fitted": fitted,
                ":missed": missed,
                ":changed": now.0,
            };
            execute(tx, KEEP, values)?;
            Ok(())
        })
    }

    /// The tallies of all models.
    ///
    /// # Errors
    ///
    /// The library cannot be read.
    pub fn form_tallies(&self) -> Result<Vec<FormTally>, LibraryError> {
        self.read(|db| query_all(db, "SELECT * FROM answer_forms", []))
    }
}

impl FromRow for FormTally {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            model: row.get("model")?,
            form: row.get("form")?,
            fitted: row.get("fitted")?,
            missed: row.get("missed")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_add_up_and_a_library_of_before_learns_them() {
        let home = tempfile::tempdir().unwrap();
        let library = Library::open(home.path(), "test").unwrap();
        // As the program left it that had no such table.
        library
            .db
            .execute_batch(
                "ALTER TABLE games DROP COLUMN named; DROP INDEX requests_by_session; ALTER TABLE requests DROP COLUMN session; \
                 ALTER TABLE requests DROP COLUMN settled_usd; DROP TABLE answer_forms; \
                 DROP TABLE model_tries; PRAGMA user_version = 2;",
            )
            .unwrap();
        drop(library);
        let mut library = Library::open(home.path(), "test").unwrap();
        assert_eq!(library.form_tallies().unwrap(), []);
        let missed = FormTally { model: "m".into(), form: "blocks".into(), fitted: 0, missed: 1 };
        library.record_form(&missed, UnixMillis(1)).unwrap();
        library
            .record_form(&FormTally { fitted: 1, missed: 0, ..missed.clone() }, UnixMillis(2))
            .unwrap();
        library.record_form(&missed, UnixMillis(3)).unwrap();
        assert_eq!(library.form_tallies().unwrap(), [FormTally { fitted: 1, missed: 2, ..missed }]);
    }
}
