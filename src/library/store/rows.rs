//! Rows by the names of their columns: how every statement of the library is run.
//!
//! Parameters have names, columns are read by theirs, and each kind of row becomes its record in
//! one [`FromRow`]. So a column that is added is one name more, and never moves another.

use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Params, Row, ToSql};

use crate::library::error::LibraryError;

/// A record that is read from a row.
pub(super) trait FromRow: Sized {
    /// Reads the columns by their names.
    ///
    /// # Errors
    ///
    /// A column is missing or of another type.
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self>;
}

/// The values of a row to write, as `named_params!` makes them: `:column` and the value.
pub(super) type NamedValues<'v> = &'v [(&'v str, &'v dyn ToSql)];

/// All records of a query.
pub(super) fn query_all<T: FromRow>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<T>, LibraryError> {
    let mut statement = db.prepare_cached(sql)?;
    let records = statement.query_map(params, |row| T::from_row(row))?;
    Ok(records.collect::<Result<_, _>>()?)
}

/// The first record of a query; `None` if it finds none.
pub(super) fn query_first<T: FromRow>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, LibraryError> {
    Ok(db.prepare_cached(sql)?.query_row(params, |row| T::from_row(row)).optional()?)
}

/// The one column of a query, of all its rows.
pub(super) fn query_values<T: FromSql>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Vec<T>, LibraryError> {
    let mut statement = db.prepare_cached(sql)?;
    let values = statement.query_map(params, only_column)?;
    Ok(values.collect::<Result<_, _>>()?)
}

/// The one column of a query's first row; `None` if it finds none.
pub(super) fn query_value<T: FromSql>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<Option<T>, LibraryError> {
    Ok(db.prepare_cached(sql)?.query_row(params, only_column).optional()?)
}

fn only_column<T: FromSql>(row: &Row<'_>) -> rusqlite::Result<T> {
    row.get(0)
}

/// Runs a statement; returns the number of changed rows.
pub(super) fn execute(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Result<usize, LibraryError> {
    Ok(db.prepare_cached(sql)?.execute(params)?)
}

/// Inserts a row of these values; returns its row id.
pub(super) fn insert(
    db: &Connection,
    table: &str,
    values: NamedValues<'_>,
) -> Result<i64, LibraryError> {
    insert_with(db, "INSERT", table, values)
}

/// As [`insert`], in place of the row with the same key.
pub(super) fn replace(
    db: &Connection,
    table: &str,
    values: NamedValues<'_>,
) -> Result<i64, LibraryError> {
    insert_with(db, "INSERT OR REPLACE", table, values)
}

fn insert_with(
    db: &Connection,
    verb: &str,
    table: &str,
    values: NamedValues<'_>,
) -> Result<i64, LibraryError> {
    let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
    let columns: Vec<_> = names.iter().map(|name| name.trim_start_matches(':')).collect();
    let sql = format!("{verb} INTO {table} ({}) VALUES ({})", columns.join(", "), names.join(", "));
    execute(db, &sql, values)?;
    Ok(db.last_insert_rowid())
}

/// A count that SQLite keeps as a signed number with the same bits; `None` if the column is `NULL`.
pub(super) fn count(row: &Row<'_>, name: &str) -> rusqlite::Result<Option<u64>> {
    row.get::<_, Option<i64>>(name).map(|number| number.map(i64::cast_unsigned))
}
