//! Finds the place most similar to missing lines.

use std::collections::HashSet;

/// A place in the game with some context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearestPlace {
    /// Its first line, from 1.
    pub first_line: usize,
    pub text: String,
}

/// Lines of context before and after.
const CONTEXT_LINES: usize = 3;
/// Most lines shown.
const MAX_LINES: usize = 60;

/// The run of lines that shares most lines with these, or else most words of the longest one.
pub(super) fn find_nearest(text: &str, wanted: &[&str]) -> Option<NearestPlace> {
    let lines: Vec<_> = text.lines().collect();
    let at = nearest_by_lines(&lines, wanted).or_else(|| nearest_by_words(&lines, wanted))?;
    let start = at.saturating_sub(CONTEXT_LINES);
    let end = (at + wanted.len().min(MAX_LINES) + CONTEXT_LINES).min(lines.len());
    Some(NearestPlace { first_line: start + 1, text: lines.get(start..end)?.join("\n") })
}

/// Each matching line votes for a start of the run.
fn nearest_by_lines(lines: &[&str], wanted: &[&str]) -> Option<usize> {
    let mut votes = vec![0_usize; lines.len()];
    for (offset, line) in wanted.iter().enumerate().filter(|(_, line)| line.trim().len() > 2) {
        for (at, _) in lines.iter().enumerate().filter(|(_, there)| there.trim() == line.trim()) {
            if let Some(vote) = votes.get_mut(at.saturating_sub(offset)) {
                *vote += 1;
            }
        }
    }
    first_highest(votes.iter().copied())
}

fn nearest_by_words(lines: &[&str], wanted: &[&str]) -> Option<usize> {
    let (offset, longest) = wanted.iter().enumerate().max_by_key(|(_, line)| line.trim().len())?;
    let known: HashSet<_> = words(longest).collect();
    let shared = lines.iter().map(|line| words(line).filter(|word| known.contains(word)).count());
    first_highest(shared).map(|at| at.saturating_sub(offset))
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| word.len() > 1)
}

fn first_highest(scores: impl Iterator<Item = usize>) -> Option<usize> {
    let best = scores.enumerate().max_by_key(|(at, score)| (*score, std::cmp::Reverse(*at)));
    best.filter(|(_, score)| *score > 0).map(|(at, _)| at)
}
