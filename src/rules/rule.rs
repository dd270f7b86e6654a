//! What a rule is, and how all of them are asked.

use std::collections::HashSet;

use crate::page::script::{Reader, Tree, reading};
use crate::page::{Page, Span};
use crate::untrusted::Untrusted;

use super::{ALL, Finding, Fix, Severity, State};

/// One thing that a page must not do.
pub struct Rule {
    /// Its name, also that of its file.
    pub code: &'static str,
    /// How bad it is at its worst.
    pub severity: Severity,
    /// What it finds, in a few words.
    pub title: &'static str,
    /// What to do instead.
    pub help: &'static str,
    /// Why it is forbidden.
    pub why: &'static str,
    /// Pages that break it.
    pub fail: &'static [&'static str],
    /// Pages that look as if and do not.
    pub pass: &'static [&'static str],
    /// Looks for it.
    pub find: fn(&Look<'_, '_>, &mut Notes),
}

/// What rules look at.
pub struct Look<'p, 'a> {
    pub page: &'p Page,
    pub trees: &'p [Tree<'a>],
}

/// One place that a rule objects to.
#[derive(Debug)]
pub struct Note {
    pub span: Span,
    pub why: String,
    pub severity: Severity,
    pub fix: Option<Fix>,
}

/// What one rule has found.
#[derive(Debug, Default)]
pub struct Notes(Vec<Note>);

impl Notes {
    pub fn deny(&mut self, span: Span, why: impl Into<String>) {
        self.0.push(Note { span, why: why.into(), severity: Severity::Deny, fix: None });
    }

    pub fn warn(&mut self, span: Span, why: impl Into<String>) {
        self.0.push(Note { span, why: why.into(), severity: Severity::Warn, fix: None });
    }

    pub fn repair(&mut self, span: Span, why: impl Into<String>, fix: Fix) {
        self.0.push(Note { span, why: why.into(), severity: Severity::Repair, fix: Some(fix) });
    }
}

/// A finding in the page that was looked at, and what would repair it.
#[derive(Debug)]
pub struct Objection {
    pub finding: Finding,
    pub fix: Option<Fix>,
}

/// Asks every rule about a page; the answers are in the order of the page.
pub fn check(page: &Page) -> Vec<Objection> {
    reading(|reader| check_again(page, reader))
}

/// The same for a page whose code the reader may know from before it was repaired.
pub fn check_again(page: &Page, reader: &mut Reader<'_>) -> Vec<Objection> {
    let trees = reader.trees(page.codes());
    let mut objections = ask_all(&Look { page, trees: &trees });
    if let Some(others) = reader.other_trees(&trees) {
        let known: HashSet<_> = objections.iter().map(place).collect();
        let found = ask_all(&Look { page, trees: &others });
        let new = found.into_iter().filter(|objection| !known.contains(&place(objection)));
        objections.extend(new.filter_map(in_the_other_kind));
    }
    objections.sort_by_key(|objection| (objection.finding.span, objection.finding.rule));
    objections.dedup_by(|b, a| {
        (a.finding.span, a.finding.rule) == (b.finding.span, b.finding.rule) && b.fix.is_none()
    });
    objections
}

fn ask_all(look: &Look<'_, '_>) -> Vec<Objection> {
    ALL.iter().flat_map(|rule| ask(rule, look)).collect()
}

/// What makes two findings the same.
fn place(objection: &Objection) -> (Span, &'static str) {
    (objection.finding.span, objection.finding.rule)
}

/// What is found only where a text is run as the other kind of script. Nobody means it to be,
/// so there is nothing to repair and nothing to be told but harm.
fn in_the_other_kind(objection: Objection) -> Option<Objection> {
    let finding = objection.finding;
    if finding.severity == Severity::Warn {
        return None;
    }
    let why = format!("{} where this text is run as the other kind of script", finding.why);
    Some(Objection { finding: Finding { severity: Severity::Deny, why, ..finding }, fix: None })
}

fn ask(rule: &'static Rule, look: &Look<'_, '_>) -> Vec<Objection> {
    let mut notes = Notes::default();
    (rule.find)(look, &mut notes);
    notes.0.into_iter().map(|note| objection(rule, look.page, note)).collect()
}

fn objection(rule: &'static Rule, page: &Page, note: Note) -> Objection {
    let span = note.span.on_boundaries(page.source());
    let finding = Finding {
        rule: rule.code,
        severity: note.severity,
        state: State::Open,
        span,
        excerpt: excerpt(span.of(page.source())),
        why: note.why,
        help: rule.help,
    };
    Objection { finding, fix: note.fix }
}

/// As much of the text as a reader needs.
pub(super) fn excerpt(text: &str) -> Untrusted {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => Untrusted::new(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Untrusted::new(text),
    }
}
