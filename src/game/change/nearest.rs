//! The place that is most like lines that are not there.

use std::collections::HashSet;

/// A place in the game, with a little around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearestPlace {
    /// The number of its first line, from 1.
    pub first_line: usize,
    pub text: String,
}

/// How many lines are shown before and after.
const CONTEXT_LINES: usize = 3;
/// How many lines are shown at most.
const MAX_LINES: usize = 60;

/// The run of lines that shares the most lines with these, else the most words of the longest one.
pub(super) fn find_nearest(text: &str, wanted: &[&str]) -> Option<NearestPlace> {
    let lines: Vec<_> = text.lines().collect();
    let at = nearest_by_lines(&lines, wanted).or_else(|| nearest_by_words(&lines, wanted))?;
    let start = at.saturating_sub(CONTEXT_LINES);
    let end = (at + wanted.len().min(MAX_LINES) + CONTEXT_LINES).min(lines.len());
    Some(NearestPlace { first_line: start + 1, text: lines.get(start..end)?.join("\n") })
}

/// Each line that is found votes for where the run would begin.
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
