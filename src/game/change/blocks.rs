//! Finds SEARCH/REPLACE blocks in an answer.
//!
//! Models vary the marks: five to nine signs, with or without the words, in a
//! fence or bare, sometimes with the name of a file before them.

/// Lines that go and lines that come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub search: String,
    pub replace: String,
}

/// What an answer holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    Blocks(Vec<Block>),
    /// The last block has no end.
    Unfinished,
    /// No block at all.
    None,
}

/// A line between the parts of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Search,
    Divider,
    Replace,
}

/// Finds the blocks of an answer, in order.
pub(super) fn read(answer: &str) -> Reading {
    let mut blocks = Vec::new();
    let mut lines = answer.lines();
    while let Some(line) = lines.next() {
        if mark(line) != Some(Mark::Search) {
            continue;
        }
        let Some(search) = until(&mut lines, Mark::Divider) else { return Reading::Unfinished };
        let Some(replace) = until(&mut lines, Mark::Replace) else { return Reading::Unfinished };
        blocks.push(Block { search, replace });
    }
    if blocks.is_empty() { Reading::None } else { Reading::Blocks(blocks) }
}

/// The lines up to a mark; nothing if it does not come.
fn until<'a>(lines: &mut impl Iterator<Item = &'a str>, end: Mark) -> Option<String> {
    let mut part = Vec::new();
    for line in lines {
        if mark(line) == Some(end) {
            return Some(part.join("\n"));
        }
        part.push(line);
    }
    None
}

fn mark(line: &str) -> Option<Mark> {
    let line = line.trim();
    let sign = line.chars().next()?;
    let word = line.trim_start_matches(sign);
    let count = line.len() - word.len();
    let word = word.trim().trim_end_matches(':');
    let is = |name: &str| word.is_empty() || word.eq_ignore_ascii_case(name);
    match sign {
        _ if !(5..=9).contains(&count) => None,
        '<' if is("search") || is("original") => Some(Mark::Search),
        '=' if word.is_empty() => Some(Mark::Divider),
        '>' if is("replace") || is("updated") => Some(Mark::Replace),
        _ => None,
    }
}
