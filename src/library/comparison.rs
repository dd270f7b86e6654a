//! Compares two pages side by side: the changed lines, and the changed words in them.
//!
//! Only the lines around changes are kept, so drawing does not slow down with the size of the page.

use std::ops::Range;
use std::time::Duration;

use similar::{ChangeTag, DiffOp, TextDiff};

/// Pages without common lines would take long; after this time the diff becomes coarser.
const DIFF_TIMEOUT: Duration = Duration::from_millis(500);
/// The number of lines around each change.
const CONTEXT_LINES: usize = 3;
/// A longer line, in bytes, is marked as changed as a whole.
const MAX_MARKED_BYTES: usize = 500;

/// The changes from one page to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageComparison {
    pub old: String,
    pub new: String,
    pub rows: Vec<ComparisonRow>,
    pub added: usize,
    pub removed: usize,
}

/// One row of the side-by-side view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComparisonRow {
    /// An unchanged line, with its number in each page.
    Same { old: usize, new: usize, text: String },
    /// A replaced, removed or added line.
    Changed { old: Option<ComparedLine>, new: Option<ComparedLine> },
    /// The number of unchanged lines that are left out.
    Gap(usize),
}

/// A line of one page: its number from 1, its text, and the byte ranges that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedLine {
    pub number: usize,
    pub text: String,
    pub marks: Vec<Range<usize>>,
}

/// Compares `old` with `new`, each a name and a text. Takes up to about 500 ms for large pages.
pub fn compare_pages(old: (&str, &str), new: (&str, &str)) -> PageComparison {
    let diff = TextDiff::configure().timeout(DIFF_TIMEOUT).diff_lines(old.1, new.1);
    let pages = PageLines { old: old.1.lines().collect(), new: new.1.lines().collect() };
    let mut rows = Vec::new();
    let mut compared = 0;
    for group in diff.grouped_ops(CONTEXT_LINES) {
        let begins = group.first().map_or(compared, |op| op.old_range().start);
        rows.extend((begins > compared).then(|| ComparisonRow::Gap(begins - compared)));
        compared = group.last().map_or(compared, |op| op.old_range().end);
        rows.extend(group.iter().flat_map(|op| pages.rows(op)));
    }
    let remaining = pages.old.len().saturating_sub(compared);
    rows.extend((remaining > 0 && !rows.is_empty()).then_some(ComparisonRow::Gap(remaining)));
    let changed = |side: fn(&ComparisonRow) -> bool| rows.iter().filter(|row| side(row)).count();
    PageComparison {
        added: changed(|row| matches!(row, ComparisonRow::Changed { new: Some(_), .. })),
        removed: changed(|row| matches!(row, ComparisonRow::Changed { old: Some(_), .. })),
        old: old.0.to_owned(),
        new: new.0.to_owned(),
        rows,
    }
}

impl PageComparison {
    /// The indices of the rows where a run of changed lines begins.
    pub fn change_starts(&self) -> Vec<usize> {
        let is_changed =
            |at: usize| matches!(self.rows.get(at), Some(ComparisonRow::Changed { .. }));
        let begins = |at: &usize| is_changed(*at) && !at.checked_sub(1).is_some_and(is_changed);
        (0..self.rows.len()).filter(begins).collect()
    }
}

/// The lines of both pages.
struct PageLines<'t> {
    old: Vec<&'t str>,
    new: Vec<&'t str>,
}

impl PageLines<'_> {
    fn rows(&self, op: &DiffOp) -> Vec<ComparisonRow> {
        let (old, new) = (op.old_range(), op.new_range());
        if let DiffOp::Equal { .. } = op {
            let same = |(old, new): (usize, usize)| ComparisonRow::Same {
                old: old + 1,
                new: new + 1,
                text: line(&self.old, old).to_owned(),
            };
            return old.zip(new).map(same).collect();
        }
        (0..old.len().max(new.len()))
            .map(|step| {
                let was = Some(old.start + step).filter(|at| old.contains(at));
                let is = Some(new.start + step).filter(|at| new.contains(at));
                self.changed(was, is)
            })
            .collect()
    }

    fn changed(&self, old: Option<usize>, new: Option<usize>) -> ComparisonRow {
        let was = old.map(|at| line(&self.old, at));
        let is = new.map(|at| line(&self.new, at));
        let (before, after) = match (was, is) {
            (Some(was), Some(is)) => mark_changes(was, is),
            _ => Default::default(),
        };
        let half = |at: usize, text: &str, marks| ComparedLine {
            number: at + 1,
            text: text.to_owned(),
            marks,
        };
        ComparisonRow::Changed {
            old: old.zip(was).map(|(at, text)| half(at, text, before)),
            new: new.zip(is).map(|(at, text)| half(at, text, after)),
        }
    }
}

