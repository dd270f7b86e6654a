//! Separates a model's thoughts from its answer and strips control tokens.
//!
//! A game may contain thought marks in its text or code. So a mark counts only outside of fences,
//! pages and blocks, or if what is open is an abandoned draft, after which the answer starts again.

use std::ops::Range;

use super::document::{find_end, find_start, own_end, starts_with_ignore_case};
use super::fences::{FenceLine, find_fenced, parse_fence, split_lines};

/// A reply in two parts.
pub(super) struct ThoughtSplit<'r> {
    pub text: &'r str,
    /// The thoughts, if the reply marks them.
    pub thought: Option<&'r str>,
}

/// Marks after which the answer starts; the last valid one counts.
const THOUGHT_ENDS: &[&str] = &[
    "</think>",
    "</thinking>",
    "</reasoning>",
    "</thought>",
    "</analysis>",
    "◁/think▷",
    "[/THINK]",
    "<|channel|>final<|message|>",
    "<|end_of_thought|>",
    "</seed:think>",
];
/// Marks that start thoughts.
const THOUGHT_STARTS: &[&str] = &[
    "<think>",
    "<thinking>",
    "<reasoning>",
    "<thought>",
    "◁think▷",
    "[THINK]",
    "<|channel|>analysis<|message|>",
    "<|begin_of_thought|>",
    "<seed:think>",
];
/// Control tokens that servers fail to remove.
const CONTROL_TOKENS: &[&str] = &[
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end|>",
    "<|return|>",
    "<|end_of_text|>",
    "<end_of_turn>",
    "<eos>",
    "</s>",
    "<｜end▁of▁sentence｜>",
    "[/INST]",
    "<|im_start|>",
];
/// Most marks examined, from the end of a reply.
const MAX_MARKS: usize = 64;

/// Splits a reply into thoughts and answer.
pub(super) fn split_thought(reply: &str) -> ThoughtSplit<'_> {
    let reply = strip_control_tokens(reply);
    let leads = THOUGHT_STARTS.iter().find(|mark| reply.starts_with(**mark));
    let marks = find_marks(reply, THOUGHT_ENDS);
    if leads.is_none() && marks.is_empty() && self::find_marks(reply, THOUGHT_STARTS).is_empty() {
        return ThoughtSplit { text: reply, thought: None };
    }
    let code_ranges = code_stretches(reply);
    let mut ends =
        marks.into_iter().filter(|mark| ends_thought(reply, mark, &code_ranges)).rev().peekable();
    let last = ends.peek().cloned();
    let shows_answer =
        |mark: &Range<usize>| may_hold_answer(reply.get(mark.end..).unwrap_or_default());
    // A mark followed only by prose is a mention, unless a thought was open.
    let begins = ends.find(shows_answer).or_else(|| {
        let is_end = |mark: &Range<usize>| {
            leads.is_some() || !reply.get(..mark.start).is_some_and(may_hold_answer)
        };
        last.filter(|mark| is_end(mark))
    });
    match (begins, leads) {
        (Some(mark), _) => {
            let text = strip_control_tokens(reply.get(mark.end..).unwrap_or_default());
            ThoughtSplit { text: before_thought(text), thought: reply.get(..mark.start) }
        }
        // Never closed: all of it may be thought.
        (None, Some(mark)) => ThoughtSplit { text: "", thought: reply.get(mark.len()..) },
        (None, None) => ThoughtSplit { text: before_thought(reply), thought: None },
    }
}

/// The ranges of marks in a text, in order.
fn find_marks(text: &str, names: &[&str]) -> Vec<Range<usize>> {
    let mut marks: Vec<_> = names
        .iter()
        .flat_map(|name| text.match_indices(*name).map(|(at, name)| at..at + name.len()))
        .collect();
    marks.sort_by_key(|mark| mark.start);
    let skipped = marks.len().saturating_sub(MAX_MARKS);
    marks.split_off(skipped)
}

/// The answer up to a thought after it.
fn before_thought(text: &str) -> &str {
    let code_ranges = code_stretches(text);
    let mut marks = find_marks(text, THOUGHT_STARTS).into_iter();
    let begins = |mark: &Range<usize>| {
        let before = text.get(..mark.start).unwrap_or_default();
        is_outside_code(mark.start, &code_ranges)
            && before.ends_with('\n')
            && may_hold_answer(before)
    };
    let begun = marks.find(begins).map_or(text.len(), |mark| mark.start);
    text.get(..begun).unwrap_or_default()
}

/// A stretch of code in a reply.
struct CodeStretch {
    range: Range<usize>,
    is_ended: bool,
}

