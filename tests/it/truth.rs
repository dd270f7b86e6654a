//! The pages with known truth: is the table whole, and is every page one that the checks let pass?
//!
//! Whether a play-test finds these truths needs a browser; this needs none.

use std::collections::BTreeSet;
use std::path::PathBuf;

use codeagent::driver::parallel_map;
use codeagent::game::{HtmlSource, vet};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Table {
    page: Vec<Row>,
}

/// What is true of a page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub file: String,
    pub verdict: String,
    #[serde(default)]
    pub keys: Vec<String>,
    pub fails: Option<String>,
    pub error: Option<String>,
    pub line: Option<usize>,
    pub restarts: Option<bool>,
    pub touch: Option<bool>,
    note: String,
}

const KEYS: [&str; 18] = [
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Space",
    "Enter",
    "KeyW",
    "KeyA",
    "KeyS",
    "KeyD",
    "mouse",
    "click",
    "drag",
    "type",
    "KeyF",
    "KeyZ",
    "KeyX",
    "KeyC",
];

pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pages/play")
}

/// All of it; see the head of `truth.toml`.
pub fn rows() -> Vec<Row> {
    let table = std::fs::read_to_string(folder().join("truth.toml")).unwrap();
    toml::from_str::<Table>(&table).unwrap().page
}

#[test]
fn every_page_has_one_truth_and_it_makes_sense() {
    let rows = rows();
    let named: BTreeSet<_> = rows.iter().map(|row| row.file.clone()).collect();
    let entries = std::fs::read_dir(folder()).unwrap();
    let files = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<_> = files.filter(|file| file != "truth.toml").collect();
    assert_eq!(named, there);
    assert!(named.len() == rows.len() && rows.len() >= 130, "{} rows", rows.len());
    for row in &rows {
        let is_broken = row.verdict == "broken";
        let says = |verdict: &str| row.verdict == verdict;
        assert!(is_broken || says("loads") || says("responds"), "{row:?}");
        assert!(row.keys.is_empty() || says("responds"), "{row:?}");
        assert!(row.keys.iter().all(|key| KEYS.contains(&key.as_str())), "{row:?}");
        let fails = row.fails.as_deref();
        assert!(
            fails.is_none_or(|fails| ["loads", "visible", "lasts"].contains(&fails)),
            "{row:?}"
        );
        assert!(is_broken || (fails, &row.error, row.line) == (None, &None, None), "{row:?}");
        assert!(!row.note.is_empty(), "{row:?}");
    }
}

#[test]
fn every_page_is_a_valid_game_whose_lines_stay_where_they_are() {
    let wrong = parallel_map(&rows(), |row| {
        let text = std::fs::read_to_string(folder().join(&row.file)).unwrap();
        assert!(row.line.is_none_or(|line| line <= text.lines().count()), "{row:?}");
        match vet(HtmlSource::new(text.as_str())) {
            Ok(vetted) if vetted.source() == text => None,
            Ok(_) => Some(format!("{} was repaired", row.file)),
            Err(refused) => Some(format!("{}: {}", row.file, refused.summary())),
        }
    });
    let wrong: Vec<_> = wrong.into_iter().filter_map(|wrong| wrong.expect("no panic")).collect();
    assert_eq!(wrong, [""; 0]);
}
