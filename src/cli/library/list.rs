//! Lists games: all of them, or those that match a search.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::{CommandOutput, LibraryCommandError, headline, success_output};
use crate::cli::{clock, warn};
use crate::library::{GameEntry, Library, ListRange, SearchHit};

/// Lists the games, the newest first.
pub(super) fn list(library: &Library, number: u32) -> Result<CommandOutput, LibraryCommandError> {
    let games = library.games(ListRange { offset: 0, limit: number })?;
    let unfinished = library.unfinished_replies()?.len();
    if unfinished > 0 {
        warn(&format!(
            "{unfinished} unfinished, because codeagent was killed; save with `codeagent library \
             recover`"
        ));
    }
    let rows: Vec<_> = games.iter().map(game_row).collect();
    let games: Vec<_> = games.iter().map(game_json).collect();
    Ok(success_output(format_table(&rows), json!({ "games": games, "unfinished": unfinished })))
}

/// Searches the games by words.
pub(super) fn search(
    library: &Library,
    query: &str,
    number: u32,
) -> Result<CommandOutput, LibraryCommandError> {
    let hits = library.search(query, usize::try_from(number).unwrap_or(usize::MAX))?;
    let rows: Vec<_> = hits.iter().map(hit_row).collect();
    let hits: Vec<_> = hits.iter().map(hit_json).collect();
    Ok(success_output(format_table(&rows), json!({ "hits": hits })))
}

fn game_row(game: &GameEntry) -> Vec<String> {
    let versions = if game.versions == 1 { "version" } else { "versions" };
    vec![
        game.id.to_string(),
        headline(&game.title, 40),
        format!("{} {versions}", game.versions),
        clock::format_date(game.updated),
        game.tags.iter().map(|tag| headline(tag, 30)).collect::<Vec<_>>().join(" "),
    ]
}

/// A game as an object for `--json`.
pub(super) fn game_json(game: &GameEntry) -> Value {
    json!({
        "id": game.id.0,
        "title": headline(&game.title, 200),
        "versions": game.versions,
        "latest": game.head,
        "updated": clock::format_iso(game.updated),
        "tags": game.tags,
    })
}

fn hit_row(hit: &SearchHit) -> Vec<String> {
    vec![
        hit.version.to_string(),
        headline(&hit.title, 30),
        hit.matched.name().to_owned(),
        headline(&hit.excerpt, 60),
    ]
}

fn hit_json(hit: &SearchHit) -> Value {
    json!({
        "id": hit.version.game.0,
        "version": hit.version.number,
        "title": headline(&hit.title, 200),
        "found_in": hit.matched.name(),
        "excerpt": headline(&hit.excerpt, 200),
    })
}

/// Formats rows with aligned columns.
pub(super) fn format_table(rows: &[Vec<String>]) -> String {
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths = (0..columns).map(|column| cells(column).map(|cell| cell.width()).max());
    let widths: Vec<usize> = widths.map(Option::unwrap_or_default).collect();
    let line = |row: &Vec<String>| {
        let padded = row.iter().zip(&widths).map(|(cell, width)| {
            format!("{cell}{}", " ".repeat(width.saturating_sub(cell.width())))
        });
        format!("{}\n", padded.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_below_each_other_whatever_is_in_them() {
        let rows = [["1", "幽霊", "a"], ["12", "bats", ""]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(format_table(&rows), "1   幽霊  a\n12  bats\n");
    }
}