fn is_outside_code(at: usize, code_ranges: &[CodeStretch]) -> bool {
    !code_ranges.iter().any(|stretch| stretch.range.contains(&at))
}

/// Whether a mark ends a thought.
fn ends_thought(reply: &str, mark: &Range<usize>, code_ranges: &[CodeStretch]) -> bool {
    let Some(stretch) = code_ranges.iter().find(|stretch| stretch.range.contains(&mark.start))
    else {
        return !is_quoted(reply, mark);
    };
    let before = reply.get(stretch.range.start..mark.start).unwrap_or_default();
    let end = if stretch.is_ended { stretch.range.end } else { reply.len() };
    let after_mark = reply.get(mark.end..end).unwrap_or_default();
    find_end(before).is_none() && begins_answer(after_mark)
}

/// Whether a mark is quoted or in code marks.
fn is_quoted(reply: &str, mark: &Range<usize>) -> bool {
    let is_quote = |c: Option<char>| c.is_some_and(|c| "`\"'“”‘’".contains(c));
    is_quote(reply.get(..mark.start).and_then(|before| before.chars().next_back()))
        && is_quote(reply.get(mark.end..).and_then(|after_mark| after_mark.chars().next()))
}

/// Whether a text starts a fence with a language, a page or a block on a line of its own.
fn begins_answer(text: &str) -> bool {
    text.lines().any(|line| {
        let start = line.trim_start();
        starts_with_ignore_case(start, "<!doctype")
            || start.starts_with("<<<<<")
            || parse_fence(line).is_some_and(|fence| !fence.info.is_empty())
    })
}

/// Whether a text contains anything that could be an answer.
fn may_hold_answer(text: &str) -> bool {
    let has = |sign: &str| text.contains(sign);
    find_start(text).is_some()
        || has("```")
        || has("~~~")
        || has("<<<<<")
        || has("&lt;")
        || text.trim_start().starts_with(['{', '['])
}

/// The stretches of code in a reply: fences, pages and blocks.
fn code_stretches(reply: &str) -> Vec<CodeStretch> {
    let lines = split_lines(reply);
    let mut code_ranges: Vec<_> = find_fenced(reply, &lines)
        .into_iter()
        .map(|piece| CodeStretch { range: piece.whole, is_ended: piece.closed })
        .collect();
    let mut free = 0;
    let mut between = Vec::new();
    for fence in &code_ranges {
        between.push(free..fence.range.start);
        free = fence.range.end;
    }
    between.push(free..reply.len());
    code_ranges.extend(block_stretches(reply, &lines));
    let pages = between.into_iter().filter_map(|range| page_stretch(reply, range));
    code_ranges.extend(pages);
    code_ranges
}

/// The page in a part of a reply. `None` if there is none.
fn page_stretch(reply: &str, range: Range<usize>) -> Option<CodeStretch> {
    let text = reply.get(range.clone())?;
    let start = find_start(text)?;
    let end = own_end(text.get(start..)?);
    let until = end.map_or(range.end, |end| range.start + start + end);
    Some(CodeStretch { range: range.start + start..until, is_ended: end.is_some() })
}

/// The blocks of a reply, each up to its last end before the next starts.
fn block_stretches(reply: &str, lines: &[FenceLine<'_>]) -> Vec<CodeStretch> {
    let is_open = |line: &FenceLine<'_>| {
        line.text.trim_start_matches(|c| "*`_# \t".contains(c)).starts_with("<<<<<")
    };
    let is_end = |line: &FenceLine<'_>| line.text.trim_start().starts_with(">>>>>");
    let opens: Vec<_> = lines.iter().filter(|line| is_open(line)).map(|line| line.start).collect();
    let nexts = opens.iter().skip(1).copied().chain([reply.len()]);
    let mut ends = lines.iter().filter(|line| is_end(line)).map(|line| line.start).peekable();
    let block = |(start, next): (usize, usize)| {
        let mut last = None;
        while let Some(end) = ends.next_if(|end| *end < next) {
            last = (end > start).then_some(end).or(last);
        }
        CodeStretch { range: start..last.unwrap_or(next), is_ended: last.is_some() }
    };
    opens.iter().copied().zip(nexts).map(block).collect()
}

fn strip_control_tokens(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(rest) = CONTROL_TOKENS.iter().find_map(|token| text.strip_suffix(token)) {
        text = rest.trim_end();
    }
    while let Some(rest) = CONTROL_TOKENS.iter().find_map(|token| text.strip_prefix(token)) {
        text = rest.trim_start();
    }
    text
}
