//! Whole replies: those that repeat themselves are stopped soon, all others are read to their end.
//!
//! Recorded replies of a real model are no part of the project. They are read where they lie beside it,
//! or where `CODEAGENT_REPLIES` names them: JSON files with `reply`, `outcome`, `errors` and `usage`. Ours
//! are the pages of these tests and the composer's games.

use std::path::{Path, PathBuf};

use codeagent::compose::{GameTheme, compose};
use codeagent::game::{Extraction, extract};
use codeagent::inference::repetition::RepetitionDetector;
use codeagent::page::{HtmlPage, LineIndex};
use codeagent::rules::check_page;
use serde_json::Value;

/// Where the repetition begins, and how much was read by then, in bytes.
fn stopped(reply: &str) -> Option<(usize, usize)> {
    let mut detector = RepetitionDetector::default();
    let mut read = 0;
    // Pieces of a few bytes, as tokens are.
    for piece in reply.split_inclusive([' ', '\n', '(', ';']) {
        read += piece.len();
        if let Some(start) = detector.push(piece) {
            return Some((start, read));
        }
    }
    None
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.extension().is_some_and(|it| it == ending) {
            found.push(path);
        }
    }
    found
}

/// The recorded replies, by their names; none where nobody has them.
fn recorded() -> Vec<(String, Value)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real-replies");
    let folder = std::env::var_os("CODEAGENT_REPLIES").map_or(beside, PathBuf::from);
    if !folder.is_dir() {
        return Vec::new();
    }
    let mut all = files(&folder, "json");
    all.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap())
    };
    all.into_iter().map(read).collect()
}

#[test]
fn no_game_is_taken_for_a_repetition() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let pages = files(&pages, "html");
    assert!(pages.len() > 100);
    for page in pages {
        let text = std::fs::read(&page).unwrap();
        let text = String::from_utf8_lossy(&text);
        assert_eq!(stopped(&text), None, "{}", page.display());
    }
    for kind in ["snake", "breakout", "tower defence", "platformer", "merge tiles", "minesweeper"] {
        let game = compose(kind, 1, GameTheme::Neon);
        assert_eq!(stopped(game.source.text()), None, "{kind}");
    }
}

#[test]
fn recorded_replies_are_stopped_where_they_repeat_themselves_and_nowhere_else() {
    let mut repeating = 0;
    let all = recorded();
    let are_there = !all.is_empty();
    for (name, recorded) in all {
        let reply = recorded["reply"].as_str().unwrap();
        let repeats = recorded["outcome"].as_str().is_some_and(|it| it.starts_with("repeats"));
        let found = stopped(reply);
        assert!(!repeats || found.is_some(), "{name}: not seen");
        let Some((start, read)) = found else { continue };
        let tokens = recorded["usage"]["completion_tokens"].as_u64().unwrap();
        let bytes = u64::try_from(reply.len()).unwrap();
        let late = u64::try_from(read - start).unwrap() * tokens / bytes;
        println!("{name}: from {start}, {late} tokens late, {repeats}");
        assert!(late <= 600, "{name}: {late} tokens too late");
        let is_cut = recorded["finish"] == "length";
        assert!(is_cut, "{name}: a whole reply was stopped");
        repeating += u32::from(repeats);
    }
    assert_eq!(repeating > 0, are_there);
}

/// What a rule must say of an error that a browser met. `None` where only running the code shows it.
fn expected_finding(error: &str) -> Option<(&'static [&'static str], String)> {
    let name = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned)
    };
    if let Some(rest) = error.strip_prefix("ReferenceError: ")
        && rest.ends_with("is not defined")
    {
        return Some((&["undefined-name", "undeclared-variable"], name(rest)?));
    }
    error
        .contains("Assignment to constant variable")
        .then(|| (&["const-assignment"] as &[_], String::new()))
}

/// Prints every warning about the games in recorded replies, each with its place, to be read beside the
/// code: `cargo test --test it faults_in_recorded -- --nocapture`.
#[test]
fn faults_in_recorded_replies_are_found_without_a_browser() {
    for (name, recorded) in recorded() {
        let reply = recorded["reply"].as_str().unwrap();
        let (Extraction::Whole(source) | Extraction::Truncated(source)) = extract(reply) else {
            continue;
        };
        let page = HtmlPage::parse(source.text());
        let lines = LineIndex::new(page.source());
        let found = check_page(&page);
        for it in &found {
            let (finding, is_repaired) = (&it.finding, it.fix.is_some());
            let line = lines.position(finding.span.start).line;
            assert!(finding.span.end <= page.source().len(), "{name}");
            let repaired = if is_repaired { "(repaired)" } else { "" };
            println!("{name}:{line} {} {repaired}: {}", finding.rule, finding.why);
        }
        let errors = recorded["errors"].as_array().into_iter().flatten().filter_map(Value::as_str);
        for error in errors {
            let Some((rules, word)) = expected_finding(error) else { continue };
            let is_told = found
                .iter()
                .any(|it| rules.contains(&it.finding.rule) && it.finding.why.contains(&word));
            assert!(is_told, "{name}: nothing says {error}");
        }
    }
}