fn line<'t>(lines: &[&'t str], at: usize) -> &'t str {
    lines.get(at).copied().unwrap_or_default()
}

type MarkedRanges = Vec<Range<usize>>;

/// The byte ranges of the words that are only in `old`, and of those only in `new`.
fn mark_changes(old: &str, new: &str) -> (MarkedRanges, MarkedRanges) {
    if old.len().max(new.len()) > MAX_MARKED_BYTES {
        return Default::default();
    }
    let diff = TextDiff::from_words(old, new);
    // Lines with little in common count as replaced, not changed.
    if diff.ratio() < 0.4 {
        return Default::default();
    }
    let (mut before, mut after) = (MarkedRanges::new(), MarkedRanges::new());
    let (mut was, mut is) = (0, 0);
    for change in diff.iter_all_changes() {
        let length = change.value().len();
        match change.tag() {
            ChangeTag::Equal => (was, is) = (was + length, is + length),
            ChangeTag::Delete => was = add_mark(&mut before, was, length),
            ChangeTag::Insert => is = add_mark(&mut after, is, length),
        }
    }
    (before, after)
}

/// Marks `length` bytes from `at` on and returns their end.
fn add_mark(marks: &mut MarkedRanges, at: usize, length: usize) -> usize {
    match marks.last_mut() {
        Some(last) if last.end == at => last.end += length,
        _ => marks.push(at..at + length),
    }
    at + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stand_beside_each_other_with_what_changed_marked() {
        let lines = |middle: &str| format!("a\nb\nc\nd\n{middle}\ne\nf\ng\nh\ni\n");
        let old = lines("  let lives = 3;");
        let new = lines("  let lives = 5;\n  let bats = 1;");
        let found = compare_pages(("1.1", &old), ("1.2", &new));
        assert_eq!((found.added, found.removed), (2, 1));
        assert_eq!(found.rows.first(), Some(&ComparisonRow::Gap(1)));
        assert_eq!(found.rows.last(), Some(&ComparisonRow::Gap(2)));
        let changed = found.change_starts();
        assert_eq!(changed, [4]);
        let ComparisonRow::Changed { old: Some(was), new: Some(is) } = &found.rows[4] else {
            panic!("{:?}", found.rows)
        };
        assert_eq!((was.number, is.number), (5, 5));
        let marked = |half: &ComparedLine| {
            half.marks.iter().map(|at| half.text[at.clone()].to_owned()).collect::<String>()
        };
        assert_eq!((marked(was).as_str(), marked(is).as_str()), ("3;", "5;"));
        let added = ComparedLine { number: 6, text: "  let bats = 1;".into(), marks: Vec::new() };
        assert_eq!(found.rows[5], ComparisonRow::Changed { old: None, new: Some(added) });
    }

    #[test]
    fn equal_pages_have_no_rows() {
        assert_eq!(compare_pages(("a", "x\n"), ("b", "x\n")).rows, []);
        let empty = compare_pages(("nothing", ""), ("b", "x\ny\n"));
        assert_eq!((empty.added, empty.removed, empty.rows.len()), (2, 0, 2));
    }

    proptest::proptest! {
        #[test]
        fn both_pages_can_be_read_out_of_the_rows(old in "([ab ]{0,5}\n){0,12}", new in "([ab ]{0,5}\n){0,12}") {
            let found = compare_pages(("", &old), ("", &new));
            let side = |pick: fn(&ComparisonRow) -> Option<(usize, String)>| found.rows.iter().filter_map(pick).collect::<Vec<_>>();
            let was = side(|row| match row {
                ComparisonRow::Same { old, text, .. } => Some((*old, text.clone())),
                ComparisonRow::Changed { old, .. } => old.as_ref().map(|half| (half.number, half.text.clone())),
                ComparisonRow::Gap(_) => None,
            });
            let is = side(|row| match row {
                ComparisonRow::Same { new, text, .. } => Some((*new, text.clone())),
                ComparisonRow::Changed { new, .. } => new.as_ref().map(|half| (half.number, half.text.clone())),
                ComparisonRow::Gap(_) => None,
            });
            for (number, text) in was {
                proptest::prop_assert_eq!(old.lines().nth(number - 1).unwrap(), text);
            }
            for (number, text) in is {
                proptest::prop_assert_eq!(new.lines().nth(number - 1).unwrap(), text);
            }
        }
    }
}
