//! Joins a truncated answer with its continuation.
//!
//! Asked to continue, models repeat the last line, the last few, nothing, or start over; some open
//! a new fence or add a remark first. The possible joins are few, so each is tried and the one with
//! the fewest parse errors is used.

use crate::page::HtmlPage;
use crate::page::script::analyse;

use super::extract::{Extraction, answer_text, extract};

/// Bytes of the end that are searched for in the start of the continuation.
const MAX_OVERLAP_BYTES: usize = 4_000;
/// Bytes from which a repetition is certain; a shorter one may be chance.
const MIN_OVERLAP_BYTES: usize = 8;
/// The same for the whole last line, which models are asked to repeat.
const MIN_LINE_BYTES: usize = 3;

/// Returns the joined answer.
pub fn stitch(cut: &str, more: &str) -> String {
    let more = if answer_text(more).len() < more.trim().len() { answer_text(more) } else { more };
    if starts_over(more) {
        // A shorter restart is worth less than the existing text.
        let is_better = more.len() >= cut.len() || matches!(extract(more), Extraction::Whole(_));
        return if is_better { more } else { cut }.to_owned();
    }
    let bare = skip_fence(more);
    let mut joins = Vec::new();
    for more in [bare, more] {
        let repeated =
            [join_by_overlap(cut, more), join_by_last_line(cut, more)].into_iter().flatten();
        let (sure, chance): (Vec<_>, Vec<_>) = repeated.partition(|(is_sure, _)| *is_sure);
        joins.extend(sure.into_iter().map(|(_, join)| join));
        joins.push([cut, more].concat());
        joins.extend(chance.into_iter().map(|(_, join)| join));
    }
    joins.dedup();
    // Of equals the first, without the longest repetition.
    let problems = joins.iter().map(|join| parse_errors(join));
    let best = problems.enumerate().min_by_key(|(at, problems)| (*problems, *at));
    best.and_then(|(at, _)| joins.into_iter().nth(at)).unwrap_or_default()
}

fn starts_over(more: &str) -> bool {
    let begin = skip_fence(more).trim_start().get(..9).unwrap_or_default();
    begin.eq_ignore_ascii_case("<!doctype") || begin.to_ascii_lowercase().starts_with("<html")
}

/// The text after the first fence, if one opens within the first lines.
fn skip_fence(more: &str) -> &str {
    let head = more.get(..more.floor_char_boundary(300)).unwrap_or_default();
    let Some(at) = head.find("```") else { return more };
    let is_line = head.get(..at).is_some_and(|before| before.is_empty() || before.ends_with('\n'));
    let rest = more.get(at..).unwrap_or_default();
    match rest.find('\n') {
        Some(end) if is_line => rest.get(end + 1..).unwrap_or_default(),
        _ => more,
    }
}

/// Joins at the longest end of `cut` that `more` starts with; also returns whether that is certain.
fn join_by_overlap(cut: &str, more: &str) -> Option<(bool, String)> {
    let more = more.trim_start_matches('\n');
    let head =
        more.get(..more.floor_char_boundary(MAX_OVERLAP_BYTES)).unwrap_or_default().as_bytes();
    let tail =
        cut.get(cut.ceil_char_boundary(cut.len().saturating_sub(MAX_OVERLAP_BYTES))..)?.as_bytes();
    let borders = prefix_function(head);
    let mut length = 0;
    for byte in tail {
        while length > 0 && head.get(length) != Some(byte) {
            length = borders.get(length - 1).copied().unwrap_or_default();
        }
        length += usize::from(head.get(length) == Some(byte));
    }
    (length > 0).then(|| {
        (length >= MIN_OVERLAP_BYTES, [cut, more.get(length..).unwrap_or_default()].concat())
    })
}

/// The prefix function of Knuth, Morris and Pratt.
fn prefix_function(text: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; text.len()];
    let mut length: usize = 0;
    for at in 1..text.len() {
        while length > 0 && text.get(length) != text.get(at) {
            length = borders.get(length - 1).copied().unwrap_or_default();
        }
        length += usize::from(text.get(length) == text.get(at));
        if let Some(border) = borders.get_mut(at) {
            *border = length;
        }
    }
    borders
}

/// Joins at the repeated last line, which may have other white space before it.
fn join_by_last_line(cut: &str, more: &str) -> Option<(bool, String)> {
    let start = cut.rfind('\n').map_or(0, |at| at + 1);
    let line = cut.get(start..)?;
    let line_text = line.trim();
    let again = more.trim_start();
    let is_again = !line_text.is_empty() && again.starts_with(line_text);
    let indent = line.len() - line.trim_start().len();
    is_again.then(|| {
        (
            line_text.len() >= MIN_LINE_BYTES,
            [cut.get(..start + indent).unwrap_or_default(), again].concat(),
        )
    })
}

/// The number of parse errors in the document so far.
fn parse_errors(reply: &str) -> usize {
    let source = match extract(reply) {
        Extraction::Whole(source) | Extraction::Truncated(source) => source,
        Extraction::NoDocument(_) => return usize::MAX,
    };
    let page = HtmlPage::parse(source.text());
    analyse(page.codes(), |trees| trees.iter().map(|tree| tree.problems.len()).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "```html\n<!DOCTYPE html>\n<html>\n<body>\n<canvas></canvas>\n<script>\nconst ghosts = [];\nfunction step() {\n  ghosts.push(1);\n}\nstep();\n</script>\n</body>\n</html>\n```";

    #[test]
    fn a_cut_answer_is_whole_again_however_it_goes_on() {
        for at in (PAGE.find("const").expect("there")..PAGE.len() - 12).step_by(3) {
            let (cut, rest) = PAGE.split_at(at);
            let line = cut.rfind('\n').map_or(0, |at| at + 1);
            let before = cut.get(..line - 1).and_then(|cut| cut.rfind('\n')).map_or(0, |at| at + 1);
            let joins = [
                rest.to_owned(),
                PAGE[line..].to_owned(),
                PAGE[line..].trim_start().to_owned(),
                format!("```html\n{}", &PAGE[line..]),
                format!("Continuing where I stopped:\n\n```javascript\n{}", &PAGE[before..]),
                format!("<think>\nhm\n</think>\n{}", &PAGE[before..]),
                PAGE.to_owned(),
            ];
            for more in joins {
                assert_eq!(page(&stitch(cut, &more)), page(PAGE), "{cut}|{more}");
            }
        }
    }

    /// Without white space: between a line and its repetition it is anybody's guess.
    fn page(reply: &str) -> Option<String> {
        match extract(reply) {
            Extraction::Whole(source) => Some(source.text().split_whitespace().collect()),
            Extraction::Truncated(_) | Extraction::NoDocument(_) => None,
        }
    }
}
