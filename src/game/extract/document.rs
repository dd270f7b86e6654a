//! Finds the start and end of a document in a text, without parsing it as a page.

/// Whether a document starts here, after comments at most.
pub(super) fn begins_document(text: &str) -> bool {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, rest)| rest).trim_start();
    }
    starts_document(rest)
}

fn starts_document(text: &str) -> bool {
    starts_with_ignore_case(text, "<!doctype html")
        || ["<html>", "<html ", "<html\n"].iter().any(|s| starts_with_ignore_case(text, s))
}

/// Whether a text starts with a word, ignoring case.
pub(super) fn starts_with_ignore_case(text: &str, word: &str) -> bool {
    text.as_bytes().get(..word.len()).is_some_and(|s| s.eq_ignore_ascii_case(word.as_bytes()))
}

/// The start of a document: at the start of a line if possible, or else anywhere.
pub(super) fn find_start(text: &str) -> Option<usize> {
    let all = text.match_indices('<').map(|(at, _)| at);
    let mut starting = all.filter(|at| text.get(*at..).is_some_and(starts_document)).peekable();
    let first = *starting.peek()?;
    let is_at_line = |at: &usize| {
        let before = text.get(..*at).unwrap_or_default().trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with('\n')
    };
    let Some(at_line) = starting.find(is_at_line) else { return Some(first) };
    // A doctype in the middle of a line, with its `<html>` on the next one.
    let between = text.get(first..at_line).unwrap_or_default();
    let belongs = between.trim_end().ends_with('>') && between.matches('<').count() == 1;
    Some(if belongs { first } else { at_line })
}

/// The next document on a line of its own; `<html>` after a doctype belongs to the same one.
pub(super) fn next_document(text: &str) -> Option<usize> {
    let lines = text.match_indices('\n').map(|(at, _)| at + 1);
    lines
        .into_iter()
        .find(|at| text.get(*at..).is_some_and(|line| starts_with_ignore_case(line, "<!doctype")))
}

/// The end of a document: after the last `</html>`.
pub(super) fn find_end(text: &str) -> Option<usize> {
    document_ends(text).next_back()
}

/// The end of the first document: after the first `</html>`. `None` without one.
pub(super) fn first_end(text: &str) -> Option<usize> {
    document_ends(text).next()
}

/// After each `</html>`.
fn document_ends(text: &str) -> impl DoubleEndedIterator<Item = usize> {
    let closes =
        |at: &usize| text.get(*at..).is_some_and(|rest| starts_with_ignore_case(rest, "</html"));
    text.match_indices('<').map(|(at, _)| at).filter(closes).map(|at| after_tag(text, at))
}

fn after_tag(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.find('>').map_or(rest.len(), |at| at + 1)
}

/// Elements whose text is no markup.
const RAW_TEXT_ELEMENTS: &[(&str, &str)] = &[
    ("<script", "</script"),
    ("<style", "</style"),
    ("<textarea", "</textarea"),
    ("<title", "</title"),
    ("<!--", "-->"),
];

/// The end of a document that starts here: after its first `</html>` that is markup and not text of
/// a script or comment. `None` if the next document starts before.
pub(super) fn own_end(text: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        at += text.get(at..)?.find('<')?;
        let rest = text.get(at..)?;
        if starts_with_ignore_case(rest, "</html") {
            return Some(after_tag(text, at));
        }
        if starts_with_ignore_case(rest, "<!doctype") {
            return None;
        }
        let raw = RAW_TEXT_ELEMENTS.iter().find(|(open, _)| starts_with_ignore_case(rest, open));
        at += match raw {
            Some((open, close)) => raw_text_length(rest, open.len(), close)?,
            None => 1,
        };
    }
}

/// The length of the raw text up to its end. `None` if another document starts in it.
fn raw_text_length(text: &str, open: usize, close: &str) -> Option<usize> {
    let body = text.get(open..)?;
    let mut places = body.match_indices(close.get(..1)?).map(|(at, _)| at);
    let end = places
        .find(|at| body.get(*at..).is_some_and(|rest| starts_with_ignore_case(rest, close)))?;
    let body = body.get(..end)?;
    // A page in a string is within back quotes; one outside of them starts a new document.
    let is_new = next_document(body)
        .is_some_and(|at| body.get(..at).unwrap_or_default().matches('`').count() % 2 == 0);
    (!is_new).then_some(open + end + close.len())
}
