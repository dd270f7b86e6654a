//! Line diffs of two pages in the unified format.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// A diff of two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnifiedDiff {
    /// In the unified format, with three lines around each change.
    pub text: String,
    pub added: usize,
    pub removed: usize,
}

/// Pages without common lines would take long; after this time the diff becomes coarser.
const DIFF_TIMEOUT: Duration = Duration::from_millis(500);

/// The diff from `old` to `new`, each a name and a text.
pub fn unified_diff(old: (&str, &str), new: (&str, &str)) -> UnifiedDiff {
    let diff = TextDiff::configure().timeout(DIFF_TIMEOUT).diff_lines(old.1, new.1);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    UnifiedDiff {
        text: diff.unified_diff().header(old.0, new.0).to_string(),
        added: count(ChangeTag::Insert),
        removed: count(ChangeTag::Delete),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_told_with_the_lines_around_it() {
        let diff_result = unified_diff(("1.1", "a\nb\nc\n"), ("1.2", "a\nB\nc\n"));
        assert_eq!(diff_result.text, "--- 1.1\n+++ 1.2\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
        assert_eq!((diff_result.added, diff_result.removed), (1, 1));
    }
}
