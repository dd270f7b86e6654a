//! Changes to a page: spans and what stands there afterwards.

use crate::page::Span;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

impl Edit {
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    pub fn remove(span: Span) -> Self {
        Self::new(span, "")
    }

    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::new(Span::new(at, at), text)
    }
}

/// All that repairs one finding. An empty fix says that another finding's repair makes way for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fix {
    pub edits: Vec<Edit>,
    /// Statements that a script after the game's own has to run.
    pub bindings: Vec<String>,
}

impl Fix {
    pub fn edit(edit: Edit) -> Self {
        Self { edits: vec![edit], bindings: Vec::new() }
    }
}

/// Changes that do not overlap, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits(Vec<Edit>);

impl Edits {
    /// Takes all of these changes, or none if one is in the way of an earlier one.
    pub fn add(&mut self, edits: &[Edit]) -> bool {
        if !edits.iter().all(|edit| self.is_clear(edit.span)) {
            return false;
        }
        for edit in edits {
            self.0.insert(self.place(edit.span), edit.clone());
        }
        true
    }

    fn place(&self, span: Span) -> usize {
        self.0.partition_point(|edit| edit.span <= span)
    }

    fn is_clear(&self, span: Span) -> bool {
        let at = self.place(span);
        let neighbours = at.saturating_sub(1)..(at + 1).min(self.0.len());
        let neighbours = self.0.get(neighbours).unwrap_or_default();
        neighbours.iter().all(|edit| apart(edit.span, span))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Edit> {
        self.0.iter()
    }

    /// The source with all changes made.
    pub fn apply(&self, source: &str) -> String {
        let mut out = String::with_capacity(source.len() + 256);
        let mut at = 0;
        for edit in &self.0 {
            out.push_str(source.get(at..edit.span.start).unwrap_or_default());
            out.push_str(&edit.text);
            at = edit.span.end;
        }
        out.push_str(source.get(at..).unwrap_or_default());
        out
    }

    /// Where a place of the changed text was before; inside a change it is where the change is.
    pub fn before(&self, at: usize) -> usize {
        let mut shift_new = 0;
        let mut shift_old = 0;
        for edit in &self.0 {
            let start = edit.span.start - shift_old + shift_new;
            if at < start {
                break;
            }
            if at < start + edit.text.len() {
                return edit.span.start;
            }
            shift_old += edit.span.end - edit.span.start;
            shift_new += edit.text.len();
        }
        at - shift_new + shift_old
    }
}

/// Whether two changes do not meet; insertions at the same place do not.
fn apart(a: Span, b: Span) -> bool {
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
        let mut edits = Edits::default();
        assert!(edits.add(&[Edit::new(Span::new(2, 4), "XYZ")]));
        assert!(edits.add(&[Edit::insert(6, "!")]));
        assert!(!edits.add(&[Edit::remove(Span::new(3, 5))]));
        assert_eq!(edits.apply("abcdefgh"), "abXYZef!gh");
        assert_eq!(edits.before(1), 1);
        assert_eq!(edits.before(3), 2);
        assert_eq!(edits.before(5), 4);
        assert_eq!(edits.before(8), 6);
    }
}
