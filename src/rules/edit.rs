//! Edits of a page: spans and their replacements.

use std::collections::BTreeMap;

use crate::page::Span;

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    pub span: Span,
    pub text: String,
}

impl TextEdit {
    /// Replaces a span with a text.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Removes a span.
    pub fn remove(span: Span) -> Self {
        Self::new(span, "")
    }

    /// Removes an attribute, with the white space before it if its neighbours stay apart.
    pub fn remove_attribute(source: &str, attribute: Span) -> Self {
        let before = source.get(..attribute.start).unwrap_or_default();
        let after = source.get(attribute.end..).unwrap_or_default();
        let apart = after.starts_with(|c: char| c.is_ascii_whitespace() || c == '>');
        let start = if apart { before.trim_ascii_end().len() } else { attribute.start };
        Self::remove(Span::new(start, attribute.end))
    }

    /// Inserts a text at an offset, in bytes.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::new(Span::new(at, at), text)
    }
}

/// The edits that repair one finding. Empty if another finding's fix already covers it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingFix {
    pub edits: Vec<TextEdit>,
    /// Statements for a script after the game's own.
    pub bindings: Vec<String>,
    /// Handlers for a script before the game's own: for each a list of the attribute that marks its
    /// elements, their slot, and a function.
    pub handlers: Vec<String>,
}

impl FindingFix {
    /// A fix of one edit.
    pub fn from_edit(edit: TextEdit) -> Self {
        Self { edits: vec![edit], ..Self::default() }
    }
}

/// Edits that do not overlap, in order; those at one place in order of insertion.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditSet(BTreeMap<(Span, usize), TextEdit>);

impl EditSet {
    /// Adds all of these edits, or none if one conflicts with an earlier one. Returns whether they
    /// were added.
    pub fn add_all(&mut self, edits: &[TextEdit]) -> bool {
        if !edits.iter().all(|edit| self.is_free(edit.span)) {
            return false;
        }
        for edit in edits {
            self.0.insert((edit.span, self.0.len()), edit.clone());
        }
        true
    }

    fn is_free(&self, span: Span) -> bool {
        let place = (span, usize::MAX);
        let before = self.0.range(..=place).next_back();
        let after = self.0.range(place..).next();
        before.into_iter().chain(after).all(|(_, edit)| are_disjoint(edit.span, span))
    }

    /// Whether there are no edits.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The edits, in source order.
    pub fn iter(&self) -> impl Iterator<Item = &TextEdit> {
        self.0.values()
    }

    /// Applies all edits to the source.
    pub fn apply(&self, source: &str) -> String {
        let mut out = String::with_capacity(source.len() + 256);
        let mut at = 0;
        for edit in self.iter() {
            out.push_str(source.get(at..edit.span.start).unwrap_or_default());
            out.push_str(&edit.text);
            at = edit.span.end;
        }
        out.push_str(source.get(at..).unwrap_or_default());
        out
    }

    /// Builds the map from offsets after the edits to offsets before them.
    pub fn offset_map(&self) -> OffsetMap {
        let mut steps = Vec::with_capacity(self.0.len());
        let (mut removed, mut added) = (0, 0);
        for edit in self.iter() {
            let start = edit.span.start - removed + added;
            removed += edit.span.end - edit.span.start;
            added += edit.text.len();
            steps.push(EditOffset { start, end: start + edit.text.len(), before: edit.span });
        }
        OffsetMap(steps)
    }
}

/// Maps offsets of an edited text back to the source. A lookup takes logarithmic time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OffsetMap(Vec<EditOffset>);

/// One edit: the range of its text, and the span it replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
struct EditOffset {
    start: usize,
    end: usize,
    before: Span,
}

impl OffsetMap {
    /// The offset in the source; inside an edit, the start of the span it replaced.
    pub fn to_source(&self, at: usize) -> usize {
        let passed = self.0.partition_point(|step| step.start <= at);
        match passed.checked_sub(1).and_then(|last| self.0.get(last)) {
            None => at,
            Some(step) if at < step.end => step.before.start,
            Some(step) => at - step.end + step.before.end,
        }
    }

    /// The offset in the source. `None` inside an edit.
    pub fn to_source_unless_edited(&self, at: usize) -> Option<usize> {
        let is_inside = |step: &EditOffset| (step.start..step.end).contains(&at);
        let passed = self.0.partition_point(|step| step.start <= at);
        let last = passed.checked_sub(1).and_then(|last| self.0.get(last));
        (!last.is_some_and(is_inside)).then(|| self.to_source(at))
    }
}

/// Whether two edits are disjoint; insertions at the same place are.
fn are_disjoint(a: Span, b: Span) -> bool {
    let touch = a.start < b.end && b.start < a.end;
    let same = a == b && a.start != a.end;
    let inside = |outer: Span, inner: Span| outer.start < inner.start && inner.end < outer.end;
    !(touch || same || inside(a, b) || inside(b, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_made_together_and_places_find_their_way_back() {
        let mut edits = EditSet::default();
        assert!(edits.add_all(&[TextEdit::new(Span::new(2, 4), "XYZ")]));
        assert!(edits.add_all(&[TextEdit::insert(6, "!")]));
        assert!(!edits.add_all(&[TextEdit::remove(Span::new(3, 5))]));
        assert_eq!(edits.apply("abcdefgh"), "abXYZef!gh");
        let back = edits.offset_map();
        for (now, then) in [(1, 1), (3, 2), (5, 4), (8, 6), (9, 7)] {
            assert_eq!(back.to_source(now), then);
        }
        let kept = [1, 3, 5, 7, 8].map(|at| back.to_source_unless_edited(at));
        assert_eq!(kept, [Some(1), None, Some(4), None, Some(6)]);
    }
}
