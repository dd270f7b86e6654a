//! Whole replies: those that repeat themselves are stopped soon, all others are read to their end.
//!
//! `CODEAGENT_REPLIES` names a folder of recorded replies: JSON files with `reply`, `outcome` and
//! `usage`. Ours are the pages of these tests and the composer's games.

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
    let Some(folder) = std::env::var_os("CODEAGENT_REPLIES") else { return };
    let mut repeating = 0;
    for file in files(Path::new(&folder), "json") {
        let recorded: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let reply = recorded["reply"].as_str().unwrap();
        let repeats = recorded["outcome"].as_str().is_some_and(|it| it.starts_with("repeats"));
        let found = stopped(reply);
        assert!(!repeats || found.is_some(), "{}: not seen", file.display());
        let Some((start, read)) = found else { continue };
        let tokens = recorded["usage"]["completion_tokens"].as_u64().unwrap();
        let bytes = u64::try_from(reply.len()).unwrap();
        let late = u64::try_from(read - start).unwrap() * tokens / bytes;
        println!("{}: from {start}, {late} tokens late, {repeats}", file.display());
        assert!(late <= 600, "{}: {late} tokens too late", file.display());
        let is_cut = recorded["finish"] == "length";
        assert!(is_cut, "{}: a whole reply was stopped", file.display());
        repeating += u32::from(repeats);
    }
    assert!(repeating > 0);
}

/// Prints every warning about the games in recorded replies, each with its place, to be read beside
/// the code: `CODEAGENT_REPLIES=… cargo test --test it faults_in_recorded -- --nocapture`.
#[test]
fn faults_in_recorded_replies_are_where_the_code_has_them() {
    let Some(folder) = std::env::var_os("CODEAGENT_REPLIES") else { return };
    let mut all = files(Path::new(&folder), "json");
    all.sort();
    for file in all {
        let recorded: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let reply = recorded["reply"].as_str().unwrap();
        let (Extraction::Whole(source) | Extraction::Truncated(source)) = extract(reply) else {
            continue;
        };
        let page = HtmlPage::parse(source.text());
        let lines = LineIndex::new(page.source());
        for found in check_page(&page) {
            let finding = found.finding;
            let line = lines.position(finding.span.start).line;
            assert!(finding.span.end <= page.source().len(), "{}", file.display());
            println!(
                "{}:{line} {} {}: {}",
                file.file_stem().unwrap().to_string_lossy(),
                finding.rule,
                if found.fix.is_some() { "(repaired)" } else { "" },
                finding.why
            );
        }
    }
}
