//! Finds where a block applies and inserts its new lines.
//!
//! Equal whole lines are tried first; then the same text inside a line, for games that are one long
//! line; then lines that differ only in surrounding white space. Each only if there is exactly one
//! such place.

use std::ops::Range;

use super::BlockMismatch;
use super::blocks::EditBlock;
use super::nearest::find_nearest;

/// Returns the text with the block applied.
///
/// # Errors
/// If the lines are not in the text, or more than once.
pub(super) fn apply_block(text: &str, block: &EditBlock) -> Result<String, BlockMismatch> {
    let lines = SourceLine::split(text);
    let wanted: Vec<_> = block.search.split('\n').collect();
    let same = |line: &SourceLine<'_>, wanted: &str| line.text == wanted;
    let alike = |line: &SourceLine<'_>, wanted: &str| line.text.trim() == wanted.trim();
    if let Some(place) = single_match(&matching_runs(&lines, &wanted, same))? {
        return Ok(replace_lines(text, &lines, place, &block.replace));
    }
    let inside: Vec<_> = text.match_indices(&block.search).map(|(at, _)| at).collect();
    if let Some(at) = single_match(&inside)? {
        let end = at + block.search.len();
        return Ok(splice(text, at..end, &block.replace));
    }
    match single_match(&matching_runs(&lines, &wanted, alike))? {
        Some(place) => {
            let replace = reindent(&lines, place.start, &wanted, &block.replace);
            Ok(replace_lines(text, &lines, place, &replace))
        }
        None => Err(BlockMismatch::NotFound(find_nearest(text, &wanted))),
    }
}

/// The only place, `None` without one; several are an error.
fn single_match<T: Clone>(places: &[T]) -> Result<Option<T>, BlockMismatch> {
    match places {
        [] => Ok(None),
        [place] => Ok(Some(place.clone())),
        more => Err(BlockMismatch::Ambiguous(more.len())),
    }
}

/// A line without its line end, and its offset.
#[derive(Debug, Clone, Copy)]
struct SourceLine<'t> {
    text: &'t str,
    start: usize,
    is_crlf: bool,
}

impl<'t> SourceLine<'t> {
    fn split(text: &'t str) -> Vec<Self> {
        let mut start = 0;
        let line = |raw: &'t str| {
            let text = raw.strip_suffix('\r').unwrap_or(raw);
            let line = SourceLine { text, start, is_crlf: raw.len() > text.len() };
            start += raw.len() + 1;
            line
        };
        text.split('\n').map(line).collect()
    }

    fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// Each run of lines that matches.
fn matching_runs(
    lines: &[SourceLine<'_>],
    wanted: &[&str],
    fits: impl Fn(&SourceLine<'_>, &str) -> bool,
) -> Vec<Range<usize>> {
    let runs = lines.windows(wanted.len().max(1)).enumerate();
    let fitting = runs.filter(|(_, run)| run.iter().zip(wanted).all(|(line, w)| fits(line, w)));
    fitting.map(|(at, _)| at..at + wanted.len()).collect()
}

/// Replaces a run of lines. Without new lines the run is removed whole.
fn replace_lines(
    text: &str,
    lines: &[SourceLine<'_>],
    place: Range<usize>,
    replace: &str,
) -> String {
    let (Some(first), Some(last)) = (lines.get(place.start), lines.get(place.end - 1)) else {
        return text.to_owned();
    };
    if replace.is_empty() {
        let end = lines.get(place.end).map_or(text.len(), |next| next.start);
        return splice(text, first.start..end, "");
    }
    let ended = if first.is_crlf { replace.replace('\n', "\r\n") } else { replace.to_owned() };
    splice(text, first.start..last.end(), &ended)
}

fn splice(text: &str, place: Range<usize>, new: &str) -> String {
    let before = text.get(..place.start).unwrap_or_default();
    let after = text.get(place.end..).unwrap_or_default();
    [before, new, after].concat()
}

/// The new lines, indented like the lines they replace.
fn reindent(lines: &[SourceLine<'_>], first: usize, wanted: &[&str], replace: &str) -> String {
    let first_line = wanted.iter().enumerate().find(|(_, line)| !line.trim().is_empty());
    let Some((offset, first_line)) = first_line else { return replace.to_owned() };
    let there = lines.get(first + offset).map(|line| leading_space(line.text)).unwrap_or_default();
    let indent = leading_space(first_line);
    let shift = |line: &str| match (there.strip_suffix(indent), indent.strip_suffix(there)) {
        _ if line.trim().is_empty() => line.to_owned(),
        (Some(more), _) => format!("{more}{line}"),
        (None, Some(less)) => line.strip_prefix(less).unwrap_or(line).to_owned(),
        (None, None) => line.to_owned(),
    };
    replace.split('\n').map(shift).collect::<Vec<_>>().join("\n")
}

fn leading_space(line: &str) -> &str {
    let text = line.trim_start();
    line.get(..line.len() - text.len()).unwrap_or_default()
}
